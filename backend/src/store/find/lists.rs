//! Lists of tasks that pass a filter, their number, and their ids.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, FromQueryResult as _, QueryResult, prelude::Uuid};

use super::{
    super::{DatabaseKind, Store, Tx, entity, fault, reader::Reader},
    order::{self, Columns, Side as SideOf},
    rail::Slice,
    walk::{FEW, Place, Walk},
    way::Way,
};
use crate::task::{
    Error, Facets, Owner, Page, PageRequest, Result, Side, Tag, Task, TaskCondition, TaskFilter,
    TaskId, TaskOrder, TaskPlace, TaskStatus,
};

impl Store {
    const fn place(&self) -> Place<'_, Reader> {
        Place { kind: self.kind, connection: &self.reader, few: self.few }
    }

    /// A page of tasks.
    pub async fn list_tasks(
        &self,
        filter: &TaskFilter,
        order: &TaskOrder,
        page: &PageRequest<TaskPlace>,
    ) -> Result<Page<Task>> {
        let reversed = page.side == Side::Last;
        let (after, before) = match page.side {
            Side::First => (&page.after, &page.before),
            Side::Last => (&page.before, &page.after),
        };
        let list = List {
            order,
            reversed,
            columns: Columns::of(order).reversed(reversed),
            after: after.as_ref(),
            before: before.as_ref(),
            limit: page.limit + 1,
        };
        let tasks = list.read(filter, self.place()).await?;
        Ok(Page::of(page, tasks))
    }

    /// How many tasks pass.
    pub async fn count_tasks(&self, filter: &TaskFilter) -> Result<u64> {
        let rail = Way::of(filter, self.place(), false).await?.by_age(filter, false);
        let mut walk = Walk::new(self.place(), filter, rail, None);
        let mut count = 0;
        while let Some(slice) = walk.next_slice().await? {
            let sql = walk.statement("count(*) AS count", &slice);
            for row in walk.query(sql).await? {
                let part: i64 = row.try_get("", "count").map_err(fault)?;
                count += u64::try_from(part).unwrap_or_default();
            }
        }
        Ok(count)
    }

    /// How many of the tasks that pass have each status, tag and owner.
    pub async fn facets_of_tasks(&self, filter: &TaskFilter) -> Result<Facets> {
        let rail = Way::of(filter, self.place(), false).await?.by_age(filter, false);
        let mut walk = Walk::new(self.place(), filter, rail, None);
        let each = match self.kind {
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => "json_each(found.tags) AS each",
            DatabaseKind::Postgres => "json_array_elements_text(found.tags::json) AS each(value)",
        };
        let mut facets = Facets::default();
        while let Some(slice) = walk.next_slice().await? {
            let columns = "task.status AS status, task.owner AS owner, task.tags AS tags";
            let sql = walk.statement(columns, &slice);
            let counts = format!(
                ") SELECT 0 AS kind, status AS word, count(*) AS count FROM found GROUP BY status \
                 UNION ALL SELECT 1, owner, count(*) FROM found GROUP BY owner \
                 UNION ALL SELECT 2, each.value, count(*) FROM found, {each} GROUP BY each.value"
            );
            let sql = sql.enclosed("WITH found AS MATERIALIZED (", &counts);
            for row in walk.query(sql).await? {
                add_facet(&mut facets, &row)?;
            }
        }
        Ok(facets)
    }

    /// Those of some tasks that pass.
    pub async fn passing(&self, filter: &TaskFilter, some: &[TaskId]) -> Result<HashSet<TaskId>> {
        let these = TaskCondition::Ids(some.to_vec());
        let condition = TaskCondition::All(vec![these, filter.condition.clone()]);
        let filter = TaskFilter { condition, deleted: filter.deleted };
        Ok(self.ids_of_tasks(&filter, some.len()).await?.into_iter().collect())
    }

    /// The ids of the tasks that pass, oldest first, at most `most`.
    pub async fn ids_of_tasks(&self, filter: &TaskFilter, most: usize) -> Result<Vec<TaskId>> {
        ids(filter, self.place(), most).await
    }
}

impl Tx {
    /// The ids of the tasks that pass, oldest first, at most `most`.
    pub async fn ids_of_tasks(&mut self, filter: &TaskFilter, most: usize) -> Result<Vec<TaskId>> {
        let kind = self.kind();
        let place = Place { kind, connection: self.flushed().await?, few: FEW };
        ids(filter, place, most).await
    }
}

