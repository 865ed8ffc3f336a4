//! Handing out trials of one task: what waits first, then what the strategy proposes.

use std::sync::Arc;

use super::change::Change;
use crate::{
    proposals::{Grant, Lack, Proposals},
    strategy,
    task::{
        Bound, LeaseTime, Prepared, Result, Suggestion, TaskSettings, Trial, TrialOrigin,
        TrialState, WorkerName,
    },
};

/// The most points that a model chooses for one ask. Whoever asks for more gets others that fill the
/// space.
const MOST_OF_A_MODEL: u64 = 64;

/// To whom trials are handed out, and for how long.
#[derive(Clone, Copy)]
pub(super) struct HandOut<'a> {
    pub(super) worker: Option<&'a WorkerName>,
    /// None: as long as the task's policy says.
    pub(super) lease: Option<LeaseTime>,
    /// Points that were computed.
    pub(super) proposals: &'a Proposals,
    /// What was waited for.
    pub(super) grant: &'a Grant,
}

/// What came of handing out.
pub(super) enum HandedOut {
    /// The trials; none if there is no work.
    Trials(Vec<Trial>),
    /// Nothing: points must be computed first.
    Lacking(Box<Lack>),
}

/// Points for trials that are new.
enum Found {
    Points(Points),
    Lacking(Box<Lack>),
    /// There are none any more.
    Bound(Bound),
}

/// Points in order.
#[derive(Default)]
struct Points {
    suggestions: Vec<Suggestion>,
    /// Whether they are those that the strategy proposes to the task as it is, and nothing else.
    in_order: bool,
}

impl HandOut<'_> {
    /// At most `count` trials, within the budget: it is checked here, under the lock of the task, and
    /// so is never overrun.
    pub(super) async fn trials(self, change: &mut Change<'_>, count: u64) -> Result<HandedOut> {
        let count = count.min(change.task.places_left().try_into().unwrap_or(0));
        if count == 0 {
            return Ok(HandedOut::Trials(Vec::new()));
        }
        let settings = change.tx.settings(change.task.id).await?;
        // What an earlier version of the server has written may say otherwise.
        change.task.looks_back = settings.looks_back();
        let waiting = waiting(change, count).await?;
        let missing = count - waiting.len() as u64;
        // What was planned is taken from what the budget leaves before anything new is.
        let planned = waiting.iter().filter(|trial| trial.lease_token == 0).count() as u64;
        let allowed = u64::try_from(change.task.new_trials_left(change.at)).unwrap_or(0);
        let wanted = missing.min(allowed.saturating_sub(planned));
        let found = if change.task.proposes && wanted > 0 {
            self.find(change, &settings, wanted).await?
        } else {
            Found::Points(Points::default())
        };
        let points = match found {
            Found::Points(points) => points,
            Found::Lacking(lack) => return Ok(HandedOut::Lacking(lack)),
            Found::Bound(bound) => {
                change.task.bound = Some(bound);
                Points::default()
            }
        };
        let lease = self.lease.unwrap_or(settings.policy.lease_seconds);
        let mut trials = self.lease_waiting(change, waiting, lease).await?;
        trials.extend(self.lease_new(change, &settings, points, lease).await?);
        if !trials.is_empty() {
            change.task.waiting_since = Some(change.at);
        }
        Ok(HandedOut::Trials(trials))
    }

    async fn lease_waiting(
        self,
        change: &mut Change<'_>,
        mut waiting: Vec<Trial>,
        lease: LeaseTime,
    ) -> Result<Vec<Trial>> {
        for trial in &mut waiting {
            trial.hand_out(self.worker, change.at, lease);
            change.moved(trial, TrialState::Waiting, None).await?;
        }
        if waiting.is_empty() && change.task.returned > 0 && change.task.may_return(change.at) {
            // It was thought that one could be tried again by now.
            change.task.retry_at = change.tx.next_available(change.task.id).await?;
        }
        Ok(waiting)
    }

    /// New points: computed on the spot where that is quick, else those that are ready.
    async fn find(
        self,
        change: &mut Change<'_>,
        settings: &TaskSettings,
        count: u64,
    ) -> Result<Found> {
        let task = &change.task;
        if strategy::is_quick(settings, task) {
            let points = at_once(settings, task.proposed, count);
            return Ok(match points {
                points if points.suggestions.is_empty() => Found::Bound(Bound::Exhausted),
                points => Found::Points(points),
            });
        }
        if let Some(why) = self.grant.failed(task.id) {
            let mut points = spread(settings, task.proposed, count, why);
            leave_out_tried(change, settings, &mut points.suggestions).await?;
            return Ok(Found::Points(points));
        }
        let of_model = if settings.strategy.kind.learns() { MOST_OF_A_MODEL } else { count };
        let wanted = usize::try_from(count.min(of_model)).unwrap_or(usize::MAX);
        let Some(ready) = self.ready(change, settings, wanted).await? else {
            return Ok(Found::Lacking(Box::new(lack(change, settings, wanted))));
        };
        if let Some(bound) = ready.bound(&change.task) {
            return Ok(Found::Bound(bound));
        }
        let mut suggestions: Vec<_> =
            ready.left(&change.task).iter().take(wanted).cloned().collect();
        let stands = ready.stands(&change.task);
        if !stands {
            leave_out_tried(change, settings, &mut suggestions).await?;
            if suggestions.is_empty() {
                return Ok(Found::Lacking(Box::new(lack(change, settings, wanted))));
            }
            for suggestion in &mut suggestions {
                suggestion.why.reason.push_str(". Chosen before the latest changes of the task");
            }
        }
        let mut points = Points { suggestions, in_order: stands };
        // Where every point is one of a list, what fills it might be one that is out: who wants more
        // must ask again.
        if count > of_model && !settings.proposes_each_point_once() {
            let first = change.task.proposed + i64::try_from(wanted).unwrap_or_default();
            let more = spread(settings, first, count - of_model, TOO_MANY);
            points.suggestions.extend(more.suggestions);
            points.in_order = false;
        }
        Ok(Found::Points(points))
    }

    /// Points that are ready for the task as it is now, or else those that were waited for: then it has
    /// changed meanwhile, and would forever if those were refused. But none that has come to lie outside
    /// of the space.
    async fn ready(
        self,
        change: &mut Change<'_>,
        settings: &TaskSettings,
        wanted: usize,
    ) -> Result<Option<Arc<Prepared>>> {
        let (task, id) = (&change.task, change.task.id);
        let enough = |ready: &Prepared| ready.exhausted || ready.left(task).len() >= wanted;
        let fits = |ready: &Arc<Prepared>| ready.stands(task) && enough(ready);
        if let Some(here) = self.proposals.ready(id).filter(fits) {
            return Ok(Some(here));
        }
        // Another server may have computed them, or this one in an earlier life.
        if let Some(there) = change.tx.prepared(id).await?.map(Arc::new).filter(fits) {
            self.proposals.keep(id, Arc::clone(&there));
            return Ok(Some(there));
        }
        let space = settings.parameter_space.as_ref();
        let inside = |one: &Suggestion| space.is_some_and(|space| space.contains(&one.point));
        let waited_for = self.grant.points(id).filter(|points| {
            points.left(task).get(..wanted).is_some_and(|next| next.iter().all(inside))
        });
        Ok(waited_for.cloned())
    }

    async fn lease_new(
        self,
        change: &mut Change<'_>,
        settings: &TaskSettings,
        points: Points,
        lease: LeaseTime,
    ) -> Result<Vec<Trial>> {
        let mut number = change.task.trial_counts.total();
        let mut trials = Vec::with_capacity(points.suggestions.len());
        for Suggestion { point, why } in points.suggestions {
            if !(point.is_finite() && settings.is_in_space(&point)) {
                // A fault of the strategy: the point is passed over, the next one is handed out in its turn.
                let task = change.task.id;
                tracing::error!(%task, ?point, strategy = ?why.strategy, "not in the space");
                change.task.proposed += 1;
                continue;
            }
            number += 1;
            let mut trial = change.plan(number, TrialOrigin::Strategy, point);
            trial.details.proposal = Some(why);
            trial.hand_out(self.worker, change.at, lease);
            change.created(&trial);
            change.task.proposed += 1;
            trials.push(trial);
        }
        if !points.in_order && !trials.is_empty() {
            // Points that are ready do not know of these.
            change.task.basis += 1;
        }
        change.tx.insert_trials(&trials).await?;
        Ok(trials)
    }
}

