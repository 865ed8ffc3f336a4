//! One point and what became of it.

use serde::{Deserialize, Serialize};

use super::{
    AttachedResult, Attempt, AttemptOutcome, Beside, Correction, Lease, LeaseTime, LeaseToken,
    Measurement, Objective, Point, Proposal, Reason, TaskSettings, Timestamp, TrialId, Values,
    Verdict, Version, WorkerName, task::first_space,
};

/// Where a trial stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TrialState {
    /// Planned: nobody has it yet.
    Waiting,
    /// Handed out: a worker is at it.
    Running,
    /// Measured.
    Completed,
    /// The evaluation went wrong.
    Failed,
    /// Stopped early, because it would not become good.
    Pruned,
    /// The point cannot be evaluated, now or ever.
    Infeasible,
    /// Given up without a result.
    Abandoned,
}

impl TrialState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Running,
        Self::Completed,
        Self::Failed,
        Self::Pruned,
        Self::Infeasible,
        Self::Abandoned,
    ];
    /// The states of a trial that has an outcome: the task's `results`.
    pub const WITH_OUTCOME: [Self; 4] =
        [Self::Completed, Self::Failed, Self::Pruned, Self::Infeasible];

    /// The whole life of a trial.
    #[must_use]
    pub const fn successors(self) -> &'static [Self] {
        match self {
            Self::Waiting => &[Self::Running, Self::Completed, Self::Abandoned],
            Self::Running => &[
                Self::Completed,
                Self::Failed,
                Self::Pruned,
                Self::Infeasible,
                Self::Waiting,
                Self::Abandoned,
            ],
            Self::Abandoned => &[Self::Completed],
            Self::Completed | Self::Failed | Self::Pruned | Self::Infeasible => &[],
        }
    }

    /// Whether its outcome is still to come: it is planned, or a worker is at it.
    #[must_use]
    pub const fn is_out(self) -> bool {
        match self {
            Self::Waiting | Self::Running => true,
            Self::Completed | Self::Failed | Self::Pruned | Self::Infeasible | Self::Abandoned => {
                false
            }
        }
    }

    /// The word in the API and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Pruned => "PRUNED",
            Self::Infeasible => "INFEASIBLE",
            Self::Abandoned => "ABANDONED",
        }
    }

    /// The state of that word, if there is one.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl std::fmt::Display for TrialState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where the point of a trial came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TrialOrigin {
    /// The initial design, by the task's points or by its method.
    InitialDesign,
    /// The strategy proposed it.
    Strategy,
    /// A client enqueued it.
    Client,
    /// It was measured elsewhere.
    Imported,
}

impl TrialOrigin {
    /// Every origin.
    pub const ALL: [Self; 4] = [Self::InitialDesign, Self::Strategy, Self::Client, Self::Imported];

    /// The word in the API and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InitialDesign => "INITIAL_DESIGN",
            Self::Strategy => "STRATEGY",
            Self::Client => "CLIENT",
            Self::Imported => "IMPORTED",
        }
    }

    /// The origin of that word, if there is one.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == word)
    }
}

/// One point and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The task and the number within it.
    pub id: TrialId,
    /// Where it stands.
    pub state: TrialState,
    /// Where its point came from.
    pub origin: TrialOrigin,
    /// What to try.
    pub point: Point,
    /// What was really tried, if that is not what was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executed_point: Option<Point>,
    /// What was measured; empty until then.
    pub values: Values,
    /// What few trials have and few readers want.
    pub details: TrialDetails,
    /// Why there is no result.
    pub failure_reason: Option<Reason>,
    /// Who has it, or had it last.
    pub worker: Option<WorkerName>,
    /// Whether the result came after its lease or its task had ended.
    pub late: bool,
    /// The number of its latest lease; 0 if it was never handed out.
    pub lease_token: LeaseToken,
    /// When its lease ends unless it is renewed; only while it is RUNNING.
    pub lease_expires_at: Option<Timestamp>,
    /// How long its lease holds from each sign of life; only while it is RUNNING.
    pub lease_time: Option<LeaseTime>,
    /// A WAITING one is not handed out before.
    pub available_at: Option<Timestamp>,
    /// The lease whose report is the outcome; none if there is no outcome, or it was entered by hand.
    pub told_with: Option<LeaseToken>,
    /// Why its result is left out of the optimization, if it is.
    pub excluded: Option<Reason>,
    /// Whether its result keeps the constraints of the task; none without a result, or if that depends on an objective that was
    /// not measured.
    pub feasible: Option<bool>,
    /// Whether it is on the Pareto front of a task with several objectives.
    pub on_front: bool,
    /// The version of the task's space under which it was made.
    #[serde(default = "first_space")]
    pub space_version: Version,
    /// Whether what was tried lies in the space that the task has now.
    #[serde(default = "inside")]
    pub in_space: bool,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When it was handed out, the last time.
    pub started_at: Option<Timestamp>,
    /// When its outcome came.
    pub finished_at: Option<Timestamp>,
}

/// Where all points lay before spaces could change.
const fn inside() -> bool {
    true
}

/// What few trials have and few readers want.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TrialDetails {
    /// The standard deviations of its values, where they are known.
    #[serde(skip_serializing_if = "Values::is_empty")]
    pub deviations: Values,
    /// Whether an objective of the task was not measured.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Why the strategy chose its point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// What came with its result.
    #[serde(flatten)]
    pub beside: Beside,
    /// Its leases that have ended, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// Results that do not count, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<AttachedResult>,
    /// What its result was before it was corrected, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
}

impl Trial {
    /// The most results that are kept beside the counted one, and the most corrections.
    pub const MAX_BESIDE: usize = 100;

