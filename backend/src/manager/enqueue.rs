//! `enqueueTrials`.

use futures_util::FutureExt as _;

use super::{TaskManager, TrialsChanged};
use crate::{
    store::Tx,
    task::{
        Caller, Error, Happening, Invalid, JsonObject, Point, Result, Task, TaskId, TaskStatus,
        Timestamp, Trial, TrialId, TrialOrigin, TrialState, Values,
    },
};

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
        let (caller, at) = (caller.clone(), self.now());
        self.store
            .write(move |tx| {
                let (caller, points) = (caller.clone(), points.clone());
                async move {
                    let before = tx.live_task(id).await?;
                    match before.status {
                        TaskStatus::Created
                        | TaskStatus::Running
                        | TaskStatus::Paused
                        | TaskStatus::Failed => {}
                        TaskStatus::Completed => {
                            return Err(Error::TaskEnded { status: before.status });
                        }
                    }
                    let settings = tx.settings(id).await?;
                    let points = settings.admit_points(&points).map_err(|e| e.at("points"))?;
                    let mut task = before.clone();
                    let trials =
                        plan_trials(tx, &mut task, &caller, at, TrialOrigin::Client, points);
                    tx.insert_trials(&trials).await?;
                    tx.update_task(&before, &task).await?;
                    Ok(TrialsChanged { task, trials })
                }
                .boxed()
            })
            .await
    }
}

/// Makes WAITING trials of points, tells of them and counts them. The caller writes task and trials.
pub(super) fn plan_trials(
    tx: &mut Tx,
    task: &mut Task,
    caller: &Caller,
    at: Timestamp,
    origin: TrialOrigin,
    points: Vec<Point>,
) -> Vec<Trial> {
    let first = task.trial_counts.total() + 1;
    let state = TrialState::Waiting;
    (first..)
        .zip(points)
        .map(|(number, point)| {
            tx.record(
                task,
                caller,
                at,
                Happening::TrialCreated {
                    number,
                    state,
                    origin,
                    point: point.clone(),
                    worker: None,
                },
            );
            task.trial_counts.add(state, 1);
            Trial {
                id: TrialId { task: task.id, number },
                state,
                origin,
                point,
                values: Values::new(),
                failure_reason: None,
                worker: None,
                late: false,
                created_at: at,
                started_at: None,
                finished_at: None,
            }
        })
        .collect()
}
