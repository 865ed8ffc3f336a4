//! Who commits, and when.
//!
//! SQLite takes one writer at a time and pays a flush of the disk for each commit. So there is one
//! thread that writes: it takes all the work that is waiting, runs it in one transaction, and commits
//! it together. Work that is refused is taken back in memory, where its changes still are; only if it
//! has written something itself is there more to undo. Then, or should one fail, the transaction is
//! rolled back and every piece is run again in one of its own, so that nobody suffers from another's
//! failure: work can be run more than once. Postgres has its own group commit: there each piece is a
//! transaction, on a connection of the pool. But turns in the queue across tasks follow one another
//! there, too, under one lock: those that wait for it are done in one transaction, as on SQLite.
//!
//! What one transaction on SQLite knows the next one goes by, without reading it again. It proves at
//! its end, before the commit, that no other process has written meanwhile, by SQLite's `data_version`;
//! if one has, nothing has happened yet: it is rolled back, and run again with nothing known. That holds for
//! refusals too: nobody is refused for what was so.
//!
//! A transaction whose connection was lost before its COMMIT was sent is run again on another connection, for 1.5 s.
//! One whose COMMIT failed is not: whether it was committed is not known. Its callers get `STORAGE_UNAVAILABLE` or
//! `STORAGE_FULL`, and its connection is closed.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use futures_util::{FutureExt as _, future::BoxFuture};
use sea_orm::DatabaseConnection;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::{
    Tx,
    cache::SharedSettings,
    connect::{DatabaseKind, POSTGRES_CONNECTIONS},
    fault::{fault, is_deadlock, lost_connection},
    health::Health,
    reader::RETRY_FOR,
    transaction::{Mode, Transaction},
    unit::Unit,
};
use crate::task::{Error, Result, StorageError, StorageErrorKind, Task};

/// The most pieces of work of one commit: it bounds how long the first of them waits.
const GROUP: usize = 128;
/// How much work may wait for the SQLite writer before callers wait to hand theirs over.
const QUEUE: usize = 1_024;

/// Runs work in transactions. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    way: Way,
    told: Told,
}

/// Those who are told of commits.
#[derive(Debug, Clone)]
struct Told {
    /// That there are new events.
    committed: Arc<watch::Sender<u64>>,
    /// The tasks that have changed whose points are computed from what was tried.
    changed: broadcast::Sender<Arc<Task>>,
}

#[derive(Debug, Clone)]
enum Way {
    Grouped(mpsc::Sender<Box<dyn Job>>),
    Pooled {
        desk: Arc<Desk>,
        places: Arc<tokio::sync::Semaphore>,
        /// Work that takes turns.
        line: mpsc::Sender<Box<dyn Job>>,
    },
}

/// How many changed tasks somebody who is told of them may be behind.
const CHANGED: usize = 4_096;

/// How many transactions of the pool may be under way: each has a connection, so that the pool's time limit is about
/// connecting alone. Closing takes them all.
const POOLED: u32 = POSTGRES_CONNECTIONS;

impl Writer {
    pub(super) fn start(
        kind: DatabaseKind,
        connection: DatabaseConnection,
        health: Health,
    ) -> Self {
        let committed = Arc::new(watch::Sender::new(0));
        let told = Told { committed, changed: broadcast::Sender::new(CHANGED) };
        let (sender, work) = mpsc::channel(QUEUE);
        let way = match kind {
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => {
                let told = told.clone();
                spawn_writer(Desk { kind, connection, shared: None, told, health }, work);
                Way::Grouped(sender)
            }
            DatabaseKind::Postgres => {
                let shared = Some(Arc::default());
                let told = told.clone();
                let desk = Desk { kind, connection, shared, told, health };
                tokio::spawn(write_groups(desk.clone(), work));
                let places = Arc::new(tokio::sync::Semaphore::new(POOLED as usize));
                Way::Pooled { desk: Arc::new(desk), places, line: sender }
            }
        };
        Self { way, told }
    }

    pub(super) fn commits(&self) -> watch::Receiver<u64> {
        self.told.committed.subscribe()
    }

    pub(super) fn changed_tasks(&self) -> broadcast::Receiver<Arc<Task>> {
        self.told.changed.subscribe()
    }

