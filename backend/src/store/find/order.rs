//! The order of a list in SQL, and places in it.

use sea_orm::Value;

use super::super::{entity::micros, sql::Sql};
use crate::task::{SortBy, SortKey, SortValue, TaskOrder, TaskPlace};

/// A column with its direction.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    name: String,
    falling: bool,
}

/// The columns that a list is ordered by; the last one is an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns(Vec<Column>);

impl Columns {
    /// Those of that order of tasks: its keys, then the time of making and the id.
    pub(super) fn of(order: &TaskOrder) -> Self {
        let falling = order.ties_fall();
        let ends = [("created_at", falling), ("id", falling)];
        let ends = ends.into_iter().skip(usize::from(has_created(order)));
        let columns = order.keys().iter().map(|by| (column(*by), by.falling)).chain(ends);
        Self(
            columns
                .map(|(name, falling)| Column { name: format!("task.{name}"), falling })
                .collect(),
        )
    }

    /// The time of making and the id, by these names, oldest first.
    pub(super) fn age(created_at: &str, id: &str) -> Self {
        let column = |name: &str| Column { name: name.to_owned(), falling: false };
        Self(vec![column(created_at), column(id)])
    }

    /// Those of the tasks, oldest first.
    pub(super) fn of_age() -> Self {
        Self::age("task.created_at", "task.id")
    }

    /// The same the other way round, if so wished.
    pub(super) fn reversed(mut self, reversed: bool) -> Self {
        for column in &mut self.0 {
            column.falling ^= reversed;
        }
        self
    }

    /// Adds `ORDER BY …`.
    pub(super) fn push_order(&self, sql: &mut Sql) {
        for (i, Column { name, falling }) in self.0.iter().enumerate() {
            sql.push(if i > 0 { ", " } else { " ORDER BY " }).push(name);
            sql.push(if *falling { " DESC" } else { " ASC" });
        }
    }

    /// Adds the columns, named `k0`, `k1`, …
    pub(super) fn push_named(&self, sql: &mut Sql) {
        for (i, Column { name, .. }) in self.0.iter().enumerate() {
            sql.push(if i > 0 { ", " } else { "" }).push(name).push(&format!(" AS k{i}"));
        }
    }

    /// The same order of columns that were named so.
    pub(super) fn as_named(&self) -> Self {
        let named = self.0.iter().enumerate();
        Self(named.map(|(i, by)| Column { name: format!("k{i}"), falling: by.falling }).collect())
    }

    /// How many they are.
    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds that a row is on that side of a place.
    pub(super) fn push_side(&self, sql: &mut Sql, place: &[Value], side: Side) {
        let first = self.0[0].falling;
        if self.0.iter().all(|column| column.falling == first) {
            // One comparison of rows uses the index.
            let names: Vec<_> = self.0.iter().map(|column| column.name.as_str()).collect();
            sql.push("(").push(&names.join(", ")).push(") ").push(side.sign(first));
            sql.push(" (").bind_all(place.to_vec()).push(")");
            return;
        }
        for (Column { name, falling }, value) in self.0.iter().zip(place) {
            sql.push("(").push(name).push(side.strict().sign(*falling)).bind(value.clone());
            sql.push(" OR (").push(name).push(" = ").bind(value.clone()).push(" AND ");
        }
        sql.push(if side == side.strict() { "FALSE" } else { "TRUE" });
        sql.push(&"))".repeat(self.0.len()));
    }
}

/// On which side of a place in the order a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// After it.
    After,
    /// Before it.
    Before,
    /// Before it, or there.
    To,
}

impl Side {
    const fn strict(self) -> Self {
        match self {
            Self::After => Self::After,
            Self::Before | Self::To => Self::Before,
        }
    }

    const fn sign(self, falling: bool) -> &'static str {
        match (self, falling) {
            (Self::After, false) | (Self::Before, true) => " > ",
            (Self::After, true) | (Self::Before, false) => " < ",
            (Self::To, true) => " >= ",
            (Self::To, false) => " <= ",
        }
    }
}

fn has_created(order: &TaskOrder) -> bool {
    order.keys().iter().any(|by| by.key == SortKey::Created)
}

const fn column(by: SortBy) -> &'static str {
    match (by.key, by.falling) {
        (SortKey::Created, _) => "created_at",
        (SortKey::Updated, _) => "updated_at",
        (SortKey::Name, _) => "name_sort",
        (SortKey::Status, _) => "status_rank",
        (SortKey::Priority, _) => "priority",
        (SortKey::BestValue, false) => "best_rising",
        (SortKey::BestValue, true) => "best_falling",
        (SortKey::Progress, false) => "progress_rising",
        (SortKey::Progress, true) => "progress_falling",
    }
}

/// The index that has the live tasks in that order, if one has.
pub(super) fn index(order: &TaskOrder) -> Option<&'static str> {
    let key = match order.keys() {
        [only] => *only,
        [first, SortBy { key: SortKey::Created, falling }] if first.falling == *falling => *first,
        _ => return None,
    };
    Some(match (key.key, key.falling) {
        (SortKey::Created, _) => "task_by_age",
        (SortKey::Updated, _) => "task_by_update",
        (SortKey::Name, _) => "task_by_name_order",
        (SortKey::Status, _) => "task_by_status",
        (SortKey::Priority, _) => "task_by_priority",
        (SortKey::BestValue, false) => "task_by_best_rising",
        (SortKey::BestValue, true) => "task_by_best_falling",
        (SortKey::Progress, false) => "task_by_progress_rising",
        (SortKey::Progress, true) => "task_by_progress_falling",
    })
}

/// Whether that is the order of the making of tasks, in whichever direction.
pub(super) fn is_age(order: &TaskOrder) -> bool {
    matches!(order.keys(), [SortBy { key: SortKey::Created, .. }])
}

/// A place as the values of the columns of its order.
pub(super) fn values(order: &TaskOrder, place: &TaskPlace) -> Vec<Value> {
    let keys = place.values.iter().map(|value| match value {
        SortValue::Whole(number) => (*number).into(),
        SortValue::Number(number) => (*number).into(),
        SortValue::Text(text) => text.as_str().into(),
    });
    let ends = [micros(place.created_at).into(), place.id.uuid().into()];
    keys.chain(ends.into_iter().skip(usize::from(has_created(order)))).collect()
}
