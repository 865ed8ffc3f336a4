//! Rows as the tables have them. Nothing outside the store sees one: each meets its record of
//! `task` in one exhaustive conversion.

use chrono::DateTime;

use crate::task::{Error, Result, Timestamp};

pub(super) mod baseline;
pub(super) mod document;
pub(super) mod event;
pub(super) mod idempotency;
pub(super) mod log_head;
pub(super) mod model_state;
pub(super) mod owner_turn;
pub(super) mod proposal;
pub(super) mod report;
pub(super) mod saved_view;
pub(super) mod task;
pub(super) mod task_label;
pub(super) mod task_settings;
pub(super) mod trial;
pub(super) mod warm_start;

/// A row that no version of this server could have written.
#[derive(Debug, thiserror::Error)]
#[error("the database holds a {column} that this server cannot read: {value}")]
struct Unreadable {
    column: &'static str,
    value: String,
}

pub(super) fn unreadable(column: &'static str, value: &impl ToString) -> Error {
    Error::storage(Unreadable { column, value: value.to_string() })
}

/// A time as the tables keep it, in microseconds since 1970.
pub(super) const fn micros(time: Timestamp) -> i64 {
    time.timestamp_micros()
}

pub(super) fn time(column: &'static str, micros: i64) -> Result<Timestamp> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| unreadable(column, &micros))
}

/// A document, from its JSON text.
pub(super) fn document<T: serde::de::DeserializeOwned>(
    column: &'static str,
    json: &str,
) -> Result<T> {
    serde_json::from_str(json).map_err(|cause| unreadable(column, &cause))
}

/// A document, as its JSON text.
pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::storage)
}
