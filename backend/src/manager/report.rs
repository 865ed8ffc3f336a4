//! `reportTrial`: values on the way to the result, and stopping early what will not become good.

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

use super::{Answer, TaskManager, change::Change, heartbeat::has_ended};
use crate::{
    store::Compared,
    strategy::pruning,
    task::{
        AttemptOutcome, Caller, Direction, Happening, Invalid, LeaseToken, Measured, Measurement,
        Objectives, PruningKind, Reason, Result, StepReport, Task, TaskSettings, Trial, TrialId,
        TrialState, Values, Verdict, renewed,
    },
};

/// What a worker tells of a trial on the way to its result.
#[derive(Debug, Clone)]
pub struct StepValues {
    /// The trial.
    pub id: TrialId,
    /// The lease by which it reports.
    pub token: LeaseToken,
    /// How far the evaluation is.
    pub step: i64,
    /// What was measured there.
    pub values: Vec<Measured>,
}

/// What the worker should do now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reported {
    /// The trial as it is now.
    pub trial: Trial,
    /// Its task.
    pub task: Task,
    /// Whether to go on.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
}

impl Answer for Reported {}

/// The largest step.
const MAX_STEP: i64 = 1 << 53;

impl TaskManager {
    /// Takes values on the way, renews the lease, and says whether it is worth going on.
    pub async fn report_trial(&self, caller: &Caller, told: StepValues) -> Result<Reported> {
        if !(0..=MAX_STEP).contains(&told.step) {
            return Err(Invalid::new(format!("a whole number from 0 to {MAX_STEP}"))
                .at("step")
                .into());
        }
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, told) = (by.clone(), told.clone());
            async move {
                let (mut change, mut trial) = Change::with_trial(tx, &by, at, told.id).await?;
                let settings = change.tx.settings(told.id.task).await?;
                let measurement =
                    check(&settings.objectives, &told.values).map_err(|e| e.at("values"))?;
                let (verdict, reason) = match trial.verdict(told.token) {
                    (Verdict::GoOn, _) if has_ended(&change.task) => {
                        (Verdict::Stop, "the task has ended")
                    }
                    verdict => verdict,
                };
                if verdict != Verdict::GoOn {
                    let reason = reason.to_owned();
                    return Ok(Reported { trial, task: change.task, verdict, reason });
                }
                let told = StepReport { step: told.step, measurement, rung: None, at };
                let stop = take(&mut change, &settings, &mut trial, told).await?;
                let (verdict, reason) = match stop {
                    Some(reason) => (Verdict::Stop, reason),
                    None => (Verdict::GoOn, reason.to_owned()),
                };
                Ok(Reported { trial, task: change.save().await?, verdict, reason })
            }
            .boxed()
        })
        .await
    }
}

/// Some of the objectives, each finite and once.
fn check(objectives: &Objectives, given: &[Measured]) -> Result<Measurement, Invalid> {
    if given.is_empty() {
        return Err(Invalid::new("at least one value is needed"));
    }
    let mut found = Measurement::default();
    for (i, Measured { objective, value, deviation }) in given.iter().enumerate() {
        if !objectives.as_slice().iter().any(|known| &known.name == objective) {
            let unknown = format!("the task has no objective \"{objective}\"");
            return Err(Invalid::new(unknown).at("objective").at_index(i));
        }
        if !value.is_finite() {
            return Err(Invalid::new("must be a finite number").at("value").at_index(i));
        }
        if deviation.is_some_and(|deviation| !(deviation.is_finite() && deviation >= 0.0)) {
            let wrong = Invalid::new("a finite number, not below 0");
            return Err(wrong.at("standardDeviation").at_index(i));
        }
        if found.values.insert(objective.clone(), *value).is_some() {
            let twice = format!("the objective \"{objective}\" is reported twice");
            return Err(Invalid::new(twice).at("objective").at_index(i));
        }
        found.deviations.extend(deviation.map(|deviation| (objective.clone(), deviation)));
    }
    Ok(found)
}

