//! Which ones.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::{id, ids};
use crate::{
    api::{
        scalar::{DateTime, Json},
        types::{TaskStatus, TrialState},
    },
    task::{
        self, Bounds, Invalid, MetadataTest, MetadataValue, Owner, Tag, TaskCondition, TimeField,
        WholeField, fold, metadata_path, words,
    },
};

/// The most conditions of a filter.
const MAX_CONDITIONS: usize = 200;
/// The most values of a list in a filter.
const MAX_VALUES: usize = 1_000;

/// Which tasks: those for which everything that is given holds. `and`, `or` and `not` make any combination of it, of at
/// most 200 conditions.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::api) struct TaskFilter {
    /// All of these hold.
    and: Option<Vec<TaskFilter>>,
    /// At least one of these holds.
    or: Option<Vec<TaskFilter>>,
    /// This does not hold.
    not: Option<Box<TaskFilter>>,
    /// One of these tasks, 1,000 at most.
    ids: Option<Vec<ID>>,
    /// What the name is like, upper and lower case alike.
    name: Option<NameFilter>,
    /// Every word of this text is in the name, the description or the tags, or is the beginning of a word there: `suz` finds
    /// Suzuki. Case and punctuation do not matter.
    search: Option<String>,
    /// In one of these statuses.
    status: Option<Vec<TaskStatus>>,
    /// Which tags.
    tags: Option<TagFilter>,
    /// The priority.
    priority: Option<WholeBounds>,
    /// On behalf of one of these owners.
    owner: Option<Vec<String>>,
    /// The children of this task.
    parent_id: Option<ID>,
    /// The tasks below this one: its children, their children, and so on.
    ancestor_id: Option<ID>,
    /// `true`: the tasks without a parent; `false`: those that have one.
    root: Option<bool>,
    /// When the task was made.
    created_at: Option<TimeBounds>,
    /// When the task itself last changed.
    updated_at: Option<TimeBounds>,
    /// When the task was first started.
    started_at: Option<TimeBounds>,
    /// When the task ended.
    finished_at: Option<TimeBounds>,
    /// The best value; a task that has none is not among them.
    best_value: Option<NumberBounds>,
    /// How many trials stand where.
    trials: Option<Vec<TrialCountFilter>>,
    /// With parameters of all these names in its space.
    parameters: Option<Vec<String>>,
    /// What is in the metadata; all of it must hold.
    metadata: Option<Vec<MetadataFilter>>,
    /// `true`: the deleted tasks rather than the others. Only at the top of the filter.
    deleted: Option<bool>,
}

/// What a name is like, upper and lower case alike. Everything that is given must hold.
#[derive(Debug, Clone, Default, InputObject)]
struct NameFilter {
    /// It is this.
    equals: Option<String>,
    /// It contains this. No index helps here: in a large database prefer `startsWith` or `search`.
    contains: Option<String>,
    /// It begins with this.
    starts_with: Option<String>,
}

/// Which tags a task has, upper and lower case alike. Everything that is given must hold.
#[derive(Debug, Clone, Default, InputObject)]
struct TagFilter {
    /// At least one of these.
    any: Option<Vec<String>>,
    /// All of these.
    all: Option<Vec<String>>,
    /// None of these.
    none: Option<Vec<String>>,
}

/// Bounds of a whole number, themselves included.
#[derive(Debug, Clone, Copy, Default, InputObject)]
struct WholeBounds {
    /// At least this.
    min: Option<i64>,
    /// At most this.
    max: Option<i64>,
}

/// Bounds of a number, themselves included.
#[derive(Debug, Clone, Copy, Default, InputObject)]
pub(super) struct NumberBounds {
    /// At least this.
    pub(super) min: Option<f64>,
    /// At most this.
    pub(super) max: Option<f64>,
}

/// Bounds of a time, themselves included.
#[derive(Debug, Clone, Copy, Default, InputObject)]
struct TimeBounds {
    /// Not earlier than this.
    from: Option<DateTime>,
    /// Not later than this.
    to: Option<DateTime>,
}

/// How many trials a task has.
#[derive(Debug, Clone, Copy, Default, InputObject)]
struct TrialCountFilter {
    /// Only trials in this state; all of them if left out.
    state: Option<TrialState>,
    /// At least so many.
    min: Option<i64>,
    /// At most so many.
    max: Option<i64>,
}

