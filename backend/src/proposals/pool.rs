//! Threads that compute: few, of their own, and with a lower claim to the processors than those that
//! answer requests.

use std::{
    collections::VecDeque,
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use tokio::sync::oneshot;

/// How much a thread that computes gives way to others, as `nice` counts it: about a tenth of the time
/// of a thread that answers requests, where both want the same processor.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// The threads, and what they are to compute. They start when there is something to do for them.
#[derive(Debug)]
pub(super) struct Pool {
    most: usize,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    came: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Job>,
    threads: usize,
    idle: usize,
    closed: bool,
}

struct Job {
    urgent: Urgent,
    work: Box<dyn FnOnce() + Send>,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("urgent", &self.urgent).finish_non_exhaustive()
    }
}

/// Whether somebody waits for a computation; it may turn out so later.
#[derive(Debug, Clone, Default)]
pub(super) struct Urgent(Arc<AtomicBool>);

impl Urgent {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A computation that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Broke {
    /// The pool is closed.
    Closed,
    /// It panicked, saying this.
    Panicked(String),
}

impl Pool {
    /// A pool that leaves one processor free, where there are several.
    pub(super) fn new() -> Self {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        Self { most: processors.saturating_sub(1).max(1), shared: Arc::default() }
    }

    /// Computes something when its turn comes: first what somebody waits for, of that what came first.
    pub(super) async fn compute<T: Send + 'static>(
        &self,
        urgent: Urgent,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Broke> {
        let (answer, answered) = oneshot::channel();
        let work = move || {
            // Whoever has gone meanwhile wants nothing any more.
            if !answer.is_closed() {
                let _ = answer.send(catch_unwind(AssertUnwindSafe(work)));
            }
        };
        self.submit(Job { urgent, work: Box::new(work) });
        match answered.await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(panic)) => Err(Broke::Panicked(words_of(panic.as_ref()))),
            Err(_) => Err(Broke::Closed),
        }
    }

    /// Computes nothing any more. What is under way ends by itself.
    pub(super) fn close(&self) {
        let mut state = self.shared.lock();
        state.closed = true;
        state.waiting.clear();
        drop(state);
        self.shared.came.notify_all();
    }

    fn submit(&self, job: Job) {
        let mut state = self.shared.lock();
        if state.closed {
            return;
        }
        state.waiting.push_back(job);
        if state.idle < state.waiting.len() && state.threads < self.most {
            let shared = Arc::clone(&self.shared);
            let started = thread::Builder::new()
                .name(format!("compute-{}", state.threads))
                .spawn(move || shared.work_off());
            match started {
                Ok(_) => state.threads += 1,
                Err(cause) if state.threads == 0 => {
                    tracing::error!(error = %cause, "no thread could be started to compute");
                    state.waiting.clear();
                }
                Err(cause) => tracing::warn!(error = %cause, "a thread could not be started"),
            }
        }
        drop(state);
        self.shared.came.notify_one();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work_off(&self) {
        step_back();
        let mut state = self.lock();
        loop {
            if let Some(job) = next(&mut state.waiting) {
                drop(state);
                (job.work)();
                state = self.lock();
            } else if state.closed {
                return;
            } else {
                state.idle += 1;
                state = self.came.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            }
        }
    }
}

fn next(waiting: &mut VecDeque<Job>) -> Option<Job> {
    let place = waiting.iter().position(|job| job.urgent.is_set()).unwrap_or(0);
    waiting.remove(place)
}

/// Lets other threads go first.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(cause) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(error = %cause, "a thread that computes keeps its priority");
    }
}

/// What a panic said.
pub(super) fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no words").to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_answer_and_the_thread_goes_on() {
        let pool = Pool::new();
        let broke = pool.compute(Urgent::default(), || panic!("singular")).await;
        assert_eq!(broke, Err::<(), _>(Broke::Panicked("singular".to_owned())));
        assert_eq!(pool.compute(Urgent::default(), || 7).await, Ok(7));
    }

    #[test]
    fn what_somebody_waits_for_goes_first() {
        let (told, order) = mpsc::channel();
        let job = |name: &'static str| {
            let told = told.clone();
            let work = Box::new(move || told.send(name).expect("somebody listens"));
            Job { urgent: Urgent::default(), work }
        };
        let mut waiting = VecDeque::from([job("first"), job("second"), job("third")]);
        // It turns out only now that somebody waits for it.
        waiting[1].urgent.set();
        while let Some(job) = next(&mut waiting) {
            (job.work)();
        }
        drop(told);
        assert_eq!(order.iter().collect::<Vec<_>>(), ["second", "first", "third"]);
    }

    #[tokio::test]
    async fn a_closed_pool_computes_nothing() {
        let pool = Pool::new();
        pool.close();
        assert_eq!(pool.compute(Urgent::default(), || 7).await, Err(Broke::Closed));
    }
}
