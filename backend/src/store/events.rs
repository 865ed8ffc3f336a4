//! Reading the log.

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, Order, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::{
    Store,
    entity::{event, log_head},
    fault,
};
use crate::task::{
    Error, Event, EventFilter, EventKind, Page, PageRequest, Position, Result, Side,
};

impl Store {
    /// The position of the latest event.
    pub async fn log_head(&self) -> Result<Position> {
        Ok(log_head::Entity::find_by_id(1)
            .one(&self.reader)
            .await
            .map_err(fault)?
            .ok_or_else(|| Error::storage("the log has no head"))?
            .position)
    }

    /// Events after one position, up to and with another, oldest first.
    pub async fn events_between(
        &self,
        after: Position,
        to: Position,
        filter: &EventFilter,
        limit: u64,
    ) -> Result<Vec<Event>> {
        let page = PageRequest {
            limit,
            side: Side::First,
            after: Some(after),
            before: Some(to.saturating_add(1)),
        };
        Ok(self.list_events(filter, &page).await?.items)
    }

    /// A page of the log, oldest first.
    pub async fn list_events(
        &self,
        filter: &EventFilter,
        page: &PageRequest<Position>,
    ) -> Result<Page<Event>> {
        let EventFilter { tasks, kinds } = filter;
        let mut condition = Condition::all();
        if !tasks.is_empty() {
            condition =
                condition.add(event::Column::TaskId.is_in(tasks.iter().map(|id| id.uuid())));
        }
        if !kinds.is_empty() {
            condition = condition
                .add(event::Column::Kind.is_in(kinds.iter().copied().map(EventKind::as_str)));
        }
        if let Some(after) = page.after {
            condition = condition.add(event::Column::Position.gt(after));
        }
        if let Some(before) = page.before {
            condition = condition.add(event::Column::Position.lt(before));
        }
        let order = match page.side {
            Side::First => Order::Asc,
            Side::Last => Order::Desc,
        };
        let rows = event::Entity::find()
            .filter(condition)
            .order_by(event::Column::Position, order)
            .limit(page.limit + 1)
            .all(&self.reader)
            .await
            .map_err(fault)?;
        let events = rows.into_iter().map(Event::try_from).collect::<Result<_>>()?;
        Ok(Page::of(page, events))
    }
}
