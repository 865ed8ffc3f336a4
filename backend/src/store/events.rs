//! Reading the log.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _, Order,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement, sea_query::Expr,
};

use super::{
    DatabaseKind, Store, Tx,
    entity::{event, log_head},
    fault,
    flush::HEAD_ON_SQLITE,
};
use crate::task::{
    Error, Event, EventFilter, EventKind, Page, PageRequest, Position, Result, Side,
};

/// How many events are looked at together where their tasks must pass a filter.
const LOOKED_AT: u64 = 500;

impl Store {
    /// The position of the latest event.
    pub async fn log_head(&self) -> Result<Position> {
        log_head(self.kind, &self.reader)
            .await?
            .ok_or_else(|| Error::storage("the log has no head"))
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
        Ok(self.page_of_events(filter, &page).await?.items)
    }

    /// A page of the log, oldest first. Refuses a cursor of which what follows is not all kept.
    pub async fn list_events(
        &self,
        filter: &EventFilter,
        page: &PageRequest<Position>,
    ) -> Result<Page<Event>> {
        let events = self.page_of_events(filter, page).await?;
        if let Some(after) = page.after {
            self.expect_kept(after).await?;
        }
        Ok(events)
    }

    /// The position after which the log begins: what lay before was compacted.
    pub async fn log_start(&self) -> Result<Position> {
        let head = log_head::Entity::find_by_id(1).one(&self.reader).await.map_err(fault)?;
        head.map(|head| head.start).ok_or_else(|| Error::storage("the log has no head"))
    }

    /// Fails if not all is kept that followed on a position. To be asked after it was read: what is
    /// compacted meanwhile is missed then, too.
    pub async fn expect_kept(&self, after: Position) -> Result<()> {
        if after < self.log_start().await? { Err(Error::CursorExpired) } else { Ok(()) }
    }

    async fn page_of_events(
        &self,
        filter: &EventFilter,
        page: &PageRequest<Position>,
    ) -> Result<Page<Event>> {
        let Some(passing) = &filter.passing else {
            let events = self.walk_events(filter, page, page.limit + 1).await?;
            return Ok(Page::of(page, events));
        };
        let (mut found, mut rest) = (Vec::new(), page.clone());
        loop {
            let some = self.walk_events(filter, &rest, LOOKED_AT).await?;
            let last = some.last().map(|event| event.position);
            let done = (some.len() as u64) < LOOKED_AT;
            found.extend(self.of_passing(passing, some).await?);
            match (last, page.side) {
                (Some(last), Side::First) => rest.after = Some(last),
                (Some(last), Side::Last) => rest.before = Some(last),
                (None, _) => {}
            }
            if done || found.len() as u64 > page.limit {
                return Ok(Page::of(page, found));
            }
        }
    }

    /// Events of a page in the order in which it is walked, at most `limit`.
    async fn walk_events(
        &self,
        filter: &EventFilter,
        page: &PageRequest<Position>,
        limit: u64,
    ) -> Result<Vec<Event>> {
        let EventFilter { tasks, kinds, passing: _ } = filter;
        // Before it there may be events of versions, which are kept for the history of their tasks.
        let start = "\"event\".\"position\" > (SELECT start FROM log_head WHERE id = 1)";
        let mut condition = Condition::all().add(Expr::cust(start));
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
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(fault)?;
        rows.into_iter().map(Event::try_from).collect()
    }
}

impl Tx {
    /// Keeps the place where the log ends. To be called before events are removed, or positions
    /// that readers have seen would be given again.
    pub(super) async fn keep_log_head(&mut self) -> Result<()> {
        match self.kind() {
            // The row says it anyway.
            DatabaseKind::Postgres => return Ok(()),
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => {}
        }
        let head = log_head(self.kind(), self.connection()).await?;
        log_head::Entity::update_many()
            .col_expr(log_head::Column::Position, Expr::val(head))
            .filter(log_head::Column::Id.eq(1))
            .exec(self.writing_apart())
            .await
            .map_err(fault)?;
        Ok(())
    }
}

/// Where the log ends. On Postgres a row says it, which numbers the events; on SQLite the last event
/// does, and that row only where a purge has taken it.
pub(super) async fn log_head(
    kind: DatabaseKind,
    connection: &impl ConnectionTrait,
) -> Result<Option<Position>> {
    match kind {
        DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => connection
            .query_one_raw(Statement::from_string(DbBackend::Sqlite, HEAD_ON_SQLITE))
            .await
            .map_err(fault)?
            .map_or(Ok(None), |row| row.try_get("", "position"))
            .map_err(fault),
        DatabaseKind::Postgres => {
            let head = log_head::Entity::find_by_id(1).one(connection).await.map_err(fault)?;
            Ok(head.map(|head| head.position))
        }
    }
}
