//! What is wrong with an input, and where.

use std::fmt;

/// One step on the way to a field of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    /// A field of an object, by its name in the API.
    Field(String),
    /// An item of a list, from 0.
    Index(usize),
}

/// An input that breaks a rule: the path of the field and, in words, what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Invalid {
    path: Vec<PathSegment>,
    message: String,
    /// What else is wrong, each with its own path.
    others: Vec<Invalid>,
}

impl Invalid {
    /// A broken rule at the place that the caller will name with [`Self::at`].
    pub fn new(message: impl Into<String>) -> Self {
        Self { path: Vec::new(), message: message.into(), others: Vec::new() }
    }

    /// Several broken rules told together; none if there is none.
    #[must_use]
    pub fn all(problems: Vec<Self>) -> Option<Self> {
        let mut problems = problems.into_iter();
        let first = problems.next()?;
        Some(Self { others: problems.collect(), ..first })
    }

    /// Says that what is wrong lies in this field of the enclosing object.
    #[must_use]
    pub fn at(self, field: impl Into<String>) -> Self {
        self.within(&PathSegment::Field(field.into()))
    }

    /// Says that what is wrong lies in this item of the enclosing list.
    #[must_use]
    pub fn at_index(self, index: usize) -> Self {
        self.within(&PathSegment::Index(index))
    }

    fn within(mut self, segment: &PathSegment) -> Self {
        self.path.insert(0, segment.clone());
        for other in &mut self.others {
            other.path.insert(0, segment.clone());
        }
        self
    }

    /// The way to the field, outermost first.
    #[must_use]
    pub fn path(&self) -> &[PathSegment] {
        &self.path
    }

    /// What else is wrong.
    #[must_use]
    pub fn others(&self) -> &[Self] {
        &self.others
    }

    /// What is wrong and what would be right.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, segment) in self.path.iter().enumerate() {
            match segment {
                PathSegment::Field(name) if place == 0 => write!(f, "{name}")?,
                PathSegment::Field(name) => write!(f, ".{name}")?,
                PathSegment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        if !self.path.is_empty() {
            f.write_str(": ")?;
        }
        f.write_str(&self.message)?;
        match self.others.len() {
            0 => Ok(()),
            more => write!(f, " (and {more} more)"),
        }
    }
}
