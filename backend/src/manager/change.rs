//! A task that a transaction changes: what every use case begins and ends with.

use std::collections::BTreeSet;

use super::abandon::abandon_waiting;
use crate::{
    store::Tx,
    task::{
        Best, Bound, Caller, Error, Happening, Point, Reason, Result, Task, TaskId, TaskSettings,
        TaskStatus, Timestamp, Trial, TrialId, TrialNumber, TrialOrigin, TrialState, dominates,
        mark_front,
    },
};

/// A locked task, as it was and as it becomes. Whatever happens to its trials is told here, so that
/// counters, best value, front and events cannot fall apart; [`Change::save`] writes the task.
pub(super) struct Change<'t> {
    pub(super) tx: &'t mut Tx,
    pub(super) caller: &'t Caller,
    pub(super) at: Timestamp,
    before: Task,
    pub(super) task: Task,
}

impl<'t> Change<'t> {
    /// Locks a task that is not deleted.
    pub(super) async fn of_live(
        tx: &'t mut Tx,
        caller: &'t Caller,
        at: Timestamp,
        id: TaskId,
    ) -> Result<Self> {
        let before = tx.live_task(id).await?;
        Ok(Self { tx, caller, at, task: before.clone(), before })
    }

    /// Locks a task, deleted or not: a result is not refused for it.
    pub(super) async fn of_any(
        tx: &'t mut Tx,
        caller: &'t Caller,
        at: Timestamp,
        id: TaskId,
    ) -> Result<Self> {
        let before = tx.lock_task(id).await?;
        Ok(Self { tx, caller, at, task: before.clone(), before })
    }

    /// A task that is being made.
    pub(super) fn of_new(tx: &'t mut Tx, caller: &'t Caller, at: Timestamp, task: Task) -> Self {
        Self { tx, caller, at, before: task.clone(), task }
    }

    /// Locks a task, deleted or not, with one of its trials.
    pub(super) async fn with_trial(
        tx: &'t mut Tx,
        caller: &'t Caller,
        at: Timestamp,
        id: TrialId,
    ) -> Result<(Self, Trial)> {
        let (before, trial) = tx.lock_task_with_trial(id).await?;
        Ok((Self { tx, caller, at, task: before.clone(), before }, trial))
    }

    /// Locks the task of a trial, if it is not deleted.
    pub(super) async fn of_trial(
        tx: &'t mut Tx,
        caller: &'t Caller,
        at: Timestamp,
        id: TrialId,
    ) -> Result<Self> {
        match Self::of_live(tx, caller, at, id.task).await {
            Err(Error::TaskNotFound(_)) => Err(Error::TrialNotFound(id)),
            found => found,
        }
    }

    /// Tells of a change.
    pub(super) fn record(&mut self, what: Happening) {
        self.tx.record(&mut self.task, self.caller, self.at, what);
    }

    /// A new trial of a point in the space as it is now; telling of it and writing it is the caller's.
    pub(super) fn plan(&self, number: TrialNumber, origin: TrialOrigin, point: Point) -> Trial {
        let Task { id: task, space_version, .. } = self.task;
        Trial::planned(TrialId { task, number }, space_version, origin, point, self.at)
    }

    /// Counts and tells of a new trial; writing it is the caller's.
    pub(super) fn created(&mut self, trial: &Trial) {
        self.task.trial_counts.add(trial.state, 1);
        self.task.handed_out += i64::from(trial.counts_in_budget());
        self.record(Happening::trial_created(trial));
    }

    /// Writes, counts and tells of a trial that came from state `from` to where it is now.
    pub(super) async fn moved(
        &mut self,
        trial: &Trial,
        from: TrialState,
        reason: Option<&Reason>,
    ) -> Result<()> {
        let task = &mut self.task;
        task.trial_counts.add(from, -1);
        task.trial_counts.add(trial.state, 1);
        let handed_out_now = (from, trial.state) == (TrialState::Waiting, TrialState::Running);
        let leases_before = trial.lease_token - i64::from(handed_out_now);
        if from == TrialState::Waiting && leases_before > 0 {
            task.returned -= 1;
        }
        let counted_before = leases_before > 0 || TrialState::WITH_OUTCOME.contains(&from);
        if !counted_before && trial.counts_in_budget() {
            task.handed_out += 1;
        }
        if trial.counts_as_failure() {
            task.failures += 1;
            task.failures_in_row += 1;
        } else if TrialState::WITH_OUTCOME.contains(&trial.state) {
            task.failures_in_row = 0;
        }
        if trial.state == TrialState::Waiting && trial.lease_token > 0 {
            let available = trial.available_at.unwrap_or(self.at);
            task.retry_at = match task.retry_at {
                Some(earlier) if task.returned > 0 => Some(earlier.min(available)),
                Some(_) | None => Some(available),
            };
            task.returned += 1;
        }
        self.record(Happening::trial_moved(trial, from, reason));
        self.tx.update_trial(trial, from).await
    }

