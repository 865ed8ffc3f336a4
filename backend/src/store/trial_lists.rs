//! Lists of a task's trials that pass a filter, and their number.
//!
//! By number there is an index. Any other order, like what is in the documents of trials, is looked at
//! trial by trial, in slices: SQL would read numbers from JSON otherwise than this server does, and a
//! cursor must compare alike on both databases.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, Order, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};

use super::{
    Store,
    entity::{document, time, trial},
    fault,
    trials::tried,
};
use crate::task::{
    Page, PageRequest, PlacedTrial, Result, Side, TaskId, Trial, TrialFilter, TrialGlance,
    TrialNumber, TrialOrder, TrialPlace, WorkerName,
};

/// How many trials are looked at together.
const LOOKED_AT: u64 = 1_000;

impl Store {
    /// A page of a task's trials.
    pub async fn list_trials(
        &self,
        task: TaskId,
        filter: &TrialFilter,
        order: &TrialOrder,
        page: &PageRequest<TrialPlace>,
    ) -> Result<Page<PlacedTrial>> {
        match order.by_number() {
            Some(falling) => self.by_number(task, filter, order, falling, page).await,
            None => self.selected(task, filter, order, page).await,
        }
    }

    /// How many trials of a task pass.
    pub async fn count_trials(&self, task: TaskId, filter: &TrialFilter) -> Result<u64> {
        if !filter.looks_inside() {
            return those(task, filter).count(&self.reader).await.map_err(fault);
        }
        let mut walk = Walk::of_all(task, filter);
        let mut count = 0;
        while let Some(some) = self.glance(&mut walk).await? {
            count += some.len() as u64;
        }
        Ok(count)
    }

    /// A page of a list by number.
    async fn by_number(
        &self,
        task: TaskId,
        filter: &TrialFilter,
        order: &TrialOrder,
        falling: bool,
        page: &PageRequest<TrialPlace>,
    ) -> Result<Page<PlacedTrial>> {
        let number = |place: &Option<TrialPlace>| place.as_ref().map(|place| place.number);
        let PageRequest { limit, side, after, before } = page;
        let (after, before) = (number(after), number(before));
        let mut request = PageRequest { limit: *limit, side: *side, after, before };
        if falling {
            request = request.turned();
        }
        let size = if filter.looks_inside() { LOOKED_AT } else { limit + 1 };
        let mut walk = Walk { task, filter, rest: Some(request.clone()), size };
        let mut found = Vec::new();
        while (found.len() as u64) <= *limit
            && let Some(query) = walk.query()
        {
            let rows = query.all(&self.reader).await.map_err(fault)?;
            walk.went(rows.len(), rows.last().map(|row| row.number));
            for row in rows {
                found.extend(placed(row.try_into()?, filter, order));
            }
        }
        let found = Page::of(&request, found);
        Ok(if falling { found.turned() } else { found })
    }

    /// A page of a list in another order: the first ones of all that pass.
    async fn selected(
        &self,
        task: TaskId,
        filter: &TrialFilter,
        order: &TrialOrder,
        page: &PageRequest<TrialPlace>,
    ) -> Result<Page<PlacedTrial>> {
        let most = usize::try_from(page.limit + 1).unwrap_or(usize::MAX);
        let within = |place: &TrialPlace| {
            page.after.as_ref().is_none_or(|after| order.compare(after, place).is_lt())
                && page.before.as_ref().is_none_or(|before| order.compare(place, before).is_lt())
        };
        let mut walk = Walk::of_all(task, filter);
        let mut places: Vec<TrialPlace> = Vec::new();
        while let Some(some) = self.glance(&mut walk).await? {
            places.extend(some.iter().map(|trial| order.place(trial)).filter(within));
            places.sort_by(|one, other| match page.side {
                Side::First => order.compare(one, other),
                Side::Last => order.compare(other, one),
            });
            places.truncate(most);
        }
        let Page { items: places, has_previous, has_next } = Page::of(page, places);
        let rows = those(task, filter)
            .filter(trial::Column::Number.is_in(places.iter().map(|place| place.number)))
            .all(&self.reader)
            .await
            .map_err(fault)?;
        let trials =
            rows.into_iter().map(|row| Trial::try_from(row).map(|one| (one.id.number, one)));
        let mut trials: HashMap<_, _> = trials.collect::<Result<_>>()?;
        // What has changed meanwhile, so that it does not pass any more, is not there.
        let items = places.into_iter().filter_map(|place| {
            let found = placed(trials.remove(&place.number)?, filter, order)?;
            Some(PlacedTrial { place, ..found })
        });
        Ok(Page { items: items.collect(), has_previous, has_next })
    }

