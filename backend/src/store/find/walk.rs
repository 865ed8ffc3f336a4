//! Going through the tasks that pass a filter, in statements each of which ends soon.
//!
//! If an index says that few tasks can pass, these are looked at. Else an index is gone along, in
//! slices: no statement looks at more than some tens of thousands of rows, so that a read whose caller
//! has gone, or whose time is up, ends with its slice, and readers take turns.

use sea_orm::{ConnectionTrait, QueryResult, Value, prelude::Uuid};

use super::{
    super::{DatabaseKind, fault, sql::Sql},
    condition::{push_filter, push_live},
    driver::Driver,
    order::{Columns, Side},
};
use crate::task::{Error, Result, TaskCondition, TaskFilter};

/// How many tasks are few: looking at all of them takes some milliseconds.
pub(in crate::store) const FEW: u32 = 4_000;
/// How many times as many rows the first slice has; each has twice as many as the one before.
const FIRST_SLICE: u64 = 2;
/// How many times as many the largest has.
const LARGEST_SLICE: u64 = 16;

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

/// What is gone along.
#[derive(Debug)]
pub(super) enum Rail {
    /// A set of few tasks, at once.
    Few(Driver),
    /// A set of many, perhaps, which an index has in the order of their making.
    ByAge(Driver, Columns),
    /// All tasks that are not deleted, in the order of an index.
    Live(&'static str, Columns),
    /// All deleted tasks, in the order of their making.
    Deleted(Columns),
}

/// Which rails there are for a filter.
#[derive(Debug)]
pub(super) enum Way {
    /// The tasks that pass are among few.
    Few(Driver),
    /// They are in a set that an index has by age.
    ByAge(Driver),
    /// They may be anywhere.
    Anywhere,
}

impl Way {
    /// Looks where the tasks that pass are to be found.
    pub(super) async fn of(
        filter: &TaskFilter,
        place: Place<'_, impl ConnectionTrait>,
    ) -> Result<Self> {
        let mut drivers = Driver::of(&filter.condition);
        drivers.retain(|driver| !filter.deleted || driver.has_deleted());
        let counts = probe(place, &drivers).await?;
        let fewest = counts.iter().enumerate().min_by_key(|(_, count)| **count);
        Ok(match fewest.filter(|(_, count)| **count <= i64::from(place.few)) {
            Some((place, _)) => Self::Few(drivers.swap_remove(place)),
            None => drivers.into_iter().find(Driver::is_by_age).map_or(Self::Anywhere, Self::ByAge),
        })
    }