/// Keeps a report, and says why the trial is stopped, if it is.
async fn take(
    change: &mut Change<'_>,
    settings: &TaskSettings,
    trial: &mut Trial,
    told: StepReport,
) -> Result<Option<String>> {
    let value = only_value(&settings.objectives, &told.measurement.values);
    let rung = match settings.pruning.kind {
        PruningKind::SuccessiveHalving => {
            let reached = pruning::rung(&settings.pruning, told.step);
            let before = change.tx.highest_rung(trial.id).await?;
            reached.filter(|rung| before.is_none_or(|before| *rung > before))
        }
        PruningKind::None | PruningKind::Median => None,
    };
    let told = StepReport { rung, ..told };
    change.tx.put_report(trial.id, &told, value.map(|(value, _)| value)).await?;
    change.record(Happening::TrialReported {
        number: trial.id.number,
        step: told.step,
        measurement: told.measurement.clone(),
    });
    let stop = match value {
        Some((value, direction)) => {
            judge(change, settings, trial.id, told.step, value, direction, rung).await?
        }
        None => None,
    };
    let Some(reason) = stop else {
        let lease = trial.lease();
        trial.lease_expires_at =
            lease.map(|lease| renewed(lease.expires_at, lease.time, change.at));
        change.tx.update_trial(trial, TrialState::Running).await?;
        return Ok(None);
    };
    let why = Reason::new(&reason)?;
    trial.end_lease(AttemptOutcome::Pruned, Some(why.clone()), change.at);
    trial.state = TrialState::Pruned;
    trial.failure_reason = Some(why.clone());
    trial.finished_at = Some(change.at);
    change.moved(trial, TrialState::Running, Some(&why)).await?;
    Ok(Some(reason))
}

fn only_value(objectives: &Objectives, values: &Values) -> Option<(f64, Direction)> {
    let objective = objectives.single()?;
    Some((*values.get(&objective.name)?, objective.direction))
}

/// Five significant digits, for people.
fn readable(value: f64) -> f64 {
    format!("{value:.4e}").parse().unwrap_or(value)
}

/// Asks the rule of the task, with what the other trials have reported.
async fn judge(
    change: &mut Change<'_>,
    settings: &TaskSettings,
    id: TrialId,
    step: i64,
    value: f64,
    direction: Direction,
    rung: Option<i64>,
) -> Result<Option<String>> {
    let tx = &mut *change.tx;
    match (settings.pruning.kind, rung) {
        (PruningKind::Median, _) => {
            let completed = change.task.trial_counts.get(TrialState::Completed);
            let others = Compared::Step(step);
            if !pruning::median_applies(&settings.pruning, completed, step) {
                return Ok(None);
            }
            let count = tx.count_reports(id, others).await?;
            if count == 0 {
                return Ok(None);
            }
            let upper = tx.value_at(id, others, count / 2).await?;
            let lower = tx.value_at(id, others, (count - 1) / 2).await?;
            let median = upper.zip(lower).map(|(a, b)| f64::midpoint(a, b));
            let best = tx.best_report(id, direction).await?.unwrap_or(value);
            Ok(median.filter(|median| direction.prefers(*median, best)).map(|median| {
                let (best, median) = (readable(best), readable(median));
                format!("at step {step} its best, {best}, is worse than the median, {median}")
            }))
        }
        (PruningKind::SuccessiveHalving, Some(rung)) => {
            let others = Compared::Rung(rung);
            let count = tx.count_reports(id, others).await?;
            let better = tx.count_better(id, others, value, direction).await?;
            Ok((!pruning::goes_on(&settings.pruning, count + 1, better)).then(|| {
                format!("at rung {rung} (step {step}) {better} of {count} others are better")
            }))
        }
        (PruningKind::None | PruningKind::SuccessiveHalving, _) => Ok(None),
    }
}
