//! Counts the values of a JSON text while it arrives: a tree of them takes up to two hundred times as much memory as the
//! text, so it must be known before one is made.

use crate::api::Limits;

/// The values of a JSON text so far, lists and objects included. An object counts for more than one, as
/// [`Limits::OBJECT`] says, and so does each of its names.
///
/// What is no JSON is counted somehow; the parser refuses it.
#[derive(Debug, Default)]
pub(super) struct ValueCount {
    values: usize,
    in_string: bool,
    /// The next byte of the string means itself.
    is_escaped: bool,
    /// A list or an object has just begun: it may be empty.
    is_open: bool,
}

impl ValueCount {
    /// Goes on with the next part of the text, and tells how many values there are so far: the members of lists and
    /// objects, without the outermost value.
    pub(super) fn add(&mut self, text: &[u8]) -> usize {
        for &byte in text {
            if self.in_string {
                match byte {
                    _ if self.is_escaped => self.is_escaped = false,
                    b'\\' => self.is_escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => continue,
                b'"' => self.in_string = true,
                b'[' | b'{' => {
                    self.values += if byte == b'{' { 1 + Limits::OBJECT } else { 1 };
                    self.is_open = true;
                    continue;
                }
                // The name of a member.
                b',' | b':' => self.values += 1,
                b']' | b'}' if self.is_open => self.values = self.values.saturating_sub(1),
                _ => {}
            }
            self.is_open = false;
        }
        self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted() {
        for (text, expected) in [
            ("", 0),
            ("7", 0),
            ("[]", 0),
            ("{ \n}", Limits::OBJECT),
            ("[1]", 1),
            ("[1, 2, 3]", 3),
            (r#"{"a": 1, "b": {}, "c": []}"#, 6 + 2 * Limits::OBJECT),
            (r#"{"a": [1, {"b": null}]}"#, 6 + 2 * Limits::OBJECT),
            (r#"["[1,2,{", "\",", "\\", 1]"#, 4),
            ("[[[[]]]]", 3),
        ] {
            assert_eq!(ValueCount::default().add(text.as_bytes()), expected, "{text}");
            let mut count = ValueCount::default();
            for byte in text.as_bytes() {
                count.add(&[*byte]);
            }
            assert_eq!(count.add(b""), expected, "{text} byte by byte");
        }
    }
}
