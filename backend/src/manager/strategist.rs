//! `claimStrategy`, `proposeTrials` and `releaseStrategy`: clients that propose the points of EXTERNAL
//! tasks.

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Answer, TaskManager, TrialsChanged, change::Change, enqueue::plan_trials};
use crate::{
    events::{Awaited, Whose},
    store::{Line, Tx},
    task::{
        Aging, Caller, Delay, Error, Happening, Invalid, JsonValue, Labels, LeaseTime, LeaseToken,
        Patch, Point, Proposal, ProposedPoint, Reason, Result, Strategist, StrategyKind, Task,
        TaskId, TaskSettings, TaskStatus, Timestamp, TrialOrigin, TrialState, Version, WorkerName,
        check_json,
    },
};

/// A strategist's request for a task that needs points.
#[derive(Debug, Clone)]
pub struct StrategyClaim {
    /// The task; none takes the first of those that need points and have no strategist.
    pub task: Option<TaskId>,
    /// Who asks.
    pub strategist: WorkerName,
    /// The lease that it has of that task: it is renewed rather than given anew.
    pub token: Option<LeaseToken>,
    /// How long the lease holds; none leaves it to the task.
    pub lease: Option<LeaseTime>,
    /// How long to wait until points are needed.
    pub wait: Delay,
    /// Without a task: only tasks that have all of these.
    pub labels: Labels,
}

/// What a strategist got.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StrategyClaimed {
    /// The task, with the strategist's lease; none if there was none to take.
    pub task: Option<Task>,
    /// How many points it needs.
    pub needed: i64,
}

impl Answer for StrategyClaimed {
    fn worth_keeping(&self) -> bool {
        self.needed > 0
    }
}

/// What a strategist proposes.
#[derive(Debug, Clone)]
pub struct ProposedTrials {
    /// The task.
    pub task: TaskId,
    /// The lease of its strategy.
    pub token: LeaseToken,
    /// Refuse the points if the task has changed since.
    pub expected_version: Option<Version>,
    /// The points, in the order in which they are to be tried.
    pub points: Vec<ProposedPoint>,
    /// The checkpoint of the strategist's model.
    pub model_state: Patch<JsonValue>,
}

/// How many tasks are looked at: one may have been taken since the list was read.
const CANDIDATES: u64 = 8;

impl TaskManager {
    /// Takes it on a client to propose the points of a task that needs some: the one that is named, or
    /// the first that has no strategist. Waits until points are needed if it is asked to.
    pub async fn claim_strategy(
        &self,
        caller: &Caller,
        claim: StrategyClaim,
        gone: &CancellationToken,
    ) -> Result<StrategyClaimed> {
        if claim.token.is_some() && claim.task.is_none() {
            return Err(Invalid::new("only together with taskId").at("leaseToken").into());
        }
        let awaited = match claim.task {
            // Whoever has the strategy of a task waits for the task, everybody else for both.
            Some(task) if claim.token.is_some() => Awaited::PointsOf(task, Whose::Anybodys),
            Some(task) => Awaited::PointsOf(task, Whose::Nobodys),
            None => Awaited::Queue(Line::Points, claim.labels.clone()),
        };
        let attempt = || self.claim_strategy_once(caller, &claim, gone);
        self.until_work(awaited, claim.wait, gone, attempt).await
    }

    async fn claim_strategy_once(
        &self,
        caller: &Caller,
        claim: &StrategyClaim,
        gone: &CancellationToken,
    ) -> Result<StrategyClaimed> {
        let (at, aging) = (self.now(), self.aging);
        let (by, claim, gone) = (caller.clone(), claim.clone(), gone.clone());
        let Some(task) = claim.task else {
            return self
                .write_in_line(caller, move |tx| {
                    let (by, claim, gone) = (by.clone(), claim.clone(), gone.clone());
                    async move {
                        if gone.is_cancelled() {
                            return Ok(StrategyClaimed::default());
                        }
                        take_first(tx, &by, at, aging, &claim).await
                    }
                    .boxed()
                })
                .await;
        };
        self.write(caller, move |tx| {
            let (by, claim, gone) = (by.clone(), claim.clone(), gone.clone());
            async move {
                if gone.is_cancelled() {
                    return Ok(StrategyClaimed::default());
                }
                take_named(tx, &by, at, task, &claim).await
            }
            .boxed()
        })
        .await
    }