    /// Judges new results: whether they keep the constraints, whether they are the best or on the
    /// front, and whether they bring the task to a bound of its budget. Writing them is the caller's.
    pub(super) async fn count_results(
        &mut self,
        settings: &TaskSettings,
        trials: &mut [Trial],
    ) -> Result<()> {
        let objectives = &settings.objectives;
        for trial in trials.iter_mut() {
            trial.judge(settings);
        }
        if objectives.as_slice().len() > 1 {
            self.update_front(settings, trials).await?;
        }
        for trial in trials.iter().filter(|trial| trial.state == TrialState::Completed) {
            let best = Best::after(self.task.best, trial, objectives);
            let improved =
                trial.on_front || best.map(|b| b.value) != self.task.best.map(|b| b.value);
            self.task.best = best;
            self.task.since_best = if improved { 0 } else { self.task.since_best + 1 };
        }
        self.task.judge_results(objectives);
        Ok(())
    }

    /// The front of a task is the front of its old front and what is new.
    async fn update_front(&mut self, settings: &TaskSettings, new: &mut [Trial]) -> Result<()> {
        let old = self.tx.front_trials(self.task.id).await?;
        let objectives = &settings.objectives;
        if let [trial] = new {
            // The usual case, without copying the front.
            let beaten = |other: &Trial| dominates(objectives, &other.values, &trial.values);
            trial.on_front = trial.counts() && !old.iter().any(beaten);
        } else {
            let mut all: Vec<Trial> = old.iter().chain(new.iter()).cloned().collect();
            mark_front(objectives, &mut all);
            for (trial, marked) in new.iter_mut().zip(&all[old.len()..]) {
                trial.on_front = marked.on_front;
            }
        }
        for mut trial in old {
            let beaten = |other: &&Trial| {
                other.on_front && dominates(objectives, &other.values, &trial.values)
            };
            if new.iter().find(beaten).is_some() {
                trial.on_front = false;
                self.tx.update_trial(&trial, trial.state).await?;
            }
        }
        Ok(())
    }

    /// Derives best value, front and the rest from all trials anew, after a result was excluded,
    /// included or corrected (`changed` is that trial as it is to be), objectives were set late, or the
    /// space became another.
    pub(super) async fn recount_results(
        &mut self,
        settings: &TaskSettings,
        mut changed: Option<&mut Trial>,
    ) -> Result<()> {
        let objectives = &settings.objectives;
        let mut trials = self.tx.all_trials(self.task.id).await?;
        if let Some(changed) = changed.as_deref() {
            for trial in trials.iter_mut().filter(|trial| trial.id == changed.id) {
                trial.clone_from(changed);
            }
        }
        let mut touched = BTreeSet::new();
        for (index, trial) in trials.iter_mut().enumerate() {
            let judged = |trial: &Trial| (trial.feasible, trial.in_space, trial.details.partial);
            let before = judged(trial);
            trial.judge(settings);
            if judged(trial) != before {
                touched.insert(index);
            }
        }
        touched.extend(mark_front(objectives, &mut trials));
        for index in touched {
            let trial = &trials[index];
            match changed.as_deref_mut().filter(|changed| changed.id == trial.id) {
                Some(changed) => changed.clone_from(trial),
                None => self.tx.update_trial(trial, trial.state).await?,
            }
        }
        self.task.best =
            trials.iter().fold(None, |best, trial| Best::after(best, trial, objectives));
        let good = |trial: &&Trial| {
            trial.on_front || self.task.best.is_some_and(|best| best.number == trial.id.number)
        };
        let latest = trials.iter().filter(good).filter_map(|trial| trial.finished_at).max();
        // In another space, patience begins anew.
        let latest = latest.max(self.task.space_changed_at);
        let since = trials.iter().filter(|trial| trial.state == TrialState::Completed);
        let since = since.filter(|trial| trial.finished_at > latest).count();
        self.task.since_best = i64::try_from(since).map_err(Error::storage)?;
        self.task.judge_results(objectives);
        Ok(())
    }

