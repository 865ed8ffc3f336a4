//! Telling those who wait that there is work. One look at the database per process serves all of them,
//! and only while somebody waits.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{Stream, StreamExt as _, stream};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    store::{Line, Store},
    task::{Clock, Labels, Result, Task, TaskId, Timestamp, Work},
};

use super::Feed;

/// How long commits may gather before the database is looked at.
const GATHER: Duration = Duration::from_millis(4);
/// How long a commit of another process that told nobody may stay unseen.
const LOOK: Duration = Duration::from_millis(400);
/// The most tasks with work that are told of at once.
const MOST: u64 = 1_000;

/// What somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awaited {
    /// A trial of this task, or the task's end.
    Task(TaskId),
    /// Something in a line that nobody has yet, for whoever waits there with these labels.
    Queue(Line, Labels),
    /// Points that this task needs, or the task's end.
    PointsOf(TaskId, Whose),
    /// Points that any task with these labels needs, whether it has a strategist or not.
    Points(Labels),
}

/// Whose strategy it is that points are needed of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// One that no strategist has.
    Nobodys,
    /// One that somebody has or not.
    Anybodys,
}

/// What there was at the latest look.
#[derive(Debug, Clone, Default)]
struct Seen {
    /// Tasks with trials to hand out.
    trials: Arc<[Work]>,
    /// Tasks that a runner may take.
    tasks: Arc<[Work]>,
    /// Tasks that need points.
    points: Arc<[Work]>,
    /// Of the tasks that somebody asked for by name, those that have work or hand out none any more.
    named: Arc<[Work]>,
    /// Of those whose points somebody would propose, those that need some or none any more.
    lacking: Arc<[Work]>,
}

impl Seen {
    fn has(&self, awaited: &Awaited) -> bool {
        self.what(awaited).next().is_some()
    }

    /// What is waited for.
    fn what(&self, awaited: &Awaited) -> impl Iterator<Item = &Work> {
        let work = match awaited {
            Awaited::Task(_) => &self.named,
            Awaited::Queue(Line::Trials, _) => &self.trials,
            Awaited::Queue(Line::Tasks, _) => &self.tasks,
            Awaited::Queue(Line::Points, _) | Awaited::Points(_) => &self.points,
            Awaited::PointsOf(..) => &self.lacking,
        };
        work.iter().filter(move |work| match awaited {
            Awaited::Task(task) | Awaited::PointsOf(task, Whose::Anybodys) => work.task == *task,
            Awaited::PointsOf(task, Whose::Nobodys) => work.queued && work.task == *task,
            Awaited::Queue(line, labels) => work.queued && line.fits(&work.labels, labels),
            Awaited::Points(labels) => Line::Points.fits(&work.labels, labels),
        })
    }
}

/// Who waits: how many for each thing that costs a query of its own.
#[derive(Debug, Default)]
struct Waiters {
    named: HashMap<TaskId, usize>,
    lacking: HashMap<TaskId, usize>,
    trials: usize,
    tasks: usize,
    points: usize,
}

impl Waiters {
    fn count(&mut self, awaited: &Awaited) -> &mut usize {
        match awaited {
            Awaited::Task(task) => self.named.entry(*task).or_default(),
            Awaited::Queue(Line::Trials, _) => &mut self.trials,
            Awaited::Queue(Line::Tasks, _) => &mut self.tasks,
            Awaited::Queue(Line::Points, _) | Awaited::Points(_) => &mut self.points,
            Awaited::PointsOf(task, _) => self.lacking.entry(*task).or_default(),
        }
    }

    fn ended(&mut self, awaited: &Awaited) {
        *self.count(awaited) -= 1;
        for named in [&mut self.named, &mut self.lacking] {
            named.retain(|_, count| *count > 0);
        }
    }

    /// What is to be looked for.
    fn wanted(&self) -> Wanted {
        let keys = |tasks: &HashMap<TaskId, usize>| tasks.keys().copied().collect();
        Wanted {
            named: keys(&self.named),
            lacking: keys(&self.lacking),
            trials: self.trials > 0,
            tasks: self.tasks > 0,
            points: self.points > 0,
        }
    }
}

