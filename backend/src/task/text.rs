//! Texts and documents that people and programs write, with their limits.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::{Invalid, fold};

/// Any JSON value.
pub type JsonValue = serde_json::Value;
/// A JSON object.
pub type JsonObject = serde_json::Map<String, JsonValue>;

/// The deepest nesting of a JSON document that is kept.
const MAX_JSON_DEPTH: usize = 32;

/// Refuses U+0000, which Postgres cannot keep in a text (and SQLite would).
fn check_text(text: &str, max_chars: usize) -> Result<(), Invalid> {
    if text.contains('\0') {
        return Err(Invalid::new("the character U+0000 cannot be stored"));
    }
    // Bytes first: it is free, and a text within them needs no counting.
    if text.len() > max_chars && text.chars().count() > max_chars {
        return Err(Invalid::new(format!("at most {max_chars} characters")));
    }
    Ok(())
}

/// The text with each letter written the one way in which it is kept and compared: composed
/// (<https://unicode.org/reports/tr15/>, NFC). "é" may come as one character or as two.
pub(super) fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// Refuses characters that nobody sees: of two names that look alike, a reader could not tell which is which.
pub(super) fn check_visible(text: &str) -> Result<(), Invalid> {
    match text.chars().find(|&character| is_invisible(character)) {
        None => Ok(()),
        Some(character) => {
            let code = u32::from(character);
            Err(Invalid::new(format!(
                "must not have the invisible character U+{code:04X} (zero-width or bidirectional)"
            )))
        }
    }
}

/// Characters without a width, those that turn the direction of a text around, and fillers.
/// (<https://unicode.org/reports/tr39/#Identifier_Status_and_Type>).
const fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Checks a JSON document: at most `max_bytes` when written, nested at most 32 deep, no U+0000.
pub fn check_json(value: &JsonValue, max_bytes: usize) -> Result<(), Invalid> {
    check_json_depth(value, 1)?;
    let bytes = value.to_string().len();
    if bytes > max_bytes {
        return Err(Invalid::new(format!("at most {max_bytes} bytes of JSON; this has {bytes}")));
    }
    Ok(())
}

fn check_json_depth(value: &JsonValue, depth: usize) -> Result<(), Invalid> {
    if depth > MAX_JSON_DEPTH {
        return Err(Invalid::new(format!("at most {MAX_JSON_DEPTH} levels of nesting")));
    }
    match value {
        JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) => Ok(()),
        JsonValue::String(text) => check_text(text, usize::MAX),
        JsonValue::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(i, item)| check_json_depth(item, depth + 1).map_err(|e| e.at_index(i))),
        JsonValue::Object(members) => members.iter().try_for_each(|(name, member)| {
            check_text(name, usize::MAX)
                .and_then(|()| check_json_depth(member, depth + 1))
                .map_err(|e| e.at(name.replace('\0', "\u{fffd}")))
        }),
    }
}

