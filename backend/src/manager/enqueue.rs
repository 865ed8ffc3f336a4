//! `enqueueTrials`.

use futures_util::FutureExt as _;

use super::{TaskManager, TrialsChanged, change::Change};
use crate::task::{Caller, Invalid, JsonObject, Point, Result, TaskId, Trial, TrialOrigin};

impl TaskManager {
    /// Adds points of a client to what is to be run next.
    pub async fn enqueue_trials(
        &self,
        caller: &Caller,
        id: TaskId,
        points: Vec<JsonObject>,
    ) -> Result<TrialsChanged> {
        if points.is_empty() {
            return Err(Invalid::new("at least one point is needed").at("points").into());
        }
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, points) = (by.clone(), points.clone());
            async move {
                let mut change = Change::of_live(tx, &by, at, id).await?;
                change.task.admit_trials()?;
                let settings = change.tx.settings(id).await?;
                let points = settings.admit_points(&points).map_err(|e| e.at("points"))?;
                let trials = plan_trials(&mut change, TrialOrigin::Client, points);
                change.tx.insert_trials(&trials).await?;
                Ok(TrialsChanged { task: change.save().await?, trials })
            }
            .boxed()
        })
        .await
    }
}

/// Makes WAITING trials of points, tells of them and counts them. The caller writes them.
pub(super) fn plan_trials(
    change: &mut Change<'_>,
    origin: TrialOrigin,
    points: Vec<Point>,
) -> Vec<Trial> {
    let first = change.task.trial_counts.total() + 1;
    let trials = (first..)
        .zip(points)
        .map(|(number, point)| change.plan(number, origin, point))
        .collect::<Vec<_>>();
    for trial in &trials {
        change.created(trial);
    }
    trials
}
