//! The tasks and trials that a transaction knows, and what it has changed of them: its unit of work.
//!
//! A task or trial is read once; from then on it is what this says, and a change of it is only noted
//! here until all of them are written together. On SQLite one transaction does many pieces of work, so a
//! piece that is refused must take its changes back: there is a list of what to undo. And since there
//! is only one writer, what it has committed stays known to its next transaction.

use std::sync::Arc;

use super::cache::{Generations, Weigh, document_bytes, settings_bytes};
use crate::task::{Task, TaskId, TaskSettings, TaskStatus, Trial, TrialId, TrialState};

/// The bytes of the tasks that stay known from one transaction to the next: some 4,000.
const TASKS: usize = 8 << 20;
/// Those of settings, which hold whole documents.
const SETTINGS: usize = 32 << 20;
/// Those of trials that are not finished: some 30,000.
const TRIALS: usize = 32 << 20;

/// What a transaction knows and has changed.
#[derive(Debug, Default)]
pub(super) struct Unit {
    tasks: Generations<TaskId, KnownTask>,
    trials: Generations<TrialId, KnownTrial>,
    settings: Generations<TaskId, KnownSettings>,
    /// What to put back if the piece of work at hand is refused, latest last.
    undo: Vec<Undo>,
    /// Those that have been changed, in that order; some of them may have been changed back.
    changed_tasks: Vec<TaskId>,
    changed_settings: Vec<TaskId>,
    changed_trials: Vec<TrialId>,
    /// The trials that this transaction has written and finished.
    finished: Vec<TrialId>,
    /// The tasks that it has written whose points are computed from what was tried, as they are now.
    looking_back: Vec<Task>,
    /// Which state of the database all of this comes from: what SQLite's `data_version` was.
    pub(super) data_version: Option<i64>,
    /// Whether something is known from an earlier transaction.
    carried: bool,
    /// Whether this transaction has used such knowledge.
    relied: bool,
}

/// A task, and what its row is known to say.
#[derive(Debug, Clone)]
struct KnownTask {
    now: Task,
    row: TaskRow,
    changed: bool,
}

/// What the row of a task must still say when it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TaskRow {
    pub(super) sequence: i64,
    pub(super) status: TaskStatus,
}

impl TaskRow {
    const fn of(task: &Task) -> Self {
        Self { sequence: task.sequence, status: task.status }
    }
}

/// A trial, and what state its row is in; none if there is no row yet.
#[derive(Debug, Clone)]
struct KnownTrial {
    now: Trial,
    row: Option<TrialState>,
    changed: bool,
}

#[derive(Debug, Clone)]
struct KnownSettings {
    now: Arc<TaskSettings>,
    changed: bool,
}

impl Weigh for KnownTask {
    fn bytes(&self) -> usize {
        let texts = self.now.name.as_str().len() + self.now.description.as_str().len();
        size_of::<Self>() + 1_024 + texts
    }
}

impl Weigh for KnownTrial {
    fn bytes(&self) -> usize {
        let Trial { point, details, .. } = &self.now;
        size_of::<Self>() + 256 + 96 * point.values().len() + document_bytes(details)
    }
}

impl Weigh for KnownSettings {
    fn bytes(&self) -> usize {
        size_of::<Self>() + settings_bytes(&self.now)
    }
}

#[derive(Debug)]
enum Undo {
    Task(KnownTask),
    Settings(TaskId, Option<KnownSettings>),
    Trial(TrialId, Option<KnownTrial>),
}

/// What is to be written: each task with what its row must say.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) tasks: Vec<(TaskRow, Task)>,
    pub(super) settings: Vec<(TaskId, Arc<TaskSettings>)>,
    pub(super) trials: Vec<Trial>,
}

impl Changes {
    pub(super) const fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.settings.is_empty() && self.trials.is_empty()
    }
}

impl Unit {
    /// The task, with the changes that are not written yet.
    pub(super) fn task(&mut self, id: TaskId) -> Option<&Task> {
        let known = self.tasks.get_mut(id)?;
        self.relied |= self.carried;
        Some(&known.now)
    }

    /// Takes in a task as its row says.
    pub(super) fn put_task(&mut self, task: Task) {
        debug_assert!(self.tasks.peek(task.id).is_none_or(|known| !known.changed));
        let row = TaskRow::of(&task);
        self.tasks.insert(task.id, KnownTask { now: task, row, changed: false });
    }

    /// Notes how a known task has changed.
    pub(super) fn change_task(&mut self, task: Task) {
        let id = task.id;
        let Some(known) = self.tasks.get_mut(id) else { return };
        if !known.changed {
            self.changed_tasks.push(id);
        }
        let new = KnownTask { now: task, row: known.row, changed: true };
        let old = std::mem::replace(known, new);
        self.undo.push(Undo::Task(old));
    }

    /// The trial, with the changes that are not written yet.
    pub(super) fn trial(&mut self, id: TrialId) -> Option<&Trial> {
        let known = self.trials.get_mut(id)?;
        self.relied |= self.carried;
        Some(&known.now)
    }

    /// Takes in a trial as its row says.
    pub(super) fn put_trial(&mut self, trial: Trial) {
        debug_assert!(self.trials.peek(trial.id).is_none_or(|known| !known.changed));
        let row = Some(trial.state);
        self.trials.insert(trial.id, KnownTrial { now: trial, row, changed: false });
    }