    /// Adds the points of a strategist to what is to be run next, and keeps its checkpoint, together.
    /// It renews the lease, without which nothing is taken.
    pub async fn propose_trials(
        &self,
        caller: &Caller,
        proposed: ProposedTrials,
    ) -> Result<TrialsChanged> {
        let ProposedTrials { task: id, token, expected_version, points, model_state } = proposed;
        if points.is_empty() && model_state == Patch::Keep {
            return Err(Invalid::new("at least one point, or a model state").at("points").into());
        }
        let saved = match &model_state {
            Patch::Set(state) => {
                let most = TaskSettings::MAX_MODEL_STATE_BYTES;
                check_json(state, most).map_err(|e| e.at("modelState"))?;
                Some((Some(state.clone()), json!(state).to_string().len() as u64))
            }
            Patch::Clear => Some((None, 0)),
            Patch::Keep => None,
        };
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, points, saved) = (by.clone(), points.clone(), saved.clone());
            async move {
                let mut change = Change::of_live(tx, &by, at, id).await?;
                change.task.admit_trials()?;
                let strategist = change.task.strategist_with(token)?;
                strategist.renew(None, at);
                let name = strategist.name.clone();
                change.task.expect_version(expected_version)?;
                let trials = plan(&mut change, &name, &points).await?;
                change.tx.insert_trials(&trials).await?;
                if let Some((state, bytes)) = saved {
                    change.tx.set_model_state(id, state.as_ref()).await?;
                    change.record(Happening::ModelStateSaved { strategist: name, token, bytes });
                }
                Ok(TrialsChanged { task: change.save().await?, trials })
            }
            .boxed()
        })
        .await
    }

    /// Gives the strategy of a task back: the next strategist may take it.
    pub async fn release_strategy(
        &self,
        caller: &Caller,
        id: TaskId,
        token: LeaseToken,
        reason: Option<Reason>,
    ) -> Result<Task> {
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, reason) = (by.clone(), reason.clone());
            async move {
                let mut change = Change::of_live(tx, &by, at, id).await?;
                change.task.strategist_with(token)?;
                change.end_strategist(reason);
                change.save().await
            }
            .boxed()
        })
        .await
    }
}

async fn take_first(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    aging: Aging,
    claim: &StrategyClaim,
) -> Result<StrategyClaimed> {
    tx.lock_queue().await?;
    let first = tx.first_in_queue(Line::Points, &claim.labels, &[], at, aging, CANDIDATES).await?;
    for id in first {
        let mut change = Change::of_any(tx, caller, at, id).await?;
        let needed = change.task.points_needed(at);
        if needed > 0 && change.task.strategist.is_none() {
            grant(&mut change, claim).await?;
            return Ok(StrategyClaimed { task: Some(change.save().await?), needed });
        }
    }
    Ok(StrategyClaimed::default())
}

async fn take_named(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    id: TaskId,
    claim: &StrategyClaim,
) -> Result<StrategyClaimed> {
    let mut change = Change::of_live(tx, caller, at, id).await?;
    if change.task.proposes {
        return Err(Invalid::new("the id of a task whose strategy is EXTERNAL")
            .at("taskId")
            .into());
    }
    if change.task.status != TaskStatus::Running {
        return Err(Error::TaskNotRunning { status: change.task.status });
    }
    let needed = change.task.points_needed(at);
    match &mut change.task.strategist {
        Some(held) if Some(held.token) == claim.token => held.renew(claim.lease, at),
        None if needed > 0 => grant(&mut change, claim).await?,
        Some(_) | None => return Ok(StrategyClaimed::default()),
    }
    Ok(StrategyClaimed { task: Some(change.save().await?), needed })
}

async fn grant(change: &mut Change<'_>, claim: &StrategyClaim) -> Result<()> {
    let time = match claim.lease {
        Some(lease) => lease,
        None => change.tx.settings(change.task.id).await?.policy.lease_seconds,
    };
    let (name, expires_at) = (claim.strategist.clone(), time.end(change.at));
    let token = change.task.strategy_token + 1;
    change.task.strategy_token = token;
    change.task.strategist = Some(Strategist { name: name.clone(), token, expires_at, time });
    change.record(Happening::StrategyClaimed { strategist: name, token, expires_at });
    Ok(())
}

/// Makes WAITING trials of what a strategist proposes. The caller writes them.
async fn plan(
    change: &mut Change<'_>,
    strategist: &WorkerName,
    proposed: &[ProposedPoint],
) -> Result<Vec<crate::task::Trial>> {
    let settings = change.tx.settings(change.task.id).await?;
    let points = admit(&settings, proposed).map_err(|e| e.at("points"))?;
    let results = change.task.trial_counts.get(TrialState::Completed);
    let mut trials = plan_trials(change, TrialOrigin::Strategy, points);
    for (trial, ProposedPoint { point: _, reason, predictions }) in trials.iter_mut().zip(proposed)
    {
        let reason = reason.as_ref().map(ToString::to_string);
        trial.details.proposal = Some(Proposal {
            strategy: StrategyKind::External,
            reason: reason.unwrap_or_else(|| format!("proposed by {strategist}")),
            fallback: None,
            predictions: predictions.clone(),
            criterion: None,
            acquisition_value: None,
            expected_improvement: None,
            attainable_improvement: None,
            results: usize::try_from(results).unwrap_or_default(),
        });
        change.task.proposed += 1;
    }
    Ok(trials)
}

fn admit(settings: &TaskSettings, proposed: &[ProposedPoint]) -> Result<Vec<Point>, Invalid> {
    if proposed.len() > TaskSettings::MAX_POINTS {
        return Err(Invalid::new(format!("at most {} points at once", TaskSettings::MAX_POINTS)));
    }
    let Some(space) = &settings.parameter_space else {
        return Err(Invalid::new("the task has no parameter space to place points in"));
    };
    let one = |(i, proposed): (usize, &ProposedPoint)| {
        let point = space.admit(&proposed.point).map_err(|e| e.at("point").at_index(i))?;
        proposed.check(&settings.objectives).map_err(|e| e.at_index(i))?;
        Ok(point)
    };
    proposed.iter().enumerate().map(one).collect()
}
