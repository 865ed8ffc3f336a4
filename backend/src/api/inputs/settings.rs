//! What is to be optimized, and how.

use async_graphql::{InputObject, OneofObject};

use crate::{
    api::{
        scalar::{Int64, ParameterScalar},
        types::Direction,
    },
    task::{Invalid, Numeric, Objective, Objectives, Parameter, ParameterKind, ParameterSpace},
};

/// The parameters to search.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ParameterSpaceInput {
    /// The parameters, 1 to 100. Their order is kept.
    parameters: Vec<ParameterInput>,
}

/// One parameter: exactly one of the fields.
#[derive(Debug, Clone, OneofObject)]
pub(in crate::api) enum ParameterInput {
    /// Any number between two bounds.
    Float(FloatParameterInput),
    /// A whole number.
    Int(IntParameterInput),
    /// A choice without order.
    Categorical(CategoricalParameterInput),
    /// A choice with an order.
    Ordinal(OrdinalParameterInput),
}

/// Any number between two bounds, or one on a grid between them.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct FloatParameterInput {
    /// The name, unique within the task.
    name: String,
    /// The smallest value.
    low: f64,
    /// The largest value; more than `low`.
    high: f64,
    /// The distance between neighbouring values, from `low` on. Leave it out for any value. Not with `log`.
    step: Option<f64>,
    /// Spread the points evenly over the logarithm: right for what ranges over powers of ten. Needs `low` above 0.
    #[graphql(default = false)]
    log: bool,
}

/// A whole number between two bounds.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct IntParameterInput {
    /// The name, unique within the task.
    name: String,
    /// The smallest value.
    low: Int64,
    /// The largest value; more than `low`.
    high: Int64,
    /// The distance between neighbouring values, from `low` on.
    #[graphql(default_with = "Int64(1)")]
    step: Int64,
    /// Spread the points evenly over the logarithm. Needs `low` of at least 1, and no `step`.
    #[graphql(default = false)]
    log: bool,
}

/// One of some choices without order: a solvent, a catalyst.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct CategoricalParameterInput {
    /// The name, unique within the task.
    name: String,
    /// The choices, 2 to 1,000, all different.
    choices: Vec<ParameterScalar>,
}

/// One of some levels with an order: low, medium, high.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct OrdinalParameterInput {
    /// The name, unique within the task.
    name: String,
    /// The levels, lowest first, 2 to 1,000, all different.
    levels: Vec<ParameterScalar>,
}

impl From<ParameterInput> for Parameter {
    fn from(input: ParameterInput) -> Self {
        let values = |scalars: Vec<ParameterScalar>| scalars.into_iter().map(|s| s.0).collect();
        match input {
            ParameterInput::Float(FloatParameterInput { name, low, high, step, log }) => {
                Self { name, kind: ParameterKind::Float(Numeric { low, high, step, log }) }
            }
            ParameterInput::Int(IntParameterInput { name, low, high, step, log }) => {
                let bounds = Numeric { low: low.0, high: high.0, step: step.0, log };
                Self { name, kind: ParameterKind::Int(bounds) }
            }
            ParameterInput::Categorical(CategoricalParameterInput { name, choices }) => {
                Self { name, kind: ParameterKind::Categorical { choices: values(choices) } }
            }
            ParameterInput::Ordinal(OrdinalParameterInput { name, levels }) => {
                Self { name, kind: ParameterKind::Ordinal { levels: values(levels) } }
            }
        }
    }
}

impl TryFrom<ParameterSpaceInput> for ParameterSpace {
    type Error = Invalid;

    fn try_from(input: ParameterSpaceInput) -> Result<Self, Invalid> {
        Self::new(input.parameters.into_iter().map(Into::into).collect())
            .map_err(|problem| problem.at("parameters"))
    }
}

/// A quantity that is measured, with a direction.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ObjectiveInput {
    /// The name, unique within the task.
    name: String,
    /// Whether less or more of it is better.
    direction: Direction,
}

pub(super) fn objectives(inputs: Vec<ObjectiveInput>) -> Result<Objectives, Invalid> {
    Objectives::new(
        inputs
            .into_iter()
            .map(|ObjectiveInput { name, direction }| Objective {
                name,
                direction: direction.into(),
            })
            .collect(),
    )
}
