//! Scalars beyond GraphQL's own.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{SecondsFormat, SubsecRound as _};

use crate::task::{JsonObject, JsonValue, ParameterValue, Timestamp};

/// Any JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Json(pub(super) JsonValue);

/// Any JSON value.
#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        value_of(&self.0)
    }
}

/// A JSON object: names and values.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct JsonMap(pub(super) JsonObject);

/// A JSON object: names and values.
#[Scalar(
    name = "JSONObject",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-4"
)]
impl ScalarType for JsonMap {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value.into_json()? {
            JsonValue::Object(object) => Ok(Self(object)),
            JsonValue::Null
            | JsonValue::Bool(_)
            | JsonValue::Number(_)
            | JsonValue::String(_)
            | JsonValue::Array(_) => Err(InputValueError::custom("must be a JSON object")),
        }
    }

    fn to_value(&self) -> Value {
        value_of(&JsonValue::Object(self.0.clone()))
    }
}

/// The value of one parameter: a number, a text or a boolean.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ParameterScalar(pub(super) ParameterValue);

/// The value of one parameter: a number, a text or a boolean.
#[Scalar(
    name = "ParameterValue",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-3"
)]
impl ScalarType for ParameterScalar {
    fn parse(value: Value) -> InputValueResult<Self> {
        if matches!(value, Value::Number(_) | Value::String(_) | Value::Boolean(_)) {
            return Ok(Self(serde_json::from_value(value.into_json()?)?));
        }
        Err(InputValueError::custom("must be a number, a text or a boolean"))
    }

    fn to_value(&self) -> Value {
        match &self.0 {
            ParameterValue::Bool(truth) => Value::Boolean(*truth),
            ParameterValue::Int(number) => Value::from(*number),
            ParameterValue::Float(number) => Value::from(*number),
            ParameterValue::Text(text) => Value::String(text.clone()),
        }
    }
}

/// A whole number of up to 53 bits: what a JSON number holds exactly in every client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Int64(pub(super) i64);

/// A whole number of up to 53 bits: what a JSON number holds exactly in every client.
#[Scalar(name = "Int64", specified_by_url = "https://www.rfc-editor.org/rfc/rfc7493#section-2.2")]
impl ScalarType for Int64 {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::Number(number) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        number
            .as_i64()
            .filter(|number| number.abs() <= 1 << 53)
            .map(Self)
            .ok_or_else(|| InputValueError::custom("must be a whole number of up to 53 bits"))
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

/// A moment in UTC, to the microsecond: `2026-01-31T12:00:00.000000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DateTime(pub(super) Timestamp);

impl From<Timestamp> for DateTime {
    fn from(time: Timestamp) -> Self {
        Self(time)
    }
}

/// A moment in UTC, to the microsecond: `2026-01-31T12:00:00.000000Z`.
#[Scalar(name = "DateTime", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let time = chrono::DateTime::parse_from_rfc3339(text)?;
        Ok(Self(time.with_timezone(&chrono::Utc).trunc_subsecs(6)))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

fn value_of(json: &JsonValue) -> Value {
    // A JSON value always has a GraphQL one; null is what is left to say if the library thinks otherwise.
    Value::from_json(json.clone()).unwrap_or_default()
}
