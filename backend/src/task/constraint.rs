//! What a result must satisfy to count as good.

use serde::{Deserialize, Serialize};

use super::{Invalid, Values, objective::check_label};

/// A threshold on an objective or a metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Constraint {
    /// The name of the objective or metric.
    pub name: String,
    /// The most that it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// The least that it must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
}

/// The outcome constraints of a task.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Constraint>", into = "Vec<Constraint>")]
pub struct Constraints(Vec<Constraint>);

impl Constraints {
    const MAX: usize = 32;

    /// Checks the list: each name once, a threshold for each, and room between two.
    pub fn new(constraints: Vec<Constraint>) -> Result<Self, Invalid> {
        if constraints.len() > Self::MAX {
            return Err(Invalid::new(format!("at most {} constraints", Self::MAX)));
        }
        for (i, constraint) in constraints.iter().enumerate() {
            check(constraint).map_err(|e| e.at_index(i))?;
            if constraints[..i].iter().any(|other| other.name == constraint.name) {
                let what = format!("there are two constraints of \"{}\"", constraint.name);
                return Err(Invalid::new(what).at("name").at_index(i));
            }
        }
        Ok(Self(constraints))
    }

    /// The constraints in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Constraint] {
        &self.0
    }

    /// The names that a report leaves out.
    #[must_use]
    pub fn missing<'a>(&'a self, values: &Values, metrics: &Values) -> Vec<&'a str> {
        let names = self.0.iter().map(|constraint| constraint.name.as_str());
        names.filter(|name| !values.contains_key(*name) && !metrics.contains_key(*name)).collect()
    }

    /// Whether every threshold is kept; none if all of what was measured does, and something was not measured.
    #[must_use]
    pub fn kept(&self, values: &Values, metrics: &Values) -> Option<bool> {
        let keeps = |constraint: &Constraint| {
            let value = values.get(&constraint.name).or_else(|| metrics.get(&constraint.name))?;
            let Constraint { name: _, at_most, at_least } = constraint;
            let below = at_most.is_none_or(|most| *value <= most);
            Some(below && at_least.is_none_or(|least| *value >= least))
        };
        let judged: Vec<_> = self.0.iter().map(keeps).collect();
        if judged.contains(&Some(false)) {
            return Some(false);
        }
        judged.iter().all(Option::is_some).then_some(true)
    }
}

fn check(constraint: &Constraint) -> Result<(), Invalid> {
    check_label(&constraint.name, 100).map_err(|e| e.at("name"))?;
    for (field, bound) in [("atMost", constraint.at_most), ("atLeast", constraint.at_least)] {
        if bound.is_some_and(|bound| !bound.is_finite()) {
            return Err(Invalid::new("must be a finite number").at(field));
        }
    }
    match (constraint.at_least, constraint.at_most) {
        (None, None) => Err(Invalid::new("needs `atMost` or `atLeast`")),
        (Some(least), Some(most)) if least > most => {
            Err(Invalid::new("`atLeast` must not be more than `atMost`").at("atLeast"))
        }
        (Some(_), _) | (_, Some(_)) => Ok(()),
    }
}

impl TryFrom<Vec<Constraint>> for Constraints {
    type Error = Invalid;
    fn try_from(constraints: Vec<Constraint>) -> Result<Self, Invalid> {
        Self::new(constraints)
    }
}

impl From<Constraints> for Vec<Constraint> {
    fn from(constraints: Constraints) -> Self {
        constraints.0
    }
}
