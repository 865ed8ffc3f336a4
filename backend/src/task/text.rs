//! Texts and documents that people and programs write, with their limits.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Invalid;

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

            /// Checks the text.
            pub fn new(text: impl AsRef<str>) -> Result<Self, Invalid> {
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
                Self::new(text)
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
    (@shape label, $text:expr) => { $text.trim().to_owned() };
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
    /// A fingerprint of its input.
    pub fingerprint: String,
}
