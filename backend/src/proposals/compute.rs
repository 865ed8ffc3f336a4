//! Computing points: what runs on the threads of the pool.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use asktell_strategies::{Interrupted, Proposal, Request, Strategy, StrategyKind, propose};
use tokio_util::sync::CancellationToken;

use super::{known::Known, pool::words_of};
use crate::{
    strategy,
    task::{Prepared, Suggestion},
};

/// How many points are computed in one go: those of a go that comes to its end within the time limit are kept.
const IN_ONE_GO: usize = 16;

/// Points to be computed.
#[derive(Debug)]
pub(super) struct Order {
    /// Points that are ready already.
    pub(super) ready: Vec<Suggestion>,
    /// How many more.
    pub(super) count: usize,
    /// How long all of them together may take.
    pub(super) limit: Duration,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) closing: CancellationToken,
}

/// Nobody wants the points any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unwanted;

/// Computes points that follow on those that are ready. Always comes to some, as long as there are any:
/// where the strategy takes too long or breaks, they are Sobol points that say so.
pub(super) fn compute(known: &Known, order: Order) -> Result<Prepared, Unwanted> {
    let wanted = || !(order.stop.load(Ordering::Relaxed) || order.closing.is_cancelled());
    let strategy = strategy::settings(&known.settings).ok_or(Unwanted)?;
    let mut points = order.ready;
    let most = points.len() + order.count;
    let mut exhausted = false;
    let mut failed: Option<String> = None;
    let end = Instant::now() + order.limit;
    while points.len() < most && !exhausted {
        let count = (most - points.len()).min(IN_ONE_GO);
        let interrupted = || !wanted() || Instant::now() >= end;
        let found = match &failed {
            None => attempt(known, &strategy, &points, count, &interrupted),
            Some(why) => Ok(sobol(known, &strategy, &points, count, why)),
        };
        match found {
            Ok(found) => {
                exhausted = found.len() < count;
                points.extend(found);
            }
            Err(_) if !wanted() => return Err(Unwanted),
            Err(Failed::TooLong) => failed = Some(too_long(order.limit)),
            Err(Failed::Panicked(words)) => failed = Some(format!("the model broke: {words}")),
        }
    }
    let task = &known.task;
    let (basis, sequence, proposed) = (task.basis, task.sequence, task.proposed);
    Ok(Prepared { basis, sequence, proposed, points, exhausted })
}

/// Why there are other points than those of the model.
pub(super) fn too_long(limit: Duration) -> String {
    format!("the model took longer than {} s", limit.as_secs_f64())
}

/// Why a strategy gave no points.
enum Failed {
    TooLong,
    Panicked(String),
}

fn attempt(
    known: &Known,
    strategy: &Strategy,
    before: &[Suggestion],
    count: usize,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Suggestion>, Failed> {
    let history = known.history(before);
    let seed = known.settings.strategy.seed.get().into();
    let problem = &known.problem;
    let request = Request { problem, strategy, history: &history, count, seed, interrupted };
    match catch_unwind(AssertUnwindSafe(|| propose(&request))) {
        Ok(Ok(proposals)) => Ok(explained(known, &proposals)),
        Ok(Err(Interrupted)) => Err(Failed::TooLong),
        Err(panic) => Err(Failed::Panicked(words_of(panic.as_ref()))),
    }
}

fn explained(known: &Known, proposals: &[Proposal]) -> Vec<Suggestion> {
    let suggestion = |proposal| strategy::suggestion(&known.settings, proposal);
    proposals.iter().map(suggestion).collect()
}

/// Points that need no model.
fn sobol(
    known: &Known,
    strategy: &Strategy,
    before: &[Suggestion],
    count: usize,
    why: &str,
) -> Vec<Suggestion> {
    let replicates = strategy.replicates;
    let strategy = Strategy { replicates, ..Strategy::plain(StrategyKind::Sobol) };
    let mut points = attempt(known, &strategy, before, count, &|| false).unwrap_or_default();
    for point in &mut points {
        point.why.fallback = Some(why.to_owned());
    }
    points
}