    /// The rail by age, oldest first or the other way round.
    pub(super) fn by_age(self, filter: &TaskFilter, reversed: bool) -> Rail {
        let age = Columns::age("task", "task.id").reversed(reversed);
        match self {
            Self::Few(driver) => Rail::Few(driver),
            Self::ByAge(driver) => {
                let columns = Columns::age("x", driver.id()).reversed(reversed);
                Rail::ByAge(driver, columns)
            }
            Self::Anywhere if filter.deleted => Rail::Deleted(age),
            Self::Anywhere => Rail::Live("task_by_age", age),
        }
    }
}

/// How many tasks each set has, as far as it matters.
async fn probe(place: Place<'_, impl ConnectionTrait>, drivers: &[Driver]) -> Result<Vec<i64>> {
    if drivers.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(place.kind);
    for (i, driver) in drivers.iter().enumerate() {
        sql.push(if i > 0 { ", " } else { "SELECT " });
        sql.push("(SELECT count(*) FROM (SELECT 1 FROM ").push(driver.table()).push(" WHERE ");
        driver.push(&mut sql);
        sql.push(&format!(" LIMIT {}) AS probe) AS count{i}", place.few + 1));
    }
    let row = place.connection.query_one_raw(sql.into_statement()).await.map_err(fault)?;
    let row = row.ok_or_else(|| Error::storage("a count has no row"))?;
    (0..drivers.len()).map(|i| row.try_get("", &format!("count{i}")).map_err(fault)).collect()
}

/// A part of a rail: what comes after a place, up to another.
#[derive(Debug, Clone, Default)]
pub(super) struct Slice {
    after: Option<Vec<Value>>,
    to: Option<Vec<Value>>,
}

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
        let next = Some(Slice { after, to: None });
        let size = u64::from(place.few) * FIRST_SLICE;
        Self { place, filter, rail, next, size }
    }

    /// The order of the rail; none if it has none.
    pub(super) const fn columns(&self) -> Option<&Columns> {
        match &self.rail {
            Rail::Few(_) => None,
            Rail::ByAge(_, columns) | Rail::Live(_, columns) | Rail::Deleted(columns) => {
                Some(columns)
            }
        }
    }

    /// The next slice; none at the end.
    pub(super) async fn next_slice(&mut self) -> Result<Option<Slice>> {
        let Some(mut slice) = self.next.take() else { return Ok(None) };
        let all = self.filter.condition == TaskCondition::default();
        if let Some(columns) = self.columns().filter(|_| !all) {
            slice.to = self.end_of(columns, &slice).await?;
            self.size = (self.size * 2).min(u64::from(self.place.few) * LARGEST_SLICE);
        }
        self.next = slice.to.clone().map(|to| Slice { after: Some(to), to: None });
        Ok(Some(slice))
    }

    /// Where a slice ends that begins there; none if it is the last one.
    async fn end_of(&self, columns: &Columns, slice: &Slice) -> Result<Option<Vec<Value>>> {
        let mut sql = Sql::new(self.place.kind);
        sql.push("SELECT ");
        columns.push_named(&mut sql);
        sql.push(" FROM ");
        // Of a set only the index is looked at.
        match &self.rail {
            Rail::ByAge(driver, _) => {
                sql.push(driver.table()).push(" WHERE ");
                driver.push(&mut sql);
            }
            Rail::Few(_) | Rail::Live(..) | Rail::Deleted(_) => self.push_rail(&mut sql),
        }
        self.push_slice(&mut sql, slice);
        columns.push_order(&mut sql);
        sql.push(&format!(" LIMIT 1 OFFSET {}", self.size - 1));
        let rows = self.query(sql).await?;
        rows.first().map(|row| values(row, columns.len())).transpose()
    }

    /// A statement over the tasks of a slice that pass the filter, to be continued after WHERE.
    pub(super) fn statement(&self, select: &str, slice: &Slice) -> Sql {
        let mut sql = Sql::new(self.place.kind);
        if let Rail::Few(driver) = &self.rail {
            sql.push("WITH few AS MATERIALIZED (SELECT DISTINCT ").push(driver.id());
            sql.push(" AS id FROM ").push(driver.table()).push(" WHERE ");
            driver.push(&mut sql);
            sql.push(") ");
        }
        sql.push("SELECT ").push(select).push(" FROM ");
        self.push_rail(&mut sql);
        self.push_slice(&mut sql, slice);
        sql.push(" AND ");
        push_filter(&mut sql, self.filter);
        sql
    }

    /// Adds the tasks of the rail, and the WHERE that makes them so.
    fn push_rail(&self, sql: &mut Sql) {
        match &self.rail {
            Rail::Few(_) => {
                sql.push("few CROSS JOIN task WHERE task.id = few.id");
            }
            Rail::ByAge(driver, _) => {
                // The order of a CROSS JOIN is kept by SQLite.
                sql.push(driver.table()).push(" CROSS JOIN task WHERE ");
                driver.push(sql);
                sql.push(" AND task.id = ").push(driver.id());
            }
            Rail::Live(index, _) => {
                sql.push("task");
                self.push_index(sql, index);
                sql.push(" WHERE ");
                push_live(sql, false);
            }
            Rail::Deleted(_) => {
                sql.push("task WHERE ");
                push_live(sql, true);
            }
        }
    }

    /// Adds that a row of the rail is in the slice.
    fn push_slice(&self, sql: &mut Sql, slice: &Slice) {
        if let Some(columns) = self.columns() {
            for (place, side) in [(&slice.after, Side::After), (&slice.to, Side::To)] {
                if let Some(place) = place {
                    sql.push(" AND ");
                    columns.push_side(sql, place, side);
                }
            }
        }
    }

    /// On SQLite, takes that index whatever the planner thinks.
    fn push_index(&self, sql: &mut Sql, index: &str) {
        match self.place.kind {
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => {
                sql.push(" INDEXED BY ").push(index);
            }
            DatabaseKind::Postgres => {}
        }
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