/// What is in the metadata at a path. Everything that is given must hold; with nothing but a path, that there is something.
#[derive(Debug, Clone, InputObject)]
struct MetadataFilter {
    /// The way to the value, member by member: `["lab", "site"]`.
    path: Vec<String>,
    /// `true`: there is a value, even if it is null; `false`: there is none.
    exists: Option<bool>,
    /// It is this value. Objects and lists are compared as a whole, `1` and `1.0` are the same.
    equals: MaybeUndefined<Json>,
    /// It is one of these values, 1,000 at most.
    r#in: Option<Vec<Option<Json>>>,
    /// It is a number, and at least this.
    min: Option<f64>,
    /// It is a number, and at most this.
    max: Option<f64>,
    /// It is a text of at most 200 characters that is this or comes later, by code points.
    from: Option<String>,
    /// It is a text of at most 200 characters that is this or comes earlier.
    to: Option<String>,
}

impl TryFrom<TaskFilter> for task::TaskFilter {
    type Error = Invalid;

    fn try_from(mut filter: TaskFilter) -> Result<Self, Invalid> {
        let deleted = filter.deleted.take().unwrap_or_default();
        let condition = condition(filter)?;
        if condition.size() > MAX_CONDITIONS {
            return Err(Invalid::new(format!("at most {MAX_CONDITIONS} conditions")));
        }
        Ok(Self { condition, deleted })
    }
}

fn condition(filter: TaskFilter) -> Result<TaskCondition, Invalid> {
    let TaskFilter {
        and,
        or,
        not,
        ids: some,
        name,
        search,
        status,
        tags,
        priority,
        owner,
        parent_id,
        ancestor_id,
        root,
        created_at,
        updated_at,
        started_at,
        finished_at,
        best_value,
        trials,
        parameters,
        metadata,
        deleted,
    } = filter;
    if deleted.is_some() {
        return Err(Invalid::new("only at the top of the filter").at("deleted"));
    }
    let mut all = several("and", and)?;
    if let Some(or) = or {
        all.push(TaskCondition::Any(several("or", Some(or))?));
    }
    if let Some(not) = not {
        let inner = condition(*not).map_err(|e| e.at("not"))?;
        all.push(TaskCondition::Not(Box::new(inner)));
    }
    if let Some(some) = some {
        all.push(TaskCondition::Ids(ids("ids", &some)?));
    }
    all.extend(name.map(names).transpose().map_err(|e| e.at("name"))?.into_iter().flatten());
    if let Some(text) = search {
        check_text(&text).map_err(|e| e.at("search"))?;
        all.extend(words(&text).map(TaskCondition::Word));
    }
    if let Some(status) = status {
        all.push(TaskCondition::Status(status.into_iter().map(Into::into).collect()));
    }
    all.extend(tags.map(tagged).transpose().map_err(|e| e.at("tags"))?.into_iter().flatten());
    if let Some(WholeBounds { min, max }) = priority {
        all.push(TaskCondition::Whole(WholeField::Priority, Bounds { from: min, to: max }));
    }
    if let Some(owners) = owner {
        let owners = listed(owners, Owner::new).map_err(|e| e.at("owner"))?;
        all.push(TaskCondition::Owner(owners));
    }
    if let Some(parent) = parent_id {
        all.push(TaskCondition::Parent(id("parentId", &parent)?));
    }
    if let Some(ancestor) = ancestor_id {
        all.push(TaskCondition::Ancestor(id("ancestorId", &ancestor)?));
    }
    match root {
        Some(true) => all.push(TaskCondition::Root),
        Some(false) => all.push(TaskCondition::Not(Box::new(TaskCondition::Root))),
        None => {}
    }
    let times = [
        (TimeField::Created, created_at),
        (TimeField::Updated, updated_at),
        (TimeField::Started, started_at),
        (TimeField::Finished, finished_at),
    ];
    all.extend(times.into_iter().filter_map(|(field, bounds)| {
        let TimeBounds { from, to } = bounds?;
        let bounds = Bounds { from: from.map(|at| at.0), to: to.map(|at| at.0) };
        Some(TaskCondition::Time(field, bounds))
    }));
    if let Some(NumberBounds { min, max }) = best_value {
        all.push(TaskCondition::BestValue(Bounds { from: min, to: max }));
    }
    all.extend(trials.unwrap_or_default().into_iter().map(
        |TrialCountFilter { state, min, max }| {
            let field = state.map_or(WholeField::AllTrials, |s| WholeField::Trials(s.into()));
            TaskCondition::Whole(field, Bounds { from: min, to: max })
        },
    ));
    let named = listed(parameters.unwrap_or_default(), checked_text);
    let named = named.map_err(|e| e.at("parameters"))?;
    all.extend(named.into_iter().map(TaskCondition::Parameter));
    for (i, one) in metadata.unwrap_or_default().into_iter().enumerate() {
        all.extend(in_metadata(one).map_err(|e| e.at_index(i).at("metadata"))?);
    }
    Ok(match all.len() {
        1 => all.swap_remove(0),
        _ => TaskCondition::All(all),
    })
}

