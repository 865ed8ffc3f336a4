//! Going through the tasks that pass a filter, in statements each of which ends soon.
//!
//! If an index says that few tasks can pass, these are looked at. Else an index is gone along, in
//! slices: no statement looks at more than some tens of thousands of rows, so that a read whose caller
//! has gone, or whose time is up, ends with its slice, and readers take turns.

use sea_orm::{ConnectionTrait, QueryResult, Value, prelude::Uuid};

use super::{
    super::{DatabaseKind, fault, sql::Sql},
    condition::{push_filter, push_filter_by_id, push_live},
    driver::{Driver, MERGED},
    order::{Columns, Side},
    words::terms_from,
};
use crate::task::{Error, Result, TaskCondition, TaskFilter};

/// How many tasks are few: looking at all of them takes some milliseconds.
pub(in crate::store) const FEW: u32 = 4_000;
/// Which part of the few the first slice has; each has twice as many rows as the one before.
const FIRST_SLICE: u64 = 4;
/// How many times as many as the few the largest has.
const LARGEST_SLICE: u64 = 16;
/// Which part of the few the first slice has where orders are merged: all of a slice are looked at then.
const FIRST_MERGED: u64 = 32;

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
    /// Those that have one of several terms, for each of which an index has them in the order of their
    /// making: the order of the terms' rows, and of the tasks'.
    Merged(Driver, Columns, Columns),
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
    /// Looks where the tasks that pass are to be found, if they are wanted by age or not.
    pub(super) async fn of(
        filter: &TaskFilter,
        place: Place<'_, impl ConnectionTrait>,
        by_age: bool,
    ) -> Result<Self> {
        let mut drivers = Driver::of(&filter.condition);
        drivers.retain(|driver| !filter.deleted || driver.has_deleted());
        for driver in &mut drivers {
            if let Driver::TermsFrom(beginning) = driver
                && let Some(terms) = terms_from(place, beginning, MERGED).await?
            {
                *driver = Driver::Terms(terms);
            }
        }
        let sizes = probe(place, &drivers).await?;
        let mut found: Vec<_> = sizes.into_iter().zip(drivers).collect();
        found.sort_by_key(|(size, _)| *size);
        let fewest = found.first().filter(|(size, _)| size.count <= i64::from(place.few));
        // Who wants them by age need not look at all of the few, if they are kept by age.
        if fewest.is_some_and(|(_, driver)| !by_age || !driver.is_by_age()) {
            return Ok(Self::Few(found.swap_remove(0).1));
        }
        let mut drivers = found.into_iter().map(|(_, driver)| driver);
        // Whoever goes to the end anyway has nothing of an order that must be merged.
        let fits = |driver: &Driver| driver.is_by_age() && (by_age || driver.merged().is_none());
        Ok(drivers.find(fits).map_or(Self::Anywhere, Self::ByAge))
    }

    /// The rail by age, oldest first or the other way round.
    pub(super) fn by_age(self, filter: &TaskFilter, reversed: bool) -> Rail {
        let age = Columns::age("task", "task.id").reversed(reversed);
        match self {
            Self::Few(driver) => Rail::Few(driver),
            Self::ByAge(driver) => {
                let columns = Columns::age(driver.rows(), driver.id()).reversed(reversed);
                match driver.merged() {
                    Some(_) => Rail::Merged(driver, columns, age),
                    None => Rail::ByAge(driver, columns),
                }
            }
            Self::Anywhere if filter.deleted => Rail::Deleted(age),
            Self::Anywhere => Rail::Live("task_by_age", age),
        }
    }
}

/// How large a set is, as far as it matters. Of two that have many, the smaller one is that whose last
/// ones were made over a longer time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Size {
    count: i64,
    since: i64,
}

