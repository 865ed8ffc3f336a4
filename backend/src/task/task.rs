//! The task.

use caseless::default_case_fold_str;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::{
    Bound, Budget, Constraints, Description, Error, Invalid, JsonObject, Labels, LeaseTime,
    LeaseToken, Lineage, Objectives, Owner, ParameterSpace, Point, Priority, Pruning, PruningKind,
    Readiness, Reason, Result, SpaceChange, Strategist, StrategyKind, StrategySettings, Tags,
    TaskId, TaskName, TaskStatus, Timestamp, Trial, TrialNumber, TrialPolicy, TrialState,
    WorkerName,
};

/// How often a task has changed: 1 when made, +1 with every change to the task itself.
pub type Version = i64;

/// One optimization run: what lists and workers need. Its documents are [`TaskSettings`].
///
/// As JSON it is part of the answers that are kept for calls that may be repeated, also after an
/// upgrade: a field that is added needs a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "they have nothing to do with each other")]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Its name.
    pub name: TaskName,
    /// What it is about.
    pub description: Description,
    /// Where it stands in its life.
    pub status: TaskStatus,
    /// Why it came there.
    pub status_reason: Option<Reason>,
    /// How often the task itself has changed.
    pub version: Version,
    /// The number of its latest event, its trials' included.
    pub sequence: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the task itself last changed.
    pub updated_at: Timestamp,
    /// When it was first started.
    pub started_at: Option<Timestamp>,
    /// When it ended, if it has.
    pub finished_at: Option<Timestamp>,
    /// When it was deleted, if it is.
    pub deleted_at: Option<Timestamp>,
    /// How many trials stand where.
    pub trial_counts: TrialCounts,
    /// The best trial so far, with a single objective.
    pub best: Option<Best>,
    /// How many points the strategy has proposed: where it goes on.
    pub proposed: i64,
    /// Which goes first where workers ask for a trial of any task.
    pub priority: Priority,
    /// On whose behalf it runs.
    pub owner: Owner,
    /// What a worker must be able to do to get its trials from the queue.
    pub labels: Labels,
    /// By what words people keep it apart.
    #[serde(default)]
    pub tags: Tags,
    /// The tasks that it is a part of.
    #[serde(default)]
    pub lineage: Lineage,
    /// When it has had enough.
    pub budget: Budget,
    /// The bound that a result has brought it to; those of number and time follow from the rest.
    pub bound: Option<Bound>,
    /// How many trials were ever handed out, each once: what the budget counts.
    pub handed_out: i64,
    /// How many of the WAITING trials have been handed out before.
    pub returned: i64,
    /// When the first of the returned trials may be handed out again, or a little earlier.
    pub retry_at: Option<Timestamp>,
    /// How many results have come since the last improvement.
    pub since_best: i64,
    /// How many of its trials failed; those measured elsewhere do not count.
    #[serde(default)]
    pub failures: i64,
    /// How many of them failed one after another, since another outcome or since the task was last
    /// started or resumed.
    #[serde(default)]
    pub failures_in_row: i64,
    /// The task whose subtree was paused, if that paused it: it is resumed with that subtree.
    #[serde(default)]
    pub paused_with: Option<TaskId>,
    /// Whether its strategy proposes points by itself.
    pub proposes: bool,
    /// Whether it has all that a start needs.
    pub ready: bool,
    /// Since when it waits for a worker or a runner: since it was last served, or began to have work.
    pub waiting_since: Option<Timestamp>,
    /// When it last came to have work, after it had none.
    pub work_since: Option<Timestamp>,
    /// The runner that has taken the whole task.
    pub claim: Option<Claim>,
    /// The number of its latest claim; 0 if it was never claimed.
    pub claim_token: LeaseToken,
    /// Whether a runner has given it back, or was lost: the next may take it.
    pub given_back: bool,
    /// Whether its points depend on what was tried, and are computed apart from transactions.
    #[serde(default)]
    pub looks_back: bool,
    /// How many points its client is to keep ready; 0 if the server itself proposes them.
    #[serde(default)]
    pub ahead: i64,
    /// The client that proposes its points, if one does.
    #[serde(default)]
    pub strategist: Option<Strategist>,
    /// The number of the latest lease of its strategy; 0 if nobody ever had it.
    #[serde(default)]
    pub strategy_token: LeaseToken,
    /// Since when it needs points, the last time that it did.
    #[serde(default)]
    pub points_since: Option<Timestamp>,
    /// What the strategy's points stand on: raised by every change that it would answer with other
    /// points. Handing out the next of the points that it has proposed in a row is none.
    #[serde(default)]
    pub basis: i64,
    /// Which space it has: 1 for the first, +1 with every change once it has been started or has trials.
    #[serde(default = "first_space")]
    pub space_version: Version,
    /// When that last changed; none while it has the first.
    #[serde(default)]
    pub space_changed_at: Option<Timestamp>,
    /// The task of which it was made, if it is a clone; that may be gone.
    #[serde(default)]
    pub cloned_from: Option<TaskId>,
}

