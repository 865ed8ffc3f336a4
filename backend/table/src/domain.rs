//! The values that a column has, as the range or the choices of a parameter.

use std::cmp::Ordering;

use crate::{
    column::{ColumnKind, Domain},
    value::Value,
};

pub(crate) fn domain(kind: ColumnKind, mut values: Vec<Value>) -> Option<Domain> {
    values.sort_by(natural);
    match kind {
        ColumnKind::Number => {
            let numbers: Vec<f64> = values.iter().filter_map(Value::as_number).collect();
            Some(Domain::Number { low: *numbers.first()?, high: *numbers.last()? })
        }
        ColumnKind::Integer | ColumnKind::RunNumber => {
            let numbers: Option<Vec<i64>> = values
                .iter()
                .map(|value| match value {
                    Value::Integer(number) => Some(*number),
                    Value::Number(_) | Value::Text(_) | Value::Boolean(_) | Value::Null => None,
                })
                .collect();
            let Some(numbers) = numbers else { return domain(ColumnKind::Number, values) };
            let (low, high) = (*numbers.first()?, *numbers.last()?);
            let step = numbers.iter().fold(0, |step, number| gcd(step, number - low)).max(1);
            Some(Domain::Integer { low, high, step })
        }
        ColumnKind::Text | ColumnKind::Id | ColumnKind::Boolean => Some(Domain::Choices(values)),
        ColumnKind::Date | ColumnKind::Empty => None,
    }
}

fn natural(a: &Value, b: &Value) -> Ordering {
    match (a.as_number(), b.as_number()) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.to_string().cmp(&b.to_string()),
    }
}

const fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
