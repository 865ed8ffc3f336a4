//! A page of an ordered list, between two cursors, and what the whole list has.

use std::collections::{BTreeMap, HashMap};

use super::{Owner, Tag, TaskStatus};

/// From which side of what the cursors enclose the page is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The first ones.
    First,
    /// The last ones, still in the list's order.
    Last,
}

/// What page is asked for. `C` is the sort key of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRequest<C> {
    /// The most items.
    pub limit: u64,
    /// From which side.
    pub side: Side,
    /// Only what comes after this key.
    pub after: Option<C>,
    /// Only what comes before this key.
    pub before: Option<C>,
}

impl<C> PageRequest<C> {
    /// The first `limit` items after a key.
    #[must_use]
    pub const fn first(limit: u64, after: Option<C>) -> Self {
        Self { limit, side: Side::First, after, before: None }
    }
}

impl<C> PageRequest<C> {
    /// The same page of the list the other way round.
    #[must_use]
    pub fn turned(self) -> Self {
        let side = match self.side {
            Side::First => Side::Last,
            Side::Last => Side::First,
        };
        Self { limit: self.limit, side, after: self.before, before: self.after }
    }
}

/// How many tasks of a list have what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facets {
    /// Each status.
    pub statuses: HashMap<TaskStatus, i64>,
    /// Each tag.
    pub tags: BTreeMap<Tag, i64>,
    /// Each owner.
    pub owners: BTreeMap<Owner, i64>,
}

/// A page, in the list's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Whether there are items before the page, on the side that was looked at.
    pub has_previous: bool,
    /// Whether there are items after the page, on the side that was looked at.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// Makes a page of what a query for `limit + 1` items gave, in the order in which it was walked.
    #[must_use]
    pub fn of<C>(request: &PageRequest<C>, mut walked: Vec<T>) -> Self {
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let more = walked.len() > limit;
        walked.truncate(limit);
        match request.side {
            Side::First => {
                Self { items: walked, has_previous: request.after.is_some(), has_next: more }
            }
            Side::Last => {
                walked.reverse();
                Self { items: walked, has_previous: more, has_next: request.before.is_some() }
            }
        }
    }

    /// The same page of the list the other way round.
    #[must_use]
    pub fn turned(mut self) -> Self {
        self.items.reverse();
        Self { items: self.items, has_previous: self.has_next, has_next: self.has_previous }
    }

    /// The same page of other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            has_previous: self.has_previous,
            has_next: self.has_next,
        }
    }
}
