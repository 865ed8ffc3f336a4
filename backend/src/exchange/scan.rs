//! A first look at a file that anybody may have written, without keeping it: whether it is JSON without duplicate names,
//! and in which format.

use std::{collections::HashSet, fmt, io::Read};

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// The formats of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// This server's own.
    Own,
    /// The one that only has the original fields.
    Original,
}

/// Reads a file to its end. An error names the line and column.
pub(super) fn scan(file: impl Read) -> serde_json::Result<Format> {
    let Checked { has_own_part } = serde_json::from_reader(file)?;
    Ok(if has_own_part { Format::Own } else { Format::Original })
}

/// A JSON value that was read and forgotten.
struct Checked {
    /// Whether it is an object with the key `asktell`.
    has_own_part: bool,
}

const NOTHING: Checked = Checked { has_own_part: false };

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CheckingVisitor)
    }
}

struct CheckingVisitor;

impl<'de> Visitor<'de> for CheckingVisitor {
    type Value = Checked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Checked, A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if names.contains(&name) {
                return Err(A::Error::custom(format!("the name \"{name}\" is there twice")));
            }
            map.next_value::<Checked>()?;
            names.insert(name);
        }
        Ok(Checked { has_own_part: names.contains("asktell") })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Checked, A::Error> {
        while items.next_element::<Checked>()?.is_some() {}
        Ok(NOTHING)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Checked, E> {
        Ok(NOTHING)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Checked, E> {
        Ok(NOTHING)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Checked, E> {
        Ok(NOTHING)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Checked, E> {
        Ok(NOTHING)
    }

    fn visit_str<E>(self, _: &str) -> Result<Checked, E> {
        Ok(NOTHING)
    }

    fn visit_unit<E>(self) -> Result<Checked, E> {
        Ok(NOTHING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_told_by_a_key_of_the_file_itself() {
        assert_eq!(scan(&br#"{"task_id": 1, "asktell": {}}"#[..]).unwrap(), Format::Own);
        assert_eq!(scan(&br#"{"metadata": {"asktell": 1}}"#[..]).unwrap(), Format::Original);
    }

    #[test]
    fn a_name_that_is_there_twice_is_an_error_with_its_place() {
        let text = "{\"metadata\": [{\"a\": 1,\n \"a\": 2}]}";
        let error = scan(text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("\"a\" is there twice"), "{error}");
        assert_eq!(error.line(), 2);
    }
}
