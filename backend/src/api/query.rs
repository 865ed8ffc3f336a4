//! Reads. They go straight to the store.

use std::str::FromStr;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use futures_util::future;

use super::{
    Services,
    cursor::ViewCursor,
    error::{Result, invalid, refusal},
    inputs::{
        ParameterSpaceInput, ReadTableInput, TableRequest, TaskEventFilter, TaskFilter, TaskSort,
        id, ids as id_list, order,
    },
    loader::{Gathered, TaskKey},
    paging::{
        MAX_PAGE, PageArguments, TaskConnection, TaskEventConnection, TaskVersionConnection,
        ViewConnection, keys,
    },
    scalar::DateTime,
    types::{
        Node, PastTask, SpaceChangePreview, TableReport, Task, TaskDifference, TaskVersion, Trial,
        View, list_events, list_tasks, list_versions, shared,
    },
};
use crate::{
    store, table,
    task::{
        self, Caller, Error, Invalid, Moment, TaskId, TrialId, TrialNumber, VersionId, ViewId, fold,
    },
};

/// Reading.
#[derive(Debug)]
pub struct Query;

/// Reading.
#[Object]
impl Query {
    /// Any object by its id; none if there is none, or it is a deleted task.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a task, a trial, a version of a task or a saved view.")] id: ID,
    ) -> Result<Option<Node>> {
        load_node(ctx, id.parse().map_err(|problem| invalid("id", problem))?).await
    }

    /// Objects by their ids, in the order of the ids; none in place of one that is not there.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The ids of tasks, trials, versions of tasks or saved views, 1,000 at most."
        )]
        ids: Vec<ID>,
    ) -> Result<Option<Vec<Option<Node>>>> {
        let ids: Vec<NodeId> = id_list("ids", &ids).map_err(|problem| refusal(problem.into()))?;
        future::try_join_all(ids.into_iter().map(|id| load_node(ctx, id))).await.map(Some)
    }

    /// One task; none if there is none, or it is deleted.
    async fn task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the task.", name = "id")] task: ID,
    ) -> Result<Option<Task>> {
        let _: &Caller = ctx.data()?;
        let task = id("id", &task).map_err(|problem| refusal(problem.into()))?;
        let found = ctx.data::<Gathered>()?.load_one(TaskKey(task)).await.map_err(shared)?;
        Ok(found.filter(|task| task.deleted_at.is_none()).map(Task))
    }

    /// One trial of a task; null if the task has no trial of that number, does not exist, or is deleted.
    async fn trial(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the task.")] task_id: ID,
        #[graphql(desc = "The number of the trial within its task, from 1.")] number: TrialNumber,
    ) -> Result<Option<Trial>> {
        let task = id("taskId", &task_id).map_err(|problem| refusal(problem.into()))?;
        let store = &ctx.data::<Services>()?.store;
        if store.task(task).await.map_err(refusal)?.is_none() {
            return Ok(None);
        }
        let found = ctx.data::<Gathered>()?.load_one(TrialId { task, number }).await;
        Ok(found.map_err(shared)?.map(Trial))
    }

    /// Tasks, newest first unless `sort` says otherwise.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The most tasks of the page, from its start. 50 if neither `first` nor `last` is given, 1,000 at most."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only tasks after this cursor.")] after: Option<String>,
        #[graphql(desc = "The most tasks of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only tasks before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which tasks; all that are not deleted if left out.")] filter: Option<
            TaskFilter,
        >,
        #[graphql(desc = "In which order, the first key first; newest first if left out.")]
        sort: Option<Vec<TaskSort>>,
    ) -> Result<Option<TaskConnection>> {
        let arguments = PageArguments { first, after, last, before };
        let filter = filter.unwrap_or_default().try_into().map_err(|e| invalid("filter", e))?;
        let order = order(sort.unwrap_or_default()).map_err(|e| invalid("sort", e))?;
        list_tasks(ctx, filter, order, &arguments).await.map(Some)
    }

    /// Saved views, by name. There are 1,000 at most.
    async fn views(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The most views of the page, from its start. 50 if neither `first` nor `last` is given, 1,000 at most."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only views after this cursor.")] after: Option<String>,
        #[graphql(desc = "The most views of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only views before this cursor.")] before: Option<String>,
    ) -> Result<Option<ViewConnection>> {
        let page = PageArguments { first, after, last, before };
        let request = keys(page.request(&ViewCursor(String::new()))?, |cursor| cursor.0);
        let store = &ctx.data::<Services>()?.store;
        let page = store.list_views(&request).await.map_err(refusal)?;
        Ok(Some(ViewConnection::of(page, |view| ViewCursor(fold(view.name.as_str())))))
    }

    /// One saved view; none if there is none.
    async fn view(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the view.", name = "id")] view: ID,
    ) -> Result<Option<View>> {
        let view = id("id", &view).map_err(|problem| refusal(problem.into()))?;
        let store = &ctx.data::<Services>()?.store;
        Ok(store.view(view).await.map_err(refusal)?.map(View))
    }

    /// What another parameter space would do to a task: what changes, and how many of its results would lie outside.
    /// Nothing is written; `updateTask` does it.
    async fn space_change_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the task.")] task_id: ID,
        #[graphql(desc = "The space that it is to have.")] parameter_space: ParameterSpaceInput,
    ) -> Result<Option<SpaceChangePreview>> {
        let task = id("taskId", &task_id).map_err(|problem| refusal(problem.into()))?;
        let next: task::ParameterSpace =
            parameter_space.try_into().map_err(|problem| invalid("parameterSpace", problem))?;
        let found = ctx.data::<Services>()?.store.task(task).await.map_err(refusal)?;
        let task = Task(found.ok_or_else(|| refusal(Error::TaskNotFound(task)))?);
        let settings = task.settings(ctx).await?;
        let before = settings.parameter_space.as_ref();
        let changes = task.0.change_space(before, Some(&next)).map_err(refusal)?;
        let another = before != Some(&next) && !task.0.is_unstarted();
        let version = task.0.space_version + i64::from(another);
        let report = task.report_on(ctx, &next, version).await?;
        Ok(Some(SpaceChangePreview::new(changes, &report)))
    }

    /// Reads a table of points or results, as spreadsheets, instruments and scripts write them, and says what each row
    /// would become. What is recognised is told in notices; what is ambiguous is asked. Nothing is stored. `docs/tables.md`
    /// has the dialect.
    async fn read_table(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The table, and what it is read for.")] input: ReadTableInput,
    ) -> Result<Option<TableReport>> {
        let TableRequest { bytes, task, schema, answers } =
            input.try_into().map_err(|problem| invalid("input", problem))?;
        let target = match task {
            Some(id) => {
                let store = &ctx.data::<Services>()?.store;
                table::Target::task(store, id).await.map_err(refusal)?
            }
            None => table::Target { schema, ..table::Target::default() },
        };
        let read = table::read(bytes, target, answers).await.map_err(refusal)?;
        let unreadable = |why: table::reader::Unreadable| {
            invalid("input", Invalid::new(why.to_string()).at("text"))
        };
        Ok(Some(TableReport(read.map_err(unreadable)?)))
    }

    /// Every version of a task, newest first: who changed it, when, why, and what. Read from the log, so that it is there
    /// of a deleted task, too. What was compacted is not in it.
    async fn task_versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the task.")] task_id: ID,
        #[graphql(
            desc = "The most versions of the page, from its start. 50 if neither `first` nor `last` is given, 1,000 at most."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only versions after this cursor: older ones.")] after: Option<String>,
        #[graphql(desc = "The most versions of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only versions before this cursor: newer ones.")] before: Option<String>,
    ) -> Result<Option<TaskVersionConnection>> {
        let id = id("taskId", &task_id).map_err(|problem| refusal(problem.into()))?;
        list_versions(ctx, id, &PageArguments { first, after, last, before }).await.map(Some)
    }

    /// A task as it was at a version or at a time: exactly one of the two is to be given. Read from the log, so that it is
    /// there of a deleted task, too. `VERSION_NOT_FOUND` if there was no such version; `HISTORY_COMPACTED` if it is not
    /// kept any more, with the oldest that is.
    async fn task_at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the task.")] task_id: ID,
        #[graphql(desc = "The number of the version.")] version: Option<i64>,
        #[graphql(desc = "The latest version that was made at this time or before.")] at: Option<
            DateTime,
        >,
    ) -> Result<Option<PastTask>> {
        let id = id("taskId", &task_id).map_err(|problem| refusal(problem.into()))?;
        let moment = match (version, at) {
            (Some(version), None) => Moment::Version(version),
            (None, Some(at)) => Moment::Time(at.0),
            (None, None) | (Some(_), Some(_)) => {
                return Err(invalid("version", Invalid::new("either `version` or `at` is needed")));
            }
        };
        let store = &ctx.data::<Services>()?.store;
        Ok(Some(PastTask(store.past_task(id, moment).await.map_err(refusal)?)))
    }

    /// What two versions of a task differ in, field by field.
    async fn task_difference(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the task.")] task_id: ID,
        #[graphql(desc = "The version to start from.")] from: i64,
        #[graphql(desc = "The version to compare with it; it may be the older one.")] to: i64,
    ) -> Result<Option<TaskDifference>> {
        let id = id("taskId", &task_id).map_err(|problem| refusal(problem.into()))?;
        let store = &ctx.data::<Services>()?.store;
        let (from, to) = store.told_at_both(id, (from, to)).await.map_err(refusal)?;
        Ok(Some(TaskDifference::between(&from, &to)))
    }

    /// The log of all changes, oldest first. After a cursor of which what follows is not all kept any more, the answer is
    /// the error `CURSOR_EXPIRED`.
    async fn task_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The most events of the page, from its start. 50 if neither `first` nor `last` is given, 1,000 at most."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only events after this cursor.")] after: Option<String>,
        #[graphql(desc = "The most events of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only events before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which events; all if left out.")] filter: Option<TaskEventFilter>,
    ) -> Result<Option<TaskEventConnection>> {
        let filter = filter.unwrap_or_default().try_into().map_err(|e| invalid("filter", e))?;
        let page = PageArguments { first, after, last, before };
        list_events(ctx, &filter, &page).await.map(Some)
    }

    /// The server itself.
    #[expect(clippy::unused_self, reason = "resolvers are methods")]
    fn server(&self, ctx: &Context<'_>) -> Result<Server> {
        Ok(Server {
            version: env!("CARGO_PKG_VERSION"),
            database: ctx.data::<Services>()?.store.kind().into(),
            page_size_limit: MAX_PAGE,
        })
    }
}

