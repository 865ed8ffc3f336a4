//! The space of a task, as its file has it: an object of parameters, as the original format had it, and beside
//! it what that has no name for.

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::task::{
    Condition, JsonObject, Parameter, ParameterConstraint, ParameterKind, ParameterSpace,
    ParameterValue, Point,
};

/// What a parameter is, beside its name.
#[derive(Serialize, Deserialize)]
struct ParameterFile {
    #[serde(flatten)]
    kind: ParameterKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fixed: Option<ParameterValue>,
}

/// What files have had since there are constraints between parameters and lists of candidates.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct BetweenFile {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameter_constraints: Vec<ParameterConstraint>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<Point>,
}

impl From<&ParameterSpace> for BetweenFile {
    fn from(space: &ParameterSpace) -> Self {
        Self {
            parameter_constraints: space.constraints().to_vec(),
            candidates: space.candidates().to_vec(),
        }
    }
}

/// Parameter name to what it is.
pub(super) fn to_json(space: &ParameterSpace) -> JsonObject {
    let one = |Parameter { name, kind, condition, fixed }: &Parameter| {
        let (kind, condition, fixed) = (kind.clone(), condition.clone(), fixed.clone());
        let file = ParameterFile { kind, condition, fixed };
        (name.clone(), serde_json::json!(file))
    };
    space.parameters().iter().map(one).collect()
}

pub(super) fn from_json(
    object: JsonObject,
    between: &BetweenFile,
) -> anyhow::Result<ParameterSpace> {
    let one = |(name, value)| {
        let ParameterFile { kind, condition, fixed } =
            serde_json::from_value(value).with_context(|| format!("parameter_space.{name}"))?;
        Ok(Parameter { name, kind, condition, fixed })
    };
    let parameters = object.into_iter().map(one).collect::<anyhow::Result<_>>()?;
    let BetweenFile { parameter_constraints, candidates } = between;
    let candidates: Vec<JsonObject> = candidates.iter().map(Point::to_json).collect();
    ParameterSpace::new(parameters, parameter_constraints.clone(), &candidates)
        .context("parameter_space")
}
