//! The events of trials.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::EventKind;
use crate::{
    api::{
        cursor::{Cursor as _, EventCursor},
        error::Result,
        loader::{Gathered, TaskKey},
        scalar::{DateTime, JsonMap},
        types::{
            Task, Trial,
            attempt::{MetricValue, metric_values},
            task::shared,
            trial::{ObjectiveValue, TrialOrigin, TrialState, objective_values},
        },
    },
    task::{Course, Event, LeaseToken, TrialId, TrialNumber},
};

async fn trial_now(ctx: &Context<'_>, id: TrialId) -> Result<Option<Trial>> {
    let found = ctx.data::<Gathered>()?.load_one(id).await;
    Ok(found.map_err(shared)?.map(Trial))
}

/// Who has a trial, by which right, and what came of it.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    worker: Option<String>,
    lease_token: Option<LeaseToken>,
    lease_expires_at: Option<DateTime>,
    available_at: Option<DateTime>,
    late: bool,
    executed_point: Option<JsonMap>,
    in_space: bool,
    values: Vec<ObjectiveValue>,
    metrics: Vec<MetricValue>,
}

impl From<&Course> for Progress {
    fn from(course: &Course) -> Self {
        let Course {
            worker,
            lease_token,
            lease_expires_at,
            available_at,
            late,
            executed_point,
            outside,
            values,
            deviations,
            metrics,
        } = course;
        Self {
            worker: worker.as_ref().map(ToString::to_string),
            lease_token: *lease_token,
            lease_expires_at: lease_expires_at.map(DateTime),
            available_at: available_at.map(DateTime),
            late: *late,
            executed_point: executed_point.as_ref().map(|point| JsonMap(point.to_json())),
            in_space: !outside,
            values: objective_values(values, deviations),
            metrics: metric_values(metrics),
        }
    }
}

/// An event of a trial: which one, and the event's own fields.
macro_rules! trial_event {
    ($(#[doc = $doc:literal])* $name:ident { $($field:ident: $ty:ty),* $(,)? } $($resolvers:tt)*) => {
        event_object! {
            $(#[doc = $doc])*
            $name { trial: TrialId, $($field: $ty),* }

            /// The id of the trial.
            async fn trial_id(&self) -> ID {
                self.trial.to_string().into()
            }

            /// The number of the trial within its task.
            async fn trial_number(&self) -> TrialNumber {
                self.trial.number
            }

            /// The trial as it is now, which may be later than the event.
            async fn trial(&self, ctx: &Context<'_>) -> Result<Option<Trial>> {
                trial_now(ctx, self.trial).await
            }

            $($resolvers)*
        }
    };
}

/// An event of a trial that came to be, or moved on in its life.
macro_rules! moved_event {
    ($(#[doc = $doc:literal])* $name:ident { $($field:ident: $ty:ty),* $(,)? } $($resolvers:tt)*) => {
        trial_event! {
            $(#[doc = $doc])*
            $name { $($field: $ty,)* progress: Progress }

            /// The worker that has it, or had it last.
            async fn worker(&self) -> Option<&str> {
                self.progress.worker.as_deref()
            }

            /// Its lease, or its last; none if it was never handed out.
            async fn lease_token(&self) -> Option<LeaseToken> {
                self.progress.lease_token
            }

            /// What was really tried; null if that is what was planned.
            async fn executed_point(&self) -> Option<&JsonMap> {
                self.progress.executed_point.as_ref()
            }

            /// Whether what was tried lies in the space that the task had at the event.
            async fn in_space(&self) -> bool {
                self.progress.in_space
            }

            /// When the lease ends unless it is renewed, while it has one.
            async fn lease_expires_at(&self) -> Option<DateTime> {
                self.progress.lease_expires_at
            }

            /// A trial that waits for its next attempt is not handed out before.
            async fn available_at(&self) -> Option<DateTime> {
                self.progress.available_at
            }

            /// What was measured, one value for each objective.
            async fn values(&self) -> &[ObjectiveValue] {
                &self.progress.values
            }

            /// Named quantities beside the objectives.
            async fn metrics(&self) -> &[MetricValue] {
                &self.progress.metrics
            }

            $($resolvers)*
        }
    };
}

moved_event! {
    /// A trial was planned; or proposed and handed out at once; or measured elsewhere.
    TrialCreated { state: TrialState, origin: TrialOrigin, point: JsonMap }

    /// Where it stood from the start.
    async fn state(&self) -> TrialState {
        self.state
    }

    /// Where its point came from.
    async fn origin(&self) -> TrialOrigin {
        self.origin
    }

    /// What to try: the name of each parameter and its value.
    async fn point(&self) -> &JsonMap {
        &self.point
    }
}

moved_event! {
    /// A trial moved on in its life: it was handed out, given back or given up, or its outcome came.
    TrialStateChanged { from: TrialState, to: TrialState, reason: Option<String> }

    /// The state that it had.
    async fn from(&self) -> TrialState {
        self.from
    }

    /// The state that it has.
    async fn to(&self) -> TrialState {
        self.to
    }

    /// Why there is no result, or why it was given back.
    async fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Whether the result came after its lease or its task had ended.
    async fn late(&self) -> bool {
        self.progress.late
    }
}

trial_event! {
    /// A worker told of values on the way to the result.
    TrialReported { step: i64, values: Vec<ObjectiveValue> }

    /// How far the evaluation is.
    async fn step(&self) -> i64 {
        self.step
    }

    /// What was measured there.
    async fn values(&self) -> &[ObjectiveValue] {
        &self.values
    }
}

trial_event! {
    /// A result came that does not count; it is kept beside the counted one.
    TrialResultAttached { worker: Option<String>, token: LeaseToken, values: Vec<ObjectiveValue> }

    /// The worker of the lease that it names, if that is known.
    async fn worker(&self) -> Option<&str> {
        self.worker.as_deref()
    }

    /// The lease that it names.
    async fn lease_token(&self) -> LeaseToken {
        self.token
    }

    /// What was measured.
    async fn values(&self) -> &[ObjectiveValue] {
        &self.values
    }
}

trial_event! {
    /// A result was left out of the optimization.
    TrialExcluded { reason: String }

    /// Why.
    async fn reason(&self) -> &str {
        &self.reason
    }
}

trial_event! {
    /// A result counts again.
    TrialIncluded { reason: String }

    /// Why.
    async fn reason(&self) -> &str {
        &self.reason
    }
}

trial_event! {
    /// A measured result was corrected.
    TrialCorrected { old: Vec<ObjectiveValue>, new: Vec<ObjectiveValue>, reason: String }

    /// What stood there before.
    async fn old_values(&self) -> &[ObjectiveValue] {
        &self.old
    }

    /// What was measured in truth.
    async fn new_values(&self) -> &[ObjectiveValue] {
        &self.new
    }

    /// Why.
    async fn reason(&self) -> &str {
        &self.reason
    }
}
