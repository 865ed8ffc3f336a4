//! What is gone along to find tasks, and its statements.

use sea_orm::Value;

use super::{
    super::{DatabaseKind, sql::Sql},
    condition::{Row, push_filter, push_filter_by_id, push_live},
    driver::Driver,
    order::{Columns, Side},
    way::Learned,
};
use crate::task::TaskFilter;

/// What is gone along.
#[derive(Debug)]
pub(super) struct Rail {
    along: Along,
    learned: Learned,
}

#[derive(Debug)]
enum Along {
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

/// How a rail is cut into slices.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// How many rows the first slice has; each has twice as many as the one before.
    pub(super) first: u64,
    /// How many the largest has.
    pub(super) largest: u64,
}

/// A part of a rail: what comes after a place, up to another.
#[derive(Debug, Clone, Default)]
pub(super) struct Slice {
    pub(super) after: Option<Vec<Value>>,
    pub(super) to: Option<Vec<Value>>,
}

impl Rail {
    /// A set of few tasks.
    pub(super) const fn few(driver: Driver, learned: Learned) -> Self {
        Self { along: Along::Few(driver), learned }
    }

    /// A set that an index has by age, oldest first or the other way round.
    pub(super) fn by_age(driver: Driver, reversed: bool, learned: Learned) -> Self {
        let own = Columns::age(driver.created_at(), driver.id()).reversed(reversed);
        let merged = driver.merged().is_some();
        let along = if merged {
            Along::Merged(driver, own, Columns::of_age().reversed(reversed))
        } else {
            Along::ByAge(driver, own)
        };
        Self { along, learned }
    }

    /// All tasks that are deleted or are not, by age.
    pub(super) fn all(filter: &TaskFilter, reversed: bool, learned: Learned) -> Self {
        let columns = Columns::of_age().reversed(reversed);
        if filter.deleted {
            return Self { along: Along::Deleted(columns), learned };
        }
        Self::live("task_by_age", columns, learned)
    }

    /// All tasks that are not deleted, in the order of an index.
    pub(super) const fn live(index: &'static str, columns: Columns, learned: Learned) -> Self {
        Self { along: Along::Live(index, columns), learned }
    }

    /// The order of the rail; none if it has none.
    pub(super) const fn columns(&self) -> Option<&Columns> {
        match &self.along {
            Along::Few(_) => None,
            Along::ByAge(_, columns)
            | Along::Merged(_, _, columns)
            | Along::Live(_, columns)
            | Along::Deleted(columns) => Some(columns),
        }
    }

    /// How it is cut. Where orders are merged, all rows of a slice are looked at, however soon a page is full.
    pub(super) fn cut(&self, few: u32) -> Cut {
        let few = u64::from(few);
        match self.along {
            Along::Merged(..) => Cut { first: (few / 32).max(1), largest: few },
            Along::Few(_) | Along::ByAge(..) | Along::Live(..) | Along::Deleted(_) => {
                Cut { first: (few / 4).max(1), largest: few * 16 }
            }
        }
    }

    /// The statement that reads where a slice of so many rows ends; none if the rail has no order.
    pub(super) fn end(&self, kind: DatabaseKind, slice: &Slice, size: u64) -> Option<Sql> {
        let mut sql = Sql::new(kind);
        match &self.along {
            Along::Few(_) => return None,
            Along::Merged(driver, own, _) => {
                sql.push("SELECT * FROM (");
                let terms = driver.merged().unwrap_or_default();
                push_each(&mut sql, terms, own, slice.after.as_deref(), size);
                sql.push(") AS merged");
                own.as_named().push_order(&mut sql);
            }
            // Of a set only the index is looked at.
            Along::ByAge(driver, columns) => {
                push_places(&mut sql, columns, driver.table());
                sql.push(" WHERE ");
                driver.push(&mut sql);
                push_slice(&mut sql, columns, slice);
                columns.push_order(&mut sql);
            }
            Along::Live(_, columns) | Along::Deleted(columns) => {
                push_places(&mut sql, columns, "");
                self.push(&mut sql);
                push_slice(&mut sql, columns, slice);
                columns.push_order(&mut sql);
            }
        }
        sql.push(&format!(" LIMIT 1 OFFSET {}", size - 1));
        Some(sql)
    }

