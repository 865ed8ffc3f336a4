//! Tags: words by which people keep their tasks apart.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Invalid, fold, objective::check_label, text::check_visible};

/// A tag: one line, at most 100 characters. Upper and lower case are the same tag, kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(String);

impl Tag {
    const MAX_CHARS: usize = 100;

    /// Checks the tag as somebody gives it, and folds its case.
    pub fn new(text: impl AsRef<str>) -> Result<Self, Invalid> {
        check_visible(text.as_ref())?;
        Self::kept(text)
    }

    /// The same for a tag that was kept, maybe by a version of the server with other rules.
    pub fn kept(text: impl AsRef<str>) -> Result<Self, Invalid> {
        let folded = fold(text.as_ref().trim());
        if folded.contains('\0') {
            return Err(Invalid::new("the character U+0000 cannot be stored"));
        }
        check_label(&folded, Self::MAX_CHARS)?;
        Ok(Self(folded))
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Tag {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::kept(text)
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The tags of a task: each is there once, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Tag>", into = "Vec<Tag>")]
pub struct Tags(Vec<Tag>);

impl Tags {
    /// The most tags of a task.
    pub const MAX: usize = 64;

    /// Checks the tags of a task: at most 64.
    pub fn new(mut tags: Vec<Tag>) -> Result<Self, Invalid> {
        tags.sort_unstable();
        tags.dedup();
        if tags.len() > Self::MAX {
            return Err(Invalid::new(format!("at most {} tags", Self::MAX)));
        }
        Ok(Self(tags))
    }

    /// The tags as somebody has written them.
    pub fn of_texts(texts: Vec<String>) -> Result<Self, Invalid> {
        let checked = |(i, text): (usize, String)| Tag::new(text).map_err(|e| e.at_index(i));
        Self::new(texts.into_iter().enumerate().map(checked).collect::<Result<_, _>>()?)
    }

    /// The tags in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Tag] {
        &self.0
    }

    /// These tags and those.
    pub fn with(&self, more: &Self) -> Result<Self, Invalid> {
        Self::new(self.0.iter().chain(&more.0).cloned().collect())
    }

    /// These tags but for those.
    #[must_use]
    pub fn without(&self, fewer: &Self) -> Self {
        Self(self.0.iter().filter(|tag| !fewer.0.contains(tag)).cloned().collect())
    }
}

impl TryFrom<Vec<Tag>> for Tags {
    type Error = Invalid;
    fn try_from(tags: Vec<Tag>) -> Result<Self, Invalid> {
        Self::new(tags)
    }
}

impl From<Tags> for Vec<Tag> {
    fn from(tags: Tags) -> Self {
        tags.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(texts: &[&str]) -> Tags {
        Tags::of_texts(texts.iter().map(|text| (*text).to_owned()).collect()).unwrap()
    }

    #[test]
    fn case_and_order_do_not_matter() {
        assert_eq!(tags(&["Suzuki", " straße ", "suzuki"]), tags(&["STRASSE", "suzuki"]));
    }

    #[test]
    fn tags_are_added_and_taken_away() {
        let both = tags(&["a"]).with(&tags(&["b", "A"])).unwrap();
        assert_eq!(both, tags(&["a", "b"]));
        assert_eq!(both.without(&tags(&["A", "c"])), tags(&["b"]));
    }

    #[test]
    fn what_is_no_tag_is_refused_with_its_place() {
        let refused = Tags::of_texts(vec!["fine".into(), "two\nlines".into()]).unwrap_err();
        assert_eq!(refused.path(), [super::super::PathSegment::Index(1)]);
        let many = (0..=Tags::MAX).map(|n| n.to_string()).collect();
        assert!(Tags::of_texts(many).is_err());
    }
}
