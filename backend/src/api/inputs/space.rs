//! The space to search.

use async_graphql::{InputObject, OneofObject};

use crate::{
    api::scalar::{Int64, JsonMap, ParameterScalar},
    task::{
        Condition, Invalid, JsonObject, Numeric, Parameter, ParameterConstraint, ParameterKind,
        ParameterSpace, ParameterValue, Term,
    },
};

/// The space to search: parameters, what must hold between them, and, if only certain points can be tried, their list.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ParameterSpaceInput {
    /// The parameters, 1 to 100. Their order is kept.
    parameters: Vec<ParameterInput>,
    /// What must hold between parameters, at most 100 constraints: fractions that sum to 1, a temperature below
    /// another. Every point that is proposed keeps them.
    constraints: Option<Vec<ParameterConstraintInput>>,
    /// The only points that can be tried, at most 10,000: what is in stock, or a library of designs. For each, the name
    /// of every parameter and its value. Each lies within the parameters and keeps the constraints, none is there
    /// twice. Left out, every point of the space can be tried.
    candidates: Option<Vec<JsonMap>>,
}

/// When a parameter exists at all: for some values of another, which comes earlier in the list. Where it does not exist,
/// a point has no value for it. Either `oneOf`, or one or both bounds.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ConditionInput {
    /// The name of the parameter that decides. If that does not exist itself in a point, neither does this.
    parameter: String,
    /// The choices, levels or whole numbers of it for which this parameter exists.
    one_of: Option<Vec<Option<ParameterScalar>>>,
    /// The least number of it for which this parameter exists.
    at_least: Option<f64>,
    /// The greatest number of it for which this parameter exists.
    at_most: Option<f64>,
}

/// Bounds of a weighted sum of numbers: `atLeast`, `atMost` or both, or `equals`.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ParameterConstraintInput {
    /// What is summed: float and int parameters that always exist, each once.
    terms: Vec<ConstraintTermInput>,
    /// The least sum.
    at_least: Option<f64>,
    /// The greatest sum.
    at_most: Option<f64>,
    /// The only sum: 1 for the fractions of a mixture.
    equals: Option<f64>,
    /// By how much the sum of a result may miss it: a result within is in the space. Points that are handed out keep the
    /// sum exactly.
    tolerance: Option<f64>,
}

/// A parameter in a sum.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ConstraintTermInput {
    /// The name of the parameter.
    parameter: String,
    /// What its value is multiplied with, other than 0; 1 if left out. With 1 and -1, two parameters are compared.
    #[graphql(default = 1.0)]
    coefficient: f64,
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
    /// When it exists at all; always if left out.
    condition: Option<ConditionInput>,
    /// The only value that is tried from here on; every value if left out. Results at other values are still learned
    /// from.
    fixed: Option<f64>,
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
    /// When it exists at all; always if left out.
    condition: Option<ConditionInput>,
    /// The only value that is tried from here on; every value if left out. Results at other values are still learned
    /// from.
    fixed: Option<Int64>,
}

/// One of some choices without order: a solvent, a catalyst.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct CategoricalParameterInput {
    /// The name, unique within the task.
    name: String,
    /// The choices, 1 to 1,000, all different; null may be one. A single one is a constant.
    choices: Vec<Option<ParameterScalar>>,
    /// When it exists at all; always if left out.
    condition: Option<ConditionInput>,
    /// The only value that is tried from here on; every value if left out. Results at other values are still learned
    /// from.
    fixed: Option<ParameterScalar>,
}

/// One of some levels with an order: low, medium, high.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct OrdinalParameterInput {
    /// The name, unique within the task.
    name: String,
    /// The levels, lowest first, 1 to 1,000, all different; null may be one. A single one is a constant.
    levels: Vec<Option<ParameterScalar>>,
    /// When it exists at all; always if left out.
    condition: Option<ConditionInput>,
    /// The only value that is tried from here on; every value if left out. Results at other values are still learned
    /// from.
    fixed: Option<ParameterScalar>,
}

impl From<ConditionInput> for Condition {
    fn from(input: ConditionInput) -> Self {
        let ConditionInput { parameter, one_of, at_least, at_most } = input;
        Self { parameter, one_of: values(one_of.unwrap_or_default()), at_least, at_most }
    }
}

impl From<ParameterConstraintInput> for ParameterConstraint {
    fn from(input: ParameterConstraintInput) -> Self {
        let ParameterConstraintInput { terms, at_least, at_most, equals, tolerance } = input;
        let term = |ConstraintTermInput { parameter, coefficient }| Term { parameter, coefficient };
        Self { terms: terms.into_iter().map(term).collect(), at_least, at_most, equals, tolerance }
    }
}

fn values(scalars: Vec<Option<ParameterScalar>>) -> Vec<ParameterValue> {
    scalars.into_iter().map(ParameterScalar::value).collect()
}

impl From<ParameterInput> for Parameter {
    fn from(input: ParameterInput) -> Self {
        let (name, condition, fixed, kind) = match input {
            ParameterInput::Float(FloatParameterInput {
                name,
                low,
                high,
                step,
                log,
                condition,
                fixed,
            }) => {
                let bounds = Numeric { low, high, step, log };
                (name, condition, fixed.map(ParameterValue::Float), ParameterKind::Float(bounds))
            }
            ParameterInput::Int(IntParameterInput {
                name,
                low,
                high,
                step,
                log,
                condition,
                fixed,
            }) => {
                let bounds = Numeric { low: low.0, high: high.0, step: step.0, log };
                let fixed = fixed.map(|fixed| ParameterValue::Int(fixed.0));
                (name, condition, fixed, ParameterKind::Int(bounds))
            }
            ParameterInput::Categorical(CategoricalParameterInput {
                name,
                choices,
                condition,
                fixed,
            }) => {
                let kind = ParameterKind::Categorical { choices: values(choices) };
                (name, condition, fixed.map(|fixed| fixed.0), kind)
            }
            ParameterInput::Ordinal(OrdinalParameterInput { name, levels, condition, fixed }) => {
                let kind = ParameterKind::Ordinal { levels: values(levels) };
                (name, condition, fixed.map(|fixed| fixed.0), kind)
            }
        };
        Self { name, kind, condition: condition.map(Into::into), fixed }
    }
}

impl TryFrom<ParameterSpaceInput> for ParameterSpace {
    type Error = Invalid;

    fn try_from(input: ParameterSpaceInput) -> Result<Self, Invalid> {
        let ParameterSpaceInput { parameters, constraints, candidates } = input;
        let candidates: Vec<JsonObject> =
            candidates.unwrap_or_default().into_iter().map(|point| point.0).collect();
        Self::new(
            parameters.into_iter().map(Into::into).collect(),
            constraints.unwrap_or_default().into_iter().map(Into::into).collect(),
            &candidates,
        )
    }
}