/// The id of any object: a trial's has a colon, a version's an `@`, a view's begins with `view-`, a task's
/// has nothing of it.
#[derive(Debug, Clone, Copy)]
enum NodeId {
    Task(TaskId),
    Trial(TrialId),
    Version(VersionId),
    View(ViewId),
}

impl FromStr for NodeId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.contains(':') {
            text.parse().map(Self::Trial)
        } else if text.contains('@') {
            text.parse().map(Self::Version)
        } else if text.starts_with(ViewId::PREFIX) {
            text.parse().map(Self::View)
        } else {
            text.parse().map(Self::Task)
        }
    }
}

async fn load_node(ctx: &Context<'_>, id: NodeId) -> Result<Option<Node>> {
    let gathered = ctx.data::<Gathered>()?;
    match id {
        NodeId::Trial(id) => {
            let trial = gathered.load_one(id).await.map_err(shared)?;
            Ok(trial.map(|trial| Node::Trial(Trial(trial))))
        }
        NodeId::Version(id) => {
            let version = gathered.load_one(id).await.map_err(shared)?;
            Ok(version.map(|version| Node::TaskVersion(TaskVersion(version))))
        }
        NodeId::View(id) => {
            let view = gathered.load_one(id).await.map_err(shared)?;
            Ok(view.map(|view| Node::View(View(view))))
        }
        NodeId::Task(id) => {
            let task = gathered.load_one(TaskKey(id)).await.map_err(shared)?;
            Ok(task.filter(|task| task.deleted_at.is_none()).map(|task| Node::Task(Task(task))))
        }
    }
}

/// The server itself.
#[derive(Debug, SimpleObject)]
struct Server {
    /// The version of the server.
    version: &'static str,
    /// Where it keeps its tasks.
    database: DatabaseKind,
    /// The most items of one page.
    page_size_limit: i32,
}

/// Where a server keeps its tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "store::DatabaseKind")]
enum DatabaseKind {
    /// In memory: gone when the server stops.
    SqliteMemory,
    /// In a SQLite file.
    Sqlite,
    /// In Postgres.
    Postgres,
}
