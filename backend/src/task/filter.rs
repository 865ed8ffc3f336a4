//! Which ones.

use super::{
    Event, EventKind, MetadataValue, Owner, ParameterValue, Tag, TaskId, TaskStatus, Timestamp,
    TrialGlance, TrialOrigin, TrialState, WorkerName,
};

/// Which tasks: those for which the condition holds, of those that are deleted or of the others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TaskFilter {
    /// What must hold.
    pub condition: TaskCondition,
    /// The deleted ones rather than the others.
    pub deleted: bool,
}

/// Something that holds for a task or not. Texts are folded.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskCondition {
    /// Each of these holds; true if there are none.
    All(Vec<Self>),
    /// One of these holds; false if there are none.
    Any(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// It is one of these.
    Ids(Vec<TaskId>),
    /// Its name is this.
    NameIs(String),
    /// Its name contains this.
    NameContains(String),
    /// Its name begins with this.
    NameStartsWith(String),
    /// A word of its name, description or tags begins with this.
    Word(String),
    /// It has one of these statuses.
    Status(Vec<TaskStatus>),
    /// It has this tag.
    Tag(Tag),
    /// Its owner is one of these.
    Owner(Vec<Owner>),
    /// It is a child of this task.
    Parent(TaskId),
    /// It has no parent.
    Root,
    /// It is below this task.
    Ancestor(TaskId),
    /// A whole number lies within bounds.
    Whole(WholeField, Bounds<i64>),
    /// A time lies within bounds.
    Time(TimeField, Bounds<Timestamp>),
    /// Its best value lies within bounds. Without one it does not.
    BestValue(Bounds<f64>),
    /// Its space has a parameter of this name.
    Parameter(String),
    /// Its metadata has a value at this path (see [`super::metadata_path`]) that passes the test.
    Metadata(String, MetadataTest),
}

impl Default for TaskCondition {
    /// Holds for every task.
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl TaskCondition {
    /// How many conditions it consists of.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::All(several) | Self::Any(several) => {
                1 + several.iter().map(Self::size).sum::<usize>()
            }
            Self::Not(one) => 1 + one.size(),
            Self::Ids(_)
            | Self::Owner(_)
            | Self::NameIs(_)
            | Self::NameContains(_)
            | Self::NameStartsWith(_)
            | Self::Word(_)
            | Self::Status(_)
            | Self::Tag(_)
            | Self::Parent(_)
            | Self::Root
            | Self::Ancestor(_)
            | Self::Whole(..)
            | Self::Time(..)
            | Self::BestValue(_)
            | Self::Parameter(_)
            | Self::Metadata(..) => 1,
        }
    }
}

impl TaskCondition {
    /// Whether it is about what has become of a task's trials.
    #[must_use]
    pub fn is_about_trials(&self) -> bool {
        match self {
            Self::All(several) | Self::Any(several) => several.iter().any(Self::is_about_trials),
            Self::Not(one) => one.is_about_trials(),
            Self::Whole(WholeField::Trials(_) | WholeField::AllTrials, _) | Self::BestValue(_) => {
                true
            }
            Self::Whole(WholeField::Priority, _)
            | Self::Ancestor(_)
            | Self::Parent(_)
            | Self::Root
            | Self::Ids(_)
            | Self::Owner(_)
            | Self::NameIs(_)
            | Self::NameContains(_)
            | Self::NameStartsWith(_)
            | Self::Word(_)
            | Self::Status(_)
            | Self::Tag(_)
            | Self::Time(..)
            | Self::Parameter(_)
            | Self::Metadata(..) => false,
        }
    }

    /// Whether it may come to hold, or cease to, for a task by a change of another: what lies below a task
    /// moves with it.
    #[must_use]
    pub fn follows_ancestors(&self) -> bool {
        match self {
            Self::All(several) | Self::Any(several) => several.iter().any(Self::follows_ancestors),
            Self::Not(one) => one.follows_ancestors(),
            Self::Ancestor(_) => true,
            // Children that lose their parent, or get another, tell of it themselves.
            Self::Parent(_)
            | Self::Root
            | Self::Ids(_)
            | Self::Owner(_)
            | Self::NameIs(_)
            | Self::NameContains(_)
            | Self::NameStartsWith(_)
            | Self::Word(_)
            | Self::Status(_)
            | Self::Tag(_)
            | Self::Whole(..)
            | Self::Time(..)
            | Self::BestValue(_)
            | Self::Parameter(_)
            | Self::Metadata(..) => false,
        }
    }
}

