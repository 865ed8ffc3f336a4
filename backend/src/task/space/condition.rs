//! Parameters that exist only for some values of another.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Parameter, ParameterKind};
use crate::task::{Invalid, ParameterValue};

/// When a parameter exists: for some values of an earlier one. It says either which values, or from
/// where to where they go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// The name of the parameter that decides.
    pub parameter: String,
    /// The choices, levels or whole numbers of it for which the other exists; empty if it is a range.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<ParameterValue>,
    /// The least number of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The greatest number of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

impl Condition {
    /// Checks it against the parameters that come earlier.
    pub(super) fn check(&self, earlier: &[Parameter]) -> Result<(), Invalid> {
        let Some(parent) = earlier.iter().find(|parameter| parameter.name == self.parameter) else {
            let what = format!(
                "no parameter \"{}\" comes earlier: what decides stands before what depends on it",
                self.parameter
            );
            return Err(Invalid::new(what).at("parameter"));
        };
        match (self.one_of.is_empty(), self.at_least, self.at_most) {
            (true, None, None) => Err(Invalid::new("needs `oneOf`, `atLeast` or `atMost`")),
            (false, None, None) => self.check_values(&parent.kind),
            (true, at_least, at_most) => check_range(&parent.kind, at_least, at_most),
            (false, _, _) => Err(Invalid::new("either values or a range, not both").at("oneOf")),
        }
    }

    fn check_values(&self, parent: &ParameterKind) -> Result<(), Invalid> {
        let (ParameterKind::Int(_)
        | ParameterKind::Categorical { .. }
        | ParameterKind::Ordinal { .. }) = parent
        else {
            let what =
                format!("\"{}\" takes any number: use `atLeast` or `atMost`", self.parameter);
            return Err(Invalid::new(what).at("oneOf"));
        };
        for (i, value) in self.one_of.iter().enumerate() {
            parent.admit(value).map_err(|e| e.at_index(i).at("oneOf"))?;
            if self.one_of[..i].iter().any(|other| other.same(value)) {
                let twice = format!("{value} is listed twice");
                return Err(Invalid::new(twice).at_index(i).at("oneOf"));
            }
        }
        Ok(())
    }

    /// Whether the parameter exists for that value of the one that decides.
    pub(super) fn holds(&self, value: &ParameterValue) -> bool {
        if !self.one_of.is_empty() {
            return self.one_of.iter().any(|one| one.same(value));
        }
        value.as_f64().is_some_and(|number| {
            self.at_least.is_none_or(|least| number >= least)
                && self.at_most.is_none_or(|most| number <= most)
        })
    }
}

fn check_range(
    parent: &ParameterKind,
    at_least: Option<f64>,
    at_most: Option<f64>,
) -> Result<(), Invalid> {
    for (field, bound) in [("atLeast", at_least), ("atMost", at_most)] {
        if bound.is_some_and(|bound| !bound.is_finite()) {
            return Err(Invalid::new("must be a finite number").at(field));
        }
    }
    let field = if at_least.is_some() { "atLeast" } else { "atMost" };
    let (least, most) = (at_least.unwrap_or(f64::MIN), at_most.unwrap_or(f64::MAX));
    #[expect(clippy::cast_precision_loss, reason = "whole parameters are within 53 bits: exact")]
    let fits = match parent {
        ParameterKind::Float(bounds) => least.max(bounds.low) <= most.min(bounds.high),
        ParameterKind::Int(bounds) => {
            least.max(bounds.low as f64).ceil() <= most.min(bounds.high as f64).floor()
        }
        ParameterKind::Categorical { .. } | ParameterKind::Ordinal { .. } => {
            return Err(Invalid::new("only of numbers; use `oneOf`").at(field));
        }
    };
    if fits { Ok(()) } else { Err(Invalid::new("is never fulfilled").at(field)) }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { parameter, one_of, at_least, at_most } = self;
        write!(f, "\"{parameter}\" is ")?;
        match (one_of.as_slice(), at_least, at_most) {
            ([only], _, _) => write!(f, "{only}"),
            ([first, rest @ ..], _, _) => {
                write!(f, "one of {first}")?;
                rest.iter().try_for_each(|value| write!(f, ", {value}"))
            }
            ([], Some(least), Some(most)) => write!(f, "from {least} to {most}"),
            ([], Some(least), None) => write!(f, "at least {least}"),
            ([], None, Some(most)) => write!(f, "at most {most}"),
            ([], None, None) => f.write_str("set"),
        }
    }
}
