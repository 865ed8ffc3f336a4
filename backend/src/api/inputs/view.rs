//! Inputs of the mutations of saved views, and what a saved view asks for.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::{
    TaskFilter, TaskSort,
    given::{Given, read},
    id, order,
};
use crate::task::{
    self, Error, Invalid, NewView, SaveView, TaskOrder, Version, View, ViewColumns, ViewDocument,
    ViewId, ViewName, ViewUpdate,
};

/// A view to be saved: without `id` a new one; with `id` changes to one that there is, of which what is left out stays.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct SaveViewInput {
    /// The view to be changed; left out, a new one is made.
    id: Option<ID>,
    /// Change the view only if it is at this version; else `VERSION_CONFLICT`. Only with `id`.
    expected_version: Option<i64>,
    /// What it is called, from 1 to 200 characters; needed for a new one. Upper and lower case are the same name, and no two
    /// views have the same: `VIEW_NAME_TAKEN`.
    name: Option<String>,
    /// Which tasks, at most 64 KiB; `null`: all that are not deleted.
    filter: MaybeUndefined<Given<TaskFilter>>,
    /// In which order; `null`: newest first.
    sort: MaybeUndefined<Given<Vec<TaskSort>>>,
    /// What of them a page shows, at most 64 texts of at most 200 characters; `null`: none. The server does not read them.
    columns: MaybeUndefined<Vec<String>>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<SaveViewInput> for SaveView {
    type Error = Invalid;

    fn try_from(input: SaveViewInput) -> Result<Self, Invalid> {
        let SaveViewInput {
            id: view,
            expected_version,
            name,
            filter,
            sort,
            columns,
            idempotency_key: _,
        } = input;
        let name = name.map(ViewName::new).transpose().map_err(|e| e.at("name"))?;
        let filter = document(filter, ViewDocument::every_task(), |filter| {
            task::TaskFilter::try_from(filter).map(|_| ())
        });
        let filter = filter.map_err(|e| e.at("filter"))?;
        let sort = document(sort, ViewDocument::newest_first(), |keys| order(keys).map(|_| ()));
        let sort = sort.map_err(|e| e.at("sort"))?;
        let columns = match columns {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(ViewColumns::default()),
            MaybeUndefined::Value(texts) => {
                Some(ViewColumns::new(texts).map_err(|e| e.at("columns"))?)
            }
        };
        if let Some(view) = view {
            let id = id("id", &view)?;
            return Ok(Self::Change(ViewUpdate {
                id,
                expected_version,
                name,
                filter,
                sort,
                columns,
            }));
        }
        if expected_version.is_some() {
            return Err(Invalid::new("only with `id`").at("expectedVersion"));
        }
        Ok(Self::New(NewView {
            name: name.ok_or_else(|| Invalid::new("a new view needs a name").at("name"))?,
            filter: filter.unwrap_or_else(ViewDocument::every_task),
            sort: sort.unwrap_or_else(ViewDocument::newest_first),
            columns: columns.unwrap_or_default(),
        }))
    }
}

/// What is to be kept of a filter or an order that passes the check; none if it stays.
fn document<T>(
    given: MaybeUndefined<Given<T>>,
    default: ViewDocument,
    check: impl FnOnce(T) -> Result<(), Invalid>,
) -> Result<Option<ViewDocument>, Invalid> {
    match given {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Ok(Some(default)),
        MaybeUndefined::Value(given) => {
            let (input, json) = given.into_parts()?;
            check(input)?;
            ViewDocument::new(json).map(Some)
        }
    }
}

/// A view to be deleted.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct DeleteViewInput {
    /// The view.
    id: ID,
    /// Delete the view only if it is at this version; else `VERSION_CONFLICT`.
    expected_version: Option<i64>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl DeleteViewInput {
    pub(in crate::api) fn into_parts(self) -> Result<(ViewId, Option<Version>), Invalid> {
        Ok((id("id", &self.id)?, self.expected_version))
    }
}

/// The tasks that a view is of, and their order. What it was saved with may be of another version of the
/// server.
pub(in crate::api) fn question(view: &View) -> Result<(task::TaskFilter, TaskOrder), Error> {
    let filter = read::<TaskFilter>(view.filter.as_json()).and_then(TryInto::try_into);
    let sort = read::<Vec<TaskSort>>(view.sort.as_json()).and_then(order);
    let unreadable = |why| Error::ViewUnreadable { view: view.id, why };
    Ok((
        filter.map_err(|e: Invalid| unreadable(e.at("filter")))?,
        sort.map_err(|e| unreadable(e.at("sort")))?,
    ))
}
