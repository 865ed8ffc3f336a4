//! A space and its points in numbers, as the strategies know them: a choice is its index.

use asktell_strategies::{
    Space,
    space::{self, Domain, When},
};

use super::{
    Condition, Numeric, Parameter, ParameterConstraint, ParameterKind, ParameterSpace, Point,
};
use crate::task::ParameterValue;

impl ParameterSpace {
    /// The space in numbers.
    #[must_use]
    pub fn numbers(&self) -> &Space {
        &self.numbers
    }

    /// A point in numbers; none if it has no value for an active parameter, or one that is no choice of
    /// it. Numbers may lie outside of the bounds, and constraints are not looked at: a file may bring
    /// such points.
    #[must_use]
    pub fn numbers_of(&self, point: &Point) -> Option<asktell_strategies::Point> {
        let mut values = Vec::with_capacity(self.parameters.len());
        for (index, parameter) in self.parameters.iter().enumerate() {
            let value = if self.numbers.is_active(index, &values) {
                let (_, value) = point.values().iter().find(|(name, _)| *name == parameter.name)?;
                Some(number_of(&parameter.kind, value)?)
            } else {
                None
            };
            values.push(value);
        }
        Some(asktell_strategies::Point(values))
    }

    /// A point in the words of the task.
    #[must_use]
    pub fn point_of(&self, point: &asktell_strategies::Point) -> Point {
        let values = self.parameters.iter().zip(&point.0).filter_map(|(parameter, value)| {
            Some((parameter.name.clone(), value_of(&parameter.kind, (*value)?)))
        });
        Point::of_space(values.collect())
    }
}

/// The space in numbers, without its candidates. Names have been checked.
pub(super) fn space(parameters: &[Parameter], constraints: &[ParameterConstraint]) -> Space {
    let in_numbers = |parameter: &Parameter| space::Parameter {
        domain: domain(&parameter.kind),
        condition: parameter.condition.as_ref().and_then(|known| condition(known, parameters)),
        fixed: parameter.fixed.as_ref().and_then(|value| number_of(&parameter.kind, value)),
    };
    Space {
        parameters: parameters.iter().map(in_numbers).collect(),
        constraints: constraints.iter().map(|known| known.linear(parameters)).collect(),
        candidates: Vec::new(),
    }
}

fn domain(kind: &ParameterKind) -> Domain {
    match kind {
        ParameterKind::Float(Numeric { low, high, step, log }) => {
            Domain::Float { low: *low, high: *high, step: *step, log: *log }
        }
        ParameterKind::Int(Numeric { low, high, step, log }) => {
            Domain::Int { low: *low, high: *high, step: *step, log: *log }
        }
        ParameterKind::Categorical { choices } => Domain::Categorical { choices: choices.len() },
        ParameterKind::Ordinal { levels } => Domain::Ordinal { levels: levels.len() },
    }
}

fn condition(condition: &Condition, parameters: &[Parameter]) -> Option<space::Condition> {
    let Condition { parameter: name, one_of, at_least, at_most } = condition;
    let parent = parameters.iter().position(|parameter| parameter.name == *name)?;
    let kind = &parameters[parent].kind;
    let when = match kind {
        ParameterKind::Categorical { choices: known }
        | ParameterKind::Ordinal { levels: known } => {
            let place = |value| known.iter().position(|choice| choice.same(value));
            When::Among(one_of.iter().filter_map(place).collect())
        }
        ParameterKind::Int(_) if !one_of.is_empty() => {
            When::Numbers(one_of.iter().filter_map(ParameterValue::as_f64).collect())
        }
        ParameterKind::Int(_) | ParameterKind::Float(_) => {
            When::Between(at_least.unwrap_or(f64::NEG_INFINITY), at_most.unwrap_or(f64::INFINITY))
        }
    };
    Some(space::Condition { parent, when })
}

fn number_of(kind: &ParameterKind, value: &ParameterValue) -> Option<f64> {
    match kind {
        ParameterKind::Float(_) | ParameterKind::Int(_) => value.as_f64(),
        ParameterKind::Categorical { choices: known }
        | ParameterKind::Ordinal { levels: known } => {
            let index = known.iter().position(|choice| choice.same(value))?;
            u32::try_from(index).ok().map(f64::from)
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole numbers within 53 bits, and indices"
)]
fn value_of(kind: &ParameterKind, value: f64) -> ParameterValue {
    match kind {
        ParameterKind::Float(_) => ParameterValue::Float(value),
        ParameterKind::Int(_) => ParameterValue::Int(value.round() as i64),
        ParameterKind::Categorical { choices: known }
        | ParameterKind::Ordinal { levels: known } => {
            known[(value.round() as usize).min(known.len() - 1)].clone()
        }
    }
}

impl ParameterKind {
    /// A value in numbers; none if it is of another kind.
    #[must_use]
    pub fn number_of(&self, value: &ParameterValue) -> Option<f64> {
        number_of(self, value)
    }

    /// The value that a number stands for.
    #[must_use]
    pub fn value_of(&self, number: f64) -> ParameterValue {
        value_of(self, number)
    }
}
