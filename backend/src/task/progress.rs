//! What a task can hand out now, and whether it has had enough.

use super::{
    Best, Bound, Budget, Criterion, FailureLimit, Happening, Objectives, Task, TaskStatus,
    Timestamp, TrialState, WaitingReason, WhyWaiting,
};

impl Task {
    /// The bound of its budget that it has come to, so that nothing new is handed out.
    #[must_use]
    pub fn bound_at(&self, now: Timestamp) -> Option<Bound> {
        let over = |deadline| deadline <= now;
        match self.bound {
            Some(bound) => Some(bound),
            None if self.budget.deadline.is_some_and(over) => Some(Bound::Deadline),
            None if self.trials_left() == 0 => Some(Bound::MaxTrials),
            None => None,
        }
    }

    /// The bound by which it is complete: it has come to it, nothing is out, and of a used up number
    /// of trials none waits to be tried again.
    #[must_use]
    pub fn finished_by(&self, now: Timestamp) -> Option<Bound> {
        let alive = match self.status {
            TaskStatus::Running | TaskStatus::Paused => self.deleted_at.is_none(),
            TaskStatus::Created | TaskStatus::Completed | TaskStatus::Failed => false,
        };
        if !alive || self.trial_counts.get(TrialState::Running) > 0 {
            return None;
        }
        self.bound_at(now).filter(|bound| match bound {
            Bound::MaxTrials | Bound::Exhausted => self.returned == 0,
            Bound::Deadline | Bound::Target | Bound::Patience | Bound::ExpectedImprovement => true,
        })
    }

    /// The limit on failed trials that it has reached while RUNNING: it is to be paused.
    #[must_use]
    pub fn failing(&self) -> Option<FailureLimit> {
        if self.status != TaskStatus::Running || self.deleted_at.is_some() {
            return None;
        }
        let Budget { max_failures, max_consecutive_failures, .. } = self.budget;
        let in_row = self.failures_in_row;
        if let Some(most) = max_failures.filter(|most| self.failures >= *most) {
            return Some(FailureLimit::Total(most));
        }
        if let Some(most) = max_consecutive_failures {
            return (in_row >= most).then_some(FailureLimit::Consecutive(most));
        }
        let others = [TrialState::Completed, TrialState::Pruned, TrialState::Infeasible];
        let nothing_else = others.iter().all(|state| self.trial_counts.get(*state) == 0);
        (nothing_else && in_row >= Budget::FIRST_FAILURES).then_some(FailureLimit::First(in_row))
    }

    /// What keeps it from being resumed: a criterion that would stop it again at once.
    #[must_use]
    pub fn barred_by(&self, now: Timestamp) -> Option<Criterion> {
        let failures = self.budget.max_failures.filter(|most| self.failures >= *most);
        // One that has not completed yet ends by itself when it is resumed.
        let bound = self.bound_at(now).filter(|_| self.status == TaskStatus::Completed);
        bound.map(Criterion::Bound).or(failures.map(Criterion::Failures))
    }

    /// How many trials may still be handed out for the first time.
    pub(super) fn trials_left(&self) -> i64 {
        self.budget.max_trials.map_or(i64::MAX, |most| (most - self.handed_out).max(0))
    }

    /// Which share of its budget of trials is over, from 0 to 1; 1 when the task is COMPLETED. None
    /// without a number of trials in its budget.
    #[must_use]
    pub fn progress(&self) -> Option<f64> {
        if self.status == TaskStatus::Completed {
            return Some(1.0);
        }
        let most = self.budget.max_trials?;
        let out = self.trial_counts.get(TrialState::Running) + self.returned;
        #[expect(clippy::cast_precision_loss, reason = "budgets are small numbers")]
        let share = (self.handed_out - out) as f64 / most as f64;
        Some(share.clamp(0.0, 1.0))
    }

    /// How many more trials may be out at once.
    #[must_use]
    pub fn places_left(&self) -> i64 {
        let running = self.trial_counts.get(TrialState::Running);
        self.budget.max_running.map_or(i64::MAX, |most| (most - running).max(0))
    }

    /// How many trials may be handed out for the first time now.
    #[must_use]
    pub fn new_trials_left(&self, now: Timestamp) -> i64 {
        match self.bound_at(now) {
            None => self.trials_left(),
            Some(
                Bound::MaxTrials
                | Bound::Deadline
                | Bound::Target
                | Bound::Patience
                | Bound::ExpectedImprovement
                | Bound::Exhausted,
            ) => 0,
        }
    }

    /// Whether trials that were handed out before may be handed out again.
    #[must_use]
    pub fn may_return(&self, now: Timestamp) -> bool {
        match self.bound_at(now) {
            None | Some(Bound::MaxTrials | Bound::Exhausted) => true,
            Some(
                Bound::Deadline | Bound::Target | Bound::Patience | Bound::ExpectedImprovement,
            ) => false,
        }
    }

