//! Retention: the log is cut at a place, and each task keeps what its later versions stand on.

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, sea_query::Expr,
};

use super::{
    Store, Tx,
    entity::{baseline, document, event, json, log_head, micros},
    events::log_head,
    fault,
    history::{baseline_of, fold, versions_of},
};
use crate::task::{
    Error, Event, EventKind, Happening, JsonValue, ParameterSpace, PastSpace, Position, Result,
    TaskId, TaskVersion, Timestamp, ToldTask, Version,
};

impl Store {
    /// The last place of the log before which, and at which, everything is from before a time. It stays
    /// so whatever is committed after this was read.
    pub async fn last_place_before(&self, time: Timestamp) -> Result<Position> {
        let snapshot = self.snapshot().await?;
        let first_from_then: Option<Position> = event::Entity::find()
            .select_only()
            .column(event::Column::Position)
            .filter(event::Column::At.gte(micros(time)))
            .order_by_asc(event::Column::Position)
            .limit(1)
            .into_tuple()
            .one(&snapshot)
            .await
            .map_err(fault)?;
        let head = log_head(self.kind(), &snapshot).await?;
        snapshot.roll_back().await;
        Ok(first_from_then.map_or(head.unwrap_or_default(), |position| position - 1))
    }
}

impl Tx {
    /// Lets the log begin after that place, unless it begins later already. Says where it begins: events
    /// up to there may go, and whoever has not read them learns that.
    pub async fn cut_log(&mut self, place: Position) -> Result<Position> {
        let start = log_head::Column::Start;
        log_head::Entity::update_many()
            .col_expr(start, Expr::val(place))
            .filter(log_head::Column::Id.eq(1).and(start.lt(place)))
            .exec(self.writing_apart())
            .await
            .map_err(fault)?;
        let head = log_head::Entity::find_by_id(1).one(self.connection()).await.map_err(fault)?;
        head.map(|head| head.start).ok_or_else(|| Error::storage("the log has no head"))
    }

    /// Removes the events of a locked task before the cut, but for those of its newest versions, at
    /// least `keep` of them: the task as it was at the oldest of these is kept instead. Says how many
    /// events are gone.
    pub async fn compact_task(&mut self, id: TaskId, cut: Position, keep: u64) -> Result<u64> {
        let before = baseline_of(self.connection(), id).await?;
        let Some(last) = self.last_before(id, cut).await? else { return Ok(0) };
        let removed = std::cmp::max(last, before.as_ref().map_or(0, |row| row.removed));
        let strategist = self.strategist_at(id, cut, before.as_ref()).await?;
        let Some((version, told)) = self.oldest_to_keep(id, cut, keep, before).await? else {
            return Ok(0);
        };
        let oldest = told.version;
        let row = baseline::row(&version, &told, removed, strategist)?;
        self.keep_log_head().await?;
        let connection = self.writing_apart();
        baseline::Entity::delete_by_id(id.uuid()).exec(connection).await.map_err(fault)?;
        baseline::Entity::insert(row).exec_without_returning(connection).await.map_err(fault)?;
        let gone = event::Entity::delete_many()
            .filter(event::Column::TaskId.eq(id.uuid()))
            .filter(event::Column::Position.lte(cut))
            .filter(versions_of(id).add(event::Column::Version.gt(oldest)).not())
            .exec(connection)
            .await
            .map_err(fault)?;
        self.drop_lists(id, &told).await?;
        Ok(gone.rows_affected)
    }

    /// Forgets what is kept of a task beside its events.
    pub(super) async fn forget_history(&mut self, id: TaskId) -> Result<()> {
        let connection = self.writing_apart();
        baseline::Entity::delete_by_id(id.uuid()).exec(connection).await.map_err(fault)?;
        document::Entity::delete_many()
            .filter(document::Column::TaskId.eq(id.uuid()))
            .exec(connection)
            .await
            .map_err(fault)?;
        Ok(())
    }

    /// The sequence of the last event of a task up to a cut.
    async fn last_before(&self, id: TaskId, cut: Position) -> Result<Option<i64>> {
        event::Entity::find()
            .select_only()
            .column(event::Column::Sequence)
            .filter(event::Column::TaskId.eq(id.uuid()))
            .filter(event::Column::Position.lte(cut))
            .order_by_desc(event::Column::Position)
            .limit(1)
            .into_tuple()
            .one(self.connection())
            .await
            .map_err(fault)
    }