    /// A trial that nobody has yet, of a point in that version of the task's space.
    #[must_use]
    pub fn planned(
        id: TrialId,
        space_version: Version,
        origin: TrialOrigin,
        point: Point,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            state: TrialState::Waiting,
            origin,
            point,
            executed_point: None,
            values: Values::new(),
            details: TrialDetails::default(),
            failure_reason: None,
            worker: None,
            late: false,
            lease_token: 0,
            lease_expires_at: None,
            lease_time: None,
            available_at: None,
            told_with: None,
            excluded: None,
            feasible: None,
            on_front: false,
            space_version,
            in_space: true,
            created_at: at,
            started_at: None,
            finished_at: None,
        }
    }

    /// The point that its result is of: the one that was really tried.
    #[must_use]
    pub fn tried(&self) -> &Point {
        self.executed_point.as_ref().unwrap_or(&self.point)
    }

    /// Whether what was tried lies in the space of the task; what is still to be tried, whether it could be proposed.
    #[must_use]
    pub fn lies_in_space(&self, settings: &TaskSettings) -> bool {
        if TrialState::WITH_OUTCOME.contains(&self.state) {
            settings.holds_result(self.tried())
        } else {
            settings.is_in_space(self.tried())
        }
    }

    /// Derives what follows from its point, its values and the task: whether it lies in the space, is complete, and keeps the
    /// constraints.
    pub fn judge(&mut self, settings: &TaskSettings) {
        self.in_space = self.lies_in_space(settings);
        let measured = self.state == TrialState::Completed;
        let objectives = settings.objectives.as_slice();
        let lacks = |objective: &Objective| !self.values.contains_key(&objective.name);
        self.details.partial = measured && objectives.iter().any(lacks);
        let kept = settings.constraints.kept(&self.values, &self.details.beside.metrics);
        self.feasible = match kept {
            _ if !measured => None,
            // A metric that the task did not ask for when it was measured: nobody knows that it keeps the bound.
            None if !self.details.partial => Some(false),
            known => known,
        };
    }

    /// Its lease, while it has one.
    #[must_use]
    pub fn lease(&self) -> Option<Lease> {
        Some(Lease {
            token: self.lease_token,
            worker: self.worker.clone(),
            started_at: self.started_at?,
            expires_at: self.lease_expires_at?,
            time: self.lease_time.unwrap_or_default(),
        })
    }

    /// Leases it to a worker.
    pub fn hand_out(&mut self, worker: Option<&WorkerName>, at: Timestamp, time: LeaseTime) {
        self.state = TrialState::Running;
        self.worker = worker.cloned();
        self.lease_token += 1;
        self.lease_expires_at = Some(time.end(at));
        self.lease_time = Some(time);
        self.available_at = None;
        self.started_at = Some(at);
    }

    /// Ends its lease, if it has one, and keeps the attempt.
    pub fn end_lease(&mut self, outcome: AttemptOutcome, reason: Option<Reason>, at: Timestamp) {
        if let Some(Lease { token, worker, started_at, expires_at: _, time: _ }) = self.lease() {
            let ended_at = at.max(started_at);
            let attempt = Attempt { token, worker, started_at, ended_at, outcome, reason };
            self.details.attempts.push(attempt);
        }
        self.lease_expires_at = None;
        self.lease_time = None;
    }

    /// Whether it counts in the budget: it was handed out, or has an outcome that was reported by hand.
    /// What was measured elsewhere does not.
    #[must_use]
    pub fn counts_in_budget(&self) -> bool {
        let reported = TrialState::WITH_OUTCOME.contains(&self.state);
        self.lease_token > 0 || (reported && self.origin != TrialOrigin::Imported)
    }

    /// Whether it counts as a failure of its task.
    #[must_use]
    pub fn counts_as_failure(&self) -> bool {
        self.state == TrialState::Failed && self.origin != TrialOrigin::Imported
    }

    /// How often it has been tried, not counting what workers gave back themselves.
    #[must_use]
    pub fn attempts_that_count(&self) -> i64 {
        let released = |attempt: &&Attempt| attempt.outcome == AttemptOutcome::Released;
        let given_back = self.details.attempts.iter().filter(released).count();
        self.lease_token - i64::try_from(given_back).unwrap_or(i64::MAX)
    }

    /// Its result.
    #[must_use]
    pub fn measurement(&self) -> Measurement {
        Measurement { values: self.values.clone(), deviations: self.details.deviations.clone() }
    }

    /// Whether it may be the best or on the front: measured in every objective, not excluded, within the constraints, and
    /// at a point that could be tried now.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.state == TrialState::Completed
            && self.excluded.is_none()
            && self.feasible != Some(false)
            && self.in_space
            && !self.details.partial
    }

    /// What the holder of that lease should do, and why. The task's own end is the caller's to know.
    #[must_use]
    pub fn verdict(&self, token: LeaseToken) -> (Verdict, &'static str) {
        match self.state {
            _ if token < 1 || token > self.lease_token => (Verdict::Lost, "there is no such lease"),
            TrialState::Running if token == self.lease_token => (Verdict::GoOn, "the lease holds"),
            TrialState::Running => (Verdict::Lost, "the lease expired and another worker has it"),
            TrialState::Waiting => (Verdict::Lost, "the lease ended and the trial waits again"),
            TrialState::Abandoned => (Verdict::Lost, "the lease ended and the trial was given up"),
            TrialState::Pruned => (Verdict::Stop, "the trial was stopped early"),
            TrialState::Completed | TrialState::Failed | TrialState::Infeasible => {
                (Verdict::Stop, "the trial has its outcome")
            }
        }
    }
}
