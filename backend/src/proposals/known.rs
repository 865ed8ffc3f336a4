//! What a strategy goes by, kept in memory: the trials of a task as observations. It is brought up to
//! date from the trials that have changed, so that a long history is read once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use asktell_strategies::{History, Observation, Problem};

use crate::{
    store::{Kept, Snapshot, Store},
    strategy,
    task::{
        Error, EventKind, Position, Result, Suggestion, Task, TaskId, TaskSettings, Trial,
        TrialNumber,
    },
};

/// How many trials are read at once: between such pieces others have their turn.
const PIECE: u64 = 200;
/// If more has happened than this, everything is read again.
const MANY: u64 = 2_000;

/// A task, and what is known of its trials.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) task: Task,
    pub(super) settings: Arc<TaskSettings>,
    pub(super) problem: Arc<Problem>,
    /// Where the log ended when it was brought up to date.
    position: Position,
    trials: BTreeMap<TrialNumber, Seen>,
    /// Results of other tasks that it begins with.
    sources: Arc<[Observation]>,
}

/// What a strategy sees of a trial.
#[derive(Debug)]
enum Seen {
    Result {
        observation: Observation,
        /// What was planned, if that is not what was executed.
        settled: Option<asktell_strategies::Point>,
    },
    Out(asktell_strategies::Point),
}

impl Known {
    /// A task as it is now, from what was known of it before, and what is kept of its proposals. None
    /// if there is no such task, or it has no space yet.
    pub(super) async fn of(
        store: &Store,
        id: TaskId,
        before: Option<Self>,
    ) -> Result<Option<(Self, Option<Kept>)>> {
        let snapshot = store.at_one_moment().await?;
        let read = Self::read(&snapshot, id, before).await;
        snapshot.end().await;
        read
    }

    async fn read(
        snapshot: &Snapshot,
        id: TaskId,
        before: Option<Self>,
    ) -> Result<Option<(Self, Option<Kept>)>> {
        let Some(task) = snapshot.task(id).await? else { return Ok(None) };
        let kept = snapshot.kept(id).await?;
        // A task that was purged and then imported again is another.
        let before = before.filter(|known| {
            known.task.created_at == task.created_at && known.task.sequence <= task.sequence
        });
        let followed = match before {
            Some(known) => known.follow(snapshot, &task).await?,
            None => None,
        };
        let known = match followed {
            Some(known) => Some(known),
            None => Self::all(snapshot, task).await?,
        };
        Ok(known.map(|known| (known, kept)))
    }

    /// Reads everything.
    async fn all(snapshot: &Snapshot, task: Task) -> Result<Option<Self>> {
        let id = task.id;
        let settings = snapshot.settings(id).await?;
        let Some(problem) = strategy::problem(&settings) else { return Ok(None) };
        let position = snapshot.log_head().await?;
        let sources = match snapshot.warm_start(id).await? {
            Some(results) => strategy::sources(&settings, &results)?,
            None => Vec::new(),
        };
        let (settings, problem) = (Arc::new(settings), Arc::new(problem));
        let (trials, sources) = (BTreeMap::new(), sources.into());
        let mut known = Self { task, settings, problem, position, trials, sources };
        let mut last = 0;
        loop {
            let piece = snapshot.trials_after(id, last, PIECE).await?;
            let Some(trial) = piece.last() else { return Ok(Some(known)) };
            last = trial.id.number;
            known.take(&piece);
        }
    }

    /// Reads what has changed; nothing if that is too much.
    async fn follow(mut self, snapshot: &Snapshot, task: &Task) -> Result<Option<Self>> {
        if self.task.sequence < task.sequence {
            let events = snapshot.events_after(task.id, self.position, MANY).await?;
            let Some(last) = events.last().filter(|_| (events.len() as u64) < MANY) else {
                return Ok(None);
            };
            // What was compacted meanwhile is not told any more.
            let told = i64::try_from(events.len()).map_err(Error::storage)?;
            if self.task.sequence + told != last.change.sequence {
                return Ok(None);
            }
            self.position = last.position;
            let mut changed = BTreeSet::new();
            for event in &events {
                let what = &event.change.what;
                changed.extend(what.trial());
                match what.kind() {
                    EventKind::Created | EventKind::Imported => return Ok(None),
                    EventKind::Updated => {
                        let settings = snapshot.settings(task.id).await?;
                        // The results that it begins with may be others, too.
                        if settings != *self.settings {
                            return Ok(None);
                        }
                    }
                    EventKind::StatusChanged
                    | EventKind::Deleted
                    | EventKind::Restored
                    | EventKind::TrialCreated
                    | EventKind::TrialStateChanged
                    | EventKind::TrialReported
                    | EventKind::ResultAttached
                    | EventKind::TrialExcluded
                    | EventKind::TrialIncluded
                    | EventKind::TrialCorrected
                    | EventKind::Claimed
                    | EventKind::ClaimEnded
                    | EventKind::StrategyClaimed
                    | EventKind::StrategyReleased
                    | EventKind::ModelStateSaved => {}
                }
            }
            let numbers: Vec<_> = changed.into_iter().collect();
            for piece in numbers.chunks(usize::try_from(PIECE).unwrap_or(usize::MAX)) {
                let trials = snapshot.trials(task.id, piece).await?;
                self.take(&trials);
            }
        }
        self.task = task.clone();
        Ok(Some(self))
    }

    fn take(&mut self, trials: &[Trial]) {
        for trial in trials {
            let number = trial.id.number;
            let seen = if trial.state.is_out() {
                strategy::point_in(&self.settings, &trial.point).map(Seen::Out)
            } else {
                let settled = strategy::settled(&self.settings, trial);
                strategy::observation(&self.settings, trial)
                    .map(|observation| Seen::Result { observation, settled })
            };
            match seen {
                Some(seen) => drop(self.trials.insert(number, seen)),
                None => drop(self.trials.remove(&number)),
            }
        }
    }

    /// What was tried and what is out, with these points as if they were out, too.
    pub(super) fn history(&self, ahead: &[Suggestion]) -> History {
        let mut history = History { observations: self.sources.to_vec(), ..History::default() };
        for seen in self.trials.values() {
            match seen {
                Seen::Result { observation, settled } => {
                    history.observations.push(observation.clone());
                    history.settled.extend(settled.clone());
                }
                Seen::Out(point) => history.pending.push(point.clone()),
            }
        }
        let ahead_of = |ahead: &Suggestion| strategy::point_in(&self.settings, &ahead.point);
        history.pending.extend(ahead.iter().filter_map(ahead_of));
        history.proposed =
            u64::try_from(self.task.proposed).unwrap_or_default() + ahead.len() as u64;
        history
    }

    /// The trials of the observations in [`Self::history`]; none for those of other tasks.
    pub(super) fn observed(&self) -> Vec<Option<TrialNumber>> {
        let own = self.trials.iter().filter_map(|(number, seen)| match seen {
            Seen::Result { .. } => Some(Some(*number)),
            Seen::Out(_) => None,
        });
        self.sources.iter().map(|_| None).chain(own).collect()
    }

    /// About how many numbers it holds.
    pub(super) fn size(&self) -> usize {
        let each = self.problem.space.parameters.len() + 2 * self.problem.objectives + 4;
        (self.trials.len() + self.sources.len()) * each
    }
}
