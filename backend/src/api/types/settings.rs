//! What is to be optimized, and how.

use async_graphql::{Enum, Interface, SimpleObject};

use crate::{
    api::scalar::{Int64, ParameterScalar},
    task::{self, Numeric, ParameterKind, ParameterValue},
};

/// The parameters of a task.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct ParameterSpace {
    /// The parameters, in the order given.
    parameters: Vec<Parameter>,
}

impl From<&task::ParameterSpace> for ParameterSpace {
    fn from(space: &task::ParameterSpace) -> Self {
        Self { parameters: space.parameters().iter().map(Parameter::from).collect() }
    }
}

/// Something that can be set: a temperature, a concentration, a solvent.
#[derive(Debug, Clone, Interface)]
#[graphql(field(name = "name", ty = "&String", desc = "The name, unique within the task."))]
pub(in crate::api) enum Parameter {
    /// Any number between two bounds.
    Float(FloatParameter),
    /// A whole number.
    Int(IntParameter),
    /// A choice without order.
    Categorical(CategoricalParameter),
    /// A choice with an order.
    Ordinal(OrdinalParameter),
}

/// Any number between two bounds, or one on a grid between them.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct FloatParameter {
    /// The name, unique within the task.
    name: String,
    /// The smallest value.
    low: f64,
    /// The largest value.
    high: f64,
    /// The distance between neighbouring values, from `low` on; any value if there is none.
    step: Option<f64>,
    /// Whether points are spread evenly over the logarithm: right for what ranges over powers of ten.
    log: bool,
}

/// A whole number between two bounds.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct IntParameter {
    /// The name, unique within the task.
    name: String,
    /// The smallest value.
    low: Int64,
    /// The largest value.
    high: Int64,
    /// The distance between neighbouring values, from `low` on.
    step: Int64,
    /// Whether points are spread evenly over the logarithm.
    log: bool,
}

/// One of some choices without order: a solvent, a catalyst.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct CategoricalParameter {
    /// The name, unique within the task.
    name: String,
    /// The choices.
    choices: Vec<ParameterScalar>,
}

/// One of some levels with an order: low, medium, high.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct OrdinalParameter {
    /// The name, unique within the task.
    name: String,
    /// The levels, lowest first.
    levels: Vec<ParameterScalar>,
}

impl From<&task::Parameter> for Parameter {
    fn from(parameter: &task::Parameter) -> Self {
        let name = parameter.name.clone();
        let scalars =
            |values: &[ParameterValue]| values.iter().cloned().map(ParameterScalar).collect();
        match &parameter.kind {
            ParameterKind::Float(Numeric { low, high, step, log }) => {
                Self::Float(FloatParameter { name, low: *low, high: *high, step: *step, log: *log })
            }
            ParameterKind::Int(Numeric { low, high, step, log }) => Self::Int(IntParameter {
                name,
                low: Int64(*low),
                high: Int64(*high),
                step: Int64(*step),
                log: *log,
            }),
            ParameterKind::Categorical { choices } => {
                Self::Categorical(CategoricalParameter { name, choices: scalars(choices) })
            }
            ParameterKind::Ordinal { levels } => {
                Self::Ordinal(OrdinalParameter { name, levels: scalars(levels) })
            }
        }
    }
}

/// Whether less or more of an objective is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::Direction")]
pub(in crate::api) enum Direction {
    /// Less is better: cost, error, time.
    Minimize,
    /// More is better: yield, strength, accuracy.
    Maximize,
}

/// A quantity that is measured, with a direction.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Objective {
    /// The name, unique within the task.
    name: String,
    /// Whether less or more of it is better.
    direction: Direction,
}

impl From<&task::Objective> for Objective {
    fn from(objective: &task::Objective) -> Self {
        let task::Objective { name, direction } = objective;
        Self { name: name.clone(), direction: (*direction).into() }
    }
}
