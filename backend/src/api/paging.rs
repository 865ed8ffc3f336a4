//! Cursor connections (<https://relay.dev/graphql/connections.htm>): pages of ordered lists, in both directions.

use async_graphql::{ComplexObject, Context, SimpleObject};

use super::{
    Services,
    cursor::{Cursor, TaskCursor, TrialCursor},
    error::{Result, invalid, refusal},
    types::{Task, TaskEvent, TaskFacets, TaskVersion, Trial, View},
};
use crate::task::{
    self, Invalid, Page, PageRequest, PlacedTrial, Side, TaskFilter, TaskId, TaskOrder,
    TrialFilter, TrialOrder,
};

/// The most items of one page.
pub(super) const MAX_PAGE: i32 = 1_000;
/// The items of a page whose size the client leaves open.
pub(super) const DEFAULT_PAGE: i32 = 50;

/// The arguments that every connection takes.
#[derive(Debug, Clone, Default)]
pub(super) struct PageArguments {
    pub(super) first: Option<i32>,
    pub(super) after: Option<String>,
    pub(super) last: Option<i32>,
    pub(super) before: Option<String>,
}

impl PageArguments {
    /// The page that they ask for, of the list that `like` is a cursor of.
    pub(super) fn request<C: Cursor>(&self, like: &C) -> Result<PageRequest<C>> {
        let (side, limit) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(invalid("last", Invalid::new("`first` and `last` exclude each other")));
            }
            (Some(first), None) => (Side::First, size("first", first)?),
            (None, Some(last)) => (Side::Last, size("last", last)?),
            (None, None) => (Side::First, size("first", DEFAULT_PAGE)?),
        };
        let place = |text: &Option<String>| {
            text.as_deref().map(|text| C::decode(text, like)).transpose().map_err(refusal)
        };
        Ok(PageRequest { limit, side, after: place(&self.after)?, before: place(&self.before)? })
    }
}

fn size(argument: &str, size: i32) -> Result<u64> {
    u64::try_from(size).ok().filter(|_| size <= MAX_PAGE).ok_or_else(|| {
        invalid(argument, Invalid::new(format!("a whole number from 0 to {MAX_PAGE}")))
    })
}

/// Where a page lies in its list.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct PageInfo {
    /// Whether there is something before this page. Reliable when paging backward (with `last`).
    has_previous_page: bool,
    /// Whether there is something after this page. Reliable when paging forward (with `first`).
    has_next_page: bool,
    /// The cursor of the first item; pass it as `before` for the page before.
    start_cursor: Option<String>,
    /// The cursor of the last item; pass it as `after` for the next page.
    end_cursor: Option<String>,
}

impl PageInfo {
    /// That of a page of things with these cursors.
    fn of<'a>(
        has_previous_page: bool,
        has_next_page: bool,
        cursors: impl DoubleEndedIterator<Item = &'a String> + Clone,
    ) -> Self {
        Self {
            has_previous_page,
            has_next_page,
            start_cursor: cursors.clone().next().cloned(),
            end_cursor: cursors.last().cloned(),
        }
    }
}

/// The connection and the edge of one type of node.
macro_rules! connection {
    ($node:ident, $connection:ident, $edge:ident, $record:ty, $what:literal) => {
        #[doc = concat!("One of the ", $what, " of a page, with its place in the list.")]
        #[derive(Debug, Clone, SimpleObject)]
        pub(super) struct $edge {
            /// The item.
            node: $node,
            /// Its place in the list.
            cursor: String,
        }

        #[doc = concat!("A page of ", $what, ".")]
        #[derive(Debug, Clone, SimpleObject)]
        pub(super) struct $connection {
            /// The items with their cursors.
            edges: Vec<$edge>,
            /// The items alone.
            nodes: Vec<$node>,
            /// Where this page lies in the list.
            page_info: PageInfo,
        }

        impl $connection {
            /// The page, each item with the cursor that `key` tells.
            pub(super) fn of<C: Cursor>(page: Page<$record>, key: impl Fn(&$record) -> C) -> Self {
                let Page { items, has_previous, has_next } = page;
                let edges: Vec<$edge> = items
                    .into_iter()
                    .map(|item| {
                        let cursor = key(&item).encode();
                        $edge { node: item.into(), cursor }
                    })
                    .collect();
                Self {
                    nodes: edges.iter().map(|edge| edge.node.clone()).collect(),
                    page_info: PageInfo::of(
                        has_previous,
                        has_next,
                        edges.iter().map(|edge| &edge.cursor),
                    ),
                    edges,
                }
            }
        }
    };
}

