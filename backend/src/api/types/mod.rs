//! The objects of the schema.

mod attempt;
mod event;
mod history;
mod model;
mod policy;
mod settings;
mod space;
mod space_report;
mod strategist;
mod strategy;
mod table;
mod task;
mod trial;
mod view;

use async_graphql::{ID, Interface};

pub(super) use attempt::{LeaseVerdict, TellReceipt};
pub(super) use event::{EventKind, TaskEvent, TaskStatusChanged};
pub(super) use history::{PastTask, TaskDifference, TaskVersion, list_versions};
pub(super) use policy::{LateResultPolicy, PruningKind, RetryOn, TaskClaim};
pub(super) use settings::Direction;
pub(super) use space::Parameter;
pub(super) use space_report::{SpaceChangePreview, SpaceReport};
pub(super) use strategist::{PointsNeeded, Strategist};
pub(super) use strategy::{Acquisition, Prediction, SamplingMethod, StrategyKind};
pub(super) use table::{TableQuestionCode, TableReport};
pub(super) use task::{Task, TaskFacets, TaskStatus, list_events, list_tasks, shared};
pub(super) use trial::{Trial, TrialOrigin, TrialState};
pub(super) use view::{View, ViewChange};

/// Something with an id of its own, unique across the server.
#[derive(Debug, Clone, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The id, unique across all types."))]
pub(super) enum Node {
    /// A task.
    Task(Task),
    /// A trial.
    Trial(Trial),
    /// A version of a task.
    TaskVersion(TaskVersion),
    /// A saved view.
    View(View),
}
