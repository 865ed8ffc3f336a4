//! `tell`.

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

use super::{Answer, TaskManager, change::Change};
use crate::task::{
    AttachedResult, Beside, Caller, Error, Happening, Invalid, JsonObject, LateResults, LeaseOf,
    LeaseToken, Measurement, Outcome, Point, Receipt, Report, Result, Task, TaskSettings,
    TaskStatus, Trial, TrialId, TrialState,
};

/// A worker's report of one trial.
#[derive(Debug, Clone)]
pub struct Tell {
    /// The trial.
    pub id: TrialId,
    /// The lease by which it reports; none if the result is entered by hand.
    pub token: Option<LeaseToken>,
    /// What was really tried, if that is not what was planned.
    pub executed_point: Option<JsonObject>,
    /// What became of it.
    pub report: Report,
    /// What came with it.
    pub beside: Beside,
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The trial as it is now.
    pub trial: Trial,
    /// Its task.
    pub task: Task,
    /// Whether the report counts.
    pub receipt: Receipt,
}

impl Answer for Told {}

impl TaskManager {
    /// Takes what a worker reports of a trial. The status of the task does not matter: a measured
    /// result is never refused for it, not even if the task is deleted; one that comes after the end
    /// is marked late. What matters is the lease: a report by one that was lost follows the task's
    /// policy, so that nothing counts twice and nothing measured is lost in silence.
    pub async fn tell(&self, caller: &Caller, tell: Tell) -> Result<Told> {
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, tell) = (by.clone(), tell.clone());
            async move {
                let id = tell.id;
                let (mut change, trial) = Change::with_trial(tx, &by, at, id).await?;
                let settings = change.tx.settings(id.task).await?;
                let metrics = &tell.beside.metrics;
                let outcome = tell
                    .report
                    .check(&settings.objectives, &settings.constraints, metrics)
                    .map_err(|e| e.at("outcome"))?;
                let executed_point = executed(&settings, &trial, tell.executed_point.as_ref())
                    .map_err(|e| e.at("executedPoint"))?;
                let beside = tell.beside;
                let told = Incoming {
                    settings: &settings,
                    token: tell.token,
                    outcome,
                    executed_point,
                    beside,
                };
                let (trial, receipt) = told.take(&mut change, trial).await?;
                let task = change.save_if_changed().await?;
                Ok(Told { trial, task, receipt })
            }
            .boxed()
        })
        .await
    }
}

/// The point that was really tried; none if it is the planned one.
fn executed(
    settings: &TaskSettings,
    trial: &Trial,
    given: Option<&JsonObject>,
) -> Result<Option<Point>, Invalid> {
    let Some(given) = given else { return Ok(None) };
    let space = settings.parameter_space.as_ref();
    let space = space.ok_or_else(|| Invalid::new("the task has no parameter space"))?;
    let point = space.locate(given)?;
    Ok(Some(point).filter(|point| *point != trial.point))
}

/// A checked report on its way to its trial.
struct Incoming<'a> {
    settings: &'a TaskSettings,
    token: Option<LeaseToken>,
    outcome: Outcome,
    executed_point: Option<Point>,
    beside: Beside,
}