fn add_facet(facets: &mut Facets, row: &QueryResult) -> Result<()> {
    let kind: i32 = row.try_get("", "kind").map_err(fault)?;
    let word: String = row.try_get("", "word").map_err(fault)?;
    let count: i64 = row.try_get("", "count").map_err(fault)?;
    let unreadable = || Error::storage(format!("an unknown word: {word}"));
    *match kind {
        0 => {
            let status = TaskStatus::from_word(&word).ok_or_else(unreadable)?;
            facets.statuses.entry(status).or_default()
        }
        1 => facets.owners.entry(Owner::kept(&word).map_err(|_| unreadable())?).or_default(),
        _ => facets.tags.entry(Tag::kept(&word).map_err(|_| unreadable())?).or_default(),
    } += count;
    Ok(())
}

async fn ids(
    filter: &TaskFilter,
    place: Place<'_, impl ConnectionTrait>,
    most: usize,
) -> Result<Vec<TaskId>> {
    let rail = Way::of(filter, place, false).await?.by_age(filter, false);
    let mut walk = Walk::new(place, filter, rail, None);
    let mut found = Vec::new();
    while found.len() < most
        && let Some(slice) = walk.next_slice().await?
    {
        let mut sql = walk.statement("task.id AS id", &slice);
        let age = Columns::of_age();
        walk.columns().unwrap_or(&age).push_order(&mut sql);
        sql.push(&format!(" LIMIT {}", most - found.len()));
        for row in walk.query(sql).await? {
            found.push(TaskId::from(row.try_get::<Uuid>("", "id").map_err(fault)?));
        }
    }
    Ok(found)
}

/// A part of an ordered list.
struct List<'a> {
    order: &'a TaskOrder,
    reversed: bool,
    /// The columns of the order, in its direction.
    columns: Columns,
    after: Option<&'a TaskPlace>,
    before: Option<&'a TaskPlace>,
    limit: u64,
}

impl List<'_> {
    async fn read(
        &self,
        filter: &TaskFilter,
        place: Place<'_, impl ConnectionTrait>,
    ) -> Result<Vec<Task>> {
        let age = order::is_age(self.order);
        let way = Way::of(filter, place, age).await?;
        // By age the direction of the list is that of the columns.
        let falling = self.order.ties_fall() != self.reversed;
        let (rail, in_order) = match order::index(self.order) {
            _ if way.is_few() => (way.by_age(filter, false), false),
            _ if age => (way.by_age(filter, falling), true),
            Some(index) if !filter.deleted => (way.by_index(index, self.columns.clone()), true),
            _ => (way.by_age(filter, false), false),
        };
        let after = self.after.filter(|_| in_order);
        let after = after.map(|place| order::values(self.order, place));
        let mut walk = Walk::new(place, filter, rail, after);
        let mut found = Vec::new();
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        while let Some(slice) = walk.next_slice().await? {
            let left = if in_order { limit - found.len() } else { limit };
            found.extend(self.part(&walk, &slice, in_order, left).await?);
            if !in_order {
                self.keep_first(&mut found, limit);
            } else if found.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    /// The first tasks of a slice. The inner statement is of ids, for which an index is enough.
    async fn part(
        &self,
        walk: &Walk<'_, impl ConnectionTrait>,
        slice: &Slice,
        in_order: bool,
        limit: usize,
    ) -> Result<Vec<Task>> {
        let mut sql = walk.statement("task.id AS id", slice);
        let own = walk.columns().filter(|_| in_order).unwrap_or(&self.columns);
        let after = self.after.filter(|_| !in_order);
        for (place, side) in [(after, SideOf::After), (self.before, SideOf::Before)] {
            if let Some(place) = place {
                sql.push(" AND ");
                own.push_side(&mut sql, &order::values(self.order, place), side);
            }
        }
        own.push_order(&mut sql);
        sql.push(&format!(" LIMIT {limit}"));
        let mut whole = sql
            .enclosed("SELECT task.* FROM (", ") AS page CROSS JOIN task WHERE task.id = page.id");
        self.columns.push_order(&mut whole);
        let rows = walk.query(whole).await?;
        rows.iter()
            .map(|row| entity::task::Model::from_query_result(row, "").map_err(fault)?.try_into())
            .collect()
    }

    /// Keeps the first ones of what was found in no order.
    fn keep_first(&self, found: &mut Vec<Task>, limit: usize) {
        found.sort_by_cached_key(|task| Placed { list: self, place: self.order.place(task) });
        found.truncate(limit);
    }
}

/// A place that is compared by the order of its list.
struct Placed<'a> {
    list: &'a List<'a>,
    place: TaskPlace,
}

impl Ord for Placed<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let ordering = self.list.order.compare(&self.place, &other.place);
        if self.list.reversed { ordering.reverse() } else { ordering }
    }
}

impl PartialOrd for Placed<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Placed<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Placed<'_> {}
