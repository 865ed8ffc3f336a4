//! The row of a model state.

use sea_orm::entity::prelude::*;

use super::document;
use crate::task::{JsonValue, Result};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "model_state")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: Uuid,
    pub state: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The model state itself.
    pub(in crate::store) fn document(&self) -> Result<JsonValue> {
        document("model_state.state", &self.state)
    }
}