    /// Runs work; `in_line` if it takes a turn in the queue across tasks.
    pub(super) async fn write<T, F>(&self, work: F, in_line: bool) -> Result<T>
    where
        T: Send + 'static,
        F: Work<T>,
    {
        let (answer, answered) = oneshot::channel();
        let job: Box<dyn Job> = Box::new(Piece { work, answer, result: None });
        match &self.way {
            Way::Grouped(queue) => {
                queue.send(job).await.map_err(|_| Error::storage("the store is closed"))?;
            }
            Way::Pooled { line, .. } if in_line => {
                line.send(job).await.map_err(|_| Error::storage("the store is closed"))?;
            }
            Way::Pooled { desk, places, .. } => {
                let place = Arc::clone(places).acquire_owned().await.map_err(Error::storage)?;
                let desk = Arc::clone(desk);
                tokio::spawn(async move {
                    desk.write_alone(job, &mut Unit::default()).await;
                    drop(place);
                });
            }
        }
        answered.await.map_err(|_| Error::storage("the write was given up"))?
    }

    /// Runs work and takes it back, whatever came of it.
    pub(super) async fn rehearse<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Work<T>,
    {
        let outcome = Arc::new(Mutex::new(None));
        let rehearsal = rehearsal(work, Arc::clone(&outcome));
        match self.write(rehearsal, false).await {
            Err(Error::Storage(failure)) if failure.cause::<Rehearsed>().is_some() => {
                let done = outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
                done.ok_or_else(|| Error::storage("nothing came of a rehearsal"))
            }
            Err(error) => Err(error),
            Ok(()) => Err(Error::storage("a rehearsal was committed")),
        }
    }

    /// Waits until what was handed over is committed; what comes later is refused.
    pub(super) async fn close(self) {
        match self.way {
            Way::Grouped(queue) => finish(queue).await,
            Way::Pooled { places, line, .. } => {
                finish(line).await;
                let _ = places.acquire_many(POOLED).await;
                places.close();
            }
        }
    }
}

/// Why a rehearsal is not committed.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("this was only a rehearsal")]
struct Rehearsed;

/// Keeps what comes of the work, and then breaks: no transaction is committed in which something did.
fn rehearsal<T, F>(work: F, outcome: Arc<Mutex<Option<T>>>) -> impl Work<()>
where
    T: Send + 'static,
    F: Work<T>,
{
    let work = Arc::new(work);
    move |tx: &mut Tx| {
        let (work, outcome) = (Arc::clone(&work), Arc::clone(&outcome));
        async move {
            let done = work(tx).await?;
            *outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
            Err(Error::storage(Rehearsed))
        }
        .boxed()
    }
}

/// Waits until a queue is worked off.
async fn finish(queue: mpsc::Sender<Box<dyn Job>>) {
    // Its end is reached when the last sender is gone: answer a last piece.
    let (answer, answered) = oneshot::channel();
    let last = Piece { work: nothing, answer, result: None };
    if queue.send(Box::new(last)).await.is_ok() {
        let _ = answered.await;
    }
}

fn nothing(_: &mut Tx) -> BoxFuture<'_, Result<()>> {
    async { Ok(()) }.boxed()
}

/// What is done in a transaction. It may be run again if another piece spoils the transaction of both.
pub trait Work<T>:
    for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + Sync + 'static
{
}

impl<T, F> Work<T> for F where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + Sync + 'static
{
}

/// Work whose result type is hidden, so that one queue takes all.
trait Job: Send {
    /// Runs the work and keeps its result.
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, Ran>;
    /// Tells the caller the result, after the commit.
    fn answer(self: Box<Self>);
    /// Tells the caller the error that its work ended with, and the health of the database if it is about that.
    fn answer_failed(self: Box<Self>, health: &Health);
    /// Tells the caller that the transaction came to nothing.
    fn refuse(self: Box<Self>, error: Error);
}

/// How a piece of work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ran {
    /// It did its part.
    Well,
    /// It was refused by a rule of the domain.
    Refused,
    /// The database failed, or the work panicked: the transaction is not to be trusted.
    Broke,
    /// Postgres found it waiting for another that waited for it, and chose it to give way.
    GaveWay,
    /// The connection was lost, and with it the transaction.
    LostConnection,
}

struct Piece<T, F> {
    work: F,
    answer: oneshot::Sender<Result<T>>,
    result: Option<Result<T>>,
}

