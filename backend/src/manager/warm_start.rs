//! Beginning with the results of other tasks. They are written down as they are when the task is told
//! to: what becomes of them later changes none of its points.

use super::TaskManager;
use crate::{
    strategy::{self, MOST_RESULTS, Source},
    task::{Error, Invalid, Result, TaskId, TaskSettings},
};

/// How many trials are read at once.
const PIECE: u64 = 500;

impl TaskManager {
    /// The results that a task with these settings begins with, to be written down; none if it names no
    /// other tasks. Refuses tasks that do not exist, or whose results say nothing here.
    pub(super) async fn read_sources(&self, settings: &TaskSettings) -> Result<Option<String>> {
        let named = &settings.strategy.tuning.warm_start;
        if named.is_empty() {
            return Ok(None);
        }
        let mut sources = Vec::with_capacity(named.len());
        for (index, id) in named.iter().enumerate() {
            let at = |problem: Invalid| problem.at_index(index).at("warmStart").at("strategy");
            let found = self.read_source(*id, settings).await?;
            let results = found.map_err(at)?;
            sources.push(Source { task: *id, results });
        }
        shorten(&mut sources);
        serde_json::to_string(&sources).map(Some).map_err(Error::storage)
    }

    async fn read_source(
        &self,
        id: TaskId,
        settings: &TaskSettings,
    ) -> Result<Result<Vec<asktell_strategies::Observation>, Invalid>> {
        let snapshot = self.store.at_one_moment().await?;
        let task = snapshot.task(id).await?.filter(|task| task.deleted_at.is_none());
        if task.is_none() {
            snapshot.end().await;
            return Ok(Err(Invalid::new("there is no such task")));
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
        Ok(Ok(results))
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