fn several(field: &str, filters: Option<Vec<TaskFilter>>) -> Result<Vec<TaskCondition>, Invalid> {
    let filters = filters.unwrap_or_default().into_iter().enumerate();
    filters.map(|(i, one)| condition(one).map_err(|e| e.at_index(i).at(field))).collect()
}

fn names(name: NameFilter) -> Result<Vec<TaskCondition>, Invalid> {
    let NameFilter { equals, contains, starts_with } = name;
    let text = |field: &str, text: Option<String>, make: fn(String) -> TaskCondition| {
        let checked = text.map(|text| checked_text(text).map(|text| make(fold(&text))));
        checked.transpose().map_err(|e| e.at(field))
    };
    let given = [
        text("equals", equals, TaskCondition::NameIs)?,
        text("contains", contains, TaskCondition::NameContains)?,
        text("startsWith", starts_with, TaskCondition::NameStartsWith)?,
    ];
    Ok(given.into_iter().flatten().collect())
}

fn tagged(tags: TagFilter) -> Result<Vec<TaskCondition>, Invalid> {
    let TagFilter { any, all, none } = tags;
    let conditions = |field: &str, tags: Vec<String>| {
        let tags = listed(tags, Tag::new).map_err(|e| e.at(field))?;
        Ok(tags.into_iter().map(TaskCondition::Tag).collect::<Vec<_>>())
    };
    let mut conditions_of_all = conditions("all", all.unwrap_or_default())?;
    if let Some(any) = any {
        conditions_of_all.push(TaskCondition::Any(conditions("any", any)?));
    }
    if let Some(none) = none {
        let any = TaskCondition::Any(conditions("none", none)?);
        conditions_of_all.push(TaskCondition::Not(Box::new(any)));
    }
    Ok(conditions_of_all)
}

fn in_metadata(filter: MetadataFilter) -> Result<Vec<TaskCondition>, Invalid> {
    let MetadataFilter { path, exists, equals, r#in, min, max, from, to } = filter;
    if path.is_empty() || path.len() > 32 {
        return Err(Invalid::new("from 1 to 32 members").at("path"));
    }
    for (i, member) in path.iter().enumerate() {
        check_text(member).map_err(|e| e.at_index(i).at("path"))?;
    }
    let path = metadata_path(&path);
    let holds = |test| TaskCondition::Metadata(path.clone(), test);
    let mut all = Vec::new();
    let equal = match equals {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(vec![MetadataValue::of(&task::JsonValue::Null)]),
        MaybeUndefined::Value(value) => Some(vec![MetadataValue::of(&value.0)]),
    };
    all.extend(equal.map(|value| holds(MetadataTest::OneOf(value))));
    if let Some(values) = r#in {
        let value = |value: Option<Json>| value.map_or(task::JsonValue::Null, |value| value.0);
        let values = listed(values, |one| Ok(MetadataValue::of(&value(one))));
        all.push(holds(MetadataTest::OneOf(values.map_err(|e| e.at("in"))?)));
    }
    if min.is_some() || max.is_some() {
        all.push(holds(MetadataTest::Number(Bounds { from: min, to: max })));
    }
    if from.is_some() || to.is_some() {
        let text = |field: &str, text: Option<String>| {
            text.map(checked_text).transpose().map_err(|e| e.at(field))
        };
        let bounds = Bounds { from: text("from", from)?, to: text("to", to)? };
        all.push(holds(MetadataTest::Text(bounds)));
    }
    match exists {
        Some(false) => all.push(TaskCondition::Not(Box::new(holds(MetadataTest::Exists)))),
        Some(true) => all.push(holds(MetadataTest::Exists)),
        None if all.is_empty() => all.push(holds(MetadataTest::Exists)),
        None => {}
    }
    Ok(all)
}

pub(super) fn listed<I, T>(
    values: Vec<I>,
    check: impl Fn(I) -> Result<T, Invalid>,
) -> Result<Vec<T>, Invalid> {
    if values.len() > MAX_VALUES {
        return Err(Invalid::new(format!("at most {MAX_VALUES} values")));
    }
    let values = values.into_iter().enumerate();
    values.map(|(i, value)| check(value).map_err(|e| e.at_index(i))).collect()
}

pub(super) fn checked_text(text: String) -> Result<String, Invalid> {
    check_text(&text)?;
    Ok(text)
}

fn check_text(text: &str) -> Result<(), Invalid> {
    if text.contains('\0') || text.len() > 1_000 {
        return Err(Invalid::new("at most 1,000 bytes, without the character U+0000"));
    }
    Ok(())
}
