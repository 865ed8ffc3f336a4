//! `addResults`: what was measured elsewhere.

use futures_util::FutureExt as _;

use super::{TaskManager, TrialsChanged, change::Change};
use crate::task::{
    Beside, Caller, Invalid, JsonObject, Measurement, Outcome, Point, Report, Result, TaskId,
    TaskSettings, Trial, TrialOrigin,
};

/// A result from elsewhere.
#[derive(Debug, Clone)]
pub struct NewResult {
    /// What was tried.
    pub point: JsonObject,
    /// What became of it.
    pub report: Report,
    /// What came with it.
    pub beside: Beside,
}

impl TaskManager {
    /// The most results of one call.
    pub const MAX_RESULTS: usize = 10_000;

    /// Adds finished trials, all of them or none; every one that is refused is named. The budget does not count them.
    pub async fn add_results(
        &self,
        caller: &Caller,
        id: TaskId,
        results: Vec<NewResult>,
        place: PlaceOfResults,
    ) -> Result<TrialsChanged> {
        if !(1..=Self::MAX_RESULTS).contains(&results.len()) {
            let range = format!("1 to {} results", Self::MAX_RESULTS);
            return Err(Invalid::new(range).at("results").into());
        }
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, results) = (by.clone(), results.clone());
            async move {
                let mut change = Change::of_live(tx, &by, at, id).await?;
                change.task.admit_trials()?;
                let settings = change.tx.settings(id).await?;
                let first = change.task.trial_counts.total() + 1;
                let mut trials = Vec::with_capacity(results.len());
                let mut refused = Vec::new();
                for (i, (number, result)) in (first..).zip(results).enumerate() {
                    match finished(&change, &settings, number, result, place) {
                        Ok(trial) => trials.push(trial),
                        Err(problem) => refused.push(problem.at_index(i).at("results")),
                    }
                }
                if let Some(problems) = Invalid::all(refused) {
                    return Err(problems.into());
                }
                change.count_results(&settings, &mut trials).await?;
                for trial in &trials {
                    change.created(trial);
                }
                change.tx.insert_trials(&trials).await?;
                Ok(TrialsChanged { task: change.save().await?, trials })
            }
            .boxed()
        })
        .await
    }
}

/// Where the points of results may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceOfResults {
    /// Anywhere: what was really tried is a fact.
    Anywhere,
    /// In the space of the task.
    InSpace,
}

impl NewResult {
    /// The point and the outcome as the task would keep them. Whoever shows a result before it is added asks here, too.
    pub fn judge(
        &self,
        settings: &TaskSettings,
        place: PlaceOfResults,
    ) -> Result<(Point, Outcome), Invalid> {
        let space = settings.parameter_space.as_ref().ok_or_else(|| {
            Invalid::new("the task has no parameter space to place points in").at("point")
        })?;
        let point = match place {
            PlaceOfResults::Anywhere => space.locate(&self.point),
            PlaceOfResults::InSpace => space.admit(&self.point),
        };
        let point = point.map_err(|e| e.at("point"))?;
        let report = self.report.clone();
        let outcome = report
            .check(&settings.objectives, &settings.constraints, &self.beside.metrics)
            .map_err(|e| e.at("outcome"))?;
        Ok((point, outcome))
    }
}

fn finished(
    change: &Change<'_>,
    settings: &TaskSettings,
    number: i64,
    result: NewResult,
    place: PlaceOfResults,
) -> Result<Trial, Invalid> {
    let (point, outcome) = result.judge(settings, place)?;
    let mut trial = change.plan(number, TrialOrigin::Imported, point);
    trial.state = outcome.state();
    trial.failure_reason = outcome.reason().cloned();
    trial.finished_at = Some(change.at);
    trial.details.beside = result.beside;
    if let Outcome::Completed(Measurement { values, deviations }) = outcome {
        trial.values = values;
        trial.details.deviations = deviations;
    }
    Ok(trial)
}
