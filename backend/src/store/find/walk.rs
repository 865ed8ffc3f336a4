//! Going through the tasks that pass a filter, in statements each of which ends soon.
//!
//! If an index says that few tasks can pass, these are looked at. Else an index is gone along, in
//! slices: no statement looks at more than some tens of thousands of rows, so that a read whose caller
//! has gone, or whose time is up, ends with its slice, and readers take turns.

use sea_orm::{ConnectionTrait, QueryResult, Value, prelude::Uuid};

use super::{
    super::{DatabaseKind, fault, sql::Sql},
    order::Columns,
    rail::{Rail, Slice},
};
use crate::task::{Result, TaskCondition, TaskFilter};

/// How many tasks are few: looking at all of them takes some milliseconds.
pub(in crate::store) const FEW: u32 = 4_000;

/// Where tasks are looked for.
#[derive(Debug)]
pub(super) struct Place<'a, C> {
    pub(super) kind: DatabaseKind,
    pub(super) connection: &'a C,
    /// How many tasks are few.
    pub(super) few: u32,
}

impl<C> Clone for Place<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Place<'_, C> {}

/// Goes along a rail, slice by slice.
#[derive(Debug)]
pub(super) struct Walk<'a, C> {
    place: Place<'a, C>,
    filter: &'a TaskFilter,
    rail: Rail,
    next: Option<Slice>,
    size: u64,
}

impl<'a, C: ConnectionTrait> Walk<'a, C> {
    /// Begins after a place of the rail's own order, or at its beginning.
    pub(super) fn new(
        place: Place<'a, C>,
        filter: &'a TaskFilter,
        rail: Rail,
        after: Option<Vec<Value>>,
    ) -> Self {
        let size = rail.cut(place.few).first;
        Self { place, filter, rail, next: Some(Slice { after, to: None }), size }
    }

    /// The order of the rail; none if it has none.
    pub(super) const fn columns(&self) -> Option<&Columns> {
        self.rail.columns()
    }

    /// The next slice; none at the end.
    pub(super) async fn next_slice(&mut self) -> Result<Option<Slice>> {
        let Some(mut slice) = self.next.take() else { return Ok(None) };
        let all = self.filter.condition == TaskCondition::default();
        if let Some(columns) = self.rail.columns().filter(|_| !all)
            && let Some(end) = self.rail.end(self.place.kind, &slice, self.size)
        {
            let rows = self.query(end).await?;
            slice.to = rows.first().map(|row| values(row, columns.len())).transpose()?;
            self.size = (self.size * 2).min(self.rail.cut(self.place.few).largest);
        }
        self.next = slice.to.clone().map(|to| Slice { after: Some(to), to: None });
        Ok(Some(slice))
    }

    /// A statement over the tasks of a slice that pass the filter, to be continued after WHERE.
    pub(super) fn statement(&self, select: &str, slice: &Slice) -> Sql {
        self.rail.statement(self.place.kind, self.filter, select, slice)
    }

    /// Runs a statement.
    pub(super) async fn query(&self, sql: Sql) -> Result<Vec<QueryResult>> {
        self.place.connection.query_all_raw(sql.into_statement()).await.map_err(fault)
    }
}

/// The values of the columns `k0`, `k1`, …, whatever their types; the last one is an id.
fn values(row: &QueryResult, columns: usize) -> Result<Vec<Value>> {
    (0..columns)
        .map(|i| {
            let name = format!("k{i}");
            if i + 1 == columns {
                return row.try_get::<Uuid>("", &name).map(Value::from);
            }
            row.try_get::<i64>("", &name)
                .map(Value::from)
                .or_else(|_| row.try_get::<f64>("", &name).map(Value::from))
                .or_else(|_| row.try_get::<String>("", &name).map(Value::from))
        })
        .collect::<Result<_, _>>()
        .map_err(fault)
}
