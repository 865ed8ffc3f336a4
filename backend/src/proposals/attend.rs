//! Seeing to it that the points of a task are ready: one at a time attends to it, as long as something
//! is needed.

use std::{sync::Arc, time::Duration};

use tokio::{sync::mpsc, time::timeout};

use futures_util::FutureExt as _;

use super::{
    Proposals,
    compute::{Order, Unwanted, compute},
    known::Known,
    pool::Broke,
    seat::{Goal, UnderWay},
};
use crate::{
    store::{DatabaseKind, Kept},
    task::{Prepared, Result, Task, TaskId, TaskStatus},
};

/// How often it is looked whether another server has come to points.
const LOOK: Duration = Duration::from_millis(20);
/// How long those who were served may take to take their points. It is over at once as a rule.
const TAKING: Duration = Duration::from_secs(2);
/// How long it is waited after a fault of the database.
const AFTER_A_FAULT: Duration = Duration::from_millis(200);
/// How long a server's word holds that it computes; another takes over if it is not renewed.
const CLAIM: Duration = Duration::from_secs(1);
/// How often it is renewed.
const RENEW: Duration = Duration::from_millis(300);

/// What an attempt to come up to a goal came to.
enum Step {
    /// There are points.
    Points(Arc<Prepared>),
    /// The task hands out nothing that would have to be computed.
    Nothing,
    /// It broke.
    Broken(String),
    /// Another server computes them.
    Elsewhere,
    /// Nobody wants them any more, or they are to be looked for once more.
    Again,
    /// The server stops.
    Closed,
}

impl Proposals {
    /// Attends to a task until nothing is needed.
    pub(super) async fn attend(self, id: TaskId) {
        let mut known = self.lock().known(id).and_then(|seat| seat.known.take());
        let mut claimed = false;
        while let Some(goal) = self.next_goal(id, &mut known) {
            let step = self.come_up_to(id, goal, &mut known, &mut claimed).await;
            let taken = match step {
                Ok(Step::Points(points)) => self.serve(id, &points).await,
                Ok(Step::Nothing) => self.lock().seat(id).send_back(),
                Ok(Step::Broken(why)) => self.lock().seat(id).disappoint(&why),
                Ok(Step::Elsewhere) => {
                    tokio::time::sleep(LOOK).await;
                    None
                }
                Ok(Step::Again) => None,
                Ok(Step::Closed) => break,
                Err(error) => {
                    tracing::warn!(task = %id, error = ?error, "points could not be computed");
                    tokio::time::sleep(AFTER_A_FAULT).await;
                    self.lock().seat(id).disappoint("the results could not be read")
                }
            };
            if let Some(mut taken) = taken {
                let _ = timeout(TAKING, taken.recv()).await;
            }
        }
        if claimed {
            self.release(id).await;
        }
    }

    /// What is to be done next; if it is nothing, nobody attends any more.
    fn next_goal(&self, id: TaskId, known: &mut Option<Known>) -> Option<Goal> {
        let mut seats = self.lock();
        let seat = seats.seat(id);
        let goal = if self.0.closing.is_cancelled() { None } else { seat.goal() };
        if goal.is_none() {
            seat.attended = false;
            seat.known = known.take();
            seats.trim();
        }
        goal
    }

    async fn come_up_to(
        &self,
        id: TaskId,
        goal: Goal,
        known: &mut Option<Known>,
        claimed: &mut bool,
    ) -> Result<Step> {
        let found = Known::of(&self.0.store, id, known.take()).await?;
        let Some((found, kept)) = found.filter(|(found, _)| hands_out(&found.task)) else {
            if let Some(seat) = self.lock().known(id) {
                seat.leave();
            }
            return Ok(Step::Nothing);
        };
        let task = found.task.clone();
        self.lock().seat(id).note(&task);
        let ready = self.best_ready(&task, kept.as_ref());
        let left = ready.as_ref().map_or(0, |ready| ready.left(&task).len());
        let missing = usize::try_from(goal.points).unwrap_or_default().saturating_sub(left);
        if let Some(ready) = ready.clone().filter(|ready| missing == 0 || ready.exhausted) {
            *known = Some(found);
            return Ok(Step::Points(ready));
        }
        let limit = found.settings.strategy.tuning.time_limit_seconds.duration();
        if !self.claim(id, kept.as_ref(), claimed).await? {
            *known = Some(found);
            return Ok(Step::Elsewhere);
        }
        let under_way = self.lock().seat(id).begin(task.basis, goal.urgent);
        let ready = ready.map(|ready| ready.left(&task).to_vec()).unwrap_or_default();
        let step = self.compute(found, ready, missing, limit, under_way, known).await;
        self.lock().seat(id).end();
        Ok(step)
    }

