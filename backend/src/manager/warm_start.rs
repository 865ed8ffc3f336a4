//! Beginning with the results of other tasks. They are written down as they are when the task is told
//! to: what becomes of them later changes none of its points.

use super::TaskManager;
use crate::{
    strategy::{self, MOST_RESULTS, Source},
    task::{Error, Invalid, Result, Task, TaskId, TaskSettings},
};

/// How many trials are read at once.
const PIECE: u64 = 500;

/// What a task may begin with although the tasks that it comes from are deleted.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Results that were written down before, in the numbers of the space of the task.
    written: Vec<Source>,
    /// Whether the task only is to have what a task once had: what a deleted source has measured is read,
    /// and one that was purged has left nothing.
    again: bool,
}

impl Known {
    /// What was written down, as JSON; with `again`, for a task that is to have what one once had.
    pub(super) fn of(written: Option<&str>, again: bool) -> Result<Self> {
        let written = written.map(serde_json::from_str).transpose().map_err(Error::storage)?;
        Ok(Self { written: written.unwrap_or_default(), again })
    }

    /// What a clone of that task begins with.
    pub(super) async fn of_clone(manager: &TaskManager, source: TaskId) -> Result<Self> {
        let snapshot = manager.store.at_one_moment().await?;
        let written = snapshot.warm_start(source).await?;
        snapshot.end().await;
        Self::of(written.as_deref(), true)
    }

    fn of_task(&self, id: TaskId) -> Option<Source> {
        self.written.iter().find(|source| source.task == id).cloned()
    }
}

impl TaskManager {
    /// The results that a task with these settings begins with, to be written down; none if it names no
    /// other tasks. Refuses tasks that do not exist, or whose results say nothing here. Of a task that was
    /// deleted since, what is known stays.
    pub(super) async fn read_sources(
        &self,
        settings: &TaskSettings,
        known: Known,
    ) -> Result<Result<Option<String>, Invalid>> {
        let named = &settings.strategy.tuning.warm_start;
        if named.is_empty() {
            return Ok(Ok(None));
        }
        let mut sources = Vec::with_capacity(named.len());
        for (index, id) in named.iter().enumerate() {
            match self.read_source(*id, settings, &known).await? {
                Ok(source) => sources.push(source),
                Err(problem) => {
                    let problem = problem.at_index(index).at("warmStart").at("strategy");
                    return Ok(Err(problem));
                }
            }
        }
        shorten(&mut sources);
        serde_json::to_string(&sources).map(|text| Ok(Some(text))).map_err(Error::storage)
    }

    async fn read_source(
        &self,
        id: TaskId,
        settings: &TaskSettings,
        known: &Known,
    ) -> Result<Result<Source, Invalid>> {
        let snapshot = self.store.at_one_moment().await?;
        let task = snapshot.task(id).await?;
        let deleted = task.as_ref().is_none_or(|task: &Task| task.deleted_at.is_some());
        let gone = match (deleted, known.of_task(id)) {
            (true, Some(source)) => Some(Ok(source)),
            (true, None) if !known.again => Some(Err(Invalid::new("there is no such task"))),
            (true, None) if task.is_none() => Some(Ok(Source { task: id, results: Vec::new() })),
            (_, _) => None,
        };
        if let Some(gone) = gone {
            snapshot.end().await;
            return Ok(gone);
        }
        let other = snapshot.settings(id).await?;
        if let Err(problem) = strategy::check_source(settings, &other) {
            snapshot.end().await;
            return Ok(Err(problem));
        }
        let mut results = Vec::new();
        let mut last = 0;
        loop {
            let piece = snapshot.trials_after(id, last, PIECE).await?;
            let Some(trial) = piece.last() else { break };
            last = trial.id.number;
            let here = |trial| strategy::source_result(settings, trial);
            results.extend(piece.iter().filter_map(here));
        }
        snapshot.end().await;
        Ok(Ok(Source { task: id, results }))
    }
}

/// Leaves the latest of each, as many of each as there is room for.
fn shorten(sources: &mut [Source]) {
    let share = MOST_RESULTS / sources.len().max(1);
    for source in sources {
        let more = source.results.len().saturating_sub(share);
        source.results.drain(..more);
    }
}