    /// A statement over the tasks of a slice that pass the filter, to be continued after WHERE.
    pub(super) fn statement(
        &self,
        kind: DatabaseKind,
        filter: &TaskFilter,
        select: &str,
        slice: &Slice,
    ) -> Sql {
        let mut sql = Sql::new(kind);
        if let Along::Few(driver) | Along::Merged(driver, ..) = &self.along {
            sql.push("WITH few AS MATERIALIZED (SELECT DISTINCT ").push(driver.created_at());
            sql.push(" AS created_at, ").push(driver.id()).push(" AS id FROM ");
            sql.push(driver.table()).push(" WHERE ");
            driver.push(&mut sql);
            if let Along::Merged(_, own, _) = &self.along {
                push_slice(&mut sql, own, slice);
            }
            sql.push(") ");
        }
        sql.push("SELECT ").push(select).push(" FROM ");
        self.push(&mut sql);
        let learned = &self.learned;
        match &self.along {
            Along::Few(driver) | Along::Merged(driver, ..) => {
                let within = Some(driver);
                let row = Row { created_at: "few.created_at", id: "few.id", within, learned };
                push_filter_by_id(&mut sql, filter, row);
            }
            Along::ByAge(driver, columns) => {
                push_slice(&mut sql, columns, slice);
                sql.push(" AND ");
                let (created_at, id) = (driver.created_at(), driver.id());
                let row = Row { created_at, id, within: Some(driver), learned };
                match driver.index_of_tasks() {
                    Some(_) => push_filter(&mut sql, filter, row),
                    None => push_filter_by_id(&mut sql, filter, row),
                }
            }
            Along::Live(_, columns) | Along::Deleted(columns) => {
                push_slice(&mut sql, columns, slice);
                sql.push(" AND ");
                push_filter(&mut sql, filter, Row::of_tasks(learned));
            }
        }
        sql
    }

    /// Adds the tasks of the rail, and the WHERE that makes them so.
    fn push(&self, sql: &mut Sql) {
        match &self.along {
            Along::Few(_) | Along::Merged(..) => {
                sql.push("few CROSS JOIN task WHERE task.id = few.id AND ");
            }
            Along::ByAge(driver, _) => {
                // The order of a CROSS JOIN is kept by SQLite.
                if let Some(index) = driver.index_of_tasks() {
                    push_index(sql, index);
                    sql.push(" WHERE ");
                    driver.push(sql);
                } else {
                    sql.push(driver.table()).push(" CROSS JOIN task WHERE ");
                    driver.push(sql);
                    sql.push(" AND task.id = ").push(driver.id());
                }
            }
            Along::Live(index, _) => {
                push_index(sql, index);
                sql.push(" WHERE ");
                push_live(sql, false);
            }
            Along::Deleted(_) => {
                sql.push("task WHERE ");
                push_live(sql, true);
            }
        }
    }
}

/// Adds the table of tasks; on SQLite by that index, whatever the planner thinks.
fn push_index(sql: &mut Sql, index: &str) {
    sql.push("task");
    match sql.kind() {
        DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => {
            sql.push(" INDEXED BY ").push(index);
        }
        DatabaseKind::Postgres => {}
    }
}

/// Adds the places of the rows of a table.
fn push_places(sql: &mut Sql, columns: &Columns, table: &str) {
    sql.push("SELECT ");
    columns.push_named(sql);
    sql.push(" FROM ").push(table);
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

/// Adds that a row is in a slice.
fn push_slice(sql: &mut Sql, columns: &Columns, slice: &Slice) {
    for (place, side) in [(&slice.after, Side::After), (&slice.to, Side::To)] {
        if let Some(place) = place {
            sql.push(" AND ");
            columns.push_side(sql, place, side);
        }
    }
}
