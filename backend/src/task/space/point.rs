//! A point of a space.

use serde::{Deserialize, Serialize};

use crate::task::{Invalid, JsonObject, JsonValue, ParameterValue};

/// A value of a point, as JSON has it.
pub(super) fn scalar(value: &JsonValue) -> Result<ParameterValue, Invalid> {
    let kinds = "must be a number, a text, a boolean or null";
    match value {
        JsonValue::Null => Ok(ParameterValue::Null),
        JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::String(_) => {
            serde_json::from_value(value.clone()).map_err(|_| Invalid::new(kinds))
        }
        JsonValue::Array(_) | JsonValue::Object(_) => Err(Invalid::new(kinds)),
    }
}

/// One value for each parameter that is active in it, in the space's order.
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

    /// True if every number of it is finite, so that it can be written.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        self.0.iter().all(|(_, value)| match value {
            ParameterValue::Float(number) => number.is_finite(),
            ParameterValue::Null
            | ParameterValue::Int(_)
            | ParameterValue::Bool(_)
            | ParameterValue::Text(_) => true,
        })
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
