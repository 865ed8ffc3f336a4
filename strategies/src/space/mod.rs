//! The space to search.

mod check;
mod fixed;
mod lattice;
mod polytope;
mod projection;
mod region;
#[cfg(test)]
mod tests;
mod unit;
mod used;
mod walk;

pub use check::SpaceProblem;
pub(crate) use lattice::Axis;
pub use region::Region;
pub use used::Used;
pub(crate) use walk::normal;

use serde::{Deserialize, Serialize};

/// The values that one parameter takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Domain {
    /// Any number from `low` to `high`, or those on a grid from `low` on.
    Float {
        /// The smallest value.
        low: f64,
        /// The largest value (unless the step jumps over it).
        high: f64,
        /// The distance between neighbouring values; none for any value.
        #[serde(default)]
        step: Option<f64>,
        /// Whether ratios matter, not differences.
        #[serde(default)]
        log: bool,
    },
    /// Whole numbers from `low` on.
    Int {
        /// The smallest value, within 53 bits.
        low: i64,
        /// The largest value (unless the step jumps over it).
        high: i64,
        /// The distance between neighbouring values, at least 1.
        step: i64,
        /// Whether ratios matter, not differences.
        #[serde(default)]
        log: bool,
    },
    /// One of `choices` without order; the value is the index.
    Categorical {
        /// How many choices, at least 1.
        choices: usize,
    },
    /// One of `levels` with an order; the value is the index.
    Ordinal {
        /// How many levels, at least 1.
        levels: usize,
    },
}

/// When a parameter exists at all: depending on an earlier parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// The index of the parameter that decides; smaller than that of the parameter that depends on it.
    pub parent: usize,
    /// For which of its values. An inactive parent has no value, and so nothing that depends on it is active.
    pub when: When,
}

/// The values of a parent for which a parameter is active.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum When {
    /// These choices or levels, by index.
    Among(Vec<usize>),
    /// These whole numbers.
    Numbers(Vec<f64>),
    /// Numbers from the first to the second, both included; infinite where open.
    Between(f64, f64),
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// The values that it takes.
    pub domain: Domain,
    /// When it exists; none for always.
    #[serde(default)]
    pub condition: Option<Condition>,
    /// The only value that is proposed where it exists, one of its domain; none for any. The domain stays what results are
    /// learned on: those with other values tell of this one, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<f64>,
}

/// A linear constraint between numbers: `low ≤ Σ coefficient · value ≤ high`. Equality where both are the same.
/// Its parameters are floats or ints, unconditional.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearConstraint {
    /// Parameter index and coefficient; each parameter once, no coefficient 0.
    pub terms: Vec<(usize, f64)>,
    /// The least sum; −∞ if open.
    pub low: f64,
    /// The greatest sum; ∞ if open.
    pub high: f64,
}

/// A value for each parameter; none where it is inactive. A choice is its index, an int a whole number.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Point(pub Vec<Option<f64>>);

/// The space to search.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Space {
    /// The parameters, 1 to 100.
    pub parameters: Vec<Parameter>,
    /// What must hold between them.
    #[serde(default)]
    pub constraints: Vec<LinearConstraint>,
    /// If not empty: the only points that there are.
    #[serde(default)]
    pub candidates: Vec<Point>,
}

impl Space {
    /// Whether the parameter is active in a point, whose earlier values decide.
    #[must_use]
    pub fn is_active(&self, parameter: usize, values: &[Option<f64>]) -> bool {
        let Some(Condition { parent, when }) = &self.parameters[parameter].condition else {
            return true;
        };
        let Some(value) = values[*parent] else { return false };
        match when {
            #[expect(clippy::cast_precision_loss, reason = "indices of choices are below 2^53")]
            When::Among(choices) => {
                choices.iter().any(|choice| (*choice as f64 - value).abs() < 0.5)
            }
            When::Numbers(numbers) => numbers.iter().any(|number| (number - value).abs() < 0.5),
            When::Between(low, high) => (*low..=*high).contains(&value),
        }
    }
}
