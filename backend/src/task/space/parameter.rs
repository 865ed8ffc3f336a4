//! What can be set, and the values that it takes.

use asktell_strategies::space::Domain;
use serde::{Deserialize, Serialize};

use super::Condition;
use crate::task::{Invalid, ParameterValue, objective::check_label};

/// The largest whole number that every client keeps exactly: 2^53.
const MAX_EXACT: i64 = 1 << 53;
/// By how much of its size rounding may move a value.
const ROUNDING: f64 = 1e-14;
/// How far, in steps, a value may lie from the grid: what adding up 0.1 ten times loses.
const GRID_TOLERANCE: f64 = 1e-6;

/// The bounds of a number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Numeric<T, S> {
    /// The smallest value, itself included.
    pub low: T,
    /// The largest value, itself included (unless the step jumps over it); the same as `low` for a constant.
    pub high: T,
    /// The distance between neighbouring values, counted from `low`.
    pub step: S,
    /// Whether points are spread evenly over the logarithm.
    #[serde(default)]
    pub log: bool,
}

/// What values a parameter takes. One that takes a single value is a constant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ParameterKind {
    /// Any number between the bounds, or those on a grid.
    Float(Numeric<f64, Option<f64>>),
    /// Whole numbers on a grid.
    Int(Numeric<i64, i64>),
    /// One of some choices without order.
    Categorical {
        /// The choices.
        choices: Vec<ParameterValue>,
    },
    /// One of some levels, lowest first.
    Ordinal {
        /// The levels, in order.
        levels: Vec<ParameterValue>,
    },
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name, unique within the space.
    pub name: String,
    /// The values that it takes.
    #[serde(flatten)]
    pub kind: ParameterKind,
    /// When it exists at all; none for always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// The only value of it that is proposed; none for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<ParameterValue>,
}

impl Parameter {
    /// The value as it was really set, as this parameter spells it: any number where it takes numbers, whatever its bounds
    /// and its step; else one of its choices.
    pub(super) fn locate(&self, value: &ParameterValue) -> Result<ParameterValue, Invalid> {
        match (&self.kind, self.kind.admit(value)) {
            (_, Ok(value)) => Ok(value),
            (ParameterKind::Categorical { .. } | ParameterKind::Ordinal { .. }, Err(refused)) => {
                Err(refused)
            }
            (ParameterKind::Float(_) | ParameterKind::Int(_), Err(_)) => {
                let number = value.as_f64().filter(|number| number.is_finite());
                let number = number.ok_or_else(|| Invalid::new("must be a finite number"))?;
                let exact = whole(value).filter(|_| matches!(self.kind, ParameterKind::Int(_)));
                Ok(exact.map_or(ParameterValue::Float(number), ParameterValue::Int))
            }
        }
    }
}

impl ParameterKind {
    /// The most choices or levels of one parameter.
    const MAX_CHOICES: usize = 1_000;

    /// The word of the kind, as the API and files have it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Float(_) => "float",
            Self::Int(_) => "int",
            Self::Categorical { .. } => "categorical",
            Self::Ordinal { .. } => "ordinal",
        }
    }

    pub(super) fn check(&self) -> Result<(), Invalid> {
        match self {
            Self::Float(bounds) => check_float(*bounds),
            Self::Int(bounds) => check_int(*bounds),
            Self::Categorical { choices } => check_choices(choices).map_err(|e| e.at("choices")),
            Self::Ordinal { levels } => check_choices(levels).map_err(|e| e.at("levels")),
        }
    }

    /// The value as this parameter spells it, if it is one of its values.
    pub(super) fn admit(&self, value: &ParameterValue) -> Result<ParameterValue, Invalid> {
        match self {
            Self::Float(bounds) => {
                let number = value.as_f64().ok_or_else(|| Invalid::new("must be a number"))?;
                bounds.admit(number).map(ParameterValue::Float)
            }
            Self::Int(bounds) => {
                let number = whole(value).ok_or_else(|| Invalid::new("must be a whole number"))?;
                bounds.admit(number).map(ParameterValue::Int)
            }
            Self::Categorical { choices: known } | Self::Ordinal { levels: known } => {
                known.iter().find(|choice| choice.same(value)).cloned().ok_or_else(|| {
                    let list: Vec<_> = known.iter().take(10).map(ToString::to_string).collect();
                    let more = if known.len() > 10 { ", …" } else { "" };
                    Invalid::new(format!("must be one of {}{more}", list.join(", ")))
                })
            }
        }
    }
}

