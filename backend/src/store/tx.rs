//! One transaction: what it knows and has changed, and the events of what it did.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use futures_util::{FutureExt as _, future::BoxFuture};
use sea_orm::ConnectionTrait as _;

use super::{
    DatabaseKind,
    cache::SharedSettings,
    fault,
    find::{self, FindChange},
    flush,
    transaction::Transaction,
    unit::{Changes, Unit},
};
use crate::task::{Caller, Error, Happening, NewEvent, Result, Task, TaskId, Timestamp};

/// One transaction. Each change to a task or its trials is made with a method of this type and told
/// with [`Tx::record`]; both are committed together.
///
/// Tasks and trials are read once and written at the end, together: see [`Unit`]. Statements of their
/// own that look for tasks or trials by anything but their ids need [`Tx::flushed`], and those that
/// change them [`Tx::writing`].
#[derive(Debug)]
pub struct Tx {
    kind: DatabaseKind,
    connection: Transaction,
    pub(super) unit: Unit,
    /// On Postgres, where the unit lives no longer than the transaction.
    pub(super) shared: Option<Arc<SharedSettings>>,
    /// Whether the unit, or at least its state of the database, is an earlier transaction's.
    inherits: bool,
    events: Vec<NewEvent>,
    /// How what tasks are found by changes.
    pub(super) finds: Vec<FindChange>,
    /// Tasks that are known to have nothing below them.
    pub(super) leaves: HashSet<TaskId>,
    /// Whether it has the lock of the queue across tasks.
    pub(super) has_queue: bool,
    /// Whether nobody else moves tasks in the tree.
    pub(super) has_tree: bool,
    /// How often the piece of work at hand has reached the database.
    writes: u64,
}

/// How far a transaction had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    events: usize,
    finds: usize,
    writes: u64,
}

impl Tx {
    /// A transaction that has just begun, with what is known from the one before.
    pub(super) async fn begun(
        kind: DatabaseKind,
        connection: Transaction,
        unit: Unit,
        shared: Option<Arc<SharedSettings>>,
    ) -> Result<Self> {
        let inherits = unit.data_version.is_some();
        let mut tx = Self {
            kind,
            connection,
            unit,
            shared,
            inherits,
            events: Vec::new(),
            finds: Vec::new(),
            leaves: HashSet::new(),
            has_queue: false,
            has_tree: false,
            writes: 0,
        };
        match kind {
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => {
                if tx.unit.data_version.is_none() {
                    tx.unit.data_version = Some(flush::data_version(&tx.connection).await?);
                }
            }
            DatabaseKind::Postgres => {}
        }
        Ok(tx)
    }

    pub(super) const fn kind(&self) -> DatabaseKind {
        self.kind
    }

    /// The connection, to read what is not kept in memory: anything but tasks and trials.
    pub(super) const fn connection(&self) -> &Transaction {
        &self.connection
    }

    /// The connection, to change what is not kept in memory: anything but tasks and trials.
    pub(super) const fn writing_apart(&mut self) -> &Transaction {
        self.writes += 1;
        &self.connection
    }

    /// The connection, to look for tasks or trials: their changes are in the database by then. Only
    /// events are not, which come last.
    pub(super) async fn flushed(&mut self) -> Result<&Transaction> {
        // What the piece at hand has changed can be taken back only while it is not written.
        self.writes += u64::from(self.unit.piece_has_changes() || !self.finds.is_empty());
        let changes = self.unit.take_changes();
        self.write_finds().await?;
        self.write_out(&changes, &[]).await?;
        Ok(&self.connection)
    }

    /// The connection, to change tasks or trials by a statement of one's own. What it changes must be
    /// put into the unit, or forgotten there.
    pub(super) async fn writing(&mut self) -> Result<&Transaction> {
        self.flushed().await?;
        Ok(self.writing_apart())
    }

