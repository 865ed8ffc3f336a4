//! The names and values of a task, as the reader of tables takes them.

use asktell_table::{Parameter, ParameterKind, Schema, Value};

use crate::task::{self, ParameterValue, Point, TaskSettings};

/// The names that the columns of a table may hold for a task.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "bounds of parameters are within 53 bits")]
pub fn schema_of(settings: &TaskSettings) -> Schema {
    let parameter = |parameter: &task::Parameter| Parameter {
        name: parameter.name.clone(),
        kind: match &parameter.kind {
            task::ParameterKind::Float(bounds) => {
                ParameterKind::Number { low: bounds.low, high: bounds.high }
            }
            task::ParameterKind::Int(bounds) => {
                ParameterKind::Integer { low: bounds.low as f64, high: bounds.high as f64 }
            }
            task::ParameterKind::Categorical { choices }
            | task::ParameterKind::Ordinal { levels: choices } => {
                ParameterKind::Choices(choices.iter().map(value_of).collect())
            }
        },
        optional: parameter.condition.is_some(),
    };
    let space = settings.parameter_space.as_ref();
    let parameters = space.map(|space| space.parameters().iter().map(parameter).collect());
    let objectives = settings.objectives.as_slice().iter().map(|one| one.name.clone());
    let objectives: Vec<String> = objectives.collect();
    let constraints = settings.constraints.as_slice().iter().map(|one| one.name.clone());
    let metrics = constraints.filter(|name| !objectives.contains(name)).collect();
    Schema { parameters: Some(parameters.unwrap_or_default()), objectives, metrics }
}

/// A point as the reader compares it.
pub(super) fn point_of(point: &Point) -> Vec<(String, Value)> {
    point.values().iter().map(|(name, value)| (name.clone(), value_of(value))).collect()
}

/// A value as the reader takes it.
fn value_of(value: &ParameterValue) -> Value {
    match value {
        ParameterValue::Null => Value::Null,
        ParameterValue::Bool(truth) => Value::Boolean(*truth),
        ParameterValue::Int(number) => Value::Integer(*number),
        ParameterValue::Float(number) => Value::Number(*number),
        ParameterValue::Text(text) => Value::Text(text.clone()),
    }
}
