//! Statements that are put together by hand: those of the hot path, which write many rows at once, or
//! several tables.

use std::fmt::Write as _;

use sea_orm::{
    ActiveModelTrait, EntityTrait, IdenStatic as _, Iterable as _, PrimaryKeyToColumn as _,
    Statement, Value,
};

use super::DatabaseKind;
use crate::task::{Error, Result};

/// How many rows one statement writes. Few sizes make few statements, so that each stays prepared.
const ROWS: [usize; 5] = [256, 64, 16, 4, 1];

/// Cuts rows into as many as one statement writes.
pub(super) fn by_statement<T>(mut rows: &[T]) -> Vec<&[T]> {
    let mut chunks = Vec::new();
    for size in ROWS {
        while let Some((chunk, rest)) = rows.split_at_checked(size) {
            chunks.push(chunk);
            rows = rest;
        }
    }
    chunks
}

/// The columns of a table, as texts that statements are made of.
#[derive(Debug)]
pub(super) struct Columns {
    names: Vec<&'static str>,
    /// `"a", "b", …`
    pub(super) list: String,
    /// Those that are not of the primary key.
    pub(super) other: Vec<&'static str>,
}

impl Columns {
    pub(super) fn of<E: EntityTrait>() -> Self {
        let keys: Vec<_> = E::PrimaryKey::iter().map(|key| key.into_column().as_str()).collect();
        let names: Vec<_> = E::Column::iter().map(|column| column.as_str()).collect();
        let list: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let other = names.iter().copied().filter(|name| !keys.contains(name)).collect();
        Self { list: list.join(", "), other, names }
    }

    /// `table."a" AS "prefix.a", …`
    pub(super) fn named(&self, table: &str, prefix: &str) -> String {
        let named =
            self.names.iter().map(|name| format!("{table}.\"{name}\" AS \"{prefix}{name}\""));
        named.collect::<Vec<_>>().join(", ")
    }

    /// `"b" = …, "c" = …`
    pub(super) fn assigned(&self, value: impl Fn(usize, &str) -> String) -> String {
        let assigned = self.other.iter().enumerate();
        let assigned: Vec<_> =
            assigned.map(|(i, name)| format!("\"{name}\" = {}", value(i, name))).collect();
        assigned.join(", ")
    }
}

/// The values of a row, in the order of the table's columns.
pub(super) fn row<A: ActiveModelTrait>(row: &A) -> Result<Vec<Value>> {
    values(row, |_| true)
}

/// The same without those of the primary key.
pub(super) fn row_without_key<A: ActiveModelTrait>(row: &A) -> Result<Vec<Value>> {
    let keys: Vec<_> = <A::Entity as EntityTrait>::PrimaryKey::iter()
        .map(|key| key.into_column().as_str())
        .collect();
    values(row, |name| !keys.contains(&name))
}

fn values<A: ActiveModelTrait>(row: &A, wanted: impl Fn(&str) -> bool) -> Result<Vec<Value>> {
    <A::Entity as EntityTrait>::Column::iter()
        .filter(|column| wanted(column.as_str()))
        .map(|column| {
            let value = row.get(column).into_value();
            value.ok_or_else(|| Error::storage(format!("no value for {}", column.as_str())))
        })
        .collect()
}

/// A statement as it grows.
#[derive(Debug)]
pub(super) struct Sql {
    kind: DatabaseKind,
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(super) const fn new(kind: DatabaseKind) -> Self {
        Self { kind, text: String::new(), values: Vec::new() }
    }

    pub(super) const fn kind(&self) -> DatabaseKind {
        self.kind
    }

    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a value, by its placeholder.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        match self.kind {
            DatabaseKind::Postgres => {
                // Writing into a String does not fail.
                let _ = write!(self.text, "${}", self.values.len());
            }
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => self.text.push('?'),
        }
        self
    }

    /// Adds values with commas between.
    pub(super) fn bind_all(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        for (i, value) in values.into_iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self
    }

    /// Adds `(…), (…)`.
    pub(super) fn rows(&mut self, rows: impl IntoIterator<Item = Vec<Value>>) -> &mut Self {
        for (i, row) in rows.into_iter().enumerate() {
            self.push(if i > 0 { ", (" } else { "(" }).bind_all(row).push(")");
        }
        self
    }

    /// Adds `(1, …), (2, …)`.
    pub(super) fn numbered_rows(
        &mut self,
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) -> &mut Self {
        for (i, row) in rows.into_iter().enumerate() {
            self.push(if i > 0 { ", (" } else { "(" });
            let _ = write!(self.text, "{}, ", i + 1);
            self.bind_all(row).push(")");
        }
        self
    }

    /// The statement between two texts.
    pub(super) fn enclosed(mut self, before: &str, after: &str) -> Self {
        self.text.insert_str(0, before);
        self.text.push_str(after);
        self
    }

    pub(super) fn into_statement(self) -> Statement {
        Statement::from_sql_and_values(self.kind.backend(), self.text, self.values)
    }
}