async fn probe(place: Place<'_, impl ConnectionTrait>, drivers: &[Driver]) -> Result<Vec<Size>> {
    if drivers.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(place.kind);
    for (i, driver) in drivers.iter().enumerate() {
        sql.push(if i > 0 { ", " } else { "SELECT " });
        sql.push("(SELECT count(*) FROM (SELECT 1 FROM ").push(driver.table()).push(" WHERE ");
        driver.push(&mut sql);
        sql.push(&format!(" LIMIT {}) AS probe) AS count{i}, ", place.few + 1));
        if drivers.len() > 1 {
            push_since(&mut sql, driver, place.few);
        } else {
            sql.push("CAST(0 AS BIGINT)");
        }
        sql.push(&format!(" AS since{i}"));
    }
    let row = place.connection.query_one_raw(sql.into_statement()).await.map_err(fault)?;
    let row = row.ok_or_else(|| Error::storage("a count has no row"))?;
    let part = |name: &str, i: usize| row.try_get("", &format!("{name}{i}")).map_err(fault);
    (0..drivers.len())
        .map(|i| Ok(Size { count: part("count", i)?, since: part("since", i)? }))
        .collect()
}

/// Adds since when the last few of a set were made; of several terms each has its part of these.
fn push_since(sql: &mut Sql, driver: &Driver, few: u32) {
    let falling = Columns::age(driver.rows(), driver.id()).reversed(true);
    sql.push("coalesce((SELECT min(k0) FROM (");
    match driver.merged() {
        Some(terms) => {
            let each = u64::from(few) / terms.len() as u64 + 1;
            push_each(sql, terms, &falling, None, each);
        }
        None if driver.is_by_age() => {
            sql.push("SELECT ");
            falling.push_named(sql);
            sql.push(" FROM ").push(driver.table()).push(" WHERE ");
            driver.push(sql);
            falling.push_order(sql);
            sql.push(&format!(" LIMIT {few}"));
        }
        None => {
            sql.push("SELECT CAST(0 AS BIGINT) AS k0");
        }
    }
    sql.push(") AS last), 0)");
}