    /// Writes the task. One that has met a stopping criterion, and none of whose trials is running any
    /// more, completes itself; one of which too many trials have failed is paused.
    pub(super) async fn save(mut self) -> Result<Task> {
        self.write().await?;
        let next = match (self.task.finished_by(self.at), self.task.failing()) {
            (Some(bound), _) => Some((TaskStatus::Completed, self.reason_of(bound).await?)),
            (None, Some(limit)) => Some((TaskStatus::Paused, limit.reason())),
            (None, None) => None,
        };
        if let Some((to, reason)) = next {
            self.before = self.task.clone();
            self.go_by_itself(to, Reason::new(reason)?).await?;
            self.write().await?;
        }
        Ok(self.task)
    }

    /// The reason that a task is completed with by a stopping criterion.
    async fn reason_of(&mut self, bound: Bound) -> Result<String> {
        Ok(match bound {
            Bound::Exhausted => self.tx.settings(self.task.id).await?.exhausted(),
            Bound::MaxTrials
            | Bound::Deadline
            | Bound::Target
            | Bound::Patience
            | Bound::ExpectedImprovement => bound.reason(&self.task.budget),
        })
    }

    /// The same, if there is anything to write.
    pub(super) async fn save_if_changed(self) -> Result<Task> {
        if self.task == self.before {
            return Ok(self.task);
        }
        self.save().await
    }

    /// The same, if there is anything to write or the task is to complete itself.
    pub(super) async fn save_if_due(self) -> Result<Task> {
        if self.task == self.before && self.task.finished_by(self.at).is_none() {
            return Ok(self.task);
        }
        self.save().await
    }

    async fn write(&mut self) -> Result<()> {
        self.task.note_waiting(&self.before, self.at);
        if self.task.status == self.before.status {
            self.tx.update_task(&self.before, &self.task).await
        } else {
            self.tx.transition_status(&self.before, &self.task).await
        }
    }

    async fn go_by_itself(&mut self, to: TaskStatus, reason: Reason) -> Result<()> {
        let server = Caller::asktell();
        let mut change = Change {
            tx: &mut *self.tx,
            caller: &server,
            at: self.at,
            before: self.before.clone(),
            task: self.task.clone(),
        };
        change.go_to(to, Some(reason)).await?;
        self.task = change.task;
        Ok(())
    }

    /// Moves the task on in its life, with what that does to its trials and its claim. The caller has
    /// looked the move up in the table.
    pub(super) async fn go_to(&mut self, to: TaskStatus, reason: Option<Reason>) -> Result<()> {
        self.go_with(to, reason, None).await
    }

    /// The same as a part of a move of the whole subtree below a task.
    pub(super) async fn go_with(
        &mut self,
        to: TaskStatus,
        reason: Option<Reason>,
        subtree: Option<TaskId>,
    ) -> Result<()> {
        let from = self.task.status;
        self.task.status = to;
        self.task.paused_with = subtree.filter(|_| to == TaskStatus::Paused);
        self.task.status_reason.clone_from(&reason);
        self.task.finished_at = to.is_ended().then_some(self.at);
        self.record(Happening::StatusChanged { from, to, reason, subtree });
        match to {
            TaskStatus::Running => {
                self.task.given_back = false;
                self.task.failures_in_row = 0;
            }
            TaskStatus::Completed => {
                self.end_claim(None);
                self.end_strategist(None);
                abandon_waiting(self).await?;
            }
            TaskStatus::Failed => {
                self.end_claim(None);
                self.end_strategist(None);
            }
            TaskStatus::Created | TaskStatus::Paused => {}
        }
        Ok(())
    }

    /// Ends the claim of the task's runner, if it has one.
    pub(super) fn end_claim(&mut self, reason: Option<Reason>) {
        if let Some(claim) = self.task.claim.take() {
            let (runner, token) = (claim.runner, claim.token);
            self.record(Happening::ClaimEnded { runner, token, reason });
        }
    }

    /// Ends the lease of the client that proposes the task's points, if one does.
    pub(super) fn end_strategist(&mut self, reason: Option<Reason>) {
        if let Some(held) = self.task.strategist.take() {
            let (strategist, token) = (held.name, held.token);
            self.record(Happening::StrategyReleased { strategist, token, reason });
        }
    }
}
