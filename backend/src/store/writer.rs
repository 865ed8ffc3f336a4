//! Who commits, and when.
//!
//! SQLite takes one writer at a time and pays a flush of the disk for each commit. So there is one
//! thread that writes: it takes all the work that is waiting, runs it in one transaction, and commits
//! it together. Work that is refused before it has written anything leaves nothing to undo. Should one
//! fail later, the transaction is rolled back and every piece is run again in one of its own, so that
//! nobody suffers from another's failure: work can be run more than once. Postgres has its own group
//! commit: there each piece is a transaction, on a connection of the pool.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::{FutureExt as _, future::BoxFuture};
use sea_orm::{
    DatabaseConnection, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    connect::DatabaseKind,
    fault,
    tx::{Tx, append},
};
use crate::task::{Error, Result};

/// The most pieces of work of one commit: it bounds how long the first of them waits.
const GROUP: usize = 128;
/// How much work may wait for the SQLite writer before callers wait to hand theirs over.
const QUEUE: usize = 1_024;

/// Runs work in transactions. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    way: Way,
    committed: Arc<watch::Sender<u64>>,
}

#[derive(Debug, Clone)]
enum Way {
    Grouped(mpsc::Sender<Box<dyn Job>>),
    Pooled(DatabaseConnection, Arc<tokio::sync::Semaphore>),
}

/// How many transactions of the pool may be under way; closing takes them all.
const POOLED: u32 = 1_024;

impl Writer {
    pub(super) fn start(kind: DatabaseKind, connection: DatabaseConnection) -> Self {
        let committed = Arc::new(watch::Sender::new(0));
        let way = match kind {
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => {
                let (sender, work) = mpsc::channel(QUEUE);
                spawn_writer(connection, work, Arc::clone(&committed));
                Way::Grouped(sender)
            }
            DatabaseKind::Postgres => {
                Way::Pooled(connection, Arc::new(tokio::sync::Semaphore::new(POOLED as usize)))
            }
        };
        Self { way, committed }
    }

    pub(super) fn commits(&self) -> watch::Receiver<u64> {
        self.committed.subscribe()
    }

    pub(super) async fn write<T, F>(&self, work: F) -> Result<T>
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
            Way::Pooled(connection, places) => {
                let place = Arc::clone(places).acquire_owned().await.map_err(Error::storage)?;
                let (connection, committed) = (connection.clone(), Arc::clone(&self.committed));
                tokio::spawn(async move {
                    write_alone(&connection, job, &committed).await;
                    drop(place);
                });
            }
        }
        answered.await.map_err(|_| Error::storage("the write was given up"))?
    }

    /// Waits until what was handed over is committed; what comes later is refused.
    pub(super) async fn close(self) {
        match self.way {
            Way::Grouped(queue) => {
                // The end of the queue is reached when the last sender is gone: answer a last piece.
                let (answer, answered) = oneshot::channel();
                let last = Piece { work: nothing, answer, result: None };
                if queue.send(Box::new(last)).await.is_ok() {
                    let _ = answered.await;
                }
            }
            Way::Pooled(_, places) => {
                let _ = places.acquire_many(POOLED).await;
                places.close();
            }
        }
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

    fn refuse(self: Box<Self>, error: Error) {
        let _ = self.answer.send(Err(error));
    }
}

/// The writer has a thread of its own: each statement goes to SQLite's thread and back, and passing through the
/// scheduler of the server's threads would cost more than the statement itself.
fn spawn_writer(
    connection: DatabaseConnection,
    work: mpsc::Receiver<Box<dyn Job>>,
    committed: Arc<watch::Sender<u64>>,
) {
    std::thread::spawn(move || {
        match tokio::runtime::Builder::new_current_thread().enable_time().build() {
            Ok(runtime) => runtime.block_on(write_groups(connection, work, committed)),
            // The queue is dropped: every write answers that the store is closed.
            Err(cause) => tracing::error!(error = %cause, "the writer could not start"),
        }
    });
}

async fn write_groups(
    connection: DatabaseConnection,
    mut work: mpsc::Receiver<Box<dyn Job>>,
    committed: Arc<watch::Sender<u64>>,
) {
    let mut group = Vec::with_capacity(GROUP);
    while work.recv_many(&mut group, GROUP).await > 0 {
        let mut jobs = std::mem::take(&mut group);
        if jobs.len() > 1 {
            jobs = write_group(&connection, jobs, &committed).await;
        }
        for job in jobs {
            write_alone(&connection, job, &committed).await;
        }
    }
    if let Err(cause) = connection.close().await {
        tracing::error!(error = %cause, "the writer could not close its connection");
    }
}

/// One piece, one transaction.
async fn write_alone(
    connection: &DatabaseConnection,
    mut job: Box<dyn Job>,
    committed: &watch::Sender<u64>,
) {
    let mut tx = match begin(connection).await {
        Ok(tx) => tx,
        Err(error) => return job.refuse(error),
    };
    match job.run(&mut tx).await {
        Ran::Well => match commit(tx, committed).await {
            Ok(()) => job.answer(),
            Err(error) => job.refuse(error),
        },
        Ran::Refused | Ran::Broke => {
            roll_back(tx).await;
            job.answer();
        }
    }
}

/// Several pieces, one transaction. Gives back what is to be run again, each piece for itself.
async fn write_group(
    connection: &DatabaseConnection,
    mut jobs: Vec<Box<dyn Job>>,
    committed: &watch::Sender<u64>,
) -> Vec<Box<dyn Job>> {
    let Ok(mut tx) = begin(connection).await else { return jobs };
    for job in &mut jobs {
        let before = tx.mark();
        let sound = match job.run(&mut tx).await {
            Ran::Well => true,
            Ran::Refused => tx.is_unchanged_since(before),
            Ran::Broke => false,
        };
        if !sound {
            roll_back(tx).await;
            return jobs;
        }
    }
    let end = commit(tx, committed).await;
    if let Err(error) = &end {
        tracing::error!(error = ?error, "a group of writes could not be committed");
    }
    for job in jobs {
        match &end {
            Ok(()) => job.answer(),
            // Not run again: a commit that failed is not known to have done nothing.
            Err(_) => job.refuse(Error::storage("the transaction could not be committed")),
        }
    }
    Vec::new()
}

async fn roll_back(tx: Tx) {
    let (transaction, _) = tx.into_parts();
    if let Err(cause) = transaction.rollback().await {
        tracing::error!(error = %cause, "a transaction could not be rolled back");
    }
}

/// The write lock is taken at once: a transaction that reads first and writes later would find
/// "database is locked" if another process (an import, say) came between.
async fn begin(connection: &DatabaseConnection) -> Result<Tx> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    connection.begin_with_options(options).await.map(Tx::new).map_err(fault)
}

async fn commit(tx: Tx, committed: &watch::Sender<u64>) -> Result<()> {
    let (transaction, events) = tx.into_parts();
    append(&transaction, &events).await?;
    transaction.commit().await.map_err(fault)?;
    if !events.is_empty() {
        committed.send_modify(|commits| *commits += 1);
    }
    Ok(())
}