    /// How far the transaction has come, as a piece of work begins.
    pub(super) fn mark(&mut self) -> Mark {
        self.unit.keep();
        Mark { events: self.events.len(), finds: self.finds.len(), writes: self.writes }
    }

    /// Takes back what has been done since; false if some of it is in the database already.
    pub(super) fn take_back(&mut self, mark: Mark) -> bool {
        self.events.truncate(mark.events);
        self.finds.truncate(mark.finds);
        self.unit.take_back();
        self.writes == mark.writes
    }

    /// Writes all that is to be written, the events last. Returns whether there were any.
    pub(super) async fn finish(&mut self) -> Result<bool> {
        let changes = self.unit.take_changes();
        let events = std::mem::take(&mut self.events);
        self.write_finds().await?;
        self.write_out(&changes, &events).await?;
        // Where events are written, the same statement proves it.
        if events.is_empty() {
            self.prove().await?;
        }
        Ok(!events.is_empty())
    }

    /// Fails if the transaction went by what an earlier one knew and that is not so any more.
    pub(super) async fn prove(&self) -> Result<()> {
        match self.unit.data_version {
            Some(expected) if self.unit.relied() => {
                flush::expect_data_version(&self.connection, expected).await
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the transaction failed because of what an earlier one knew, and that is not so any more: nothing is
    /// wrong, and it is to be run again. A transaction that has only inserted counts, too: its events are appended
    /// only if nobody else has written.
    pub(super) async fn is_outdated(&self, error: &Error) -> bool {
        match self.unit.data_version {
            Some(expected) if self.inherits => {
                flush::is_stale(error)
                    || flush::expect_data_version(&self.connection, expected)
                        .await
                        .is_err_and(|error| flush::is_stale(&error))
            }
            Some(_) | None => false,
        }
    }

    async fn write_finds(&mut self) -> Result<()> {
        let finds = std::mem::take(&mut self.finds);
        if finds.is_empty() {
            return Ok(());
        }
        find::write_found(self.kind, &self.connection, &finds).await
    }

    async fn write_out(&self, changes: &Changes, events: &[NewEvent]) -> Result<()> {
        if changes.is_empty() && events.is_empty() {
            return Ok(());
        }
        flush::write(self.kind, &self.connection, changes, events, self.unit.data_version).await
    }

    /// Commits; what is known stays known.
    pub(super) async fn commit(self) -> Result<Unit> {
        let Self { connection, mut unit, shared, .. } = self;
        connection.commit().await.map_err(fault)?;
        if let Some(shared) = shared {
            for (task, settings) in unit.settled() {
                shared.remember(task, settings);
            }
        }
        unit.committed();
        Ok(unit)
    }

    /// Rolls back. What was known is not known any more.
    pub(super) async fn roll_back(self) {
        self.connection.roll_back().await;
    }

    /// Writes without changing anything: to see whether the database takes writes.
    pub(super) fn touch(&mut self) -> BoxFuture<'_, Result<()>> {
        async {
            let touch = "UPDATE log_head SET position = position WHERE id = 1";
            self.writing_apart().execute_unprepared(touch).await.map_err(fault)?;
            Ok(())
        }
        .boxed()
    }

    /// How many changes have been told of so far.
    #[must_use]
    pub const fn told(&self) -> usize {
        self.events.len()
    }

    /// The tasks of which was told since then, with their versions.
    #[must_use]
    pub fn versions_since(&self, told: usize) -> BTreeMap<TaskId, i64> {
        self.events.iter().skip(told).map(|event| (event.task, event.version)).collect()
    }

    /// Tells of a change: numbers it within the task, and raises the task's version if the change is
    /// one of the task itself, and its basis if the strategy sees it. The task is not written here: that is [`Tx::update_task`]'s.
    pub fn record(&mut self, task: &mut Task, caller: &Caller, at: Timestamp, what: Happening) {
        task.sequence += 1;
        if what.bumps_version() {
            task.version += 1;
            task.updated_at = at;
        }
        task.note_for_strategy(&what);
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
