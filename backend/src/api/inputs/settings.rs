//! What is measured.

use async_graphql::InputObject;

use crate::{
    api::types::Direction,
    task::{Invalid, Objective, Objectives},
};

/// A quantity that is measured, with a direction.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ObjectiveInput {
    /// The name, unique within the task.
    name: String,
    /// Whether less or more of it is better.
    direction: Direction,
}

pub(super) fn objectives(inputs: Vec<ObjectiveInput>) -> Result<Objectives, Invalid> {
    Objectives::new(
        inputs
            .into_iter()
            .map(|ObjectiveInput { name, direction }| Objective {
                name,
                direction: direction.into(),
            })
            .collect(),
    )
}