/// The WAITING trials of a task that may be handed out now.
async fn waiting(change: &mut Change<'_>, count: u64) -> Result<Vec<Trial>> {
    let (task, at) = (&change.task, change.at);
    let may_return = task.may_return(at);
    let mut new_left = task.new_trials_left(at);
    let returned = if may_return { task.returned } else { 0 };
    let planned = task.trial_counts.get(TrialState::Waiting) - task.returned;
    if returned == 0 && (planned == 0 || new_left == 0) {
        return Ok(Vec::new());
    }
    let mut waiting = change.tx.waiting_trials(task.id, count, new_left == 0, at).await?;
    waiting.retain(|trial| {
        if trial.lease_token > 0 {
            return may_return;
        }
        new_left -= 1;
        new_left >= 0
    });
    Ok(waiting)
}

/// What an ask lacks.
fn lack(change: &Change<'_>, settings: &TaskSettings, wanted: usize) -> Lack {
    let limit = settings.strategy.tuning.time_limit_seconds.duration();
    let points = i64::try_from(wanted).unwrap_or(i64::MAX);
    Lack { task: change.task.clone(), points, limit }
}

/// Leaves out what has been tried meanwhile, where each point is proposed once: these points were computed before the latest
/// changes of the task.
async fn leave_out_tried(
    change: &mut Change<'_>,
    settings: &TaskSettings,
    suggestions: &mut Vec<Suggestion>,
) -> Result<()> {
    if !settings.proposes_each_point_once() {
        return Ok(());
    }
    let most = settings.strategy.tuning.replicates.unwrap_or(1).into();
    let mut left = Vec::with_capacity(suggestions.len());
    for suggestion in std::mem::take(suggestions) {
        if change.tx.times_tried(change.task.id, &suggestion.point).await? < most {
            left.push(suggestion);
        }
    }
    *suggestions = left;
    Ok(())
}

const TOO_MANY: &str = "a model chooses at most 64 points at once; the others fill the space";

/// Points that need no knowledge of what was tried.
fn at_once(settings: &TaskSettings, proposed: i64, count: u64) -> Points {
    let suggestions = strategy::propose_at_once(settings, proposed, count);
    Points { suggestions, in_order: true }
}

/// Points in the place of those of a model.
fn spread(settings: &TaskSettings, proposed: i64, count: u64, why: &str) -> Points {
    let suggestions = strategy::spread(settings, proposed, count, why);
    Points { suggestions, in_order: false }
}
