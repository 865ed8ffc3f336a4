//! The file of a task as this server writes it.

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

use super::{
    moment::Moment,
    space::{self, BetweenFile},
    trial::TrialFile,
};
use crate::{
    store::TaskRecord,
    task::{
        Actor, Best, Budget, Constraints, Description, InitialDesign, JsonObject, JsonValue,
        Labels, Lineage, Objectives, Owner, Point, Priority, Pruning, Reason, Seed, StrategyKind,
        StrategySettings, Tags, Task, TaskId, TaskName, TaskSettings, TaskStatus, Trial,
        TrialCounts, TrialOrigin, TrialPolicy, TrialState, Tuning, Values, Version, check_json,
        mark_front,
    },
};

/// The file of a task.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskFile {
    task_id: TaskId,
    name: TaskName,
    description: Description,
    status: String,
    created_at: Moment,
    updated_at: Moment,
    /// Parameter name to what it is, in the space's order.
    parameter_space: Option<JsonObject>,
    strategy: StrategyFile,
    /// Views, for readers that know nothing else; the trials themselves are under `asktell`.
    initial_designs: Vec<Point>,
    results: Vec<ResultFile>,
    next_points: Vec<Point>,
    model_state: Option<JsonValue>,
    metadata: JsonObject,
    asktell: More,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StrategyFile {
    kind: StrategyKind,
    seed: Seed,
    initial_design: Option<InitialDesign>,
    /// What files have had since there are models.
    #[serde(default, skip_serializing_if = "Tuning::is_default")]
    settings: Tuning,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResultFile {
    point: Point,
    state: String,
    values: Values,
}

/// What the original format has no name for.
#[derive(Debug, Serialize, Deserialize)]
struct More {
    /// The version of this part of the file.
    format: u32,
    version: i64,
    objectives: Objectives,
    status_reason: Option<Reason>,
    started_at: Option<Moment>,
    finished_at: Option<Moment>,
    deleted_at: Option<Moment>,
    /// How many points the strategy has proposed.
    proposed: i64,
    #[serde(flatten)]
    course: CourseFile,
    #[serde(flatten)]
    space: SpaceFile,
    #[serde(flatten)]
    between: BetweenFile,
    trials: Vec<TrialFile>,
}

/// What files have had since there are leases and budgets.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct CourseFile {
    priority: Priority,
    owner: Option<Owner>,
    labels: Labels,
    tags: Tags,
    /// The task that it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<TaskId>,
    budget: Budget,
    since_best: i64,
    #[serde(skip_serializing_if = "is_zero")]
    failures_in_row: i64,
    /// The task with whose subtree it was paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_with: Option<TaskId>,
    constraints: Constraints,
    trial_policy: TrialPolicy,
    pruning: Pruning,
}

/// What files have had since spaces change.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
struct SpaceFile {
    space_version: Version,
    space_changed_at: Option<Moment>,
    cloned_from: Option<TaskId>,
}

