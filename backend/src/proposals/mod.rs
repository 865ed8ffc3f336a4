//! The points that strategies compute from what was tried: outside of any transaction, on threads of
//! their own, ahead of those who will ask.
//!
//! What a point stands on is a number, the task's `basis`, which every change raises that the strategy
//! would answer with other points. Points are computed in a row, each with those before it as out, so a
//! row stands as long as the basis does: the task counts what it has been proposed, and that number
//! says which of the row is next. Whoever hands out checks both under the lock of the task. So the points
//! are the same whether they were ready or had to be waited for, on one server or on several, before
//! and after a restart.
//!
//! Each task is attended by one at a time ([`attend`]); the decisions are in [`seat`]. All that is kept
//! here, in memory and in the table `proposal`, saves time and may be lost at any moment.

mod attend;
mod compute;
mod known;
mod models;
mod pool;
mod seat;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::{
    sync::{broadcast, mpsc, oneshot},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    store::Store,
    task::{Clock, Prepared, Task, TaskId},
};
use models::Views;
use pool::Pool;
use seat::{Pass, Seat, Served};

/// The most points that are computed at once for one task: as many as one ask may want.
const MOST_AT_ONCE: i64 = 1_000;
/// How many tasks are known at once; beyond that those are forgotten that were not asked for lately.
const SEATS: usize = 1_024;
/// How many numbers their trials may hold in all: about a hundred megabytes.
const NUMBERS: usize = 4_000_000;
/// How much longer than the time limit somebody waits: in that time a simpler strategy answers.
const GRACE: Duration = Duration::from_millis(500);

/// Computes points, and keeps them until they are asked for. Cheap to clone.
#[derive(Clone)]
pub struct Proposals(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    pool: Pool,
    seats: Mutex<Seats>,
    views: Mutex<Views>,
    /// Told of tasks whose next points say that they have come to a bound.
    bounds: mpsc::UnboundedSender<TaskId>,
    /// Whoever acts on it takes this end.
    bounded: Mutex<Option<mpsc::UnboundedReceiver<TaskId>>>,
    closing: CancellationToken,
    /// Those who attend to tasks.
    attending: TaskTracker,
    /// Tells this server from others on the same database.
    server: String,
}

#[derive(Debug, Default)]
struct Seats {
    seats: HashMap<TaskId, Seat>,
    /// Counts what is asked for.
    times: u64,
}

impl std::fmt::Debug for Proposals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proposals").field("server", &self.0.server).finish_non_exhaustive()
    }
}

/// Points that an ask lacks.
#[derive(Debug, Clone, PartialEq)]
pub struct Lack {
    /// The task as the ask found it.
    pub task: Task,
    /// How many points must be ready.
    pub points: i64,
    /// How long they may take, all together.
    pub limit: Duration,
}

/// What somebody got who waited. To be held until the points are taken.
#[derive(Debug, Default)]
pub struct Grant {
    points: HashMap<TaskId, (Arc<Prepared>, Pass)>,
    failed: HashMap<TaskId, String>,
}

impl Grant {
    /// The points that were waited for. They may have been overtaken by other changes since.
    #[must_use]
    pub fn points(&self, task: TaskId) -> Option<&Arc<Prepared>> {
        self.points.get(&task).map(|(points, _)| points)
    }

    /// Why there are no points, after they were waited for.
    #[must_use]
    pub fn failed(&self, task: TaskId) -> Option<&str> {
        self.failed.get(&task).map(String::as_str)
    }
}

impl Proposals {
    /// Proposals for a command that ends by itself: nothing is computed ahead.
    #[must_use]
    pub fn idle(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self::new(store, clock, CancellationToken::new())
    }

    /// Begins to compute what is needed next whenever a task has changed, until `stop`.
    #[must_use]
    pub fn start(store: Store, clock: Arc<dyn Clock>, stop: CancellationToken) -> Self {
        let changed = store.changed_tasks();
        let proposals = Self::new(store, clock, stop);
        tokio::spawn(proposals.clone().follow(changed));
        proposals
    }

    fn new(store: Store, clock: Arc<dyn Clock>, closing: CancellationToken) -> Self {
        let (bounds, bounded) = mpsc::unbounded_channel();
        let server = format!("{}-{}", std::process::id(), clock.now().timestamp_micros());
        Self(Arc::new(Inner {
            store,
            clock,
            pool: Pool::new(),
            seats: Mutex::default(),
            views: Mutex::default(),
            bounds,
            bounded: Mutex::new(Some(bounded)),
            closing,
            attending: TaskTracker::new(),
            server,
        }))
    }