    /// The next trials of a walk that pass, perhaps none of those that were looked at; none at its end.
    async fn glance(&self, walk: &mut Walk<'_>) -> Result<Option<Vec<TrialGlance>>> {
        let Some(query) = walk.query() else { return Ok(None) };
        let rows: Vec<GlanceRow> = query
            .select_only()
            .columns([
                trial::Column::Number,
                trial::Column::Point,
                trial::Column::ExecutedPoint,
                trial::Column::Measured,
                trial::Column::StartedAt,
                trial::Column::FinishedAt,
            ])
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(fault)?;
        walk.went(rows.len(), rows.last().map(|row| row.0));
        let mut trials = rows.into_iter().map(glance).collect::<Result<Vec<_>>>()?;
        trials.retain(|trial| walk.filter.passes_inside(trial));
        Ok(Some(trials))
    }
}

/// The number, the planned and the executed point, what was measured, the times of start and end.
type GlanceRow = (i64, String, Option<String>, String, Option<i64>, Option<i64>);

fn glance(
    (number, planned, executed, measured, started, finished): GlanceRow,
) -> Result<TrialGlance> {
    Ok(TrialGlance {
        number,
        point: tried(planned, executed)?,
        values: document("trial.measured", &measured)?,
        started_at: started.map(|at| time("trial.started_at", at)).transpose()?,
        finished_at: finished.map(|at| time("trial.finished_at", at)).transpose()?,
    })
}

/// A trial with its place, if what is in its documents passes, too.
fn placed(trial: Trial, filter: &TrialFilter, order: &TrialOrder) -> Option<PlacedTrial> {
    let glance = TrialGlance::from(&trial);
    let passes = filter.passes_inside(&glance);
    passes.then(|| PlacedTrial { place: order.place(&glance), trial })
}

/// Goes along the trials of a task that pass a filter, but for what is in their documents, by number.
struct Walk<'a> {
    task: TaskId,
    filter: &'a TrialFilter,
    /// What is still to be looked at.
    rest: Option<PageRequest<TrialNumber>>,
    /// How many trials are looked at together.
    size: u64,
}

impl<'a> Walk<'a> {
    const fn of_all(task: TaskId, filter: &'a TrialFilter) -> Self {
        Self { task, filter, rest: Some(PageRequest::first(u64::MAX, None)), size: LOOKED_AT }
    }

    /// For the next trials; none at the end.
    fn query(&self) -> Option<Select<trial::Entity>> {
        let rest = self.rest.as_ref()?;
        let mut condition = Condition::all();
        if let Some(after) = rest.after {
            condition = condition.add(trial::Column::Number.gt(after));
        }
        if let Some(before) = rest.before {
            condition = condition.add(trial::Column::Number.lt(before));
        }
        let order = match rest.side {
            Side::First => Order::Asc,
            Side::Last => Order::Desc,
        };
        let query = those(self.task, self.filter).filter(condition);
        Some(query.order_by(trial::Column::Number, order).limit(self.size))
    }

    /// Notes that so many were there, up to this one.
    fn went(&mut self, count: usize, last: Option<TrialNumber>) {
        self.rest = self.rest.take().filter(|_| count as u64 == self.size);
        if let Some(rest) = &mut self.rest {
            match rest.side {
                Side::First => rest.after = last,
                Side::Last => rest.before = last,
            }
        }
    }
}

/// The trials of a task that pass a filter, whatever is in their documents.
fn those(task: TaskId, filter: &TrialFilter) -> Select<trial::Entity> {
    let TrialFilter { states, origins, on_front, in_space, workers, parameters: _, values: _ } =
        filter;
    let mut condition = Condition::all().add(trial::Column::TaskId.eq(task.uuid()));
    if !states.is_empty() {
        condition = condition.add(trial::Column::State.is_in(states.iter().map(|s| s.as_str())));
    }
    if !origins.is_empty() {
        condition = condition.add(trial::Column::Origin.is_in(origins.iter().map(|o| o.as_str())));
    }
    if !workers.is_empty() {
        condition =
            condition.add(trial::Column::Worker.is_in(workers.iter().map(WorkerName::as_str)));
    }
    if *on_front {
        condition = condition.add(trial::Column::OnFront.eq(true));
    }
    if let Some(in_space) = in_space {
        condition = condition.add(trial::Column::InSpace.eq(*in_space));
    }
    trial::Entity::find().filter(condition)
}