/// The version of a space that was never changed.
pub(super) const fn first_space() -> Version {
    1
}

/// A runner's time-limited right to a whole task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who has it.
    pub runner: WorkerName,
    /// Its number among the claims of the task.
    pub token: LeaseToken,
    /// When it ends unless it is renewed.
    pub expires_at: Timestamp,
    /// How long it holds from each sign of life.
    pub time: LeaseTime,
}

impl Task {
    /// A task that has just been made, with nothing in it.
    #[must_use]
    pub fn new(id: TaskId, name: TaskName, owner: Owner, at: Timestamp) -> Self {
        Self {
            id,
            name,
            description: Description::default(),
            status: TaskStatus::Created,
            status_reason: None,
            version: 0,
            sequence: 0,
            created_at: at,
            updated_at: at,
            started_at: None,
            finished_at: None,
            deleted_at: None,
            trial_counts: TrialCounts::default(),
            best: None,
            proposed: 0,
            priority: Priority::default(),
            owner,
            labels: Labels::default(),
            tags: Tags::default(),
            lineage: Lineage::default(),
            budget: Budget::default(),
            bound: None,
            handed_out: 0,
            returned: 0,
            retry_at: None,
            since_best: 0,
            failures: 0,
            failures_in_row: 0,
            paused_with: None,
            proposes: false,
            ready: false,
            waiting_since: Some(at),
            work_since: None,
            claim: None,
            claim_token: 0,
            given_back: false,
            looks_back: false,
            ahead: 0,
            strategist: None,
            strategy_token: 0,
            points_since: None,
            basis: 0,
            space_version: first_space(),
            space_changed_at: None,
            cloned_from: None,
        }
    }

    /// Takes over what follows from the settings.
    pub fn follow(&mut self, settings: &TaskSettings) {
        self.proposes = settings.strategy.kind.proposes();
        self.looks_back = settings.looks_back();
        self.ahead = settings.strategy.ahead();
        self.ready = settings.ready().is_ok();
        self.judge_results(&settings.objectives);
    }

