//! The use cases that write. Each is one transaction: it locks the task, checks the rules of
//! [`crate::task`], changes rows, tells the events, and commits. Reads do not come through here: they
//! go straight to the store.

mod ask;
mod create;
mod delete;
mod enqueue;
mod import;
mod tell;
mod transition;
mod update;

use std::sync::Arc;

use crate::{
    store::Store,
    task::{Clock, Task, Timestamp, Trial},
};

pub use import::ImportOutcome;

/// The use cases that write. Cheap to clone.
#[derive(Clone)]
pub struct TaskManager {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for TaskManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskManager").finish_non_exhaustive()
    }
}

impl TaskManager {
    /// Use cases over that store, at the time of that clock.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// What a use case did to trials, and the task after it.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialsChanged {
    /// The task, with its counts as they are now.
    pub task: Task,
    /// The trials, by number.
    pub trials: Vec<Trial>,
}
