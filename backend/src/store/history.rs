//! What tasks were, from the log alone: it is read also of a task that is deleted.

use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, Order,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::Expr,
};

use super::{
    Store, Tx,
    entity::{baseline, document, event, micros},
    fault,
    transaction::Transaction,
};
use crate::task::{
    Error, Event, Moment, Page, PageRequest, ParameterSpace, PastSpace, PastTask, Position, Result,
    Side, TaskId, TaskVersion, ToldTask, Version, VersionId,
};

/// How many events are folded at once.
const PIECE: u64 = 200;

/// The events that make versions, in the words of the index over them (`event_of_version`): with these,
/// and literally these, the databases use it.
const OF_VERSIONS: &str = "kind IN ('CREATED', 'UPDATED', 'STATUS_CHANGED', 'DELETED', \
     'RESTORED', 'IMPORTED', 'CLAIMED', 'CLAIM_ENDED')";

/// The events that made versions of a task.
pub(super) fn versions_of(id: TaskId) -> Condition {
    Condition::all().add(event::Column::TaskId.eq(id.uuid())).add(Expr::cust(OF_VERSIONS))
}

impl Store {
    /// A page of the versions of a task, newest first. An error if there never was such a task.
    pub async fn list_versions(
        &self,
        id: TaskId,
        page: &PageRequest<Version>,
    ) -> Result<Page<TaskVersion>> {
        let snapshot = self.snapshot().await?;
        let found = versions(&snapshot, id, page).await;
        snapshot.roll_back().await;
        found
    }

    /// Some versions, of each task in two queries.
    pub async fn versions(&self, ids: &[VersionId]) -> Result<HashMap<VersionId, TaskVersion>> {
        let mut numbers: HashMap<TaskId, Vec<Version>> = HashMap::new();
        for id in ids {
            numbers.entry(id.task).or_default().push(id.version);
        }
        let mut found = HashMap::new();
        for (task, numbers) in numbers {
            let rows = event::Entity::find()
                .filter(versions_of(task).add(event::Column::Version.is_in(numbers.clone())))
                .all(&self.reader)
                .await
                .map_err(fault)?;
            let mut events = rows.into_iter().map(Event::try_from).collect::<Result<Vec<_>>>()?;
            // After the events: what is compacted meanwhile is in one of the two.
            let oldest = baseline_of(&self.reader, task).await?;
            if let Some(row) = oldest.filter(|row| numbers.contains(&row.version)) {
                events.push(row.event()?);
            }
            let made = events.into_iter().filter_map(TaskVersion::of);
            found.extend(made.map(|version| (version.id(), version)));
        }
        Ok(found)
    }

    /// A task as it was.
    pub async fn past_task(&self, id: TaskId, moment: Moment) -> Result<PastTask> {
        let snapshot = self.snapshot().await?;
        let found = past(&snapshot, id, moment).await;
        snapshot.roll_back().await;
        found
    }

    /// A task as it was at two versions, in the words of its events.
    pub async fn told_at_both(
        &self,
        id: TaskId,
        versions: (Version, Version),
    ) -> Result<(ToldTask, ToldTask)> {
        let snapshot = self.snapshot().await?;
        let (one, other) = (Moment::Version(versions.0), Moment::Version(versions.1));
        let found =
            async { Ok((told(&snapshot, id, one).await?, told(&snapshot, id, other).await?)) };
        let found = found.await;
        snapshot.roll_back().await;
        found
    }
}

/// Where the history of a task begins, if it was compacted.
pub(super) async fn baseline_of(
    connection: &impl ConnectionTrait,
    id: TaskId,
) -> Result<Option<baseline::Model>> {
    baseline::Entity::find_by_id(id.uuid()).one(connection).await.map_err(fault)
}

async fn versions(
    snapshot: &Transaction,
    id: TaskId,
    page: &PageRequest<Version>,
) -> Result<Page<TaskVersion>> {
    let mut condition = versions_of(id);
    if let Some(after) = page.after {
        condition = condition.add(event::Column::Version.lt(after));
    }
    if let Some(before) = page.before {
        condition = condition.add(event::Column::Version.gt(before));
    }
    let order = match page.side {
        Side::First => Order::Desc,
        Side::Last => Order::Asc,
    };
    let rows = event::Entity::find()
        .filter(condition)
        .order_by(event::Column::Version, order)
        .limit(page.limit + 1)
        .all(snapshot)
        .await
        .map_err(fault)?;
    let mut events = rows.into_iter().map(Event::try_from).collect::<Result<Vec<_>>>()?;
    let baseline = baseline_of(snapshot, id).await?;
    if baseline.is_none() && latest(snapshot, id, Moment::Version(Version::MAX)).await?.is_none() {
        return Err(Error::TaskNotFound(id));
    }
    // The oldest that is kept has no event in the log any more.
    let within = |row: &baseline::Model| {
        page.after.is_none_or(|after| row.version < after)
            && page.before.is_none_or(|before| row.version > before)
    };
    if let Some(row) = baseline.filter(within) {
        let place = match page.side {
            Side::First => events.len(),
            Side::Last => 0,
        };
        // Behind a page that is full already it only says that there is more.
        events.insert(place, row.event()?);
    }
    Ok(Page::of(page, events.into_iter().filter_map(TaskVersion::of).collect()))
}