/// Bounds that are given or not.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bounds<T> {
    /// At least this.
    pub from: Option<T>,
    /// At most this.
    pub to: Option<T>,
}

impl<T: PartialOrd> Bounds<T> {
    /// Whether a value lies within.
    pub fn have(&self, value: &T) -> bool {
        self.from.as_ref().is_none_or(|from| value >= from)
            && self.to.as_ref().is_none_or(|to| value <= to)
    }
}

/// A whole number of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WholeField {
    /// Its priority.
    Priority,
    /// How many of its trials are in this state.
    Trials(TrialState),
    /// How many trials it has.
    AllTrials,
}

/// A time of a task. One that it does not have lies within no bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeField {
    /// When it was made.
    Created,
    /// When it last changed.
    Updated,
    /// When it was first started.
    Started,
    /// When it ended.
    Finished,
}

/// What a value in metadata must be.
#[derive(Debug, Clone, PartialEq)]
pub enum MetadataTest {
    /// There is one, even if it is null.
    Exists,
    /// One of these.
    OneOf(Vec<MetadataValue>),
    /// A number within bounds.
    Number(Bounds<f64>),
    /// A text of at most [`super::MAX_COMPARED_CHARS`] characters within bounds, by code points.
    Text(Bounds<String>),
}

/// Which trials of a task.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrialFilter {
    /// In one of these states.
    pub states: Vec<TrialState>,
    /// From one of these origins.
    pub origins: Vec<TrialOrigin>,
    /// Only those on the Pareto front.
    pub on_front: bool,
    /// Only those in the space, or only those outside.
    pub in_space: Option<bool>,
    /// That one of these workers has, or had last.
    pub workers: Vec<WorkerName>,
    /// Whose points pass these tests.
    pub parameters: Vec<ParameterTest>,
    /// With measured values of these objectives within bounds.
    pub values: Vec<(String, Bounds<f64>)>,
}

/// What the value of a parameter must be. A parameter that a point does not have passes no test.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterTest {
    /// The parameter.
    pub name: String,
    /// One of these; any if there are none.
    pub one_of: Vec<ParameterValue>,
    /// A number within these bounds, if one is given.
    pub bounds: Bounds<f64>,
}

impl TrialFilter {
    /// Whether some trials are to be looked at one by one: what is in their documents.
    #[must_use]
    pub const fn looks_inside(&self) -> bool {
        !self.parameters.is_empty() || !self.values.is_empty()
    }

    /// Whether what is in the documents of a trial passes; the store says the rest in SQL.
    #[must_use]
    pub fn passes_inside(&self, trial: &TrialGlance) -> bool {
        let passes = |test: &ParameterTest| {
            trial.parameter(&test.name).is_some_and(|value| test.passes(value))
        };
        self.parameters.iter().all(passes)
            && self.values.iter().all(|(objective, bounds)| {
                trial.values.get(objective).is_some_and(|value| bounds.have(value))
            })
    }
}

impl ParameterTest {
    fn passes(&self, value: &ParameterValue) -> bool {
        let bounded = self.bounds.from.is_some() || self.bounds.to.is_some();
        (self.one_of.is_empty() || self.one_of.iter().any(|one| one.same(value)))
            && (!bounded || value.as_f64().is_some_and(|number| self.bounds.have(&number)))
    }
}

/// Which events.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventFilter {
    /// Of one of these tasks.
    pub tasks: Vec<TaskId>,
    /// Of one of these kinds.
    pub kinds: Vec<EventKind>,
    /// Of tasks that passed this at the event, deleted or not unless it is about deleted ones.
    pub passing: Option<TaskFilter>,
}

impl EventFilter {
    /// Whether the event is one of them, but for what its task must pass, which the store knows; it says
    /// the rest in SQL.
    #[must_use]
    pub fn matches(&self, event: &Event) -> bool {
        (self.tasks.is_empty() || self.tasks.contains(&event.change.task))
            && (self.kinds.is_empty() || self.kinds.contains(&event.change.what.kind()))
    }
}