    /// The tasks whose next points say that they have come to a bound, as they turn up. For one reader.
    #[must_use]
    pub fn bounds(&self) -> Option<mpsc::UnboundedReceiver<TaskId>> {
        self.0.bounded.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The points of a task that are in memory, whatever they stand on.
    #[must_use]
    pub fn ready(&self, task: TaskId) -> Option<Arc<Prepared>> {
        self.lock().known(task).and_then(|seat| seat.ready.clone())
    }

    /// Keeps points that were found in the database.
    pub fn keep(&self, task: TaskId, points: Arc<Prepared>) {
        self.lock().seat(task).ready = Some(points);
    }

    /// Waits until the points of one of these tasks are ready, or have taken too long. None if the
    /// caller has gone or the server stops.
    pub async fn wait(&self, lacks: &[Lack], gone: &CancellationToken) -> Option<Grant> {
        let now = Instant::now();
        let mut waiting: FuturesUnordered<_> =
            lacks.iter().map(|lack| self.wait_for(lack, now + lack.limit + GRACE)).collect();
        tokio::select! {
            biased;
            () = gone.cancelled() => None,
            () = self.0.closing.cancelled() => None,
            first = waiting.next() => first.flatten(),
        }
    }

    async fn wait_for(&self, lack: &Lack, end: Instant) -> Option<Grant> {
        let id = lack.task.id;
        let answered = self.begin_to_wait(lack);
        let mut grant = Grant::default();
        match tokio::time::timeout_at(end, answered).await {
            Ok(Ok(Served { points: Some(points), failed: _, pass })) => {
                grant.points.insert(id, (points, pass));
            }
            Ok(Ok(Served { points: None, failed, pass: _ })) => {
                // Without a reason it is to look again: nothing is as it was.
                grant.failed.extend(failed.map(|why| (id, why)));
            }
            Ok(Err(_)) => return None,
            Err(_) => {
                grant.failed.insert(id, compute::too_long(lack.limit));
            }
        }
        Some(grant)
    }

    fn begin_to_wait(&self, lack: &Lack) -> oneshot::Receiver<Served> {
        let id = lack.task.id;
        let mut seats = self.lock();
        let answered = seats.seat(id).wait(&lack.task, lack.points);
        self.attend_if_needed(&mut seats, id);
        answered
    }

    /// Waits until nobody uses the store any more, after the stop.
    pub async fn settle(&self) {
        self.0.attending.close();
        self.0.attending.wait().await;
    }

    /// Follows what is committed in this process.
    async fn follow(self, mut changed: broadcast::Receiver<Arc<Task>>) {
        loop {
            let task = tokio::select! {
                () = self.0.closing.cancelled() => break,
                task = changed.recv() => task,
            };
            match task {
                Ok(task) => self.note(&task),
                // Then nothing is computed ahead for some; whoever asks will wait.
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => break,
            }
        }
        self.0.pool.close();
    }

    /// Takes note of a task as it is now.
    fn note(&self, task: &Task) {
        let mut seats = self.lock();
        if task.looks_back {
            seats.seat(task.id).note(task);
        } else if let Some(seat) = seats.known(task.id) {
            seat.note(task);
        }
        self.attend_if_needed(&mut seats, task.id);
    }

    fn attend_if_needed(&self, seats: &mut Seats, id: TaskId) {
        let Some(seat) = seats.known(id) else { return };
        if !seat.attended && !self.0.closing.is_cancelled() && seat.goal().is_some() {
            seat.attended = true;
            self.0.attending.spawn(self.clone().attend(id));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seats> {
        self.0.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seats {
    /// What is known of a task.
    fn known(&mut self, id: TaskId) -> Option<&mut Seat> {
        self.times += 1;
        let seat = self.seats.get_mut(&id)?;
        seat.used = self.times;
        Some(seat)
    }

    /// A place for a task.
    fn seat(&mut self, id: TaskId) -> &mut Seat {
        self.times += 1;
        if self.seats.len() >= SEATS && !self.seats.contains_key(&id) {
            self.forget_the_oldest();
        }
        let seat = self.seats.entry(id).or_default();
        seat.used = self.times;
        seat
    }

    fn forget_the_oldest(&mut self) {
        let idle = self.seats.iter().filter(|(_, seat)| seat.is_idle());
        if let Some(id) = idle.min_by_key(|(_, seat)| seat.used).map(|(id, _)| *id) {
            self.seats.remove(&id);
        }
    }

    /// Forgets trials of tasks that were not asked for lately, as long as there are too many.
    fn trim(&mut self) {
        let size = |seat: &Seat| seat.known.as_ref().map_or(0, known::Known::size);
        let mut all: usize = self.seats.values().map(size).sum();
        while all > NUMBERS {
            let with = self.seats.values_mut().filter(|seat| seat.known.is_some());
            let Some(oldest) = with.min_by_key(|seat| seat.used) else { return };
            all -= size(oldest);
            oldest.known = None;
        }
    }
}
