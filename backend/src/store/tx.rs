//! One transaction, and the events of what it wrote.

use sea_orm::{ColumnTrait as _, ExprTrait as _};
use sea_orm::{DatabaseTransaction, EntityTrait as _, QueryFilter as _, sea_query::Expr};

use super::{
    entity::{event, log_head},
    fault,
};
use crate::task::{Caller, Error, Happening, NewEvent, Result, Task, Timestamp};

/// How many events one INSERT takes. Few sizes make few statements, so that each stays prepared.
const EVENTS_PER_INSERT: [usize; 5] = [256, 64, 16, 4, 1];

/// One transaction. Each change to a task or its trials is made with a method of this type and told
/// with [`Tx::record`]; both are committed together.
#[derive(Debug)]
pub struct Tx {
    connection: DatabaseTransaction,
    events: Vec<NewEvent>,
    /// How often something has been written.
    writes: u64,
}

/// How far a transaction had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    events: usize,
    writes: u64,
}

impl Tx {
    pub(super) const fn new(connection: DatabaseTransaction) -> Self {
        Self { connection, events: Vec::new(), writes: 0 }
    }

    /// The connection, to read with.
    pub(super) const fn connection(&self) -> &DatabaseTransaction {
        &self.connection
    }

    /// The connection, to write with.
    pub(super) const fn writing(&mut self) -> &DatabaseTransaction {
        self.writes += 1;
        &self.connection
    }

    /// How far the transaction has come.
    pub(super) fn mark(&self) -> Mark {
        Mark { events: self.events.len(), writes: self.writes }
    }

    /// Whether nothing has been written since; what was told but not written is forgotten.
    pub(super) fn is_unchanged_since(&mut self, mark: Mark) -> bool {
        self.events.truncate(mark.events);
        self.writes == mark.writes
    }

    pub(super) fn into_parts(self) -> (DatabaseTransaction, Vec<NewEvent>) {
        (self.connection, self.events)
    }

    /// Tells of a change: numbers it within the task, and raises the task's version if the change is
    /// one of the task itself. The task is not written here: that is [`Tx::update_task`]'s.
    pub fn record(&mut self, task: &mut Task, caller: &Caller, at: Timestamp, what: Happening) {
        task.sequence += 1;
        if what.bumps_version() {
            task.version += 1;
            task.updated_at = at;
        }
        self.events.push(NewEvent {
            task: task.id,
            sequence: task.sequence,
            version: task.version,
            actor: caller.actor.clone(),
            at,
            what,
        });
    }
}

/// Puts events at the end of the log. The row of the head is locked from here to the commit, so
/// this comes last: positions are dense and in the order of commit, on Postgres too, where a plain
/// sequence is not (a reader that has seen 7 may still meet 6).
pub(super) async fn append(connection: &DatabaseTransaction, events: &[NewEvent]) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(events.len()).map_err(Error::storage)?;
    let head = log_head::Entity::update_many()
        .col_expr(log_head::Column::Position, Expr::col(log_head::Column::Position).add(count))
        .filter(log_head::Column::Id.eq(1))
        .exec_with_returning(connection)
        .await
        .map_err(fault)?
        .pop()
        .ok_or_else(|| Error::storage("the log has no head"))?;
    let rows = (head.position - count + 1..)
        .zip(events)
        .map(|(position, event)| event::row(position, event))
        .collect::<Result<Vec<_>>>()?;
    let mut rest = rows.as_slice();
    for size in EVENTS_PER_INSERT {
        while let Some((chunk, more)) = rest.split_at_checked(size) {
            event::Entity::insert_many(chunk.to_vec())
                .exec_without_returning(connection)
                .await
                .map_err(fault)?;
            rest = more;
        }
    }
    Ok(())
}
