//! Who commits, and when.
//!
//! SQLite takes one writer at a time and pays a flush of the disk for each commit. So there is one
//! task that writes: it takes all the work that is waiting, runs each piece in a savepoint of its
//! own, and commits them together; a piece that fails is undone alone. Postgres has its own group
//! commit: there each piece is a transaction, on a connection of the pool.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::{FutureExt as _, future::BoxFuture};
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    connect::DatabaseKind,
    fault,
    tx::{Tx, append},
};
use crate::task::{Error, NewEvent, Result};

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
                tokio::spawn(write_groups(connection, work, Arc::clone(&committed)));
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
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Box<dyn Job> = Box::new(Piece { work, answer });
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
                let last = Piece { work: nothing, answer };
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

/// Work whose result type is hidden, so that one queue takes all.
trait Job: Send {
    fn run(self: Box<Self>, tx: &mut Tx) -> BoxFuture<'_, Ran>;
}

/// What became of a piece of work.
enum Ran {
    /// It did its part; it is answered when the commit has ended.
    Done(Box<dyn Answer>),
    /// It failed and has been answered: what it wrote is to be undone.
    Failed,
}

/// The answer to a caller, waiting for the commit.
trait Answer: Send {
    fn give(self: Box<Self>, commit: Result<()>);
}

struct Piece<T, F> {
    work: F,
    answer: oneshot::Sender<Result<T>>,
}

struct Held<T> {
    result: T,
    answer: oneshot::Sender<Result<T>>,
}

impl<T, F> Job for Piece<T, F>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
{
    fn run(self: Box<Self>, tx: &mut Tx) -> BoxFuture<'_, Ran> {
        let Self { work, answer } = *self;
        let run = AssertUnwindSafe(async move { work(tx).await }).catch_unwind();
        Box::pin(run.map(move |result| {
            // A panic must not take the writer with it; the transaction is undone like any failure.
            match result.unwrap_or_else(|_| Err(Error::storage("a use case panicked"))) {
                Ok(result) => Ran::Done(Box::new(Held { result, answer })),
                Err(error) => {
                    // A caller that has gone away needs no answer.
                    let _ = answer.send(Err(error));
                    Ran::Failed
                }
            }
        }))
    }
}

impl<T: Send> Answer for Held<T> {
    fn give(self: Box<Self>, commit: Result<()>) {
        let Self { result, answer } = *self;
        let _ = answer.send(commit.map(|()| result));
    }
}

async fn write_groups(
    connection: DatabaseConnection,
    mut work: mpsc::Receiver<Box<dyn Job>>,
    committed: Arc<watch::Sender<u64>>,
) {
    let mut group = Vec::with_capacity(GROUP);
    while work.recv_many(&mut group, GROUP).await > 0 {
        if group.len() == 1 {
            if let Some(job) = group.pop() {
                write_alone(&connection, job, &committed).await;
            }
        } else {
            write_group(&connection, group.drain(..), &committed).await;
        }
    }
    if let Err(cause) = connection.close().await {
        tracing::error!(error = %cause, "the writer could not close its connection");
    }
}

/// One piece, one transaction.
async fn write_alone(
    connection: &DatabaseConnection,
    job: Box<dyn Job>,
    committed: &watch::Sender<u64>,
) {
    let transaction = match begin(connection).await {
        Ok(transaction) => transaction,
        // The job is dropped with its answer: the caller learns that the write was given up.
        Err(error) => return log_fault("begin", &error),
    };
    let mut tx = Tx::new(transaction);
    let ran = job.run(&mut tx).await;
    let (transaction, events) = tx.into_parts();
    match ran {
        Ran::Failed => {
            if let Err(error) = transaction.rollback().await.map_err(fault) {
                log_fault("roll back", &error);
            }
        }
        Ran::Done(answer) => answer.give(commit(transaction, &events, committed).await),
    }
}

/// Several pieces, each in a savepoint, one transaction.
async fn write_group(
    connection: &DatabaseConnection,
    jobs: impl Iterator<Item = Box<dyn Job>>,
    committed: &watch::Sender<u64>,
) {
    let transaction = match begin(connection).await {
        Ok(transaction) => transaction,
        Err(error) => return log_fault("begin", &error),
    };
    let mut done = Vec::new();
    let mut events = Vec::new();
    for job in jobs {
        match run_in_savepoint(&transaction, job).await {
            Ok(Some((answer, told))) => {
                done.push(answer);
                events.extend(told);
            }
            Ok(None) => {}
            // The transaction is of no use any more: everybody in it learns so.
            Err(error) => {
                log_fault("keep a savepoint", &error);
                drop(transaction);
                return refuse(done);
            }
        }
    }
    match commit(transaction, &events, committed).await {
        Ok(()) => {
            for answer in done {
                answer.give(Ok(()));
            }
        }
        Err(error) => {
            log_fault("commit", &error);
            refuse(done);
        }
    }
}

async fn run_in_savepoint(
    transaction: &DatabaseTransaction,
    job: Box<dyn Job>,
) -> Result<Option<(Box<dyn Answer>, Vec<NewEvent>)>> {
    let mut tx = Tx::new(transaction.begin().await.map_err(fault)?);
    let ran = job.run(&mut tx).await;
    let (savepoint, events) = tx.into_parts();
    match ran {
        Ran::Done(answer) => {
            savepoint.commit().await.map_err(fault)?;
            Ok(Some((answer, events)))
        }
        Ran::Failed => {
            savepoint.rollback().await.map_err(fault)?;
            Ok(None)
        }
    }
}

/// The write lock is taken at once: a transaction that reads first and writes later would find
/// "database is locked" if another process (an import, say) came between.
async fn begin(connection: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    connection.begin_with_options(options).await.map_err(fault)
}

async fn commit(
    transaction: DatabaseTransaction,
    events: &[NewEvent],
    committed: &watch::Sender<u64>,
) -> Result<()> {
    append(&transaction, events).await?;
    transaction.commit().await.map_err(fault)?;
    if !events.is_empty() {
        committed.send_modify(|commits| *commits += 1);
    }
    Ok(())
}

/// Tells everybody of a group that its transaction is lost.
fn refuse(group: Vec<Box<dyn Answer>>) {
    for answer in group {
        answer.give(Err(Error::storage("the transaction was lost")));
    }
}

fn log_fault(what: &str, error: &Error) {
    tracing::error!(error = ?error, "the store could not {what}");
}
