//! The points of an initial design, before the task is started.

use async_graphql::Context;

use super::Task;
use crate::{
    api::{
        Services,
        cursor::TrialCursor,
        error::{Result, refusal},
        paging::{PageArguments, TrialConnection, keys},
    },
    strategy,
    task::{
        Page, PageRequest, PlacedTrial, Side, TaskStatus, Trial, TrialFilter, TrialGlance, TrialId,
        TrialOrder, TrialOrigin, TrialPlace,
    },
};

impl Task {
    /// The trials that the start will make of the initial design, after those that there are; none once
    /// the task was started, or while it could not be.
    async fn planned(&self, ctx: &Context<'_>) -> Result<Vec<Trial>> {
        let task = &self.0;
        if task.started_at.is_some() || task.status != TaskStatus::Created {
            return Ok(Vec::new());
        }
        let settings = self.settings(ctx).await?;
        let Ok(space) = settings.ready() else { return Ok(Vec::new()) };
        let points = strategy::initial_design(&settings.strategy, space);
        let first = task.trial_counts.total() + 1;
        let origin = TrialOrigin::InitialDesign;
        let trials = (first..).zip(points).map(|(number, point)| {
            let id = TrialId { task: task.id, number };
            Trial::planned(id, task.space_version, origin, point, task.updated_at)
        });
        Ok(trials.collect())
    }

    /// A list of trials by number, with those that the start will make.
    pub(super) async fn list_planned(
        &self,
        ctx: &Context<'_>,
        filter: TrialFilter,
        page: PageArguments,
    ) -> Result<TrialConnection> {
        let planned = self.planned(ctx).await?;
        let (id, order) = (self.0.id, TrialOrder::default());
        let request = keys(page.request(&TrialCursor::any(id, &order))?, |cursor| cursor.place);
        let count = i64::try_from(planned.len()).unwrap_or(i64::MAX);
        let placed = |trial: Trial| {
            let place = order.place(&TrialGlance::from(&trial));
            PlacedTrial { trial, place }
        };
        let planned = planned.into_iter().map(placed);
        let planned = planned.filter(|one| encloses(&request, &one.place)).collect::<Vec<_>>();
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        // They come after all that there are.
        let of_start = match request.side {
            Side::First => 0,
            Side::Last => planned.len().min(limit),
        };
        let rest = PageRequest { limit: (limit - of_start) as u64, ..request.clone() };
        let store = &ctx.data::<Services>()?.store;
        let found = store.list_trials(id, &filter, &order, &rest).await.map_err(refusal)?;
        let page = after_those(found, planned, &request, limit);
        Ok(TrialConnection::of(page, id, &order, filter).with_planned(count))
    }
}

fn encloses(request: &PageRequest<TrialPlace>, place: &TrialPlace) -> bool {
    request.after.as_ref().is_none_or(|after| place.number > after.number)
        && request.before.as_ref().is_none_or(|before| place.number < before.number)
}

/// The page of what there is, and of what comes after it.
fn after_those(
    found: Page<PlacedTrial>,
    planned: Vec<PlacedTrial>,
    request: &PageRequest<TrialPlace>,
    limit: usize,
) -> Page<PlacedTrial> {
    let Page { mut items, mut has_previous, mut has_next } = found;
    match request.side {
        Side::First if has_next => {}
        Side::First => {
            let room = limit - items.len();
            has_next = planned.len() > room;
            items.extend(planned.into_iter().take(room));
        }
        Side::Last => {
            let more = planned.len().saturating_sub(limit);
            has_previous |= more > 0;
            items.extend(planned.into_iter().skip(more));
        }
    }
    Page { items, has_previous, has_next }
}