    /// Refuses to go on if the client has seen another version than this.
    pub fn expect_version(&self, expected: Option<Version>) -> Result<()> {
        match expected {
            Some(expected) if expected != self.version => {
                Err(Error::VersionConflict { expected, actual: self.version })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Task {
    /// Refuses new trials to a task that is COMPLETED. A FAILED one takes them, for the retry.
    pub fn admit_trials(&self) -> Result<()> {
        match self.status {
            TaskStatus::Created | TaskStatus::Running | TaskStatus::Paused | TaskStatus::Failed => {
                Ok(())
            }
            TaskStatus::Completed => Err(Error::TaskEnded { status: self.status }),
        }
    }
}

impl Task {
    /// Whether nothing has been tried or planned yet, so that its space may still become any other.
    #[must_use]
    pub fn is_unstarted(&self) -> bool {
        match self.status {
            TaskStatus::Created => self.started_at.is_none() && self.trial_counts.total() == 0,
            TaskStatus::Running
            | TaskStatus::Paused
            | TaskStatus::Completed
            | TaskStatus::Failed => false,
        }
    }

    /// What changes if the task gets another space, or why it cannot.
    pub fn change_space(
        &self,
        old: Option<&ParameterSpace>,
        new: Option<&ParameterSpace>,
    ) -> Result<Vec<SpaceChange>> {
        let field = "parameterSpace";
        let changes = old.zip(new).map(|(old, new)| old.succeed(new));
        if self.is_unstarted() {
            return Ok(changes.and_then(Result::ok).unwrap_or_default());
        }
        if self.status == TaskStatus::Completed {
            let what = "a COMPLETED task keeps its space: go on with cloneTask";
            return Err(Error::IncompatibleSpace(Invalid::new(what).at(field)));
        }
        let changes = changes.ok_or(Error::TaskAlreadyStarted { field })?;
        changes.map_err(|problem| Error::IncompatibleSpace(problem.at(field)))
    }
}

/// The best trial of a task with a single objective.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Its number.
    pub number: TrialNumber,
    /// What was measured.
    pub value: f64,
}

impl Best {
    /// The best after this trial: the earlier one stays unless the trial is better. With several
    /// objectives (or none) there is no best; a trial that does not count never is.
    #[must_use]
    pub fn after(best: Option<Self>, trial: &Trial, objectives: &Objectives) -> Option<Self> {
        let objective = objectives.single()?;
        if !trial.counts() {
            return best;
        }
        let Some(&value) = trial.values.get(&objective.name) else { return best };
        let number = trial.id.number;
        match best {
            Some(best) if objective.direction.prefers(best.value, value) => Some(best),
            // Of equals the lowest number is the best, whichever was reported first.
            #[expect(clippy::float_cmp, reason = "equal means the same measured number")]
            Some(best) if best.value == value && best.number < number => Some(best),
            Some(_) | None => Some(Self { number, value }),
        }
    }
}

/// How many trials of a task stand in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TrialCounts([i64; TrialState::ALL.len()]);

impl TrialCounts {
    /// How many trials stand in that state.
    #[must_use]
    pub const fn get(&self, state: TrialState) -> i64 {
        self.0[state as usize]
    }

    /// Adds to (or, negative, takes from) the count of a state.
    pub const fn add(&mut self, state: TrialState, number: i64) {
        self.0[state as usize] += number;
    }

    /// How many trials there are: also the number of the latest one.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.0.iter().sum()
    }
}

/// The documents of a task: what is to be optimized, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskSettings {
    /// The space to search; none while the task is being planned.
    pub parameter_space: Option<ParameterSpace>,
    /// What is measured.
    pub objectives: Objectives,
    /// What proposes points.
    pub strategy: StrategySettings,
    /// Whatever the client wants to keep with the task.
    pub metadata: JsonObject,
    /// What a result must satisfy to count as good.
    pub constraints: Constraints,
    /// What it does about workers that fail, die or come late.
    pub policy: TrialPolicy,
    /// Which trials are stopped early.
    pub pruning: Pruning,
}

impl TaskSettings {
    /// The most bytes of a task's metadata, written as JSON.
    pub const MAX_METADATA_BYTES: usize = 64 * 1024;
    /// The most bytes of a model state, written as JSON.
    pub const MAX_MODEL_STATE_BYTES: usize = 512 * 1024;
    /// The most points of one call.
    pub const MAX_POINTS: usize = 1_000;

    /// The space, if nothing that a start needs is missing.
    pub fn ready(&self) -> Result<&ParameterSpace, Vec<Readiness>> {
        match (&self.parameter_space, self.objectives.is_empty()) {
            (Some(space), false) => Ok(space),
            (Some(_), true) => Err(vec![Readiness::Objectives]),
            (None, false) => Err(vec![Readiness::ParameterSpace]),
            (None, true) => Err(vec![Readiness::ParameterSpace, Readiness::Objectives]),
        }
    }

    /// Whether the next points depend on what was tried.
    #[must_use]
    pub fn looks_back(&self) -> bool {
        let kind = self.strategy.kind;
        kind.learns() || (kind.proposes() && self.proposes_each_point_once())
    }

    /// Whether each point is proposed once, or as often as replicates are asked for, and then the task is complete: of a
    /// grid, and of a space with a finite number of points. (Of more than a million no task comes to the end, so that only a
    /// grid looks for those that are left.)
    #[must_use]
    pub fn proposes_each_point_once(&self) -> bool {
        /// The largest space whose end a task may come to.
        const MOST: f64 = 1e6;
        let Some(space) = &self.parameter_space else { return false };
        let is_small = space.numbers().size().is_some_and(|size| size <= MOST);
        is_small || self.strategy.kind == StrategyKind::Grid
    }

    /// Why the task is complete once nothing is left to propose, in words.
    #[must_use]
    pub fn exhausted(&self) -> String {
        let listed =
            self.parameter_space.as_ref().is_some_and(|space| !space.candidates().is_empty());
        let what = match self.strategy.kind {
            _ if listed => "candidate",
            StrategyKind::Grid => "point of the grid",
            StrategyKind::Random
            | StrategyKind::Sobol
            | StrategyKind::LatinHypercube
            | StrategyKind::Tpe
            | StrategyKind::Gp
            | StrategyKind::Nsga2
            | StrategyKind::Auto
            | StrategyKind::External => "point of the space",
        };
        match self.strategy.tuning.replicates {
            Some(replicates) if replicates > 1 => {
                format!("every {what} has been tried {replicates} times")
            }
            Some(_) | None => format!("every {what} has been tried"),
        }
    }

