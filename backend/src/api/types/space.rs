//! The space to search.

use async_graphql::{Interface, Object, SimpleObject};

use crate::{
    api::scalar::{Int64, JsonMap, ParameterScalar},
    task::{self, Numeric, ParameterKind, ParameterValue},
};

/// The space to search: parameters, what must hold between them, and, if only certain points can be tried, their list.
#[derive(Debug, Clone)]
pub(in crate::api) struct ParameterSpace(task::ParameterSpace);

impl From<&task::ParameterSpace> for ParameterSpace {
    fn from(space: &task::ParameterSpace) -> Self {
        Self(space.clone())
    }
}

/// The space to search: parameters, what must hold between them, and, if only certain points can be tried, their list.
#[Object]
impl ParameterSpace {
    /// The parameters, in the order given.
    async fn parameters(&self) -> Vec<Parameter> {
        self.0.parameters().iter().map(Parameter::from).collect()
    }

    /// What must hold between parameters.
    async fn constraints(&self) -> Vec<ParameterConstraint> {
        self.0.constraints().iter().map(ParameterConstraint::from).collect()
    }

    /// The only points that can be tried; empty if every point of the space can. There may be 10,000: select
    /// `candidateCount` where the number is enough.
    async fn candidates(&self) -> Vec<JsonMap> {
        self.0.candidates().iter().map(|point| JsonMap(point.to_json())).collect()
    }

    /// How many candidates there are; 0 if every point of the space can be tried.
    async fn candidate_count(&self) -> usize {
        self.0.candidates().len()
    }
}

/// When a parameter exists at all: for some values of another, which comes earlier in the list.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Condition {
    /// The name of the parameter that decides.
    parameter: String,
    /// The choices, levels or whole numbers of it for which this parameter exists; none if it is a range.
    one_of: Option<Vec<Option<ParameterScalar>>>,
    /// The least number of it for which this parameter exists.
    at_least: Option<f64>,
    /// The greatest number of it for which this parameter exists.
    at_most: Option<f64>,
}

impl From<&task::Condition> for Condition {
    fn from(condition: &task::Condition) -> Self {
        let task::Condition { parameter, one_of, at_least, at_most } = condition;
        Self {
            parameter: parameter.clone(),
            one_of: (!one_of.is_empty()).then(|| scalars(one_of)),
            at_least: *at_least,
            at_most: *at_most,
        }
    }
}

/// Bounds of a weighted sum of numbers.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct ParameterConstraint {
    /// What is summed.
    terms: Vec<ConstraintTerm>,
    /// The least sum.
    at_least: Option<f64>,
    /// The greatest sum.
    at_most: Option<f64>,
    /// The only sum.
    equals: Option<f64>,
    /// By how much the sum of a result may miss it: a result within is in the space. Points that are handed out keep the
    /// sum exactly.
    tolerance: Option<f64>,
}

/// A parameter in a sum.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct ConstraintTerm {
    /// The name of the parameter.
    parameter: String,
    /// What its value is multiplied with.
    coefficient: f64,
}

impl From<&task::ParameterConstraint> for ParameterConstraint {
    fn from(constraint: &task::ParameterConstraint) -> Self {
        let task::ParameterConstraint { terms, at_least, at_most, equals, tolerance } = constraint;
        let term = |task::Term { parameter, coefficient }: &task::Term| ConstraintTerm {
            parameter: parameter.clone(),
            coefficient: *coefficient,
        };
        Self {
            terms: terms.iter().map(term).collect(),
            at_least: *at_least,
            at_most: *at_most,
            equals: *equals,
            tolerance: *tolerance,
        }
    }
}

/// Something that can be set: a temperature, a concentration, a solvent.
#[derive(Debug, Clone, Interface)]
#[graphql(
    field(name = "name", ty = "&String", desc = "The name, unique within the task."),
    field(
        name = "condition",
        ty = "&Option<Condition>",
        desc = "When it exists at all; none for always."
    ),
    field(
        name = "fixed",
        ty = "&Option<ParameterScalar>",
        desc = "The only value of it that is proposed; none for any."
    )
)]
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
    /// When it exists at all; none for always.
    condition: Option<Condition>,
    /// The only value of it that is proposed; none for any.
    fixed: Option<ParameterScalar>,
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
    /// When it exists at all; none for always.
    condition: Option<Condition>,
    /// The only value of it that is proposed; none for any.
    fixed: Option<ParameterScalar>,
}

/// One of some choices without order: a solvent, a catalyst.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct CategoricalParameter {
    /// The name, unique within the task.
    name: String,
    /// The choices, of which null may be one.
    choices: Vec<Option<ParameterScalar>>,
    /// When it exists at all; none for always.
    condition: Option<Condition>,
    /// The only value of it that is proposed; none for any.
    fixed: Option<ParameterScalar>,
}

/// One of some levels with an order: low, medium, high.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct OrdinalParameter {
    /// The name, unique within the task.
    name: String,
    /// The levels, lowest first, of which null may be one.
    levels: Vec<Option<ParameterScalar>>,
    /// When it exists at all; none for always.
    condition: Option<Condition>,
    /// The only value of it that is proposed; none for any.
    fixed: Option<ParameterScalar>,
}

fn scalars(values: &[ParameterValue]) -> Vec<Option<ParameterScalar>> {
    ParameterScalar::nullable(values.iter().cloned())
}

impl From<&task::Parameter> for Parameter {
    fn from(parameter: &task::Parameter) -> Self {
        let task::Parameter { name, kind, condition, fixed } = parameter.clone();
        let condition = condition.as_ref().map(Condition::from);
        let fixed = fixed.map(ParameterScalar);
        match kind {
            ParameterKind::Float(Numeric { low, high, step, log }) => {
                Self::Float(FloatParameter { name, low, high, step, log, condition, fixed })
            }
            ParameterKind::Int(Numeric { low, high, step, log }) => {
                let (low, high, step) = (Int64(low), Int64(high), Int64(step));
                Self::Int(IntParameter { name, low, high, step, log, condition, fixed })
            }
            ParameterKind::Categorical { choices } => {
                let choices = scalars(&choices);
                Self::Categorical(CategoricalParameter { name, choices, condition, fixed })
            }
            ParameterKind::Ordinal { levels } => {
                let levels = scalars(&levels);
                Self::Ordinal(OrdinalParameter { name, levels, condition, fixed })
            }
        }
    }
}
