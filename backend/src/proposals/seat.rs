//! What is known of one task whose points are computed: which are ready, who waits, and what is to
//! be computed next.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::{mpsc, oneshot};

use super::{known::Known, pool::Urgent};
use crate::task::{Prepared, Task, TaskStatus, TrialState};

/// The most points that are kept ready for whoever may come.
const MOST_AHEAD: i64 = 8;

/// One task.
#[derive(Debug, Default)]
pub(super) struct Seat {
    /// The task, as it was when this was last told of it.
    task: Option<Task>,
    /// The points that are ready, whatever they stand on.
    pub(super) ready: Option<Arc<Prepared>>,
    /// Those who wait, in the order in which they came.
    waiting: Vec<Waiter>,
    /// Whether somebody sees to it that what is needed is computed.
    pub(super) attended: bool,
    under_way: Option<UnderWay>,
    burst: Burst,
    /// What is known of its trials; the one who attends has it while at work.
    pub(super) known: Option<Known>,
    /// When it was last asked for.
    pub(super) used: u64,
}

/// Somebody who waits for points.
#[derive(Debug)]
struct Waiter {
    /// They must stand on this or on later changes.
    from: i64,
    points: i64,
    answer: oneshot::Sender<Served>,
}

/// What somebody who waited gets.
#[derive(Debug)]
pub(super) struct Served {
    /// The points; none if it is to look again, because nothing is as it was.
    pub(super) points: Option<Arc<Prepared>>,
    /// Why there are no points.
    pub(super) failed: Option<String>,
    /// Held until they are taken: what comes next is computed after that.
    pub(super) pass: Pass,
}

/// Nothing is computed for a task while somebody has a pass.
#[derive(Debug, Clone)]
pub(super) struct Pass(#[expect(dead_code, reason = "held, not used")] mpsc::Sender<()>);

/// A computation.
#[derive(Debug, Clone)]
pub(super) struct UnderWay {
    /// What it stands on.
    pub(super) basis: i64,
    /// Set when nobody wants it any more.
    pub(super) stop: Arc<AtomicBool>,
    /// Set when somebody waits for it.
    pub(super) urgent: Urgent,
}

/// How many points were handed out without any news between.
#[derive(Debug, Default)]
struct Burst {
    basis: i64,
    points: i64,
}

/// What is to be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Goal {
    /// How many points are to be ready.
    pub(super) points: i64,
    /// Whether somebody waits for them.
    pub(super) urgent: bool,
}

impl Seat {
    /// Takes note of the task as it is now, unless something later is known.
    pub(super) fn note(&mut self, task: &Task) {
        if let Some(known) = &self.task {
            // Of a task that was purged and imported again nothing known holds.
            let another = known.created_at != task.created_at;
            if !another && known.sequence > task.sequence {
                return;
            }
            let handed_out = task.proposed - known.proposed;
            if handed_out > 0 && !another {
                if self.burst.basis != task.basis {
                    self.burst = Burst { basis: task.basis, points: 0 };
                }
                self.burst.points += handed_out;
            }
        }
        self.task = Some(task.clone());
        self.stop_what_nobody_wants();
    }