    /// The version that the history is to begin with, and the task as it was then; none if it begins
    /// there already and no event is left before the cut.
    async fn oldest_to_keep(
        &self,
        id: TaskId,
        cut: Position,
        keep: u64,
        before: Option<baseline::Model>,
    ) -> Result<Option<(TaskVersion, ToldTask)>> {
        let version = event::Column::Version;
        let one = |order: sea_orm::Order, skip: u64, condition: Condition| {
            let found = event::Entity::find().filter(condition).order_by(version, order);
            found.offset(skip).limit(1).one(self.connection())
        };
        let newest_first = || sea_orm::Order::Desc;
        let early = || versions_of(id).add(event::Column::Position.lte(cut));
        let before_cut = one(newest_first(), 0, early()).await.map_err(fault)?;
        let of_newest = one(newest_first(), keep.saturating_sub(1), versions_of(id));
        let chosen = match (before_cut, of_newest.await.map_err(fault)?) {
            (Some(before_cut), Some(of_newest)) if of_newest.version < before_cut.version => {
                Some(of_newest)
            }
            (Some(before_cut), Some(_)) => Some(before_cut),
            // So few versions that all are kept: the first of them can be told without its event.
            (Some(_), None) if before.is_none() => {
                one(sea_orm::Order::Asc, 0, early()).await.map_err(fault)?
            }
            (Some(_), None) | (None, _) => None,
        };
        let Some(row) = chosen else {
            return before.map(|row| Ok((made_by(row.clone().event()?)?, row.told()?))).transpose();
        };
        let from = before.as_ref().map(baseline::Model::told).transpose()?;
        let told = fold(self.connection(), id, from, row.version).await?;
        Ok(Some((made_by(Event::try_from(row)?)?, told)))
    }

    /// Who proposed the points of a task at the cut, as `check` will find it again.
    async fn strategist_at(
        &self,
        id: TaskId,
        cut: Position,
        before: Option<&baseline::Model>,
    ) -> Result<Option<String>> {
        let kinds = [EventKind::StrategyClaimed, EventKind::StrategyReleased, EventKind::Imported];
        let last = event::Entity::find()
            .filter(event::Column::TaskId.eq(id.uuid()))
            .filter(event::Column::Position.lte(cut))
            .filter(event::Column::Sequence.gt(before.map_or(0, |row| row.removed)))
            .filter(event::Column::Kind.is_in(kinds.map(EventKind::as_str)))
            .order_by_desc(event::Column::Position)
            .limit(1)
            .one(self.connection())
            .await
            .map_err(fault)?;
        let Some(row) = last else { return Ok(before.and_then(|row| row.strategist.clone())) };
        let held = strategist_after(&Event::try_from(row)?.change.what, None);
        held.map(|held| json(&held)).transpose()
    }

    /// Drops the lists of candidates that no version names any more.
    async fn drop_lists(&mut self, id: TaskId, oldest: &ToldTask) -> Result<()> {
        let all = document::Column::TaskId.eq(id.uuid());
        let kept = document::Entity::find()
            .select_only()
            .column(document::Column::Hash)
            .filter(all.clone())
            .into_tuple::<String>()
            .all(self.connection())
            .await
            .map_err(fault)?;
        if kept.is_empty() {
            return Ok(());
        }
        let mut named: BTreeSet<String> = hash_in(oldest.settings.get(PastSpace::FIELD)).collect();
        let mut reached: Version = oldest.version;
        loop {
            let piece = event::Entity::find()
                .filter(versions_of(id).add(event::Column::Version.gt(reached)))
                .order_by_asc(event::Column::Version)
                .limit(200)
                .all(self.connection())
                .await
                .map_err(fault)?;
            let Some(last) = piece.last() else { break };
            reached = last.version;
            for row in piece {
                let version = made_by(Event::try_from(row)?)?;
                let changes = version.changes().into_iter();
                let spaces = changes.filter(|change| change.field == PastSpace::FIELD);
                named.extend(spaces.flat_map(|change| hash_in(change.new.as_ref())));
            }
        }
        document::Entity::delete_many()
            .filter(all.and(document::Column::Hash.is_not_in(named)))
            .exec(self.writing_apart())
            .await
            .map_err(fault)?;
        Ok(())
    }
}

fn made_by(event: Event) -> Result<TaskVersion> {
    TaskVersion::of(event).ok_or_else(|| Error::storage("an event that makes no version"))
}

fn hash_in(space: Option<&JsonValue>) -> impl Iterator<Item = String> + use<> {
    space.and_then(ParameterSpace::told_hash).map(str::to_owned).into_iter()
}

/// Who proposes the points of a task after an event, with the number of the lease, given who did
/// before.
pub(super) fn strategist_after(
    what: &Happening,
    before: Option<(String, i64)>,
) -> Option<(String, i64)> {
    if let Happening::StrategyClaimed { strategist, token, .. } = what {
        return Some((strategist.to_string(), *token));
    }
    let ends = matches!(what, Happening::StrategyReleased { .. } | Happening::Imported { .. });
    before.filter(|_| !ends)
}