/// One of the tasks of a page, with its place in the list.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct TaskEdge {
    /// The item.
    node: Task,
    /// Its place in the list. It holds for lists in this order, whatever their filter.
    cursor: String,
}

/// A page of tasks.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct TaskConnection {
    /// The items with their cursors.
    edges: Vec<TaskEdge>,
    /// The items alone.
    nodes: Vec<Task>,
    /// Where this page lies in the list.
    page_info: PageInfo,
    /// What the list is of.
    #[graphql(skip)]
    filter: TaskFilter,
}

#[ComplexObject]
impl TaskConnection {
    /// How many tasks the whole list has. It is counted only if you ask for it, which in a large database takes longer than
    /// the page itself.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        let store = &ctx.data::<Services>()?.store;
        let count = store.count_tasks(&self.filter).await.map_err(refusal)?;
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// How many tasks of the whole list have each status, tag and owner. Counted only if you ask for it.
    async fn facets(&self, ctx: &Context<'_>) -> Result<TaskFacets> {
        let store = &ctx.data::<Services>()?.store;
        Ok(store.facets_of_tasks(&self.filter).await.map_err(refusal)?.into())
    }
}

impl TaskConnection {
    /// The page of a list in that order, of the tasks that pass the filter.
    pub(super) fn of(page: Page<task::Task>, order: &TaskOrder, filter: TaskFilter) -> Self {
        let Page { items, has_previous, has_next } = page;
        let edges: Vec<_> = items
            .into_iter()
            .map(|item| {
                let place = order.place(&item);
                let cursor = TaskCursor { order: order.clone(), place }.encode();
                TaskEdge { node: item.into(), cursor }
            })
            .collect();
        Self {
            nodes: edges.iter().map(|edge| edge.node.clone()).collect(),
            page_info: PageInfo::of(has_previous, has_next, edges.iter().map(|edge| &edge.cursor)),
            edges,
            filter,
        }
    }
}

/// One of the trials of a page, with its place in the list.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct TrialEdge {
    /// The item.
    node: Trial,
    /// Its place in the list. It holds for lists in this order, whatever their filter.
    cursor: String,
}

/// A page of trials.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub(super) struct TrialConnection {
    /// The items with their cursors.
    edges: Vec<TrialEdge>,
    /// The items alone.
    nodes: Vec<Trial>,
    /// Where this page lies in the list.
    page_info: PageInfo,
    /// Whose trials they are.
    #[graphql(skip)]
    task: TaskId,
    /// What the list is of.
    #[graphql(skip)]
    filter: TrialFilter,
    /// Number of trials that the list has although they are yet to be made.
    #[graphql(skip)]
    planned: i64,
}

#[ComplexObject]
impl TrialConnection {
    /// How many trials the whole list has. Counted only if you ask for it.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        let store = &ctx.data::<Services>()?.store;
        let count = store.count_trials(self.task, &self.filter).await.map_err(refusal)?;
        Ok(i64::try_from(count).unwrap_or(i64::MAX).saturating_add(self.planned))
    }
}

impl TrialConnection {
    /// The page of a list in that order, of the trials of a task that pass the filter.
    pub(super) fn of(
        page: Page<PlacedTrial>,
        task: TaskId,
        order: &TrialOrder,
        filter: TrialFilter,
    ) -> Self {
        let Page { items, has_previous, has_next } = page;
        let edges: Vec<_> = items
            .into_iter()
            .map(|PlacedTrial { trial, place }| {
                let cursor = TrialCursor { task, order: order.clone(), place }.encode();
                TrialEdge { node: trial.into(), cursor }
            })
            .collect();
        Self {
            nodes: edges.iter().map(|edge| edge.node.clone()).collect(),
            page_info: PageInfo::of(has_previous, has_next, edges.iter().map(|edge| &edge.cursor)),
            edges,
            task,
            filter,
            planned: 0,
        }
    }

    /// The same of a list that has so many trials more, which are yet to be made.
    pub(super) fn with_planned(self, planned: i64) -> Self {
        Self { planned, ..self }
    }
}

connection!(View, ViewConnection, ViewEdge, crate::task::View, "views");
connection!(TaskEvent, TaskEventConnection, TaskEventEdge, crate::task::Event, "events");

connection!(
    TaskVersion,
    TaskVersionConnection,
    TaskVersionEdge,
    crate::task::TaskVersion,
    "versions"
);

/// A page request with the same bounds in other words.
pub(super) fn keys<C, K>(request: PageRequest<C>, key: impl Fn(C) -> K) -> PageRequest<K> {
    let PageRequest { limit, side, after, before } = request;
    PageRequest { limit, side, after: after.map(&key), before: before.map(&key) }
}