    /// Checks what must fit together, whoever has set which part.
    pub fn check(&self, task: TaskId, budget: &Budget) -> Result<(), Invalid> {
        self.strategy.check(task, &self.objectives).map_err(|e| e.at("strategy"))?;
        let several = self.objectives.as_slice().len() > 1;
        let only = || Invalid::new("only for a task with one objective");
        match self.pruning.kind {
            PruningKind::Median | PruningKind::SuccessiveHalving if several => {
                return Err(only().at("kind").at("pruning"));
            }
            PruningKind::None | PruningKind::Median | PruningKind::SuccessiveHalving => {}
        }
        if several && budget.target_value.is_some() {
            return Err(only().at("targetValue").at("budget"));
        }
        if budget.min_expected_improvement.is_some() && !self.strategy.kind.expects() {
            let what = "only for the strategies GP and AUTO, whose models tell what to expect";
            return Err(Invalid::new(what).at("minExpectedImprovement").at("budget"));
        }
        Ok(())
    }

    /// Whether a point that was tried lies in the space; without one, all do.
    #[must_use]
    pub fn holds_result(&self, point: &Point) -> bool {
        self.parameter_space.as_ref().is_none_or(|space| space.holds(point))
    }

    /// Whether a point could be proposed in the space; without one, all could.
    #[must_use]
    pub fn is_in_space(&self, point: &Point) -> bool {
        self.parameter_space.as_ref().is_none_or(|space| space.contains(point))
    }

    /// Checks points of a client against the space, all of them before the answer; without one there is nothing to check against.
    pub fn admit_points(&self, points: &[JsonObject]) -> Result<Vec<Point>, Invalid> {
        if points.len() > Self::MAX_POINTS {
            return Err(Invalid::new(format!("at most {} points at once", Self::MAX_POINTS)));
        }
        let Some(space) = &self.parameter_space else {
            return match points {
                [] => Ok(Vec::new()),
                _ => Err(Invalid::new("the task has no parameter space to place points in")),
            };
        };
        let (mut admitted, mut refused) = (Vec::with_capacity(points.len()), Vec::new());
        for (i, point) in points.iter().enumerate() {
            match space.admit(point) {
                Ok(point) => admitted.push(point),
                Err(problem) => refused.push(problem.at_index(i)),
            }
        }
        Invalid::all(refused).map_or(Ok(admitted), Err)
    }
}

/// A text as it is compared: without regard to case and to the ways in which a letter can be written, by the rules of
/// Unicode, the same on both databases.
#[must_use]
pub fn fold(text: &str) -> String {
    // Folding may take composed letters apart, and some letters fold only when they are apart.
    let apart: String = text.nfd().collect();
    default_case_fold_str(&apart).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A task in an answer as it was kept before there were models: what came later is missing.
    const OLD: &str = r#"{
        "id": "018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b", "name": "Suzuki", "description": "",
        "status": "RUNNING", "status_reason": null, "version": 2, "sequence": 5,
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:01Z",
        "started_at": "2026-01-01T00:00:01Z", "finished_at": null, "deleted_at": null,
        "trial_counts": [0, 1, 1, 0, 0, 0, 0], "best": {"number": 1, "value": 0.5}, "proposed": 2,
        "priority": 0, "owner": "anonymous", "labels": [],
        "budget": {"maxTrials": 30, "maxRunning": null, "maxShare": null, "deadline": null,
                   "targetValue": null, "patience": null},
        "bound": null, "handed_out": 2, "returned": 0, "retry_at": null, "since_best": 0,
        "proposes": true, "ready": true, "waiting_since": "2026-01-01T00:00:02Z", "claim": null,
        "claim_token": 0, "given_back": false
    }"#;

    #[test]
    fn an_answer_that_an_earlier_version_kept_is_read() {
        let task: Task = serde_json::from_str(OLD).unwrap();
        assert_eq!((task.version, task.handed_out, task.basis), (2, 2, 0));
        assert!(!task.looks_back);
        assert_eq!((task.space_version, task.space_changed_at), (1, None));
        // What is written now is read again.
        let again: Task = serde_json::from_str(&serde_json::to_string(&task).unwrap()).unwrap();
        assert_eq!(again, task);
    }
}
