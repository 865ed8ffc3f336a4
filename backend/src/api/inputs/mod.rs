//! The inputs of the schema, and the way from each to the words of the domain. What breaks a rule is told
//! with the path of the field.

mod batch;
mod filter;
mod given;
mod life;
mod part;
mod policy;
mod settings;
mod sort;
mod space;
mod strategist;
mod strategy;
mod table;
mod task;
mod trial;
mod view;
mod worker;

pub(super) use batch::{
    AddTagsInput, CreateTasksInput, DeleteTasksInput, MoveTasksInput, RemoveTagsInput,
    RenameTagInput, RestoreTasksInput, TransitionTasksInput, UpdateTasksInput,
};
pub(super) use filter::TaskFilter;
pub(super) use life::{
    DeleteTaskInput, MoveTaskInput, RestoreTaskInput, RevertTaskInput, TransitionSubtreeInput,
    TransitionTaskInput,
};
pub(super) use part::{TaskEventFilter, TrialFilter};
pub(super) use sort::{TaskSort, TrialSort, order, order_of_trials};
pub(super) use space::ParameterSpaceInput;
pub(super) use strategist::{ClaimStrategyInput, ProposeTrialsInput, ReleaseStrategyInput};
pub(super) use table::{ReadTableInput, TableRequest};
use task::TaskChanges;
pub(super) use task::{CloneTaskInput, CreateTaskInput, UpdateTaskInput};
pub(super) use trial::{
    AddResultsInput, CorrectTrialInput, EnqueueTrialsInput, ExcludeTrialInput, IncludeTrialInput,
    SkipTrialsInput,
};
pub(super) use view::{DeleteViewInput, SaveViewInput, question};
pub(super) use worker::{
    AskInput, ClaimTaskInput, HeartbeatInput, ReleaseTaskInput, ReleaseTrialsInput,
    ReportTrialInput, TellInput,
};

use std::str::FromStr;

use async_graphql::ID;

use crate::task::Invalid;

/// An id in a field of that name.
pub(super) fn id<T: FromStr<Err = Invalid>>(field: &str, id: &ID) -> Result<T, Invalid> {
    id.parse().map_err(|problem: Invalid| problem.at(field))
}

/// A list of ids in a field of that name.
pub(super) fn ids<T: FromStr<Err = Invalid>>(field: &str, ids: &[ID]) -> Result<Vec<T>, Invalid> {
    const MOST: usize = 1_000;
    if ids.len() > MOST {
        return Err(Invalid::new(format!("at most {MOST} ids")).at(field));
    }
    ids.iter()
        .enumerate()
        .map(|(i, id)| id.parse().map_err(|problem: Invalid| problem.at_index(i).at(field)))
        .collect()
}
