//! What a task is found by: terms that it has or has not, words, and the values in its metadata.
//!
//! They are the same on every database: texts are cut into words, folded and compared here, not by what
//! a database takes for a word.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::{
    JsonObject, JsonValue, Lineage, ParameterSpace, Tag, Task, TaskId, TaskSettings, fold,
    text::composed,
};

/// The rules by which tasks are made findable. To be raised with every change of them: a database
/// that was made findable by other rules is made so anew when it is opened.
pub const FINDABLE_BY: i64 = 2;

/// How many characters of a word count.
const MAX_WORD: usize = 64;
/// Texts in metadata that are longer are only compared whole.
pub const MAX_COMPARED_CHARS: usize = 200;

/// Something that a task has or has not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FindTerm {
    /// A tag.
    Tag(Tag),
    /// A task among whose descendants it is.
    Ancestor(TaskId),
    /// A parameter of its space, by its name.
    Parameter(String),
    /// A word of its name, description or tags, folded.
    Word(String),
}

impl FindTerm {
    /// As a text: terms of a kind lie together, in order.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Tag(tag) => format!("{}{tag}", Self::TAG),
            Self::Ancestor(id) => format!("a{id}"),
            Self::Parameter(name) => format!("p{name}"),
            Self::Word(word) => format!("w{word}"),
        }
    }

    /// What the text of every tag begins with.
    pub const TAG: char = 't';
}

/// A value in metadata, as it is looked up and compared.
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataValue {
    /// The number, if it is one.
    pub number: Option<f64>,
    /// The value as a text: equal values have equal texts, and short texts are in order.
    pub text: String,
}

impl MetadataValue {
    /// What the text of a text begins with that is short enough to be compared.
    pub const SHORT_TEXT: char = 's';

    /// Of any JSON value.
    #[must_use]
    pub fn of(value: &JsonValue) -> Self {
        let short = |text: &String| text.chars().count() <= MAX_COMPARED_CHARS;
        let number = value.as_f64();
        let text = match value {
            JsonValue::String(text) if short(text) => {
                format!("{}{}", Self::SHORT_TEXT, composed(text))
            }
            JsonValue::Null => "j".to_owned(),
            JsonValue::Bool(flag) => format!("j{flag}"),
            // 1 and 1.0 are the same number; the text says no more than that it is one.
            JsonValue::Number(_) => match number {
                Some(number) => format!("n{}", if number == 0.0 { 0.0 } else { number }),
                None => format!("n{value}"),
            },
            JsonValue::String(_) | JsonValue::Array(_) | JsonValue::Object(_) => {
                format!("h{}", digest(&canonical(value)))
            }
        };
        Self { number, text }
    }
}

/// A path into metadata, member by member, as a text.
#[must_use]
pub fn metadata_path(members: &[String]) -> String {
    let mut text = String::new();
    for member in members {
        // What separates cannot be in a member, whatever it is called.
        text.push_str(&member.replace('\\', "\\\\").replace('/', "\\s"));
        text.push('/');
    }
    if text.len() <= MAX_PATH_BYTES {
        return text;
    }
    // Postgres has no index over longer texts; equal paths are all that matters.
    format!("#{}", digest(&text))
}