/// A text newtype with its limits: trimmed where it is a label, never over its length.
macro_rules! text {
    ($(#[$attribute:meta])* $name:ident, max $max:literal, $shape:ident) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The longest text, in characters.
            pub const MAX_CHARS: usize = $max;

            /// Checks the text as somebody gives it.
            pub fn new(text: impl AsRef<str>) -> Result<Self, Invalid> {
                let text = text!(@shape $shape, text.as_ref());
                text!(@visible $shape, &text);
                Self::kept(text)
            }

            /// Checks the text as it was kept, maybe by a version of the server with other rules.
            pub fn kept(text: impl AsRef<str>) -> Result<Self, Invalid> {
                let text = text!(@shape $shape, text.as_ref());
                check_text(&text, Self::MAX_CHARS)?;
                text!(@check $shape, &text);
                Ok(Self(text))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;
            fn try_from(text: String) -> Result<Self, Invalid> {
                Self::kept(text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
    (@shape label, $text:expr) => { composed($text.trim()) };
    (@shape prose, $text:expr) => { $text.to_owned() };
    (@check label, $text:expr) => {
        if $text.is_empty() {
            return Err(Invalid::new("must not be empty"));
        }
        if $text.chars().any(char::is_control) {
            return Err(Invalid::new("must be one line without control characters"));
        }
    };
    (@check prose, $text:expr) => {};
    (@visible label, $text:expr) => { check_visible($text)? };
    (@visible prose, $text:expr) => {};
}

text!(
    /// The name of a task: one line, not empty.
    TaskName, max 200, label
);
text!(
    /// The description of a task: free text, empty by default.
    #[derive(Default)]
    Description, max 10_000, prose
);
text!(
    /// Why something was done or went wrong: free text.
    Reason, max 2_000, prose
);
text!(
    /// The name that a worker gives itself.
    WorkerName, max 100, label
);
text!(
    /// Who caused a change.
    Actor, max 100, label
);
text!(
    /// The name of a saved view: one line, not empty.
    ViewName, max 200, label
);
text!(
    /// A column that a page shows of a saved view; only pages know what it means.
    ViewColumn, max 200, label
);

text!(
    /// On whose behalf a task runs.
    Owner, max 100, label
);
text!(
    /// A client's own name for one call, so that sending it twice does what sending it once does.
    IdempotencyKey, max 200, label
);

impl Reason {
    /// A reason that a person or a client gives: checked, and not empty.
    pub fn given(text: impl AsRef<str>) -> Result<Self, Invalid> {
        if text.as_ref().trim().is_empty() {
            return Err(Invalid::new("must not be empty: say why, or leave it out"));
        }
        Self::new(text)
    }
}

impl Reason {
    /// Characters at the beginning of a text that [`Self::cut`] keeps.
    const HEAD: usize = 600;
    /// And at its end, where a traceback names the error.
    const TAIL: usize = 1_300;

    /// A reason that a program reports, such as a traceback. It is never refused: a text over the
    /// limit keeps its head and its tail, with a mark between that tells how much was cut; U+0000
    /// becomes U+FFFD. None if there is nothing in it.
    #[must_use]
    pub fn cut(text: &str) -> Option<Self> {
        if text.trim().is_empty() {
            return None;
        }
        let text = text.replace('\0', "\u{fffd}");
        let count = text.chars().count();
        if count <= Self::MAX_CHARS {
            return Some(Self(text));
        }
        let place =
            |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(place, _)| place);
        let (head, tail) = (&text[..place(Self::HEAD)], &text[place(count - Self::TAIL)..]);
        let cut = count - Self::HEAD - Self::TAIL;
        Some(Self(format!("{head}\n[… {cut} of {count} characters cut by the server …]\n{tail}")))
    }
}

impl From<&Actor> for Owner {
    /// Whoever makes a task owns it until somebody says otherwise.
    fn from(actor: &Actor) -> Self {
        Self(actor.0.clone())
    }
}

impl Actor {
    /// The actor of a request that names none.
    #[must_use]
    pub fn anonymous() -> Self {
        Self("anonymous".to_owned())
    }

    /// Checks the name that a request gives. That of the server itself is taken.
    pub fn of_request(name: &str) -> Result<Self, Invalid> {
        let actor = Self::new(name)?;
        if fold(actor.as_str()) == fold(Self::asktell().as_str()) {
            return Err(Invalid::new("asktell is the name of the server itself"));
        }
        Ok(actor)
    }

    /// The actor of what the server does by itself, and of what a command of the binary does.
    #[must_use]
    pub fn asktell() -> Self {
        Self("asktell".to_owned())
    }
}

/// On whose behalf a use case or a read runs. Every one takes it, so that access control will have
/// one place to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The name that the request gives.
    pub actor: Actor,
    /// What makes the call safe to send twice, if it has a key.
    pub replay: Option<Replay>,
}

impl Caller {
    /// The server itself, or a command of the binary.
    #[must_use]
    pub fn asktell() -> Self {
        Self { actor: Actor::asktell(), replay: None }
    }
}

/// What tells one call from another that has the same key by mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The key; unique for each actor and mutation.
    pub key: IdempotencyKey,
    /// The name of the mutation.
    pub mutation: String,
    /// Fingerprint of its input as it was written.
    pub written: String,
    /// Fingerprint of what its input says, with every default.
    pub meant: String,
}

impl Replay {
    /// What is kept of the input.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{}.{}", self.written, self.meant)
    }

    /// Whether what was kept is of the same input: written the same, or saying the same. Earlier
    /// servers kept only the first.
    #[must_use]
    pub fn is_of(&self, fingerprint: &str) -> bool {
        match fingerprint.split_once('.') {
            Some((written, meant)) => written == self.written || meant == self.meant,
            None => fingerprint == self.written,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_cut_in_the_middle_and_says_so() {
        let traceback =
            format!("Traceback:\n{}\nValueError: reactor clogged", "é frame\n".repeat(1_000));
        let reason = Reason::cut(&traceback).unwrap();
        assert!(reason.as_str().starts_with("Traceback:\né frame"));
        assert!(reason.as_str().ends_with("ValueError: reactor clogged"));
        let count = traceback.chars().count();
        let mark = format!("[… {} of {count} characters cut by the server …]", count - 1_900);
        assert!(reason.as_str().contains(&mark), "{reason}");
        assert!(Reason::new(reason.as_str()).is_ok(), "what is cut can be read again");
    }

    #[test]
    fn a_reason_within_the_limit_stays_as_it_is() {
        let longest = "é".repeat(Reason::MAX_CHARS);
        assert_eq!(Reason::cut(&longest).unwrap().as_str(), longest);
        assert_eq!(Reason::cut("a\0b").unwrap().as_str(), "a\u{fffd}b");
        assert_eq!(Reason::cut(" \n"), None);
    }

    #[test]
    fn a_reason_that_a_person_gives_says_something() {
        assert!(Reason::given(" ").is_err());
        assert!(Reason::given("x".repeat(Reason::MAX_CHARS + 1)).is_err());
        assert_eq!(Reason::given("new bounds").unwrap().as_str(), "new bounds");
    }

    #[test]
    fn one_letter_is_written_one_way() {
        let composed = TaskName::new("Caf\u{e9}").unwrap();
        assert_eq!(TaskName::new(" Cafe\u{301} ").unwrap(), composed);
        assert_eq!(TaskName::kept("Cafe\u{301}").unwrap(), composed);
    }

    #[test]
    fn what_nobody_sees_is_refused_in_names_but_read() {
        for hidden in [
            '\u{200b}',
            '\u{200d}',
            '\u{202e}',
            '\u{2066}',
            '\u{feff}',
            '\u{61c}',
            '\u{ad}',
            '\u{e0041}',
        ] {
            let text = format!("a{hidden}b");
            assert!(TaskName::new(&text).is_err(), "{}", hidden.escape_unicode());
            assert!(Owner::new(&text).is_err() && Actor::new(&text).is_err());
            assert!(TaskName::kept(&text).is_ok(), "a version before this one took it");
            assert!(Description::new(&text).is_ok(), "a text for people may have it");
        }
        assert!(TaskName::new("\u{5de}\u{5d1}\u{5d7}\u{5df} \u{1f9ea} na\u{ef}ve").is_ok());
    }

    #[test]
    fn nobody_is_the_server() {
        for name in ["asktell", " AskTell ", "ASKTELL"] {
            assert!(Actor::of_request(name).is_err(), "{name}");
        }
        assert!(Actor::of_request("asktell-worker").is_ok());
    }
}
