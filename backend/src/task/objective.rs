//! What is measured.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Invalid;

/// Whether less or more of an objective is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    /// Less is better.
    Minimize,
    /// More is better.
    Maximize,
}

impl Direction {
    /// Whether `a` is better than `b`.
    #[must_use]
    pub fn prefers(self, a: f64, b: f64) -> bool {
        match self {
            Self::Minimize => a < b,
            Self::Maximize => a > b,
        }
    }
}

/// A measured quantity with a direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objective {
    /// Its name, unique within the task.
    pub name: String,
    /// Whether less or more is better.
    pub direction: Direction,
}

/// What was measured: objective name to value, every value finite.
pub type Values = BTreeMap<String, f64>;

/// The objectives of a task, in the order given; none while the task is being planned.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Objective>", into = "Vec<Objective>")]
pub struct Objectives(Vec<Objective>);

impl Objectives {
    /// The most objectives that a task has.
    pub const MAX: usize = 16;
    const MAX_NAME_CHARS: usize = 100;

    /// Checks the list: names not empty and unique.
    pub fn new(objectives: Vec<Objective>) -> Result<Self, Invalid> {
        if objectives.len() > Self::MAX {
            return Err(Invalid::new(format!("at most {} objectives", Self::MAX)));
        }
        for (i, objective) in objectives.iter().enumerate() {
            check_label(&objective.name, Self::MAX_NAME_CHARS)
                .map_err(|e| e.at("name").at_index(i))?;
            if objectives[..i].iter().any(|other| other.name == objective.name) {
                return Err(Invalid::new(format!("the name \"{}\" is used twice", objective.name))
                    .at("name")
                    .at_index(i));
            }
        }
        Ok(Self(objectives))
    }

    /// The objectives in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Objective] {
        &self.0
    }

    /// Whether there are none yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The only objective; with several (or none) there is no single best value.
    #[must_use]
    pub fn single(&self) -> Option<&Objective> {
        match self.0.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Checks that a report has finite values of objectives, each once, and at least one if there are objectives: one that was
    /// not measured may be missing.
    pub fn check_values(&self, values: &[(String, f64)]) -> Result<Values, Invalid> {
        let mut checked = Values::new();
        for (i, (name, value)) in values.iter().enumerate() {
            if !self.0.iter().any(|objective| &objective.name == name) {
                return Err(Invalid::new(format!("the task has no objective \"{name}\""))
                    .at("objective")
                    .at_index(i));
            }
            if !value.is_finite() {
                return Err(Invalid::new(
                    "must be a finite number; report a failed evaluation as `failure`",
                )
                .at("value")
                .at_index(i));
            }
            if checked.insert(name.clone(), *value).is_some() {
                return Err(Invalid::new(format!("the objective \"{name}\" is reported twice"))
                    .at("objective")
                    .at_index(i));
            }
        }
        match self.0.as_slice() {
            [] => Ok(checked),
            _ if !checked.is_empty() => Ok(checked),
            [only] => Err(Invalid::new(format!("the objective \"{}\" has no value", only.name))),
            [_, ..] => Err(Invalid::new("at least one objective needs a value")),
        }
    }
}

impl TryFrom<Vec<Objective>> for Objectives {
    type Error = Invalid;
    fn try_from(objectives: Vec<Objective>) -> Result<Self, Invalid> {
        Self::new(objectives)
    }
}

impl From<Objectives> for Vec<Objective> {
    fn from(objectives: Objectives) -> Self {
        objectives.0
    }
}

/// A short name: one line, not empty, no blanks around it.
pub(super) fn check_label(text: &str, max_chars: usize) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::new("must not be empty"));
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err(Invalid::new("must be one line, without blanks around it"));
    }
    if text.chars().count() > max_chars {
        return Err(Invalid::new(format!("at most {max_chars} characters")));
    }
    Ok(())
}
