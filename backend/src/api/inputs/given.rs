//! Inputs that are kept as they were given, to be read again later.

use std::borrow::Cow;

use async_graphql::{InputType, InputValueResult, Pos, Value, registry::Registry};

use crate::task::{Invalid, JsonValue};

/// An input with the value that it was read from. That cannot be made again from what was read: a field
/// that was left out and one that was null need not mean the same, and would be written alike.
#[derive(Debug, Clone)]
pub(super) struct Given<T> {
    read: T,
    value: Value,
}

impl<T> Given<T> {
    /// The input, and the value as it goes into a variable.
    pub(super) fn into_parts(self) -> Result<(T, JsonValue), Invalid> {
        let json = self.value.into_json();
        Ok((self.read, json.map_err(|cause| Invalid::new(cause.to_string()))?))
    }
}

impl<T: InputType> InputType for Given<T> {
    type RawValueType = T::RawValueType;

    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let given = value.clone().unwrap_or_default();
        let read = T::parse(value).map_err(async_graphql::InputValueError::propagate)?;
        Ok(Self { read, value: given })
    }

    fn to_value(&self) -> Value {
        self.value.clone()
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        self.read.as_raw_value()
    }
}

/// Reads an input that was kept as JSON; refuses what this server does not know, which may be what a
/// later one has kept.
pub(super) fn read<T: InputType>(json: &JsonValue) -> Result<T, Invalid> {
    let value = Value::from_json(json.clone()).map_err(|cause| Invalid::new(cause.to_string()))?;
    let input = T::parse(Some(value.clone()));
    let input =
        input.map_err(|cause| Invalid::new(cause.into_server_error(Pos::default()).message))?;
    expect_known(&input.to_value(), &value)?;
    Ok(input)
}

/// The library passes over fields that an input does not have; what it was read from must have none.
fn expect_known(read: &Value, given: &Value) -> Result<(), Invalid> {
    match (read, given) {
        (Value::Object(known), Value::Object(fields)) => {
            fields.iter().try_for_each(|(name, field)| match known.get(name) {
                Some(read) => expect_known(read, field).map_err(|e| e.at(name.as_str())),
                None => Err(Invalid::new("there is no such field").at(name.as_str())),
            })
        }
        (Value::List(read), Value::List(items)) => {
            let items = read.iter().zip(items).enumerate();
            items.into_iter().try_for_each(|(i, (read, item))| {
                expect_known(read, item).map_err(|e| e.at_index(i))
            })
        }
        // A single value stands for a list of one.
        (Value::List(read), one) => read.first().map_or(Ok(()), |read| expect_known(read, one)),
        _ => Ok(()),
    }
}