impl Numeric<f64, Option<f64>> {
    fn admit(self, number: f64) -> Result<f64, Invalid> {
        if !number.is_finite() || number < self.low || number > self.high {
            return Err(Invalid::new(format!("must be from {} to {}", self.low, self.high)));
        }
        if let Some(step) = self.step {
            let steps = (number - self.low) / step;
            let largest = self.low.abs().max(self.high.abs());
            if (steps - steps.round()).abs() > GRID_TOLERANCE + ROUNDING * largest / step {
                return Err(Invalid::new(format!(
                    "must be {} plus a multiple of {step}",
                    self.low
                )));
            }
        }
        Ok(number)
    }
}

impl Numeric<i64, i64> {
    fn admit(self, number: i64) -> Result<i64, Invalid> {
        if number < self.low || number > self.high {
            return Err(Invalid::new(format!("must be from {} to {}", self.low, self.high)));
        }
        if (number - self.low) % self.step != 0 {
            return Err(Invalid::new(format!(
                "must be {} plus a multiple of {}",
                self.low, self.step
            )));
        }
        Ok(number)
    }
}

fn whole(value: &ParameterValue) -> Option<i64> {
    match value {
        ParameterValue::Int(number) => Some(*number),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "whole and within 53 bits: exact"
        )]
        ParameterValue::Float(number)
            if number.fract() == 0.0 && number.abs() <= MAX_EXACT as f64 =>
        {
            Some(*number as i64)
        }
        ParameterValue::Null
        | ParameterValue::Float(_)
        | ParameterValue::Bool(_)
        | ParameterValue::Text(_) => None,
    }
}

fn check_float(bounds: Numeric<f64, Option<f64>>) -> Result<(), Invalid> {
    let Numeric { low, high, step, log } = bounds;
    for (name, number) in [("low", low), ("high", high), ("step", step.unwrap_or(1.0))] {
        if !number.is_finite() {
            return Err(Invalid::new("must be a finite number").at(name));
        }
    }
    if low > high {
        return Err(Invalid::new(format!("must be at least low ({low})")).at("high"));
    }
    let range = high - low;
    if !range.is_finite() {
        return Err(Invalid::new("the range from low to high is too wide for a number").at("high"));
    }
    if let Some(step) = step {
        // Of a constant, the step says nothing.
        if step <= 0.0 || (step > range && range > 0.0) {
            return Err(Invalid::new(format!(
                "must be more than 0 and at most high - low ({range})"
            ))
            .at("step"));
        }
        if log {
            return Err(Invalid::new("a logarithmic parameter has no step").at("step"));
        }
        if (Domain::Float { low, high, step: Some(step), log }).has_vanishing_step() {
            let largest = low.abs().max(high.abs());
            let what = format!(
                "must be at least a trillionth of the largest bound ({:e}): smaller steps cannot be told apart",
                1e-12 * largest
            );
            return Err(Invalid::new(what).at("step"));
        }
    }
    if log && low <= 0.0 {
        return Err(Invalid::new("must be more than 0 on a logarithmic scale").at("low"));
    }
    Ok(())
}

fn check_int(bounds: Numeric<i64, i64>) -> Result<(), Invalid> {
    let Numeric { low, high, step, log } = bounds;
    for (name, number) in [("low", low), ("high", high)] {
        if number.abs() > MAX_EXACT {
            return Err(Invalid::new("must be within 53 bits").at(name));
        }
    }
    if low > high {
        return Err(Invalid::new(format!("must be at least low ({low})")).at("high"));
    }
    if step < 1 || (step > high - low && high > low) {
        return Err(
            Invalid::new(format!("must be from 1 to high - low ({})", high - low)).at("step")
        );
    }
    if log && step != 1 {
        return Err(Invalid::new("a logarithmic parameter has no step but 1").at("step"));
    }
    if log && low < 1 {
        return Err(Invalid::new("must be at least 1 on a logarithmic scale").at("low"));
    }
    Ok(())
}

fn check_choices(choices: &[ParameterValue]) -> Result<(), Invalid> {
    if choices.is_empty() {
        return Err(Invalid::new("at least one is needed"));
    }
    if choices.len() > ParameterKind::MAX_CHOICES {
        return Err(Invalid::new(format!("at most {}", ParameterKind::MAX_CHOICES)));
    }
    for (i, choice) in choices.iter().enumerate() {
        match choice {
            ParameterValue::Text(text) => check_label(text, 200).map_err(|e| e.at_index(i))?,
            ParameterValue::Float(number) if !number.is_finite() => {
                return Err(Invalid::new("must be a finite number").at_index(i));
            }
            ParameterValue::Int(number) if number.abs() > MAX_EXACT => {
                return Err(Invalid::new("must be within 53 bits").at_index(i));
            }
            ParameterValue::Null
            | ParameterValue::Float(_)
            | ParameterValue::Int(_)
            | ParameterValue::Bool(_) => {}
        }
        if choices[..i].iter().any(|other| other.same(choice)) {
            return Err(Invalid::new(format!("{choice} is listed twice")).at_index(i));
        }
    }
    Ok(())
}