/// What somebody waits for: the tasks by name, and which lines.
struct Wanted {
    named: Vec<TaskId>,
    lacking: Vec<TaskId>,
    trials: bool,
    tasks: bool,
    points: bool,
}

impl Wanted {
    const fn is_nothing(&self) -> bool {
        let named = !(self.named.is_empty() && self.lacking.is_empty());
        !(named || self.trials || self.tasks || self.points)
    }
}

/// Watches for work. Cheap to clone.
#[derive(Clone)]
pub struct WorkWatch {
    store: Store,
    clock: Arc<dyn Clock>,
    waiters: Arc<Mutex<Waiters>>,
    /// Told when somebody begins to wait.
    came: watch::Sender<()>,
    seen: watch::Sender<Seen>,
    stop: CancellationToken,
}

impl std::fmt::Debug for WorkWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkWatch").finish_non_exhaustive()
    }
}

impl WorkWatch {
    /// A watch that nobody drives: whoever waits with it waits in vain.
    #[must_use]
    pub fn idle(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            waiters: Arc::default(),
            came: watch::Sender::new(()),
            seen: watch::Sender::default(),
            stop: CancellationToken::new(),
        }
    }

    /// Begins to look, until `stop`; then nobody waits any longer.
    #[must_use]
    pub fn start(
        store: Store,
        clock: Arc<dyn Clock>,
        feed: &Feed,
        stop: CancellationToken,
    ) -> Self {
        let watch = Self { stop, ..Self::idle(store, clock) };
        tokio::spawn(watch.clone().follow(feed.elsewhere()));
        watch
    }

    /// Begins to wait.
    #[must_use]
    pub fn wait(&self, awaited: Awaited) -> Waiting {
        *self.lock().count(&awaited) += 1;
        let seen = self.seen.subscribe();
        self.came.send_replace(());
        Waiting { watch: self.clone(), awaited, seen }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiters> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn follow(self, mut elsewhere: watch::Receiver<u64>) {
        let mut commits = self.store.commits();
        let mut came = self.came.subscribe();
        let mut next = None;
        loop {
            let look = next.map_or(LOOK, |next: Duration| next.min(LOOK));
            tokio::select! {
                () = self.stop.cancelled() => return,
                _ = commits.changed() => {}
                _ = elsewhere.changed() => {}
                _ = came.changed() => {}
                () = tokio::time::sleep(look) => {}
            }
            tokio::time::sleep(GATHER).await;
            match self.look().await {
                Ok(soonest) => next = soonest,
                Err(error) => {
                    tracing::warn!(error = ?error, "could not look for work; it will be tried again");
                }
            }
        }
    }

    /// Looks for what is waited for, and says how long it is until there is more.
    async fn look(&self) -> Result<Option<Duration>> {
        let wanted = self.lock().wanted();
        if wanted.is_nothing() {
            return Ok(None);
        }
        let Wanted { named, lacking, trials, tasks, points } = wanted;
        let now = self.clock.now();
        let mut soonest: Option<Timestamp> = None;
        let mut seen = Seen::default();
        if trials {
            let (work, later) = self.store.work(Line::Trials, now, MOST).await?;
            (seen.trials, soonest) = (work.into(), later);
        }
        if tasks {
            seen.tasks = self.store.work(Line::Tasks, now, MOST).await?.0.into();
        }
        if points {
            seen.points = self.store.work(Line::Points, now, MOST).await?.0.into();
        }
        if !(named.is_empty() && lacking.is_empty()) {
            let ids: Vec<_> = named.iter().chain(&lacking).copied().collect();
            let found = self.store.tasks(&ids).await?;
            seen.lacking =
                lacking.into_iter().filter_map(|id| lack(id, found.get(&id), now)).collect();
            let later = found.values().filter_map(Task::work_at).filter(|at| *at > now).min();
            soonest = soonest.into_iter().chain(later).min();
            seen.named = named.into_iter().filter_map(|id| news(id, found.get(&id), now)).collect();
        }
        self.seen.send_replace(seen);
        Ok(soonest.map(|at| (at - now).to_std().unwrap_or_default()))
    }
}

