//! Waking up when another server on the same Postgres commits. A notification says only that there
//! is something to read: it carries nothing, may be coalesced, and may be lost.

use std::time::Duration;

use sea_orm::sqlx::{self, PgPool, postgres::PgListener};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::store::Store;

const CHANNEL: &str = "asktell_events";
/// The shortest time between two notifications. NOTIFY takes a lock that all commits share, so it is
/// sent outside the transactions and seldom.
const BETWEEN: Duration = Duration::from_millis(20);
/// How long to wait before connecting again.
const BACKOFF: Duration = Duration::from_millis(500);

/// Wakes the feed for commits of other servers.
#[derive(Debug)]
pub(super) struct Wake {
    woken: Option<mpsc::Receiver<()>>,
}

impl Wake {
    /// Begins to listen, and to tell the others of this server's commits; on SQLite there are no others.
    pub(super) fn start(store: &Store, stop: CancellationToken) -> Self {
        let Some(pool) = store.postgres() else { return Self { woken: None } };
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(listen(pool.clone(), sender, stop.clone()));
        tokio::spawn(notify(pool.clone(), store.commits(), stop));
        Self { woken: Some(receiver) }
    }

    /// Returns when another server has committed, perhaps several times.
    pub(super) async fn woken(&mut self) {
        if let Some(receiver) = &mut self.woken
            && receiver.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

async fn listen(pool: PgPool, woken: mpsc::Sender<()>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let listening = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.listen(CHANNEL).await?;
            loop {
                // None: the connection was lost and is new; something may have been missed.
                let _ = listener.try_recv().await?;
                // A full channel means that the feed is awake already.
                let _ = woken.try_send(());
            }
        };
        let lost: Result<(), sqlx::Error> = tokio::select! {
            () = stop.cancelled() => return,
            lost = listening => lost,
        };
        if let Err(cause) = lost {
            tracing::warn!(error = %cause, "lost the connection that listens to other servers");
        }
        tokio::time::sleep(BACKOFF).await;
    }
}

async fn notify(pool: PgPool, mut commits: watch::Receiver<u64>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            changed = commits.changed() => if changed.is_err() { return },
        }
        let sent = sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(&pool).await;
        if let Err(cause) = sent {
            // The other servers look by themselves after a while.
            tracing::warn!(error = %cause, "could not notify the other servers");
        }
        tokio::time::sleep(BETWEEN).await;
    }
}