/// Adds the first rows of each of several terms, with the values of their order.
fn push_each(
    sql: &mut Sql,
    terms: &[String],
    columns: &Columns,
    after: Option<&[Value]>,
    limit: u64,
) {
    for (i, term) in terms.iter().enumerate() {
        sql.push(if i > 0 { " UNION ALL " } else { "" }).push("SELECT * FROM (SELECT ");
        columns.push_named(sql);
        sql.push(" FROM task_term AS x WHERE x.term = ").bind(term.as_str());
        if let Some(place) = after {
            sql.push(" AND ");
            columns.push_side(sql, place, Side::After);
        }
        columns.push_order(sql);
        sql.push(&format!(" LIMIT {limit}) AS each{i}"));
    }
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
        let size = match rail {
            Rail::Merged(..) => (u64::from(place.few) / FIRST_MERGED).max(1),
            Rail::Few(_) | Rail::ByAge(..) | Rail::Live(..) | Rail::Deleted(_) => {
                (u64::from(place.few) / FIRST_SLICE).max(1)
            }
        };
        Self { place, filter, rail, next, size }
    }

    /// The order of the rail; none if it has none.
    pub(super) const fn columns(&self) -> Option<&Columns> {
        match &self.rail {
            Rail::Few(_) => None,
            Rail::ByAge(_, columns)
            | Rail::Merged(_, _, columns)
            | Rail::Live(_, columns)
            | Rail::Deleted(columns) => Some(columns),
        }
    }

    /// The next slice; none at the end.
    pub(super) async fn next_slice(&mut self) -> Result<Option<Slice>> {
        let Some(mut slice) = self.next.take() else { return Ok(None) };
        let all = self.filter.condition == TaskCondition::default();
        if let Some(columns) = self.columns().filter(|_| !all) {
            slice.to = self.end_of(columns, &slice).await?;
            let largest = match self.rail {
                Rail::Merged(..) => 1,
                Rail::Few(_) | Rail::ByAge(..) | Rail::Live(..) | Rail::Deleted(_) => LARGEST_SLICE,
            };
            self.size = (self.size * 2).min(u64::from(self.place.few) * largest);
        }
        self.next = slice.to.clone().map(|to| Slice { after: Some(to), to: None });
        Ok(Some(slice))
    }

    /// Where a slice ends that begins there; none if it is the last one.
    async fn end_of(&self, columns: &Columns, slice: &Slice) -> Result<Option<Vec<Value>>> {
        let mut sql = Sql::new(self.place.kind);
        match &self.rail {
            Rail::Merged(driver, own, _) => {
                sql.push("SELECT * FROM (");
                let terms = driver.merged().unwrap_or_default();
                push_each(&mut sql, terms, own, slice.after.as_deref(), self.size);
                sql.push(") AS merged");
                own.as_named().push_order(&mut sql);
            }
            // Of a set only the index is looked at.
            Rail::ByAge(driver, _) => {
                sql.push("SELECT ");
                columns.push_named(&mut sql);
                sql.push(" FROM ").push(driver.table()).push(" WHERE ");
                driver.push(&mut sql);
                push_slice(&mut sql, columns, slice);
                columns.push_order(&mut sql);
            }
            Rail::Few(_) | Rail::Live(..) | Rail::Deleted(_) => {
                sql.push("SELECT ");
                columns.push_named(&mut sql);
                sql.push(" FROM ");
                self.push_rail(&mut sql);
                push_slice(&mut sql, columns, slice);
                columns.push_order(&mut sql);
            }
        }
        sql.push(&format!(" LIMIT 1 OFFSET {}", self.size - 1));
        let rows = self.query(sql).await?;
        rows.first().map(|row| values(row, columns.len())).transpose()
    }

    /// A statement over the tasks of a slice that pass the filter, to be continued after WHERE.
    pub(super) fn statement(&self, select: &str, slice: &Slice) -> Sql {
        let mut sql = Sql::new(self.place.kind);
        if let Rail::Few(driver) | Rail::Merged(driver, ..) = &self.rail {
            sql.push("WITH few AS MATERIALIZED (SELECT DISTINCT ").push(driver.id());
            sql.push(" AS id FROM ").push(driver.table()).push(" WHERE ");
            driver.push(&mut sql);
            if let Rail::Merged(_, own, _) = &self.rail {
                push_slice(&mut sql, own, slice);
            }
            sql.push(") ");
        }
        sql.push("SELECT ").push(select).push(" FROM ");
        self.push_rail(&mut sql);
        match &self.rail {
            Rail::Few(_) | Rail::Merged(..) => {}
            Rail::ByAge(_, columns) | Rail::Live(_, columns) | Rail::Deleted(columns) => {
                push_slice(&mut sql, columns, slice);
            }
        }
        sql.push(" AND ");
        match &self.rail {
            Rail::ByAge(driver, _) if driver.index_of_tasks().is_none() => {
                push_filter_by_id(&mut sql, self.filter);
            }
            Rail::Few(_) | Rail::Merged(..) => push_filter_by_id(&mut sql, self.filter),
            Rail::ByAge(..) | Rail::Live(..) | Rail::Deleted(_) => {
                push_filter(&mut sql, self.filter);
            }
        }
        sql
    }

    /// Adds the tasks of the rail, and the WHERE that makes them so.
    fn push_rail(&self, sql: &mut Sql) {
        match &self.rail {
            Rail::Few(_) | Rail::Merged(..) => {
                sql.push("few CROSS JOIN task WHERE task.id = few.id");
            }
            Rail::ByAge(driver, _) => {
                // The order of a CROSS JOIN is kept by SQLite.
                if let Some(index) = driver.index_of_tasks() {
                    sql.push("task");
                    self.push_index(sql, index);
                    sql.push(" WHERE ");
                    driver.push(sql);
                } else {
                    sql.push(driver.table()).push(" CROSS JOIN task WHERE ");
                    driver.push(sql);
                    sql.push(" AND task.id = ").push(driver.id());
                }
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

/// Adds that a row is in a slice.
fn push_slice(sql: &mut Sql, columns: &Columns, slice: &Slice) {
    for (place, side) in [(&slice.after, Side::After), (&slice.to, Side::To)] {
        if let Some(place) = place {
            sql.push(" AND ");
            columns.push_side(sql, place, side);
        }
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