    /// From when on there is something to hand out to whoever asks for this task; none if there is
    /// nothing. (A deadline that passes meanwhile is the reader's to see.)
    #[must_use]
    pub fn work_at(&self) -> Option<Timestamp> {
        let running = self.status == TaskStatus::Running && self.deleted_at.is_none();
        if !running || self.bound.is_some() || self.places_left() == 0 {
            return None;
        }
        let planned = self.trial_counts.get(TrialState::Waiting) - self.returned;
        if self.trials_left() > 0 && (planned > 0 || self.proposes) {
            return Some(Timestamp::UNIX_EPOCH);
        }
        (self.returned > 0).then(|| self.retry_at.unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// Whether a runner may take it.
    #[must_use]
    pub fn claimable(&self) -> bool {
        let open = match self.status {
            TaskStatus::Created => self.ready,
            TaskStatus::Paused => self.given_back,
            TaskStatus::Running | TaskStatus::Completed | TaskStatus::Failed => false,
        };
        let failing = self.budget.max_failures.is_some_and(|most| self.failures >= most);
        open && self.deleted_at.is_none() && self.bound.is_none() && !failing
    }

    /// Notes since when it waits: since it came to have work.
    pub fn note_waiting(&mut self, before: &Self, now: Timestamp) {
        let waits = |task: &Self| task.work_at().is_some() || task.claimable();
        if waits(self) && !waits(before) {
            self.waiting_since = Some(now);
        }
        if self.work_at().is_some() && before.work_at().is_none() {
            self.work_since = Some(now);
        }
        self.note_lack(before, now);
    }

    /// Looks again whether a result has brought it to a bound of its budget.
    pub fn judge_results(&mut self, objectives: &Objectives) {
        let Budget { target_value, patience, .. } = self.budget;
        let good_enough = |best: Best| {
            let objective = objectives.single();
            target_value
                .zip(objective)
                .is_some_and(|(target, objective)| !objective.direction.prefers(target, best.value))
        };
        let of_strategy = self.bound.filter(|bound| bound.is_of_strategy());
        self.bound = if self.best.is_some_and(good_enough) {
            Some(Bound::Target)
        } else if patience.is_some_and(|patience| self.since_best >= patience) {
            Some(Bound::Patience)
        } else {
            of_strategy
        };
    }

    /// Takes note of a change that the strategy sees. What it said by what was known before does not
    /// hold any more; but a strategy that does not look back has no more points after results either.
    pub fn note_for_strategy(&mut self, what: &Happening) {
        if !what.changes_basis() {
            return;
        }
        self.basis += 1;
        let anew = self.looks_back || matches!(what, Happening::Updated { .. });
        self.bound = self.bound.filter(|bound| !(anew && bound.is_of_strategy()));
    }

    /// Why no worker gets a trial of it now, or no runner the task; none if nothing of its own stands
    /// in the way.
    #[must_use]
    pub fn why_waiting(&self, now: Timestamp) -> Option<WhyWaiting> {
        let because = |reason, message: &str| {
            Some(WhyWaiting { reason, message: message.to_owned(), until: None })
        };
        if self.deleted_at.is_some() {
            return because(WaitingReason::Deleted, "The task is deleted.");
        }
        match self.status {
            TaskStatus::Created if !self.ready => because(
                WaitingReason::NotReady,
                "The task has no parameter space or no objectives yet.",
            ),
            TaskStatus::Created => because(
                WaitingReason::NotStarted,
                "The task has not been started. A runner can claim it.",
            ),
            TaskStatus::Paused => {
                let why = self.status_reason.as_ref().map(|why| format!(": {why}"));
                let message = format!("The task is paused{}.", why.unwrap_or_default());
                because(WaitingReason::Paused, &message)
            }
            TaskStatus::Completed | TaskStatus::Failed => {
                because(WaitingReason::Ended, "The task has ended.")
            }
            TaskStatus::Running => self.why_running_waits(now),
        }
    }

    fn why_running_waits(&self, now: Timestamp) -> Option<WhyWaiting> {
        let because = |reason, message: String, until| Some(WhyWaiting { reason, message, until });
        if let Some(claim) = &self.claim {
            let message = format!("The runner {} has taken the task.", claim.runner);
            return because(WaitingReason::Claimed, message, Some(claim.expires_at));
        }
        if let Some(bound) =
            self.bound_at(now).filter(|_| !self.may_return(now) || self.returned == 0)
        {
            let message = format!(
                "Nothing new is handed out, because {}. The task completes when what is out is in.",
                bound.reason(&self.budget)
            );
            return because(WaitingReason::BudgetReached, message, None);
        }
        if self.places_left() == 0 {
            let message = format!(
                "{} trials are out, as many as may be at once.",
                self.trial_counts.get(TrialState::Running)
            );
            return because(WaitingReason::AllPlacesTaken, message, None);
        }
        match self.work_at() {
            None => {
                let message = match &self.strategist {
                    Some(strategist) => format!("{} has yet to propose points.", strategist.name),
                    None => "The strategy is EXTERNAL, and no client proposes points.".to_owned(),
                };
                because(WaitingReason::NoPoints, message, None)
            }
            Some(at) if at > now => because(
                WaitingReason::BackingOff,
                "What is to be tried again waits for its next attempt.".to_owned(),
                Some(at),
            ),
            Some(_) => None,
        }
    }
}
