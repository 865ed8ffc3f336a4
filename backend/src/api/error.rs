//! The codes of the errors of use cases and reads. `extensions.code` is stable: clients act on it. The
//! other extensions are what a client needs to act.

use async_graphql::{
    ErrorExtensionValues, ErrorExtensions as _, Name, ScalarType as _, Value, indexmap::IndexMap,
};

use super::scalar::DateTime;
use crate::task::{
    BatchItem, Error, Invalid, LeaseOf, Moment, PathSegment, StorageErrorKind, TaskStatus,
    TrialState, View, WatchedTasks,
};

/// What a resolver answers instead of a value.
pub(super) type Result<T, E = async_graphql::Error> = std::result::Result<T, E>;

/// An error of the domain, as GraphQL tells it.
#[expect(clippy::needless_pass_by_value, reason = "used in map_err")]
pub(super) fn refusal(error: Error) -> async_graphql::Error {
    if let Error::Storage(failure) = &error {
        match failure.kind() {
            // Without a code: the response logs it once, with its chain, and shows clients no detail.
            StorageErrorKind::Internal => return async_graphql::Error::new(chain(failure)),
            StorageErrorKind::Unavailable | StorageErrorKind::Full => {
                tracing::error!(error = chain(failure), "the database did not do its work");
            }
        }
    }
    async_graphql::Error::new(error.to_string())
        .extend_with(|_, extensions| describe(&error, extensions))
}

/// An invalid argument that is not a field of `input`.
pub(super) fn invalid(argument: &str, problem: Invalid) -> async_graphql::Error {
    refusal(problem.at(argument).into())
}

/// Errors of a mutation: what is invalid lies in its `input`.
pub(super) fn refuse_input(error: Error) -> async_graphql::Error {
    match error {
        Error::Invalid(problem) => invalid("input", problem),
        Error::IncompatibleSpace(problem) => refusal(Error::IncompatibleSpace(problem.at("input"))),
        other @ (Error::TaskNotFound(_)
        | Error::TaskAlreadyExists(_)
        | Error::InvalidStatusTransition { .. }
        | Error::VersionConflict { .. }
        | Error::TaskCycle { .. }
        | Error::TaskHasChildren { .. }
        | Error::ParentDeleted { .. }
        | Error::BatchRefused { .. }
        | Error::SelectionChanged
        | Error::TaskNotReady { .. }
        | Error::BudgetReached { .. }
        | Error::TaskNotRunning { .. }
        | Error::TaskEnded { .. }
        | Error::TaskAlreadyStarted { .. }
        | Error::TrialNotFound(_)
        | Error::InvalidTrialState { .. }
        | Error::LeaseLost { .. }
        | Error::IdempotencyConflict { .. }
        | Error::VersionNotFound { .. }
        | Error::HistoryCompacted { .. }
        | Error::HistoryIncomplete { .. }
        | Error::ViewNotFound(_)
        | Error::ViewNameTaken { .. }
        | Error::TooManyViews
        | Error::ViewUnreadable { .. }
        | Error::ViewTooLarge
        | Error::CursorExpired
        | Error::CursorInvalid
        | Error::Storage(_)) => refusal(other),
    }
}

/// The most problems of an input that one answer names.
const MOST_PROBLEMS: usize = 1_000;

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        text.push_str(": ");
        text.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    text
}

