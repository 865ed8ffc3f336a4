//! Saved views: filters with a name.

use serde::{Deserialize, Serialize};

use super::{
    Error, Invalid, JsonObject, JsonValue, Owner, Result, Timestamp, Version, ViewColumn, ViewId,
    ViewName, check_json,
};

/// A filter of tasks with an order and columns, under a name. It is no task and makes no events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Which one.
    pub id: ViewId,
    /// What it is called; unique whatever the case.
    pub name: ViewName,
    /// Who has saved it first.
    pub owner: Owner,
    /// Which tasks.
    pub filter: ViewDocument,
    /// In which order.
    pub sort: ViewDocument,
    /// What of them is shown.
    pub columns: ViewColumns,
    /// How often it has changed.
    pub version: Version,
    /// When it was saved first.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl View {
    /// The most views that are kept.
    pub const MOST: usize = 1_000;

    /// A view that is saved for the first time.
    #[must_use]
    pub fn new(id: ViewId, owner: Owner, at: Timestamp, new: NewView) -> Self {
        let NewView { name, filter, sort, columns } = new;
        let (created_at, updated_at) = (at, at);
        Self { id, name, owner, filter, sort, columns, version: 1, created_at, updated_at }
    }

    /// The view after an update; the same if that changes nothing.
    #[must_use]
    pub fn after(&self, update: ViewUpdate, at: Timestamp) -> Self {
        let ViewUpdate { id: _, expected_version: _, name, filter, sort, columns } = update;
        let after = Self {
            name: name.unwrap_or_else(|| self.name.clone()),
            filter: filter.unwrap_or_else(|| self.filter.clone()),
            sort: sort.unwrap_or_else(|| self.sort.clone()),
            columns: columns.unwrap_or_else(|| self.columns.clone()),
            ..self.clone()
        };
        if after == *self {
            return after;
        }
        Self { version: self.version + 1, updated_at: at, ..after }
    }

    /// Refuses what was meant for another version.
    pub fn expect_version(&self, expected: Option<Version>) -> Result<()> {
        match expected {
            Some(expected) if expected != self.version => {
                Err(Error::VersionConflict { expected, actual: self.version })
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// A filter or an order as clients give it. What it means is the business of whoever reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ViewDocument(JsonValue);

impl ViewDocument {
    /// The most bytes, written as JSON.
    const MAX_BYTES: usize = 64 * 1024;

    /// Checks that it can be kept.
    pub fn new(value: JsonValue) -> Result<Self, Invalid> {
        check_json(&value, Self::MAX_BYTES)?;
        Ok(Self(value))
    }

    /// The filter that every task passes that is not deleted.
    #[must_use]
    pub fn every_task() -> Self {
        Self(JsonValue::Object(JsonObject::new()))
    }

    /// The order that lists have by themselves.
    #[must_use]
    pub const fn newest_first() -> Self {
        Self(JsonValue::Array(Vec::new()))
    }

    /// The document.
    #[must_use]
    pub const fn as_json(&self) -> &JsonValue {
        &self.0
    }
}

/// The columns of a view, the first one first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ViewColumns(Vec<ViewColumn>);

impl ViewColumns {
    const MAX: usize = 64;

    /// Checks columns: at most 64.
    pub fn new(texts: Vec<String>) -> Result<Self, Invalid> {
        if texts.len() > Self::MAX {
            return Err(Invalid::new(format!("at most {} columns", Self::MAX)));
        }
        let texts = texts.into_iter().enumerate();
        let columns = texts.map(|(i, text)| ViewColumn::new(text).map_err(|e| e.at_index(i)));
        Ok(Self(columns.collect::<Result<_, _>>()?))
    }

    /// The columns.
    #[must_use]
    pub fn as_slice(&self) -> &[ViewColumn] {
        &self.0
    }
}

/// A view to be saved for the first time.
#[derive(Debug, Clone, PartialEq)]
pub struct NewView {
    /// What it is called.
    pub name: ViewName,
    /// Which tasks.
    pub filter: ViewDocument,
    /// In which order.
    pub sort: ViewDocument,
    /// What of them is shown.
    pub columns: ViewColumns,
}

/// A partial update of a view; what is none stays.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewUpdate {
    /// The view.
    pub id: ViewId,
    /// Refuse the update if the view has changed since.
    pub expected_version: Option<Version>,
    /// What it is called.
    pub name: Option<ViewName>,
    /// Which tasks.
    pub filter: Option<ViewDocument>,
    /// In which order.
    pub sort: Option<ViewDocument>,
    /// What of them is shown.
    pub columns: Option<ViewColumns>,
}

/// What is done to save a view.
#[derive(Debug, Clone, PartialEq)]
pub enum SaveView {
    /// It is made.
    New(NewView),
    /// One that is there is changed.
    Change(ViewUpdate),
}
