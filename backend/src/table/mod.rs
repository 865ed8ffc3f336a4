//! Tables for tasks: the adaptor from what a task says to the reader in `../table`, and from the rows that it gives to
//! what the use cases take. The dialect is in `docs/tables.md`.

mod command;
mod names;
mod rows;

use std::sync::Arc;

pub use asktell_table as reader;
use asktell_table::{Answers, Earlier, Fit, Results, Schema, Table, Unreadable, results};
use tokio::sync::Semaphore;

pub use command::{answer_text, answers, file, flag};
pub use names::schema_of;
pub use rows::{Rows, to_json, to_result};

use crate::{
    store::Store,
    task::{Error, Result, TaskId, TaskSettings, TrialState},
};
use names::point_of;

/// How many tables are read at once. The others wait: each may take as much memory as some hundred megabytes.
static READERS: Semaphore = Semaphore::const_new(2);

/// How many trials are read at once.
const PIECE: u64 = 500;

/// What a table is read for.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// Names that its columns may hold.
    pub schema: Schema,
    /// Settings of the task, by which rows are judged. `None` if there is no task yet.
    pub settings: Option<Arc<TaskSettings>>,
    /// Trials that the task has.
    pub earlier: Earlier,
}

impl Target {
    /// A task with its trials.
    pub async fn task(store: &Store, id: TaskId) -> Result<Self> {
        let snapshot = store.at_one_moment().await?;
        let read = async {
            let found = snapshot.task(id).await?.filter(|task| task.deleted_at.is_none());
            found.ok_or(Error::TaskNotFound(id))?;
            let settings = snapshot.settings(id).await?;
            let (mut earlier, mut last) = (Earlier::default(), 0);
            loop {
                let piece = snapshot.trials_after(id, last, PIECE).await?;
                let Some(trial) = piece.last() else { break };
                last = trial.id.number;
                for trial in piece.iter().filter(|trial| trial.state != TrialState::Abandoned) {
                    let values: Vec<(String, f64)> = trial.values.clone().into_iter().collect();
                    earlier.add(&point_of(trial.tried()), &values);
                }
            }
            Ok(Self { schema: schema_of(&settings), settings: Some(Arc::new(settings)), earlier })
        };
        let read = read.await;
        snapshot.end().await;
        read
    }
}

/// A table, and its rows for a task.
#[derive(Debug)]
pub struct Reading {
    /// The table.
    pub table: Table,
    /// Its rows.
    pub results: Results,
}

/// Reads a table, on a thread for what takes long.
pub async fn read(
    bytes: Vec<u8>,
    target: Target,
    answers: Answers,
) -> Result<std::result::Result<Reading, Unreadable>> {
    let _permit = READERS.acquire().await.map_err(Error::storage)?;
    let reading = tokio::task::spawn_blocking(move || {
        let table = Table::read(&bytes, &answers)?;
        let results = results(&table, &target.schema, &answers, &target.earlier, &|row| {
            target.settings.as_ref().map_or(Ok(Fit::Inside), |settings| rows::judge(row, settings))
        });
        Ok(Reading { table, results })
    });
    reading.await.map_err(Error::storage)
}