    async fn compute(
        &self,
        found: Known,
        ready: Vec<crate::task::Suggestion>,
        count: usize,
        limit: Duration,
        under_way: UnderWay,
        known: &mut Option<Known>,
    ) -> Step {
        let UnderWay { basis, stop, urgent } = under_way;
        let id = found.task.id;
        let closing = self.0.closing.clone();
        tracing::debug!(task = %id, basis, ready = ready.len(), count, "computes points");
        let order = Order { ready, count, limit, stop, closing };
        let work = move || {
            let computed = compute(&found, order);
            (found, computed)
        };
        match self.while_claimed(id, self.0.pool.compute(urgent, work)).await {
            Ok((found, computed)) => {
                *known = Some(found);
                match computed {
                    Ok(points) => Step::Points(Arc::new(points)),
                    Err(Unwanted) => Step::Again,
                }
            }
            Err(Broke::Closed) => Step::Closed,
            Err(Broke::Panicked(words)) => {
                tracing::error!(task = %id, words, "the computation of points broke");
                self.lock().seat(id).leave();
                Step::Broken(format!("the computation broke: {words}"))
            }
        }
    }

    /// The most points for the task as it is now, of those in memory and those in the database.
    pub(super) fn best_ready(&self, task: &Task, kept: Option<&Kept>) -> Option<Arc<Prepared>> {
        let here = self.lock().known(task.id).and_then(|seat| seat.ready.clone());
        let there = kept.map(|kept| Arc::new(kept.prepared.clone()));
        let standing = here.into_iter().chain(there).filter(|ready| ready.stands(task));
        standing.max_by_key(|ready| (ready.left(task).len(), ready.exhausted))
    }

    /// Lets those have the points who wait for them, and keeps them for others.
    async fn serve(&self, id: TaskId, points: &Arc<Prepared>) -> Option<mpsc::Receiver<()>> {
        let (before, taken, bounded) = {
            let mut seats = self.lock();
            let seat = seats.seat(id);
            let before = seat.ready.clone();
            (before, seat.serve(points), seat.is_bounded())
        };
        tracing::debug!(task = %id, basis = points.basis, ready = points.points.len(), "points are ready");
        if before.is_none_or(|before| before != *points) {
            if bounded {
                // Nobody need listen.
                let _ = self.0.bounds.send(id);
            }
            self.keep_for_others(id, points).await;
        }
        taken
    }

    /// Writes the points down, for other servers and for later.
    async fn keep_for_others(&self, id: TaskId, points: &Arc<Prepared>) {
        let points = Arc::clone(points);
        let written = self.0.store.write(move |tx| {
            let points = Arc::clone(&points);
            async move { tx.keep_prepared(id, &points).await }.boxed()
        });
        if let Err(error) = written.await {
            // The task may have been purged.
            tracing::debug!(task = %id, error = ?error, "points could not be kept");
        }
    }

    /// Whether this server may compute now.
    async fn claim(&self, id: TaskId, kept: Option<&Kept>, claimed: &mut bool) -> Result<bool> {
        if !self.is_one_of_many() {
            return Ok(true);
        }
        let now = self.0.clock.now();
        if kept.is_some_and(|kept| kept.computed_elsewhere(&self.0.server, now)) {
            return Ok(false);
        }
        *claimed = self.claim_now(id).await?;
        Ok(*claimed)
    }

    /// Only servers of a Postgres need to agree on who computes.
    fn is_one_of_many(&self) -> bool {
        match self.0.store.kind() {
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => false,
            DatabaseKind::Postgres => true,
        }
    }

    async fn claim_now(&self, id: TaskId) -> Result<bool> {
        let (now, server) = (self.0.clock.now(), self.0.server.clone());
        let write = self.0.store.write(move |tx| {
            let server = server.clone();
            async move { tx.claim_computation(id, &server, now, now + CLAIM).await }.boxed()
        });
        write.await
    }

    /// Renews the claim of a computation until it has come to an end.
    async fn while_claimed<T>(&self, id: TaskId, computation: impl Future<Output = T>) -> T {
        let mut computation = std::pin::pin!(computation);
        loop {
            match timeout(RENEW, &mut computation).await {
                Ok(done) => return done,
                Err(_) if self.is_one_of_many() => {
                    // If another has taken over, both come to the same.
                    if let Err(error) = self.claim_now(id).await {
                        tracing::debug!(task = %id, error = ?error, "a claim was not renewed");
                    }
                }
                Err(_) => {}
            }
        }
    }

    async fn release(&self, id: TaskId) {
        let server = self.0.server.clone();
        let released = self.0.store.write(move |tx| {
            let server = server.clone();
            async move { tx.release_computation(id, &server).await }.boxed()
        });
        if let Err(error) = released.await {
            tracing::debug!(task = %id, error = ?error, "others must wait until the claim ends");
        }
    }
}

/// Whether points are computed for that task.
fn hands_out(task: &Task) -> bool {
    task.status == TaskStatus::Running && task.deleted_at.is_none() && task.looks_back
}
