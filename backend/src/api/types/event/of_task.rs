//! The events of tasks.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{EventKind, FieldChange};
use crate::{
    api::{
        cursor::{Cursor as _, EventCursor},
        error::Result,
        loader::{Gathered, TaskKey},
        scalar::DateTime,
        types::{Task, task::TaskStatus, task::shared},
    },
    task::{Event, LeaseToken, Version},
};

event_object! {
    /// A task was made.
    TaskCreated { changes: Vec<FieldChange> }

    /// Every field of the new task that has a value.
    async fn changes(&self) -> &[FieldChange] {
        &self.changes
    }
}

event_object! {
    /// Fields of a task changed.
    TaskUpdated {
        changes: Vec<FieldChange>,
        reason: Option<String>,
        reverted_to: Option<Version>,
    }

    /// The fields that changed, old and new.
    async fn changes(&self) -> &[FieldChange] {
        &self.changes
    }

    /// Why, if a reason was given.
    async fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The version whose settings the task has again, if it was `revertTask`.
    async fn reverted_to(&self) -> Option<Version> {
        self.reverted_to
    }
}

event_object! {
    /// A task moved on in its life.
    TaskStatusChanged {
        from: TaskStatus,
        to: TaskStatus,
        reason: Option<String>,
        subtree: Option<ID>,
    }

    /// The status that it had.
    async fn from(&self) -> TaskStatus {
        self.from
    }

    /// The status that it has.
    async fn to(&self) -> TaskStatus {
        self.to
    }

    /// Why, if a reason was given.
    async fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Id of the task whose whole subtree was moved, if it was `transitionSubtree`.
    async fn subtree(&self) -> Option<&ID> {
        self.subtree.as_ref()
    }
}

event_object! {
    /// A task was deleted. It can be restored.
    TaskDeleted { reason: Option<String> }

    /// Why, if a reason was given.
    async fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

event_object! {
    /// A deleted task was restored.
    TaskRestored { reason: Option<String> }

    /// Why, if a reason was given.
    async fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

event_object! {
    /// A task came from a file, with its trials.
    TaskImported { changes: Vec<FieldChange>, replaced: bool }

    /// Every field of the task that has a value.
    async fn changes(&self) -> &[FieldChange] {
        &self.changes
    }

    /// Whether it took the place of a task with that id.
    async fn replaced(&self) -> bool {
        self.replaced
    }
}

event_object! {
    /// A runner took the whole task.
    TaskClaimed { runner: String, token: LeaseToken, expires_at: DateTime }

    /// Who has it.
    async fn runner(&self) -> &str {
        &self.runner
    }

    /// The number of the claim.
    async fn token(&self) -> LeaseToken {
        self.token
    }

    /// When it ends unless it is renewed.
    async fn expires_at(&self) -> DateTime {
        self.expires_at
    }
}

event_object! {
    /// A runner gave the task back, or was lost, or the task has ended.
    TaskClaimEnded { runner: String, token: LeaseToken, reason: Option<String> }

    /// Who had it.
    async fn runner(&self) -> &str {
        &self.runner
    }

    /// The number of the claim.
    async fn token(&self) -> LeaseToken {
        self.token
    }

    /// Why, if that is known.
    async fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

event_object! {
    /// A client took it on itself to propose the points of an EXTERNAL task.
    TaskStrategyClaimed { strategist: String, token: LeaseToken, expires_at: DateTime }

    /// Who has it.
    async fn strategist(&self) -> &str {
        &self.strategist
    }

    /// The number of the lease.
    async fn token(&self) -> LeaseToken {
        self.token
    }

    /// When it ends unless it is renewed.
    async fn expires_at(&self) -> DateTime {
        self.expires_at
    }
}

event_object! {
    /// A client no longer proposes the points of a task: it gave the strategy back, or was lost, or the task has ended.
    TaskStrategyReleased { strategist: String, token: LeaseToken, reason: Option<String> }

    /// Who did.
    async fn strategist(&self) -> &str {
        &self.strategist
    }

    /// The number of the lease.
    async fn token(&self) -> LeaseToken {
        self.token
    }

    /// Why, if that is known.
    async fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

event_object! {
    /// A client that proposes points has left a checkpoint: `task.modelState` has the latest.
    TaskModelStateSaved { strategist: String, token: LeaseToken, bytes: u64 }

    /// Who.
    async fn strategist(&self) -> &str {
        &self.strategist
    }

    /// The number of its lease.
    async fn token(&self) -> LeaseToken {
        self.token
    }

    /// How long the checkpoint is, written as JSON; 0 if there is none any more.
    async fn bytes(&self) -> u64 {
        self.bytes
    }
}