impl Incoming<'_> {
    async fn take(self, change: &mut Change<'_>, trial: Trial) -> Result<(Trial, Receipt)> {
        let Some(token) = self.token else {
            return self.count(change, trial).await;
        };
        if self.is_known(&trial, token) {
            return Ok((trial, Receipt::Repeated));
        }
        // The fencing check: only the trial's present lease reports without further ado.
        if trial.state == TrialState::Running && token == trial.lease_token {
            return self.count(change, trial).await;
        }
        let lost =
            Error::LeaseLost { of: LeaseOf::Trial(trial.id), token, current: trial.lease_token };
        let was_leased = (1..=trial.lease_token).contains(&token);
        let Outcome::Completed(measurement) = &self.outcome else { return Err(lost) };
        if !was_leased {
            return Err(lost);
        }
        let undecided = match trial.state {
            TrialState::Waiting | TrialState::Running | TrialState::Abandoned => true,
            TrialState::Completed
            | TrialState::Failed
            | TrialState::Pruned
            | TrialState::Infeasible => false,
        };
        match self.settings.policy.late_results {
            LateResults::Reject => Err(lost),
            LateResults::Accept if undecided => self.count(change, trial).await,
            LateResults::Accept | LateResults::Attach => {
                let measurement = measurement.clone();
                self.attach(change, trial, token, measurement).await
            }
        }
    }

    /// Whether the same report by the same lease was taken before.
    fn is_known(&self, trial: &Trial, token: LeaseToken) -> bool {
        match &self.outcome {
            Outcome::Completed(measurement) => {
                // What it told then, whatever it was corrected to since.
                let told = match trial.details.corrections.first() {
                    Some(correction) => correction.before.clone(),
                    None => trial.measurement(),
                };
                let counted = trial.told_with == Some(token)
                    && told == *measurement
                    && trial.executed_point == self.executed_point;
                counted
                    || trial.details.attached.iter().any(|attached| {
                        attached.token == token
                            && attached.measurement == *measurement
                            && attached.executed_point == self.executed_point
                    })
            }
            Outcome::Failed { .. } | Outcome::Infeasible(_) | Outcome::Pruned(_) => {
                trial.details.attempts.iter().any(|attempt| {
                    attempt.token == token
                        && attempt.outcome == self.outcome.attempt()
                        && attempt.reason.as_ref() == self.outcome.reason()
                })
            }
        }
    }

    /// The report becomes the trial's outcome, or sends it back to be tried again.
    async fn count(self, change: &mut Change<'_>, mut trial: Trial) -> Result<(Trial, Receipt)> {
        let from = trial.state;
        let reason = self.outcome.reason().cloned();
        if let Some(available_at) = self.next_attempt(change, &trial) {
            trial.end_lease(self.outcome.attempt(), reason.clone(), change.at);
            trial.state = TrialState::Waiting;
            trial.available_at = Some(available_at).filter(|available| *available > change.at);
            change.moved(&trial, from, reason.as_ref()).await?;
            return Ok((trial, Receipt::Counted));
        }
        let to = self.outcome.state();
        if !from.successors().contains(&to) {
            return Err(Error::InvalidTrialState { from, to });
        }
        self.end_lease(&mut trial, change);
        trial.state = to;
        trial.failure_reason.clone_from(&reason);
        trial.available_at = None;
        trial.told_with = self.token;
        trial.finished_at = Some(change.at);
        trial.executed_point = self.executed_point;
        trial.details.beside = self.beside;
        if let Outcome::Completed(Measurement { values, deviations }) = self.outcome {
            trial.values = values;
            trial.details.deviations = deviations;
        }
        change.count_results(self.settings, std::slice::from_mut(&mut trial)).await?;
        change.moved(&trial, from, reason.as_ref()).await?;
        Ok((trial, Receipt::Counted))
    }

    /// Keeps a result beside the counted one.
    async fn attach(
        self,
        change: &mut Change<'_>,
        mut trial: Trial,
        token: LeaseToken,
        measurement: Measurement,
    ) -> Result<(Trial, Receipt)> {
        if trial.details.attached.len() >= Trial::MAX_BESIDE {
            let most =
                format!("at most {} results are kept beside the counted one", Trial::MAX_BESIDE);
            return Err(Invalid::new(most).at("trialId").into());
        }
        let worker = worker_of(&trial, Some(token));
        trial.details.attached.push(AttachedResult {
            at: change.at,
            actor: change.caller.actor.clone(),
            worker: worker.clone(),
            token,
            executed_point: self.executed_point,
            measurement: measurement.clone(),
            beside: self.beside,
        });
        change.tx.update_trial(&trial, trial.state).await?;
        let number = trial.id.number;
        change.record(Happening::ResultAttached { number, worker, token, measurement });
        Ok((trial, Receipt::Attached))
    }

    /// When a failed trial is tried again, if it is.
    fn next_attempt(&self, change: &Change<'_>, trial: &Trial) -> Option<crate::task::Timestamp> {
        let Outcome::Failed { kind, reason: _ } = &self.outcome else { return None };
        let policy = &self.settings.policy;
        let again = trial.state == TrialState::Running
            && change.task.status != TaskStatus::Completed
            && trial.in_space
            && policy.retries(kind.as_deref());
        if again { policy.next_attempt(trial.attempts_that_count(), change.at) } else { None }
    }

    /// Ends the lease that the trial has, which may be another's than the reporter's; and says whether
    /// the result is late.
    fn end_lease(&self, trial: &mut Trial, change: &Change<'_>) {
        let lost = self
            .token
            .is_some_and(|token| trial.state != TrialState::Running || token != trial.lease_token);
        trial.late = lost || change.task.status.is_ended();
        if self.token.is_some() && !lost {
            trial.end_lease(self.outcome.attempt(), self.outcome.reason().cloned(), change.at);
            return;
        }
        trial.end_lease(crate::task::AttemptOutcome::Superseded, None, change.at);
        if lost {
            // Whoever measured it is its worker.
            trial.worker = worker_of(trial, self.token);
        }
    }
}

fn worker_of(trial: &Trial, token: Option<LeaseToken>) -> Option<crate::task::WorkerName> {
    let attempts = &trial.details.attempts;
    attempts.iter().find(|attempt| Some(attempt.token) == token).and_then(|a| a.worker.clone())
}