fn digest(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

const MAX_PATH_BYTES: usize = 500;

/// JSON in which equal values are equal texts: members in order, numbers as numbers.
fn canonical(value: &JsonValue) -> String {
    match value {
        JsonValue::Object(members) => {
            let sorted: BTreeMap<_, _> = members.iter().collect();
            let members =
                sorted.iter().map(|(name, member)| format!("{name:?}:{}", canonical(member)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        JsonValue::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        JsonValue::Number(_) => MetadataValue::of(value).text,
        JsonValue::String(text) => format!("{:?}", composed(text)),
        JsonValue::Null | JsonValue::Bool(_) => value.to_string(),
    }
}

/// All that a task is found by.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findable {
    /// Its terms.
    pub terms: BTreeSet<String>,
    /// Its words, each between blanks.
    pub words: String,
    /// The values in its metadata, by their paths.
    pub metadata: BTreeMap<String, MetadataValue>,
}

impl Findable {
    /// What that task is found by.
    #[must_use]
    pub fn of(task: &Task, settings: &TaskSettings) -> Self {
        let tags = task.tags.as_slice();
        let mut found = BTreeSet::new();
        found.extend(words(task.name.as_str()));
        found.extend(words(task.description.as_str()));
        found.extend(tags.iter().flat_map(|tag| words(tag.as_str())));
        let mut text = String::new();
        for word in &found {
            text.push(' ');
            text.push_str(word);
        }
        let names = settings.parameter_space.iter().flat_map(ParameterSpace::parameters);
        let terms = tags.iter().cloned().map(FindTerm::Tag);
        let terms = terms
            .chain(task.lineage.ancestors().iter().copied().map(FindTerm::Ancestor))
            .chain(names.map(|parameter| FindTerm::Parameter(parameter.name.clone())))
            .chain(found.into_iter().map(FindTerm::Word));
        let mut metadata = BTreeMap::new();
        enter(&mut Vec::new(), &settings.metadata, &mut metadata);
        Self { terms: terms.map(|term| term.text()).collect(), words: text, metadata }
    }
}

impl Findable {
    /// The terms of a place in the tree alone.
    #[must_use]
    pub fn of_lineage(lineage: &Lineage) -> Self {
        let terms = lineage.ancestors().iter().copied().map(FindTerm::Ancestor);
        Self { terms: terms.map(|term| term.text()).collect(), ..Self::default() }
    }
}

/// Every member of an object, and of the objects in it, by its path.
fn enter(
    path: &mut Vec<String>,
    members: &JsonObject,
    found: &mut BTreeMap<String, MetadataValue>,
) {
    for (name, value) in members {
        path.push(name.clone());
        found.insert(metadata_path(path), MetadataValue::of(value));
        if let JsonValue::Object(members) = value {
            enter(path, members, found);
        }
        path.pop();
    }
}

/// The words of a text: letters and digits that stand together, folded.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = fold(text);
    let words: Vec<_> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(MAX_WORD).collect())
        .collect();
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_letters_and_digits_folded() {
        let found: Vec<_> = words("Suzuki-coupling, 80°C: Straße №4 ÜBUNG").collect();
        assert_eq!(found, ["suzuki", "coupling", "80", "c", "strasse", "4", "übung"]);
        assert!(words("CAFE\u{301}").eq(words("caf\u{e9}")));
    }

    #[test]
    fn equal_values_have_equal_texts() {
        let text = |value| MetadataValue::of(&value).text;
        assert_eq!(text(json!(1)), text(json!(1.0)));
        assert_eq!(text(json!(0.0)), text(json!(-0.0)));
        assert_eq!(text(json!({"a": 1, "b": [2]})), text(json!({"b": [2.0], "a": 1.0})));
        assert_eq!(text(json!("Cafe\u{301}")), text(json!("Caf\u{e9}")));
        assert_ne!(text(json!("1")), text(json!(1)));
        assert_ne!(text(json!("true")), text(json!(true)));
        assert_ne!(text(json!([1, 2])), text(json!([12])));
        let long = "x".repeat(MAX_COMPARED_CHARS + 1);
        assert_ne!(text(json!(long)), text(json!(format!("{long}y"))));
    }

    #[test]
    fn a_path_is_one_way_only() {
        let path = |members: &[&str]| {
            metadata_path(&members.iter().map(|m| (*m).to_owned()).collect::<Vec<_>>())
        };
        assert_ne!(path(&["a/b"]), path(&["a", "b"]));
        assert_ne!(path(&["a\\sb"]), path(&["a/b"]));
        assert!(path(&[&"x".repeat(5_000)]).len() < 100);
    }

    #[test]
    fn every_level_of_metadata_is_found() {
        let metadata = json!({"lab": {"site": "B12", "rooms": [1, 2]}, "t": 80});
        let mut found = BTreeMap::new();
        enter(&mut Vec::new(), metadata.as_object().unwrap(), &mut found);
        let paths: Vec<_> = found.keys().map(String::as_str).collect();
        assert_eq!(paths, ["lab/", "lab/rooms/", "lab/site/", "t/"]);
        assert_eq!(found["t/"].number, Some(80.0));
        assert_eq!(found["lab/site/"].text, "sB12");
    }
}