impl<T, F> Job for Piece<T, F>
where
    T: Send + 'static,
    F: Work<T>,
{
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, Ran> {
        let Self { work, result, .. } = self;
        async move {
            // A panic must not take the writer with it.
            let ran = AssertUnwindSafe(async { work(tx).await }).catch_unwind().await;
            let outcome = ran.unwrap_or_else(|_| Err(Error::storage("a use case panicked")));
            let how = match &outcome {
                Ok(_) => Ran::Well,
                Err(error) if is_deadlock(error) => Ran::GaveWay,
                Err(error) if lost_connection(error) => Ran::LostConnection,
                Err(Error::Storage(_)) => Ran::Broke,
                Err(_) => Ran::Refused,
            };
            *result = Some(outcome);
            how
        }
        .boxed()
    }

    fn answer(self: Box<Self>) {
        let Self { answer, result, .. } = *self;
        // A caller that has gone away needs no answer.
        let _ = answer.send(result.unwrap_or_else(|| Err(Error::storage("the work was not run"))));
    }

    fn answer_failed(self: Box<Self>, health: &Health) {
        if let Some(Err(error)) = &self.result {
            health.note_failure(error);
        }
        self.answer();
    }

    fn refuse(self: Box<Self>, error: Error) {
        let _ = self.answer.send(Err(error));
    }
}

/// The writer has a thread of its own: each statement goes to SQLite's thread and back, and passing through the
/// scheduler of the server's threads would cost more than the statement itself.
fn spawn_writer(desk: Desk, work: mpsc::Receiver<Box<dyn Job>>) {
    std::thread::spawn(move || {
        match tokio::runtime::Builder::new_current_thread().enable_time().build() {
            Ok(runtime) => runtime.block_on(write_groups(desk, work)),
            // The queue is dropped: every write answers that the store is closed.
            Err(cause) => tracing::error!(error = %cause, "the writer could not start"),
        }
    });
}

async fn write_groups(desk: Desk, mut work: mpsc::Receiver<Box<dyn Job>>) {
    let mut group = Vec::with_capacity(GROUP);
    let mut unit = Unit::default();
    while work.recv_many(&mut group, GROUP).await > 0 {
        let mut jobs = std::mem::take(&mut group);
        if jobs.len() > 1 {
            jobs = desk.write_group(jobs, &mut unit).await;
        }
        for job in jobs {
            desk.write_alone(job, &mut unit).await;
            desk.forget_what_others_may_change(&mut unit);
        }
        desk.forget_what_others_may_change(&mut unit);
    }
    if desk.kind != DatabaseKind::Postgres
        && let Err(cause) = desk.connection.close().await
    {
        tracing::error!(error = %cause, "the writer could not close its connection");
    }
}

/// How often a piece is run if what it went by is no more so, or it gave way to another.
const TRIES: u32 = 6;

/// Where work is done. The unit that it takes is what is known from the transaction before; it is
/// empty again after each that came to nothing.
#[derive(Debug, Clone)]
struct Desk {
    kind: DatabaseKind,
    connection: DatabaseConnection,
    shared: Option<Arc<SharedSettings>>,
    told: Told,
    health: Health,
}

impl Desk {
    /// On Postgres others write, too: what one transaction knew need not be so in the next.
    fn forget_what_others_may_change(&self, unit: &mut Unit) {
        if self.kind == DatabaseKind::Postgres {
            *unit = Unit::default();
        }
    }

    /// One piece, one transaction.
    async fn write_alone(&self, mut job: Box<dyn Job>, unit: &mut Unit) {
        let begun = Instant::now();
        for tries_left in (0..TRIES).rev() {
            let mut tx = match self.begin(std::mem::take(unit)).await {
                Ok(tx) => tx,
                Err(error) => return job.refuse(error),
            };
            let before = tx.mark();
            let ran = job.run(&mut tx).await;
            // Some: to be committed, with or without events.
            let end = match ran {
                Ran::Well => tx.finish().await.map(Some),
                // The refusal must be true, too. What it has read stays known.
                Ran::Refused => {
                    let clean = tx.take_back(before);
                    tx.prove().await.map(|()| clean.then_some(false))
                }
                Ran::Broke | Ran::GaveWay | Ran::LostConnection => {
                    Err(Error::storage("the work broke"))
                }
            };
            match end {
                Ok(Some(told)) => match self.commit(tx, told).await {
                    Ok(known) => {
                        *unit = known;
                        job.answer();
                    }
                    Err(error) => job.refuse(error),
                },
                Ok(None) => {
                    tx.roll_back().await;
                    job.answer();
                }
                Err(error) => {
                    let again = match ran {
                        Ran::GaveWay => true,
                        Ran::LostConnection => begun.elapsed() < RETRY_FOR,
                        Ran::Well | Ran::Refused | Ran::Broke => {
                            // Outdated happens once: then nothing is known.
                            is_deadlock(&error)
                                || (lost_connection(&error) && begun.elapsed() < RETRY_FOR)
                                || tx.is_outdated(&error).await
                        }
                    };
                    tx.roll_back().await;
                    if again && tries_left > 0 {
                        continue;
                    }
                    match ran {
                        Ran::Well => {
                            self.health.note_failure(&error);
                            job.refuse(error);
                        }
                        Ran::Refused | Ran::Broke | Ran::GaveWay | Ran::LostConnection => {
                            job.answer_failed(&self.health);
                        }
                    }
                }
            }
            return;
        }
    }

