//! Rows of a table, as the use cases take them.

use asktell_table::{Fit, Outcome, ResultRow, Value};

use crate::{
    manager::{NewResult, PlaceOfResults},
    task::{Beside, Invalid, JsonObject, JsonValue, Measured, Reason, Report, TaskSettings},
};

/// Rows by what is done with them.
#[derive(Debug, Default)]
pub struct Rows {
    /// Finished trials, to be added.
    pub results: Vec<NewResult>,
    /// Points, to be queued.
    pub points: Vec<JsonObject>,
}

impl Rows {
    /// Rows that were judged already.
    pub fn of(rows: &[ResultRow]) -> Result<Self, Invalid> {
        let mut all = Self::default();
        for row in rows {
            match to_result(row)? {
                Some(result) => all.results.push(result),
                None => all.points.push(to_json(&row.point)),
            }
        }
        Ok(all)
    }
}

/// A row as a finished trial. `None` if it has no result.
pub fn to_result(row: &ResultRow) -> Result<Option<NewResult>, Invalid> {
    let report = match &row.outcome {
        Outcome::Planned => return Ok(None),
        Outcome::Failed(reason) => {
            Report::Failure { reason: Reason::new(reason.clone())?, kind: None }
        }
        Outcome::Measured(values) => Report::Values(
            values
                .iter()
                .map(|(objective, value, deviation)| Measured {
                    objective: objective.clone(),
                    value: *value,
                    deviation: *deviation,
                })
                .collect(),
        ),
    };
    let notes =
        row.metadata.iter().map(|(name, text)| (name.clone(), JsonValue::from(text.clone())));
    let beside = Beside::new(row.metrics.clone(), notes.collect(), Vec::new())?;
    Ok(Some(NewResult { point: to_json(&row.point), report, beside }))
}

/// A point as the API has it.
#[must_use]
pub fn to_json(point: &[(String, Value)]) -> JsonObject {
    point.iter().map(|(name, value)| (name.clone(), json(value))).collect()
}

fn json(value: &Value) -> JsonValue {
    match value {
        Value::Integer(number) => (*number).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::Boolean(truth) => (*truth).into(),
        Value::Null => JsonValue::Null,
    }
}

/// What the task makes of a row, by the rules of the use cases themselves.
pub(super) fn judge(row: &ResultRow, settings: &TaskSettings) -> Result<Fit, String> {
    let judged = to_result(row).and_then(|result| match result {
        Some(result) => {
            let (point, _) = result.judge(settings, PlaceOfResults::Anywhere)?;
            let inside = settings.holds_result(&point);
            Ok(if inside { Fit::Inside } else { Fit::Outside })
        }
        None => settings.admit_points(&[to_json(&row.point)]).map(|_| Fit::Inside),
    });
    judged.map_err(|problem| {
        let names: Vec<&str> = problem
            .path()
            .iter()
            .filter_map(|segment| match segment {
                crate::task::PathSegment::Field(name) => Some(name.as_str()),
                crate::task::PathSegment::Index(_) => None,
            })
            .filter(|name| !matches!(*name, "point" | "outcome" | "values"))
            .collect();
        if names.is_empty() {
            return problem.message().to_owned();
        }
        format!("{}: {}", names.join("."), problem.message())
    })
}
