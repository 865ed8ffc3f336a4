//! What must hold between parameters: linear constraints, such as fractions that sum to 1.

use std::fmt;

use asktell_strategies::space::LinearConstraint;
use serde::{Deserialize, Serialize};

use super::{Parameter, ParameterKind};
use crate::task::Invalid;

/// A parameter, as it counts in a sum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// The name of the parameter.
    pub parameter: String,
    /// What it is multiplied with.
    pub coefficient: f64,
}

/// Bounds of a weighted sum of numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParameterConstraint {
    /// What is summed.
    pub terms: Vec<Term>,
    /// The least sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The greatest sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// The only sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<f64>,
    /// By how much the sum of what was really tried may miss it; none for no more than rounding takes. Proposals keep it
    /// exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<f64>,
}

impl ParameterConstraint {
    /// Checks names, coefficients and bounds.
    pub(super) fn check(&self, parameters: &[Parameter]) -> Result<(), Invalid> {
        let Self { terms, at_least, at_most, equals, tolerance } = self;
        if terms.is_empty() {
            return Err(Invalid::new("at least one term is needed").at("terms"));
        }
        for (i, term) in terms.iter().enumerate() {
            let twice = terms[..i].iter().any(|other| other.parameter == term.parameter);
            check_term(term, twice, parameters).map_err(|e| e.at_index(i).at("terms"))?;
        }
        for (field, bound) in [("atLeast", at_least), ("atMost", at_most), ("equals", equals)] {
            if bound.is_some_and(|bound| !bound.is_finite()) {
                return Err(Invalid::new("must be a finite number").at(field));
            }
        }
        if tolerance.is_some_and(|tolerance| !(tolerance.is_finite() && tolerance >= 0.0)) {
            return Err(Invalid::new("must be a finite number, at least 0").at("tolerance"));
        }
        match (at_least, at_most, equals) {
            (None, None, None) => Err(Invalid::new("needs `atLeast`, `atMost` or `equals`")),
            (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
                Err(Invalid::new("stands alone, without `atLeast` and `atMost`").at("equals"))
            }
            (Some(least), Some(most), None) if least > most => {
                Err(Invalid::new("`atLeast` must not be more than `atMost`").at("atLeast"))
            }
            (Some(_), _, None) | (None, Some(_), None) | (None, None, Some(_)) => Ok(()),
        }
    }

    /// In the words of the strategies: parameters by their place.
    pub(super) fn linear(&self, parameters: &[Parameter]) -> LinearConstraint {
        let Self { terms, at_least, at_most, equals, tolerance: _ } = self;
        let place = |name: &str| parameters.iter().position(|parameter| parameter.name == name);
        LinearConstraint {
            terms: terms
                .iter()
                .filter_map(|term| Some((place(&term.parameter)?, term.coefficient)))
                .collect(),
            low: equals.or(*at_least).unwrap_or(f64::NEG_INFINITY),
            high: equals.or(*at_most).unwrap_or(f64::INFINITY),
        }
    }
}

/// The same where results are judged: with the tolerance around it.
pub(super) fn widened(
    linear: &LinearConstraint,
    constraint: &ParameterConstraint,
) -> LinearConstraint {
    let tolerance = constraint.tolerance.unwrap_or_default();
    LinearConstraint {
        terms: linear.terms.clone(),
        low: linear.low - tolerance,
        high: linear.high + tolerance,
    }
}

fn check_term(term: &Term, twice: bool, parameters: &[Parameter]) -> Result<(), Invalid> {
    let Term { parameter: name, coefficient } = term;
    let wrong = |what: String| Err(Invalid::new(what).at("parameter"));
    let Some(parameter) = parameters.iter().find(|parameter| parameter.name == *name) else {
        return wrong(format!("the space has no parameter \"{name}\""));
    };
    match parameter.kind {
        ParameterKind::Float(_) | ParameterKind::Int(_) => {}
        ParameterKind::Categorical { .. } | ParameterKind::Ordinal { .. } => {
            return wrong(format!("\"{name}\" is no number"));
        }
    }
    if parameter.condition.is_some() {
        return wrong(format!("\"{name}\" does not always exist"));
    }
    if twice {
        return wrong(format!("\"{name}\" is named twice"));
    }
    if !coefficient.is_finite() || *coefficient == 0.0 {
        return Err(Invalid::new("a finite number other than 0").at("coefficient"));
    }
    Ok(())
}

impl fmt::Display for ParameterConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, Term { parameter, coefficient }) in self.terms.iter().enumerate() {
            let sign = match (i, *coefficient < 0.0) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            };
            f.write_str(sign)?;
            let size = coefficient.abs();
            #[expect(clippy::float_cmp, reason = "exactly 1 is left out")]
            if size != 1.0 {
                write!(f, "{size} * ")?;
            }
            f.write_str(parameter)?;
        }
        match (self.equals, self.at_least, self.at_most) {
            (Some(sum), _, _) => write!(f, " = {sum}"),
            (None, Some(least), Some(most)) => write!(f, " from {least} to {most}"),
            (None, Some(least), None) => write!(f, " at least {least}"),
            (None, None, Some(most)) => write!(f, " at most {most}"),
            (None, None, None) => Ok(()),
        }
    }
}