impl Default for SpaceFile {
    fn default() -> Self {
        Self { space_version: 1, space_changed_at: None, cloned_from: None }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde wants")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

const FORMAT: u32 = 1;

impl From<&TaskRecord> for TaskFile {
    #[expect(clippy::too_many_lines, reason = "two lines for each field")]
    fn from(record: &TaskRecord) -> Self {
        let TaskRecord { task, settings, model_state, trials, reports } = record;
        let Task {
            id,
            name,
            description,
            status,
            status_reason,
            version,
            sequence: _, // the log's, not the task's
            created_at,
            updated_at,
            started_at,
            finished_at,
            deleted_at,
            trial_counts: _, // derived from the trials
            best: _,
            proposed,
            priority,
            owner,
            labels,
            tags,
            lineage,
            budget,
            bound: _, // follows from the results
            handed_out: _,
            returned: _,
            retry_at: _,
            since_best,
            failures: _,
            failures_in_row,
            paused_with,
            proposes: _,
            ready: _,
            waiting_since: _, // this server's queue, not the task's
            work_since: _,
            claim: _,
            claim_token: _,
            given_back: _,
            looks_back: _,
            ahead: _,
            strategist: _,
            strategy_token: _,
            points_since: _,
            basis: _,
            space_version,
            space_changed_at,
            cloned_from,
        } = task;
        let TaskSettings {
            parameter_space,
            objectives,
            strategy,
            metadata,
            constraints,
            policy,
            pruning,
        } = settings;
        let (initial_designs, results, next_points) = views(trials);
        Self {
            task_id: *id,
            name: name.clone(),
            description: description.clone(),
            status: status.as_str().to_lowercase(),
            created_at: Moment(*created_at),
            updated_at: Moment(*updated_at),
            parameter_space: parameter_space.as_ref().map(space::to_json),
            strategy: StrategyFile {
                kind: strategy.kind,
                seed: strategy.seed,
                initial_design: strategy.initial_design,
                settings: strategy.tuning.clone(),
            },
            initial_designs,
            results,
            next_points,
            model_state: model_state.clone(),
            metadata: metadata.clone(),
            asktell: More {
                format: FORMAT,
                version: *version,
                objectives: objectives.clone(),
                status_reason: status_reason.clone(),
                started_at: started_at.map(Moment),
                finished_at: finished_at.map(Moment),
                deleted_at: deleted_at.map(Moment),
                proposed: *proposed,
                course: CourseFile {
                    priority: *priority,
                    owner: Some(owner.clone()),
                    labels: labels.clone(),
                    tags: tags.clone(),
                    parent_id: lineage.parent(),
                    budget: *budget,
                    since_best: *since_best,
                    failures_in_row: *failures_in_row,
                    paused_with: *paused_with,
                    constraints: constraints.clone(),
                    trial_policy: policy.clone(),
                    pruning: *pruning,
                },
                space: SpaceFile {
                    space_version: *space_version,
                    space_changed_at: space_changed_at.map(Moment),
                    cloned_from: *cloned_from,
                },
                between: parameter_space.as_ref().map(BetweenFile::from).unwrap_or_default(),
                trials: trials
                    .iter()
                    .map(|trial| {
                        let reports = reports.get(&trial.id.number).cloned();
                        TrialFile::of(trial, reports.unwrap_or_default())
                    })
                    .collect(),
            },
        }
    }
}

fn views(trials: &[Trial]) -> (Vec<Point>, Vec<ResultFile>, Vec<Point>) {
    let points = |keep: fn(&Trial) -> bool| {
        trials.iter().filter(|trial| keep(trial)).map(|trial| trial.point.clone()).collect()
    };
    let results = trials
        .iter()
        .filter(|trial| TrialState::WITH_OUTCOME.contains(&trial.state))
        .map(|trial| ResultFile {
            point: trial.tried().clone(),
            state: trial.state.as_str().to_lowercase(),
            values: trial.values.clone(),
        })
        .collect();
    (
        points(|trial| trial.origin == TrialOrigin::InitialDesign),
        results,
        points(|trial| trial.state == TrialState::Waiting),
    )
}

/// The largest number of a file that counts something: all of them grow, and none may overflow.
const MOST: i64 = 1 << 53;

/// Refuses a number that counts something and is out of bounds.
pub(super) fn bounded(field: &str, number: i64, least: i64) -> anyhow::Result<()> {
    ensure!((least..=MOST).contains(&number), "{field}: {number} is not in {least} to {MOST}");
    Ok(())
}

pub(super) fn status(word: &str) -> anyhow::Result<TaskStatus> {
    TaskStatus::from_word(&word.to_uppercase())
        .with_context(|| format!("status: \"{word}\" is none of the five"))
}

impl TaskFile {
    /// The task, checked like any input: what the server itself has written passes.
    pub(super) fn into_record(self) -> anyhow::Result<TaskRecord> {
        let more = self.asktell;
        ensure!(more.format == FORMAT, "asktell.format: {} is not known here", more.format);
        bounded("asktell.version", more.version, 1)?;
        bounded("asktell.space_version", more.space.space_version, 1)?;
        bounded("asktell.proposed", more.proposed, 0)?;
        bounded("asktell.since_best", more.course.since_best, 0)?;
        for trial in &more.trials {
            trial.check().with_context(|| format!("asktell.trials: number {}", trial.number))?;
        }
        check_json(&JsonValue::Object(self.metadata.clone()), TaskSettings::MAX_METADATA_BYTES)
            .context("metadata")?;
        if let Some(state) = &self.model_state {
            check_json(state, TaskSettings::MAX_MODEL_STATE_BYTES).context("model_state")?;
        }
        let course = more.course;
        ensure!(course.failures_in_row >= 0, "asktell.failures_in_row: must be at least 0");
        let status = status(&self.status)?;
        let reports = more.trials.iter().filter(|trial| !trial.reports.is_empty());
        let reports = reports.map(|trial| (trial.number, trial.reports.clone())).collect();
        let trials: Vec<Trial> =
            more.trials.into_iter().map(|trial| trial.into_trial(self.task_id)).collect();
        ensure!(
            trials.iter().zip(1..).all(|(trial, number)| trial.id.number == number),
            "asktell.trials: must be numbered 1, 2, 3, … in order"
        );
        ensure!(
            views(&trials) == (self.initial_designs, self.results, self.next_points),
            "initial_designs, results or next_points say something else than asktell.trials"
        );
        let spaces = 1..=more.space.space_version;
        ensure!(
            trials.iter().all(|trial| spaces.contains(&trial.space_version)),
            "asktell.space_version: must be at least 1, and no trial's may be greater"
        );
        let settings = TaskSettings {
            parameter_space: self
                .parameter_space
                .map(|parameters| space::from_json(parameters, &more.between))
                .transpose()?,
            objectives: more.objectives,
            strategy: StrategySettings {
                kind: self.strategy.kind,
                seed: self.strategy.seed,
                initial_design: self.strategy.initial_design,
                tuning: self.strategy.settings.check().context("strategy.settings")?,
            },
            metadata: self.metadata,
            constraints: course.constraints,
            policy: course.trial_policy.check().context("asktell.trial_policy")?,
            pruning: course.pruning.check().context("asktell.pruning")?,
        };
        settings.check(self.task_id, &course.budget)?;
        let owner = course.owner.unwrap_or_else(|| Owner::from(&Actor::anonymous()));
        let task = Task {
            description: self.description,
            status,
            status_reason: more.status_reason,
            version: more.version,
            updated_at: self.updated_at.0,
            started_at: more.started_at.map(|at| at.0),
            finished_at: more.finished_at.map(|at| at.0),
            deleted_at: more.deleted_at.map(|at| at.0),
            proposed: more.proposed,
            priority: course.priority,
            labels: course.labels,
            tags: course.tags,
            lineage: course.parent_id.map(Lineage::unresolved).unwrap_or_default(),
            budget: course.budget.check().context("asktell.budget")?,
            since_best: course.since_best,
            failures_in_row: course.failures_in_row,
            paused_with: course.paused_with.filter(|_| status == TaskStatus::Paused),
            space_version: more.space.space_version,
            space_changed_at: more.space.space_changed_at.map(|at| at.0),
            cloned_from: more.space.cloned_from,
            ..Task::new(self.task_id, self.name, owner, self.created_at.0)
        };
        let model_state = self.model_state;
        Ok(derived(TaskRecord { task, settings, model_state, trials, reports }))
    }
}

/// The record with everything that follows from its trials and settings.
pub(super) fn derived(mut record: TaskRecord) -> TaskRecord {
    let TaskRecord { task, settings, trials, model_state: _, reports: _ } = &mut record;
    task.trial_counts = TrialCounts::default();
    task.best = None;
    task.returned = 0;
    task.handed_out = 0;
    task.failures = 0;
    for trial in trials.iter_mut() {
        task.trial_counts.add(trial.state, 1);
        trial.judge(settings);
        // A lease needs an end, or nobody would ever take it back.
        if trial.state == TrialState::Running {
            trial.lease_token = trial.lease_token.max(1);
            let started = trial.started_at.unwrap_or(trial.created_at);
            let end = settings.policy.lease_seconds.end(started);
            trial.started_at = Some(started);
            trial.lease_expires_at = Some(trial.lease_expires_at.unwrap_or(end));
            trial.lease_time = Some(settings.policy.lease_seconds);
        }
        task.handed_out += i64::from(trial.counts_in_budget());
        task.failures += i64::from(trial.counts_as_failure());
        let returned = trial.state == TrialState::Waiting && trial.lease_token > 0;
        task.returned += i64::from(returned);
        task.best = Best::after(task.best, trial, &settings.objectives);
    }
    mark_front(&settings.objectives, trials);
    task.follow(settings);
    record
}
