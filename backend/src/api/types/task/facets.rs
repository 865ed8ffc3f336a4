//! How many tasks of a list have what.

use async_graphql::SimpleObject;

use super::TaskStatus;
use crate::task::{Facets, TaskStatus as Status};

/// How many tasks of a list have each status, tag and owner.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct TaskFacets {
    /// The statuses that some have, in the order of a task's life.
    statuses: Vec<StatusCount>,
    /// The tags, the most frequent first, 1,000 at most.
    tags: Vec<TagCount>,
    /// The owners, the most frequent first, 1,000 at most.
    owners: Vec<OwnerCount>,
}

/// How many tasks have a status.
#[derive(Debug, Clone, SimpleObject)]
pub(super) struct StatusCount {
    /// The status.
    pub(super) status: TaskStatus,
    /// How many tasks have it.
    pub(super) count: i64,
}

/// How many tasks have a tag.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct TagCount {
    /// The tag.
    tag: String,
    /// How many tasks have it.
    count: i64,
}

/// How many tasks an owner has.
#[derive(Debug, Clone, SimpleObject)]
struct OwnerCount {
    /// The owner.
    owner: String,
    /// How many tasks there are on its behalf.
    count: i64,
}

impl From<Facets> for TaskFacets {
    fn from(facets: Facets) -> Self {
        let Facets { statuses, tags, owners } = facets;
        let count = |status: Status| statuses.get(&status).copied().filter(|count| *count > 0);
        Self {
            statuses: Status::ALL
                .into_iter()
                .filter_map(|status| {
                    Some(StatusCount { status: status.into(), count: count(status)? })
                })
                .collect(),
            tags: most_frequent(tags).map(|(tag, count)| TagCount { tag, count }).collect(),
            owners: most_frequent(owners)
                .map(|(owner, count)| OwnerCount { owner, count })
                .collect(),
        }
    }
}

fn most_frequent(
    counts: impl IntoIterator<Item = (impl Into<String>, i64)>,
) -> impl Iterator<Item = (String, i64)> {
    let mut counts: Vec<(String, i64)> =
        counts.into_iter().map(|(what, count)| (what.into(), count)).collect();
    counts.sort_by(|(one, less), (other, more)| more.cmp(less).then_with(|| one.cmp(other)));
    counts.into_iter().take(1_000)
}