#[expect(clippy::too_many_lines, reason = "one arm for each error")]
fn describe(error: &Error, extensions: &mut ErrorExtensionValues) {
    let mut set = |code: &str, data: Vec<(&str, Value)>| {
        extensions.set("code", code);
        for (name, value) in data {
            extensions.set(name, value);
        }
    };
    match error {
        Error::TaskNotFound(id) => set("TASK_NOT_FOUND", vec![("taskId", text(id))]),
        Error::TaskAlreadyExists(id) => set("TASK_ALREADY_EXISTS", vec![("taskId", text(id))]),
        Error::InvalidStatusTransition { from, to } => set(
            "INVALID_STATUS_TRANSITION",
            vec![("from", text(from)), ("to", text(to)), ("allowed", statuses(from.successors()))],
        ),
        Error::VersionConflict { expected, actual } => set(
            "VERSION_CONFLICT",
            vec![("expected", (*expected).into()), ("actual", (*actual).into())],
        ),
        Error::TaskCycle { task, parent } => {
            set("TASK_CYCLE", vec![("taskId", text(task)), ("parentId", text(parent))]);
        }
        Error::TaskHasChildren { task, children } => {
            set(
                "TASK_HAS_CHILDREN",
                vec![("taskId", text(task)), ("children", (*children).into())],
            );
        }
        Error::ParentDeleted { task, parent } => {
            set("PARENT_DELETED", vec![("taskId", text(task)), ("parentId", text(parent))]);
        }
        Error::BatchRefused { of, items } => set(
            "BATCH_REFUSED",
            vec![
                ("of", (*of).into()),
                ("refused", items.len().into()),
                ("items", Value::List(items.iter().take(MOST_ITEMS).map(item).collect())),
            ],
        ),
        Error::SelectionChanged => set("SELECTION_CHANGED", Vec::new()),
        Error::Invalid(problem) => {
            set("VALIDATION_FAILED", vec![("path", Value::List(path(problem)))]);
            if !problem.others().is_empty() {
                let all = std::iter::once(problem).chain(problem.others());
                let told = all.take(MOST_PROBLEMS).map(|one| {
                    Value::Object(IndexMap::from([
                        (Name::new("path"), Value::List(path(one))),
                        (Name::new("message"), Value::from(one.message())),
                    ]))
                });
                extensions.set("problems", Value::List(told.collect()));
                extensions.set("problemCount", problem.others().len() + 1);
            }
        }
        Error::IncompatibleSpace(problem) => {
            set("INCOMPATIBLE_SPACE", vec![("path", Value::List(path(problem)))]);
        }
        Error::TaskNotReady { missing } => {
            let fields = missing.iter().map(|missing| text(&missing.field())).collect();
            set("TASK_NOT_READY", vec![("missing", Value::List(fields))]);
        }
        Error::BudgetReached { criterion, why: _ } => set(
            "BUDGET_REACHED",
            vec![("criterion", text(&criterion.as_str())), ("setting", text(&criterion.setting()))],
        ),
        Error::TaskNotRunning { status } => {
            set("TASK_NOT_RUNNING", vec![("status", text(status))]);
        }
        Error::TaskEnded { status } => set("TASK_ENDED", vec![("status", text(status))]),
        Error::TaskAlreadyStarted { field } => {
            set("TASK_ALREADY_STARTED", vec![("field", text(field))]);
        }
        Error::TrialNotFound(id) => set("TRIAL_NOT_FOUND", vec![("trialId", text(id))]),
        Error::InvalidTrialState { from, to } => set(
            "INVALID_TRIAL_STATE",
            vec![("from", text(from)), ("to", text(to)), ("allowed", states(from.successors()))],
        ),
        Error::LeaseLost { of, token, current } => {
            let what = match of {
                LeaseOf::Trial(id) => ("trialId", text(id)),
                LeaseOf::Task(id) | LeaseOf::Strategy(id) => ("taskId", text(id)),
            };
            let tokens = [("token", (*token).into()), ("current", (*current).into())];
            set("LEASE_LOST", std::iter::once(what).chain(tokens).collect());
        }
        Error::IdempotencyConflict { key } => {
            set("IDEMPOTENCY_CONFLICT", vec![("key", text(key))]);
        }
        Error::VersionNotFound { wanted } => set(
            "VERSION_NOT_FOUND",
            vec![match wanted {
                Moment::Version(version) => ("version", (*version).into()),
                Moment::Time(at) => ("at", DateTime(*at).to_value()),
            }],
        ),
        Error::HistoryCompacted { oldest } => {
            set("HISTORY_COMPACTED", vec![("oldestVersion", (*oldest).into())]);
        }
        Error::HistoryIncomplete { version, field } => {
            let what = vec![("version", (*version).into()), ("field", text(field))];
            set("HISTORY_INCOMPLETE", what);
        }
        Error::ViewNotFound(id) => set("VIEW_NOT_FOUND", vec![("viewId", text(id))]),
        Error::ViewNameTaken { name, view } => {
            set("VIEW_NAME_TAKEN", vec![("name", text(name)), ("viewId", text(view))]);
        }
        Error::TooManyViews => set("TOO_MANY_VIEWS", vec![("max", View::MOST.into())]),
        Error::ViewUnreadable { view, why: _ } => {
            set("VIEW_UNREADABLE", vec![("viewId", text(view))]);
        }
        Error::ViewTooLarge => set("VIEW_TOO_LARGE", vec![("max", WatchedTasks::MOST.into())]),
        Error::CursorExpired => set("CURSOR_EXPIRED", Vec::new()),
        Error::CursorInvalid => set("CURSOR_INVALID", Vec::new()),
        Error::Storage(failure) => {
            if let Some(code) = storage_code(failure.kind()) {
                set(code, vec![("retryable", true.into())]);
            }
        }
    }
}