    /// Several pieces, one transaction. Gives back what is to be run again, each piece for itself.
    async fn write_group(&self, mut jobs: Vec<Box<dyn Job>>, unit: &mut Unit) -> Vec<Box<dyn Job>> {
        let (tx, told) = loop {
            let mut tx = match self.begin(std::mem::take(unit)).await {
                Ok(tx) => tx,
                Err(error) => return refuse_all(jobs, &error),
            };
            match run_all(&mut tx, &mut jobs).await {
                Ok(told) => break (tx, told),
                Err(error) => {
                    let outdated = tx.is_outdated(&error).await;
                    tx.roll_back().await;
                    // Once more together, with nothing known: it need not be anybody's failure.
                    if !outdated {
                        tracing::debug!(error = ?error, "a group of writes is run one by one");
                        return jobs;
                    }
                }
            }
        };
        match self.commit(tx, told).await {
            Ok(known) => {
                *unit = known;
                for job in jobs {
                    job.answer();
                }
                Vec::new()
            }
            // Not run again: a commit that failed is not known to have done nothing.
            Err(error) => refuse_all(jobs, &error),
        }
    }

    /// Begins a transaction; on SQLite with the write lock, so that what `data_version` says holds to the end.
    async fn begin(&self, unit: Unit) -> Result<Tx> {
        let since = Instant::now();
        let mut unit = Some(unit);
        loop {
            let transaction =
                Transaction::begin(self.kind, &self.connection, Mode::Write, None).await;
            let ready = match transaction.map_err(fault) {
                Ok(transaction) => {
                    let known = unit.take().unwrap_or_default();
                    Tx::begun(self.kind, transaction, known, self.shared.clone()).await
                }
                Err(error) => Err(error),
            };
            match ready {
                Err(error) if lost_connection(&error) && since.elapsed() < RETRY_FOR => {}
                Err(error) => {
                    self.health.note_failure(&error);
                    return Err(error);
                }
                Ok(tx) => return Ok(tx),
            }
        }
    }

    /// Commits what is finished, and tells those who wait for events if there are some.
    async fn commit(&self, tx: Tx, told: bool) -> Result<Unit> {
        let mut unit = match tx.commit().await {
            Ok(unit) => unit,
            Err(error) => {
                self.health.note_failure(&error);
                return Err(error);
            }
        };
        self.health.note_commit();
        if told {
            self.told.committed.send_modify(|commits| *commits += 1);
        }
        for task in unit.take_looking_back() {
            // Nobody need listen.
            let _ = self.told.changed.send(Arc::new(task));
        }
        Ok(unit)
    }
}

/// Tells all callers of a group that its transaction failed.
fn refuse_all(jobs: Vec<Box<dyn Job>>, error: &Error) -> Vec<Box<dyn Job>> {
    let failure = if let Error::Storage(failure) = error {
        failure.clone()
    } else {
        StorageError::new(StorageErrorKind::Internal, error.to_string())
    };
    tracing::error!(error = ?error, callers = jobs.len(), "a group of writes failed");
    for job in jobs {
        job.refuse(Error::Storage(failure.clone()));
    }
    Vec::new()
}

/// Runs the pieces of a group one after the other. Returns whether there are events; fails if the
/// transaction cannot go on for the others' sake.
async fn run_all(tx: &mut Tx, jobs: &mut [Box<dyn Job>]) -> Result<bool> {
    for job in jobs {
        let before = tx.mark();
        let sound = match job.run(tx).await {
            Ran::Well => true,
            Ran::Refused => tx.take_back(before),
            Ran::Broke | Ran::GaveWay | Ran::LostConnection => false,
        };
        if !sound {
            return Err(Error::storage("a piece of work spoiled the transaction of its group"));
        }
    }
    tx.finish().await
}