    fn stop_what_nobody_wants(&self) {
        let Some((task, under_way)) = self.task.as_ref().zip(self.under_way.as_ref()) else {
            return;
        };
        let wanted = self.waiting.iter().any(|waiter| waiter.from <= under_way.basis);
        let past = under_way.basis < task.basis || task.status != TaskStatus::Running;
        if past && !wanted {
            under_way.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Somebody begins to wait for points that stand on the task as it is here.
    pub(super) fn wait(&mut self, task: &Task, points: i64) -> oneshot::Receiver<Served> {
        self.note(task);
        let (answer, answered) = oneshot::channel();
        let from = task.basis;
        self.waiting.push(Waiter { from, points, answer });
        if let Some(under_way) = self.under_way.as_ref().filter(|it| from <= it.basis) {
            under_way.urgent.set();
        }
        answered
    }

    /// What is to be computed next; nothing if all is ready that is needed.
    pub(super) fn goal(&mut self) -> Option<Goal> {
        self.waiting.retain(|waiter| !waiter.answer.is_closed());
        let waited_for: i64 = self.waiting.iter().map(|waiter| waiter.points).sum();
        if waited_for > 0 {
            return Some(Goal { points: waited_for.min(super::MOST_AT_ONCE), urgent: true });
        }
        let task = self.task.as_ref()?;
        let points = ahead(task, &self.burst);
        let ready = self.ready.as_ref().filter(|ready| ready.stands(task));
        let enough = ready.is_some_and(|ready| {
            ready.exhausted || i64::try_from(ready.left(task).len()).is_ok_and(|n| n >= points)
        });
        (points > 0 && !enough).then_some(Goal { points, urgent: false })
    }

    /// A computation begins.
    pub(super) fn begin(&mut self, basis: i64, urgent: bool) -> UnderWay {
        let begun = UnderWay { basis, stop: Arc::default(), urgent: Urgent::default() };
        if urgent {
            begun.urgent.set();
        }
        self.under_way = Some(begun.clone());
        self.stop_what_nobody_wants();
        begun
    }

    /// It has ended.
    pub(super) fn end(&mut self) {
        self.under_way = None;
    }

    /// Whether the points that are ready say that the task has come to a bound.
    pub(super) fn is_bounded(&self) -> bool {
        let both = self.task.as_ref().zip(self.ready.as_ref());
        both.is_some_and(|(task, ready)| task.bound.is_none() && ready.bound(task).is_some())
    }

    /// Gives the points to those who may have them, and says when they have been taken: whoever came
    /// before the task was as they know it.
    pub(super) fn serve(&mut self, points: &Arc<Prepared>) -> Option<mpsc::Receiver<()>> {
        self.ready = Some(Arc::clone(points));
        self.answer(Some(points), None, |waiter| waiter.from <= points.basis)
    }

    /// Lets all who wait look again.
    pub(super) fn send_back(&mut self) -> Option<mpsc::Receiver<()>> {
        self.answer(None, None, |_| true)
    }

    /// Tells all who wait why there are no points.
    pub(super) fn disappoint(&mut self, why: &str) -> Option<mpsc::Receiver<()>> {
        self.answer(None, Some(why), |_| true)
    }

    fn answer(
        &mut self,
        points: Option<&Arc<Prepared>>,
        failed: Option<&str>,
        served: impl Fn(&Waiter) -> bool,
    ) -> Option<mpsc::Receiver<()>> {
        let (pass, taken) = mpsc::channel(1);
        let (served, others): (Vec<_>, _) = self.waiting.drain(..).partition(served);
        self.waiting = others;
        let any = !served.is_empty();
        for waiter in served {
            let (points, failed) = (points.cloned(), failed.map(str::to_owned));
            // Who has gone wants nothing.
            let _ = waiter.answer.send(Served { points, failed, pass: Pass(pass.clone()) });
        }
        any.then_some(taken)
    }

    /// Nothing is known of the task any more.
    pub(super) fn leave(&mut self) {
        self.task = None;
        self.ready = None;
    }

    /// Whether nothing is under way, so that it may be forgotten.
    pub(super) fn is_idle(&self) -> bool {
        !self.attended && self.waiting.is_empty()
    }
}

/// How many points to keep ready for a task: as many as were last handed out without any news between.
fn ahead(task: &Task, burst: &Burst) -> i64 {
    let counts = &task.trial_counts;
    let results: i64 = TrialState::WITH_OUTCOME.iter().map(|state| counts.get(*state)).sum();
    let planned = counts.get(TrialState::Waiting) - task.returned;
    let asks = task.status == TaskStatus::Running && task.deleted_at.is_none();
    // Before there are results nothing takes time.
    if !asks || !task.looks_back || task.bound.is_some() || planned > 0 || results == 0 {
        return 0;
    }
    let new = task.budget.max_trials.map_or(i64::MAX, |most| most - task.handed_out);
    burst.points.clamp(1, MOST_AHEAD).min(new).min(task.places_left())
}
