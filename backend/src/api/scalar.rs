//! Scalars beyond GraphQL's own.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, InputValueError, InputValueResult, OutputType, Positioned, Scalar,
    ScalarType, ServerResult, Value, parser::types::Field, registry::Registry,
};
use bytes::Bytes;
use chrono::{SecondsFormat, SubsecRound as _};
use serde::Serialize;

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
        Document::of(&self.0).to_value()
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
        Document::of(&self.0).to_value()
    }
}

/// The value of one parameter: a number, a text or a boolean. Where null may be a choice, too, the type around it says so.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ParameterScalar(pub(super) ParameterValue);

impl ParameterScalar {
    /// Of several values, of which null may be one.
    pub(super) fn nullable(values: impl IntoIterator<Item = ParameterValue>) -> Vec<Option<Self>> {
        let one = |value| if value == ParameterValue::Null { None } else { Some(Self(value)) };
        values.into_iter().map(one).collect()
    }

    /// The value that was given, which is null where there is none.
    pub(super) fn value(given: Option<Self>) -> ParameterValue {
        given.map_or(ParameterValue::Null, |given| given.0)
    }
}

/// The value of one parameter: a number, a text or a boolean. Where null may be a choice, too, the type around it says so.
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
            ParameterValue::Null => Value::Null,
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

/// A JSON document as it is written in a response: as its text, which takes a tenth of the memory of its values, and all
/// copies of it share. The library has no such value; its value for bytes, which no type of this schema has, stands for
/// it, and [`super::response`] writes it.
#[derive(Debug, Clone)]
pub(super) struct Document(Bytes);

impl Document {
    pub(super) fn of(json: &impl Serialize) -> Self {
        // JSON values can always be written; null is what is left to say if they could not.
        Self(serde_json::to_vec(json).unwrap_or_else(|_| b"null".to_vec()).into())
    }
}

impl Document {
    fn to_value(&self) -> Value {
        if *self.0 == *b"null" { Value::Null } else { Value::Binary(self.0.clone()) }
    }
}

impl OutputType for Document {
    fn type_name() -> Cow<'static, str> {
        <Json as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Json as OutputType>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(self.to_value())
    }
}