/// Whether an ask for that task would get a trial, or learn that there will be none.
fn news(id: TaskId, task: Option<&Task>, now: Timestamp) -> Option<Work> {
    let Some(task) = alive(task) else { return Some(end(id)) };
    let new = task.new_trials_left(now) > 0;
    let some = new || (task.may_return(now) && task.returned > 0);
    let from = task.work_at().filter(|at| some && *at <= now)?;
    let mark = (task.work_since.map(micros), micros(from));
    Some(Work { task: id, labels: task.labels.clone(), queued: task.claim.is_none(), mark })
}

/// Whether whoever would propose points for that task could do so, or learn that none are needed ever.
fn lack(id: TaskId, task: Option<&Task>, now: Timestamp) -> Option<Work> {
    let Some(task) = alive(task) else { return Some(end(id)) };
    let mark = (task.points_since.map(micros), 0);
    let free = task.strategist.is_none();
    let lacks = task.points_needed(now) > 0;
    lacks.then(|| Work { task: id, labels: task.labels.clone(), queued: free, mark })
}

fn alive(task: Option<&Task>) -> Option<&Task> {
    task.filter(|task| !(task.status.is_ended() || task.deleted_at.is_some()))
}

/// What those learn who wait for a task that has ended.
fn end(task: TaskId) -> Work {
    Work { task, labels: Labels::default(), queued: true, mark: (None, 0) }
}

fn micros(at: Timestamp) -> i64 {
    at.timestamp_micros()
}

/// Somebody who waits, until this is dropped.
#[derive(Debug)]
pub struct Waiting {
    watch: WorkWatch,
    awaited: Awaited,
    seen: watch::Receiver<Seen>,
}

impl Waiting {
    /// Returns true when there is work, and false when it is time to give up: at that time, when the
    /// caller has gone, or when the server stops.
    pub async fn until(&mut self, time: Instant, gone: &CancellationToken) -> bool {
        let woken = async {
            loop {
                if self.seen.changed().await.is_err() {
                    return std::future::pending().await;
                }
                if self.seen.borrow_and_update().has(&self.awaited) {
                    return;
                }
            }
        };
        tokio::select! {
            biased;
            () = gone.cancelled() => false,
            () = self.watch.stop.cancelled() => false,
            () = woken => true,
            () = tokio::time::sleep_until(time) => false,
        }
    }
}

impl Waiting {
    /// The tasks that come to have work: each at once if it has some, and each time that it has some
    /// anew; until the server stops.
    pub fn appearances(mut self) -> impl Stream<Item = TaskId> + Send {
        // Whoever looked before may have seen what this one has not been told.
        self.seen.mark_unchanged();
        let known: HashSet<Appearance> = HashSet::new();
        let tasks = stream::unfold((self, known), |(mut waiting, known)| async move {
            let stop = waiting.watch.stop.clone();
            tokio::select! {
                () = stop.cancelled() => return None,
                changed = waiting.seen.changed() => changed.ok()?,
            }
            let now: HashSet<Appearance> = {
                let seen = waiting.seen.borrow_and_update();
                seen.what(&waiting.awaited).map(|work| (work.task, work.mark)).collect()
            };
            // By the mark, not the task alone: it may have run out of work and got some since the last look.
            let new: Vec<TaskId> = now.difference(&known).map(|(task, _)| *task).collect();
            Some((stream::iter(new), (waiting, now)))
        });
        tasks.flatten()
    }
}

/// Some work of a task, told from what it had before.
type Appearance = (TaskId, (Option<i64>, i64));

impl Drop for Waiting {
    fn drop(&mut self) {
        self.watch.lock().ended(&self.awaited);
    }
}