pub(super) async fn past(snapshot: &Transaction, id: TaskId, moment: Moment) -> Result<PastTask> {
    let told = told(snapshot, id, moment).await?;
    let space = told.settings.get(PastSpace::FIELD);
    let list = match space.and_then(ParameterSpace::told_hash) {
        Some(hash) => document::Entity::find_by_id((id.uuid(), hash.to_owned()))
            .one(snapshot)
            .await
            .map_err(fault)?,
        None => None,
    };
    PastTask::new(told, list.as_ref().map(|list| list.content.as_str()))
}

/// The task at that moment, in the words of its events.
pub(super) async fn told(
    connection: &impl ConnectionTrait,
    id: TaskId,
    moment: Moment,
) -> Result<ToldTask> {
    let baseline = baseline_of(connection, id).await?;
    let wanted = latest(connection, id, moment).await?;
    let from = match &baseline {
        Some(row) => Some(row.told()?),
        None => None,
    };
    let past = match (from, wanted) {
        (from, Some(version)) => fold(connection, id, from, version).await?,
        (Some(from), None) if reaches(baseline.as_ref(), moment) => from,
        (Some(from), None) => return Err(Error::HistoryCompacted { oldest: from.version }),
        (None, None) => {
            return Err(match latest(connection, id, Moment::Version(Version::MAX)).await? {
                Some(_) => Error::VersionNotFound { wanted: moment },
                None => Error::TaskNotFound(id),
            });
        }
    };
    match moment {
        // Versions of a task from a file begin with that of the file, and may have gaps.
        Moment::Version(version) if past.version != version => {
            Err(Error::VersionNotFound { wanted: moment })
        }
        Moment::Version(_) | Moment::Time(_) => Ok(past),
    }
}

/// The task as it was at a place in the log; none if it was not there yet, or was purged since.
pub(super) async fn told_at(
    connection: &impl ConnectionTrait,
    id: TaskId,
    position: Position,
) -> Result<Option<ToldTask>> {
    let latest: Option<Version> = event::Entity::find()
        .select_only()
        .column(event::Column::Version)
        .filter(versions_of(id).add(event::Column::Position.lte(position)))
        .order_by_desc(event::Column::Version)
        .limit(1)
        .into_tuple()
        .one(connection)
        .await
        .map_err(fault)?;
    match latest {
        Some(version) => told(connection, id, Moment::Version(version)).await.map(Some),
        None => baseline_of(connection, id).await?.map(|row| row.told()).transpose(),
    }
}

fn reaches(baseline: Option<&baseline::Model>, moment: Moment) -> bool {
    baseline.is_some_and(|row| match moment {
        Moment::Version(version) => row.version <= version,
        Moment::Time(at) => row.at <= micros(at),
    })
}

/// The latest version up to that moment whose event is in the log.
async fn latest(
    connection: &impl ConnectionTrait,
    id: TaskId,
    moment: Moment,
) -> Result<Option<Version>> {
    let until = match moment {
        Moment::Version(version) => event::Column::Version.lte(version),
        Moment::Time(at) => event::Column::At.lte(micros(at)),
    };
    event::Entity::find()
        .select_only()
        .column(event::Column::Version)
        .filter(versions_of(id).add(until))
        .order_by_desc(event::Column::Version)
        .limit(1)
        .into_tuple()
        .one(connection)
        .await
        .map_err(fault)
}

/// Folds the events of a task from where it was, up to and with a version.
pub(super) async fn fold(
    connection: &impl ConnectionTrait,
    id: TaskId,
    mut task: Option<ToldTask>,
    to: Version,
) -> Result<ToldTask> {
    loop {
        let reached = task.as_ref().map_or(0, |task| task.version);
        let piece = event::Entity::find()
            .filter(versions_of(id))
            .filter(event::Column::Version.gt(reached))
            .filter(event::Column::Version.lte(to))
            .order_by_asc(event::Column::Version)
            .limit(PIECE)
            .all(connection)
            .await
            .map_err(fault)?;
        if piece.is_empty() {
            return task.ok_or(Error::TaskNotFound(id));
        }
        for row in piece {
            let event = Event::try_from(row)?;
            task = Some(ToldTask::after(task, &event.change)?);
        }
    }
}

impl Tx {
    /// Keeps the list of a space's candidates for as long as events name it.
    pub(super) async fn keep_list(&mut self, id: TaskId, space: &ParameterSpace) -> Result<()> {
        let Some(list) = space.list_to_keep() else { return Ok(()) };
        let row = document::ActiveModel {
            task_id: Set(id.uuid()),
            hash: Set(list.hash),
            content: Set(list.content),
        };
        let key = [document::Column::TaskId, document::Column::Hash];
        document::Entity::insert(row)
            .on_conflict_do_nothing_on(key)
            .exec_without_returning(self.writing_apart())
            .await
            .map_err(fault)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::OF_VERSIONS;
    use crate::task::EventKind;

    #[test]
    fn the_index_has_all_kinds_of_events_that_make_versions() {
        for kind in EventKind::ALL {
            let indexed = OF_VERSIONS.contains(&format!("'{}'", kind.as_str()));
            assert_eq!(indexed, kind.bumps_version(), "{}", kind.as_str());
        }
    }
}
