//! Which ones: empty matches all.

use super::{Event, EventKind, TaskId, TaskStatus, TrialOrigin, TrialState};

/// Which tasks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskFilter {
    /// One of these statuses.
    pub statuses: Vec<TaskStatus>,
    /// The name contains this text, in any case.
    pub name_contains: Option<String>,
    /// The deleted ones rather than the others.
    pub deleted: bool,
}

/// Which trials of a task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrialFilter {
    /// In one of these states.
    pub states: Vec<TrialState>,
    /// From one of these origins.
    pub origins: Vec<TrialOrigin>,
    /// Only those on the Pareto front.
    pub on_front: bool,
    /// Only those in the space, or only those outside.
    pub in_space: Option<bool>,
}

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Of one of these tasks.
    pub tasks: Vec<TaskId>,
    /// Of one of these kinds.
    pub kinds: Vec<EventKind>,
}

impl EventFilter {
    /// Whether the event is one of them; the store says the same in SQL.
    #[must_use]
    pub fn matches(&self, event: &Event) -> bool {
        (self.tasks.is_empty() || self.tasks.contains(&event.change.task))
            && (self.kinds.is_empty() || self.kinds.contains(&event.change.what.kind()))
    }
}