/// The code of a failure of the storage that passes. One that does not is INTERNAL, without its details.
const fn storage_code(kind: StorageErrorKind) -> Option<&'static str> {
    match kind {
        StorageErrorKind::Internal => None,
        StorageErrorKind::Unavailable => Some("STORAGE_UNAVAILABLE"),
        StorageErrorKind::Full => Some("STORAGE_FULL"),
    }
}

/// How many items of a batch an error names; it says how many there are.
const MOST_ITEMS: usize = 100;

/// Extensions of an error that tell more than its code.
const DETAILS: [&str; 16] = [
    "path",
    "from",
    "to",
    "allowed",
    "missing",
    "field",
    "children",
    "criterion",
    "setting",
    "expected",
    "actual",
    "taskId",
    "parentId",
    "status",
    "oldestVersion",
    "version",
];

/// The code of an error, and its other extensions.
pub(super) fn explained(error: &Error) -> (String, Value) {
    let mut extensions = ErrorExtensionValues::default();
    describe(error, &mut extensions);
    let code = match extensions.get("code") {
        Some(Value::String(code)) => code.clone(),
        Some(_) | None => "INTERNAL".to_owned(),
    };
    let found = DETAILS
        .iter()
        .filter_map(|name| extensions.get(name).map(|value| (Name::new(name), value.clone())));
    (code, Value::Object(found.collect()))
}

/// An item of a batch with what is wrong with it: its own error, as it would be alone.
fn item(item: &BatchItem) -> Value {
    let mut members = IndexMap::new();
    let mut put = |name: &str, value: Value| members.insert(Name::new(name), value);
    put("index", item.index.into());
    put("taskId", item.task.as_ref().map_or(Value::Null, text));
    put("message", text(&item.error));
    let mut extensions = ErrorExtensionValues::default();
    describe(&item.error, &mut extensions);
    for name in [
        "code",
        "path",
        "from",
        "to",
        "allowed",
        "missing",
        "field",
        "children",
        "criterion",
        "expected",
        "actual",
    ] {
        if let Some(value) = extensions.get(name) {
            put(name, value.clone());
        }
    }
    Value::Object(members)
}

fn text(value: &impl ToString) -> Value {
    Value::String(value.to_string())
}

fn statuses(statuses: &[TaskStatus]) -> Value {
    Value::List(statuses.iter().map(text).collect())
}

fn states(states: &[TrialState]) -> Value {
    Value::List(states.iter().map(text).collect())
}

fn path(problem: &Invalid) -> Vec<Value> {
    problem
        .path()
        .iter()
        .map(|segment| match segment {
            PathSegment::Field(name) => text(name),
            PathSegment::Index(index) => (*index).into(),
        })
        .collect()
}
