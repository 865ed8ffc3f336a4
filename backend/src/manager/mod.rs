//! The use cases that write. Each is one transaction: it locks the task, checks the rules of
//! [`crate::task`], changes rows, tells the events, and commits. Reads do not come through here: they
//! go straight to the store.

mod abandon;
mod add_results;
mod ask;
mod batch;
mod change;
mod claim;
mod clone;
mod compact;
mod conclude;
mod correct;
mod create;
mod delete;
mod enqueue;
mod exclude;
#[cfg(test)]
mod groups_test;
mod hand_out;
mod heartbeat;
mod import;
mod release;
mod replay;
mod report;
mod strategist;
mod sweep;
mod tell;
mod transition;
mod tree;
mod update;
mod view;
mod warm_start;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    events::WorkWatch,
    proposals::Proposals,
    store::Store,
    task::{Aging, Clock, Task, Timestamp, Trial},
};

pub use add_results::{NewResult, PlaceOfResults};
pub use ask::{Ask, Asked};
pub use batch::{Batch, BatchDone, BatchStep, Picked, Selection};
pub use claim::{Claimed, TaskClaim};
pub use compact::Compacted;
pub use create::TasksCreated;
pub use heartbeat::{ClaimRef, Heartbeat, LeaseState, Pulse};
pub use import::ImportOutcome;
pub use report::{Reported, StepValues};
pub use strategist::{ProposedTrials, StrategyClaim, StrategyClaimed};
pub use tell::{Tell, Told};
pub use tree::SubtreeMoved;

use replay::Answer;

/// The use cases that write. Cheap to clone.
#[derive(Clone)]
pub struct TaskManager {
    store: Store,
    clock: Arc<dyn Clock>,
    aging: Aging,
    work: WorkWatch,
    proposals: Proposals,
}

impl std::fmt::Debug for TaskManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskManager").finish_non_exhaustive()
    }
}

impl TaskManager {
    /// Use cases over that store, at the time of that clock, for a command that ends by itself: nobody
    /// waits for work.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        let work = WorkWatch::idle(store.clone(), Arc::clone(&clock));
        let proposals = Proposals::idle(store.clone(), Arc::clone(&clock));
        Self { store, clock, aging: Aging::default(), work, proposals }
    }

    /// The same for a server: with a queue that ages at that rate, somebody who looks for work, and
    /// somebody who computes points.
    #[must_use]
    pub fn serving(self, aging: Aging, work: WorkWatch, proposals: Proposals) -> Self {
        Self { aging, work, proposals, ..self }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// What a use case did to trials of one task, and the task after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialsChanged {
    /// The task, with its counts as they are now.
    pub task: Task,
    /// The trials, by number.
    pub trials: Vec<Trial>,
}

/// What a use case did to one trial, and the task after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialChanged {
    /// The task, with its counts as they are now.
    pub task: Task,
    /// The trial.
    pub trial: Trial,
}
