//! The parameter space of a task, and the points in it.

use serde::{Deserialize, Serialize};

use super::{Invalid, JsonObject, JsonValue, ParameterValue, objective::check_label};

/// The largest whole number that every client keeps exactly: 2^53.
const MAX_EXACT: i64 = 1 << 53;
/// How far, in steps, a value may lie from the grid: what adding up 0.1 ten times loses.
const GRID_TOLERANCE: f64 = 1e-6;

/// The bounds of a number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Numeric<T, S> {
    /// The smallest value, itself included.
    pub low: T,
    /// The largest value, itself included (unless the step jumps over it).
    pub high: T,
    /// The distance between neighbouring values, counted from `low`.
    pub step: S,
    /// Whether points are spread evenly over the logarithm.
    #[serde(default)]
    pub log: bool,
}

/// What values a parameter takes.
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

    fn check(&self) -> Result<(), Invalid> {
        match self {
            Self::Float(bounds) => check_float(*bounds),
            Self::Int(bounds) => check_int(*bounds),
            Self::Categorical { choices } => check_choices(choices, 2).map_err(|e| e.at("choices")),
            Self::Ordinal { levels } => check_choices(levels, 2).map_err(|e| e.at("levels")),
        }
    }

    /// The value as this parameter spells it, if it is one of its values.
    fn admit(&self, value: &ParameterValue) -> Result<ParameterValue, Invalid> {
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
            if (steps - steps.round()).abs() > GRID_TOLERANCE {
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
        ParameterValue::Float(_) | ParameterValue::Bool(_) | ParameterValue::Text(_) => None,
    }
}

fn check_float(bounds: Numeric<f64, Option<f64>>) -> Result<(), Invalid> {
    let Numeric { low, high, step, log } = bounds;
    for (name, number) in [("low", low), ("high", high), ("step", step.unwrap_or(1.0))] {
        if !number.is_finite() {
            return Err(Invalid::new("must be a finite number").at(name));
        }
    }
    if low >= high {
        return Err(Invalid::new(format!("must be greater than low ({low})")).at("high"));
    }
    let range = high - low;
    if !range.is_finite() {
        return Err(Invalid::new("the range from low to high is too wide for a number").at("high"));
    }
    if let Some(step) = step {
        if step <= 0.0 || step > range {
            return Err(Invalid::new(format!(
                "must be more than 0 and at most high - low ({range})"
            ))
            .at("step"));
        }
        if log {
            return Err(Invalid::new("a logarithmic parameter has no step").at("step"));
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
    if low >= high {
        return Err(Invalid::new(format!("must be greater than low ({low})")).at("high"));
    }
    if step < 1 || step > high - low {
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

fn check_choices(choices: &[ParameterValue], least: usize) -> Result<(), Invalid> {
    if choices.len() < least {
        return Err(Invalid::new(format!("at least {least} are needed")));
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
            ParameterValue::Float(_) | ParameterValue::Int(_) | ParameterValue::Bool(_) => {}
        }
        if choices[..i].iter().any(|other| other.same(choice)) {
            return Err(Invalid::new(format!("{choice} is listed twice")).at_index(i));
        }
    }
    Ok(())
}

/// The parameters of a task, in the order given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Parameter>", into = "Vec<Parameter>")]
pub struct ParameterSpace(Vec<Parameter>);

impl ParameterSpace {
    /// The most parameters of a space.
    pub const MAX: usize = 100;

    /// Checks the parameters: at least one, names unique, bounds in order, steps and scales possible.
    pub fn new(parameters: Vec<Parameter>) -> Result<Self, Invalid> {
        if parameters.is_empty() {
            return Err(Invalid::new("at least one parameter is needed"));
        }
        if parameters.len() > Self::MAX {
            return Err(Invalid::new(format!("at most {} parameters", Self::MAX)));
        }
        for (i, parameter) in parameters.iter().enumerate() {
            let twice = parameters[..i].iter().any(|other| other.name == parameter.name);
            let name = if twice {
                Err(Invalid::new(format!("the name \"{}\" is used twice", parameter.name)))
            } else {
                check_label(&parameter.name, 100)
            };
            name.map_err(|e| e.at("name"))
                .and_then(|()| parameter.kind.check())
                .map_err(|e| e.at(parameter.kind.word()).at_index(i))?;
        }
        Ok(Self(parameters))
    }

    /// The parameters in order.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.0
    }

    /// Checks that a point has exactly one value of each parameter, and gives it in the space's order.
    pub fn admit(&self, point: &JsonObject) -> Result<Point, Invalid> {
        if let Some(extra) = point.keys().find(|name| !self.0.iter().any(|p| &p.name == *name)) {
            return Err(Invalid::new("the space has no such parameter").at(extra.as_str()));
        }
        self.0
            .iter()
            .map(|parameter| {
                let value = point
                    .get(&parameter.name)
                    .ok_or_else(|| Invalid::new("has no value"))
                    .and_then(scalar)
                    .and_then(|value| parameter.kind.admit(&value))
                    .map_err(|e| e.at(parameter.name.as_str()))?;
                Ok((parameter.name.clone(), value))
            })
            .collect::<Result<_, Invalid>>()
            .map(Point)
    }
}

impl TryFrom<Vec<Parameter>> for ParameterSpace {
    type Error = Invalid;
    fn try_from(parameters: Vec<Parameter>) -> Result<Self, Invalid> {
        Self::new(parameters)
    }
}

impl From<ParameterSpace> for Vec<Parameter> {
    fn from(space: ParameterSpace) -> Self {
        space.0
    }
}

fn scalar(value: &JsonValue) -> Result<ParameterValue, Invalid> {
    match value {
        JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::String(_) => {
            serde_json::from_value(value.clone())
                .map_err(|_| Invalid::new("must be a number, a text or a boolean"))
        }
        JsonValue::Null | JsonValue::Array(_) | JsonValue::Object(_) => {
            Err(Invalid::new("must be a number, a text or a boolean"))
        }
    }
}

/// One value for each parameter, in the space's order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Point(Vec<(String, ParameterValue)>);

impl Point {
    /// A point of values that are known to lie in the space.
    #[must_use]
    pub const fn of_space(values: Vec<(String, ParameterValue)>) -> Self {
        Self(values)
    }

    /// A point as a file or the database has it: any names, scalar values.
    pub fn from_json(object: &JsonObject) -> Result<Self, Invalid> {
        object
            .iter()
            .map(|(name, value)| {
                scalar(value).map(|value| (name.clone(), value)).map_err(|e| e.at(name.as_str()))
            })
            .collect::<Result<_, Invalid>>()
            .map(Self)
    }

    /// The point as a JSON object, parameter name to value.
    #[must_use]
    pub fn to_json(&self) -> JsonObject {
        self.0.iter().map(|(name, value)| (name.clone(), serde_json::json!(value))).collect()
    }

    /// Parameter names and values.
    #[must_use]
    pub fn values(&self) -> &[(String, ParameterValue)] {
        &self.0
    }
}

impl Serialize for Point {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = JsonObject::deserialize(deserializer)?;
        Self::from_json(&object).map_err(serde::de::Error::custom)
    }
}
