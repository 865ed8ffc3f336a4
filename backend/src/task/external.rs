//! Strategies of clients: which tasks need points, and a strategist's time-limited right to propose
//! them.

use serde::{Deserialize, Serialize};

use super::{
    Error, Invalid, JsonObject, LeaseOf, LeaseTime, LeaseToken, Objectives, Prediction, Reason,
    Result, Task, TaskStatus, Timestamp, TrialState, WorkerName, renewed,
};

/// What can be set of a client's strategy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExternalSettings {
    /// How many points are to be ready before workers ask for them.
    pub ahead: u32,
}

impl ExternalSettings {
    /// The most points that are asked for ahead.
    pub const MAX_AHEAD: u32 = 1_000;
}

impl Default for ExternalSettings {
    /// One: the next point is chosen while the last one is measured.
    fn default() -> Self {
        Self { ahead: 1 }
    }
}

/// A client's time-limited right to propose the points of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strategist {
    /// Who has it.
    pub name: WorkerName,
    /// Its number among those of the task: the larger is the later, as with the leases of trials.
    pub token: LeaseToken,
    /// When it ends unless it is renewed.
    pub expires_at: Timestamp,
    /// How long it holds from each sign of life.
    pub time: LeaseTime,
}

impl Strategist {
    /// A sign of life, perhaps with another length from now on.
    pub fn renew(&mut self, time: Option<LeaseTime>, now: Timestamp) {
        self.time = time.unwrap_or(self.time);
        self.expires_at = renewed(self.expires_at, self.time, now);
    }
}

/// A point as a strategist proposes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedPoint {
    /// The values of the parameters; not checked yet.
    pub point: JsonObject,
    /// Why this one.
    pub reason: Option<Reason>,
    /// What the strategist's model expects there.
    pub predictions: Vec<Prediction>,
}

impl ProposedPoint {
    /// Refuses predictions of what is not measured, and those that are no numbers.
    pub fn check(&self, objectives: &Objectives) -> Result<(), Invalid> {
        for (i, Prediction { objective, mean, deviation }) in self.predictions.iter().enumerate() {
            let here = |field, problem: String| {
                Err(Invalid::new(problem).at(field).at_index(i).at("predictions"))
            };
            if !objectives.as_slice().iter().any(|known| known.name == *objective) {
                return here("objective", format!("the task has no objective \"{objective}\""));
            }
            if self.predictions[..i].iter().any(|other| other.objective == *objective) {
                return here("objective", format!("\"{objective}\" is predicted twice"));
            }
            if !mean.is_finite() {
                return here("mean", "a finite number".to_owned());
            }
            if !(deviation.is_finite() && *deviation >= 0.0) {
                return here("deviation", "a finite number, at least 0".to_owned());
            }
        }
        Ok(())
    }
}

impl Task {
    /// How many points its strategist should propose now: as many as are to be ready, less those that
    /// are, and never more than the budget leaves. 0 if the server itself proposes.
    #[must_use]
    pub fn points_needed(&self, now: Timestamp) -> i64 {
        if self.lacks_points() { self.lacking(self.new_trials_left(now)) } else { 0 }
    }

    /// Whether it needs points. (A deadline that passes meanwhile is the reader's to see.)
    #[must_use]
    pub fn lacks_points(&self) -> bool {
        let running = self.status == TaskStatus::Running && self.deleted_at.is_none();
        running && self.bound.is_none() && self.lacking(self.trials_left()) > 0
    }

    /// How many points are missing, if that many may still be handed out.
    fn lacking(&self, left: i64) -> i64 {
        let planned = self.trial_counts.get(TrialState::Waiting) - self.returned;
        (self.ahead.min(left) - planned).max(0)
    }

    /// Notes since when it needs points: since it came to lack some, or lost who was to propose them.
    pub(super) fn note_lack(&mut self, before: &Self, now: Timestamp) {
        let left = before.strategist.is_some() && self.strategist.is_none();
        if self.lacks_points() && (left || !before.lacks_points()) {
            self.points_since = Some(now);
        }
    }

    /// The strategist that it has, if the token is that of its lease.
    pub fn strategist_with(&mut self, token: LeaseToken) -> Result<&mut Strategist> {
        match &mut self.strategist {
            Some(strategist) if strategist.token == token => Ok(strategist),
            Some(_) | None => {
                let of = LeaseOf::Strategy(self.id);
                Err(Error::LeaseLost { of, token, current: self.strategy_token })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{Actor, Budget, Owner, TaskId, TaskName};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn running(ahead: i64, waiting: i64) -> Task {
        let id = TaskId::from(uuid::Uuid::nil());
        let name = TaskName::new("t").expect("a name");
        let mut task = Task::new(id, name, Owner::from(&Actor::anonymous()), NOW);
        task.status = TaskStatus::Running;
        task.ahead = ahead;
        task.trial_counts.add(TrialState::Waiting, waiting);
        task
    }

    #[test]
    fn a_task_needs_what_is_not_ready() {
        for (ahead, waiting, needed) in [(1, 0, 1), (1, 1, 0), (8, 3, 5), (1, 5, 0), (0, 0, 0)] {
            assert_eq!(running(ahead, waiting).points_needed(NOW), needed, "{ahead} {waiting}");
        }
        let mut tried_before = running(2, 2);
        tried_before.returned = 1;
        assert_eq!(tried_before.points_needed(NOW), 1, "one of the two is no new point");
    }

    #[test]
    fn it_never_needs_more_than_the_budget_leaves() {
        let mut task = running(8, 2);
        task.budget = Budget { max_trials: Some(10), ..Budget::default() };
        for (handed_out, needed) in [(0, 6), (2, 6), (3, 5), (7, 1), (8, 0), (10, 0)] {
            task.handed_out = handed_out;
            assert_eq!(task.points_needed(NOW), needed, "{handed_out} handed out");
        }
    }

    #[test]
    fn only_a_running_task_needs_points() {
        for status in TaskStatus::ALL {
            let task = Task { status, ..running(1, 0) };
            assert_eq!(task.points_needed(NOW) > 0, status == TaskStatus::Running, "{status}");
        }
        let deleted = Task { deleted_at: Some(NOW), ..running(1, 0) };
        assert_eq!(deleted.points_needed(NOW), 0);
        let mut late = running(1, 0);
        late.budget = Budget { deadline: Some(NOW), ..Budget::default() };
        assert!(late.lacks_points());
        assert_eq!(late.points_needed(NOW), 0, "its deadline has passed");
    }
}