    /// Notes how a trial has changed, or that there is a new one.
    pub(super) fn change_trial(&mut self, trial: Trial) {
        let id = trial.id;
        let (row, changed) =
            self.trials.get_mut(id).map_or((None, false), |known| (known.row, known.changed));
        if !changed {
            self.changed_trials.push(id);
        }
        let old = self.trials.insert(id, KnownTrial { now: trial, row, changed: true });
        self.undo.push(Undo::Trial(id, old));
    }

    /// The settings of a task.
    pub(super) fn settings(&mut self, id: TaskId) -> Option<Arc<TaskSettings>> {
        let settings = Arc::clone(&self.settings.get_mut(id)?.now);
        self.relied |= self.carried;
        Some(settings)
    }

    /// Takes in the settings of a task as their row says.
    pub(super) fn put_settings(&mut self, id: TaskId, settings: Arc<TaskSettings>) {
        self.settings.insert(id, KnownSettings { now: settings, changed: false });
    }

    /// Notes how the settings of a task have changed, or that there are new ones.
    pub(super) fn change_settings(&mut self, id: TaskId, settings: Arc<TaskSettings>) {
        let old = self.settings.insert(id, KnownSettings { now: settings, changed: true });
        if !old.as_ref().is_some_and(|known| known.changed) {
            self.changed_settings.push(id);
        }
        self.undo.push(Undo::Settings(id, old));
    }

    /// The tasks whose settings are known, too.
    pub(super) fn settled(&self) -> impl Iterator<Item = (&Task, &Arc<TaskSettings>)> {
        self.tasks.values().filter_map(|known| {
            let settings = self.settings.peek(known.now.id)?;
            Some((&known.now, &settings.now))
        })
    }

    /// Forgets a task with all that belongs to it: its rows are gone, or another's now.
    pub(super) fn forget_task(&mut self, id: TaskId) {
        self.tasks.remove(id);
        self.settings.remove(id);
        self.trials.retain(|trial| trial.task != id);
    }

    /// Whether a query for waiting trials of the task meets the same rows whether the changes are
    /// written first or not: none of them is about a waiting trial, before or after.
    pub(super) fn waiting_rows_are_written(&mut self, task: TaskId) -> bool {
        let waiting = Some(TrialState::Waiting);
        self.changed_trials.iter().filter(|id| id.task == task).all(|id| {
            self.trials.get_mut(*id).is_none_or(|known| {
                !known.changed || (known.row != waiting && Some(known.now.state) != waiting)
            })
        })
    }

    /// Whether the piece of work at hand has changed anything.
    pub(super) const fn piece_has_changes(&self) -> bool {
        !self.undo.is_empty()
    }

    /// The piece of work at hand has done its part: its changes stay.
    pub(super) fn keep(&mut self) {
        self.undo.clear();
    }

    /// The piece of work at hand was refused: all is as it was before it.
    pub(super) fn take_back(&mut self) {
        while let Some(undo) = self.undo.pop() {
            match undo {
                Undo::Task(known) => drop(self.tasks.insert(known.now.id, known)),
                Undo::Settings(id, Some(known)) => drop(self.settings.insert(id, known)),
                Undo::Settings(id, None) => drop(self.settings.remove(id)),
                Undo::Trial(id, Some(known)) => drop(self.trials.insert(id, known)),
                Undo::Trial(id, None) => drop(self.trials.remove(id)),
            }
        }
    }

    /// What has changed since the last time, to be written now: from here on the rows are taken to
    /// say it. If writing fails nothing here is true any more.
    pub(super) fn take_changes(&mut self) -> Changes {
        let mut changes = Changes::default();
        for id in self.changed_tasks.drain(..) {
            if let Some(known) = self.tasks.get_mut(id)
                && std::mem::take(&mut known.changed)
            {
                let row = std::mem::replace(&mut known.row, TaskRow::of(&known.now));
                if known.now.looks_back {
                    self.looking_back.push(known.now.clone());
                }
                changes.tasks.push((row, known.now.clone()));
            }
        }
        for id in self.changed_settings.drain(..) {
            if let Some(known) = self.settings.get_mut(id)
                && std::mem::take(&mut known.changed)
            {
                changes.settings.push((id, Arc::clone(&known.now)));
            }
        }
        for id in self.changed_trials.drain(..) {
            if let Some(known) = self.trials.get_mut(id)
                && std::mem::take(&mut known.changed)
            {
                known.row = Some(known.now.state);
                changes.trials.push(known.now.clone());
                if known.now.state.successors().is_empty() {
                    self.finished.push(id);
                }
            }
        }
        changes
    }

    /// Whether this transaction has used what an earlier one knew.
    pub(super) const fn relied(&self) -> bool {
        self.relied
    }

    /// The tasks that have been written whose points are computed from what was tried.
    pub(super) fn take_looking_back(&mut self) -> Vec<Task> {
        std::mem::take(&mut self.looking_back)
    }

    /// The transaction is committed: what it knew stays known to the next one, within bounds.
    pub(super) fn committed(&mut self) {
        for id in self.finished.drain(..) {
            self.trials.remove(id);
        }
        self.undo.clear();
        self.tasks.keep_at_most(TASKS);
        self.trials.keep_at_most(TRIALS);
        self.settings.keep_at_most(SETTINGS);
        self.relied = false;
        self.carried =
            !(self.tasks.is_empty() && self.trials.is_empty() && self.settings.is_empty());
    }
}
