//! The row of the points that are ready to be handed out.

use sea_orm::entity::prelude::*;

use super::{document, json};
use crate::task::{Error, Prepared};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "proposal")]
#[expect(clippy::struct_field_names, reason = "what a model has learned")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: Uuid,
    pub basis: i64,
    pub sequence: i64,
    pub proposed: i64,
    pub points: String,
    pub model: Option<String>,
    pub computing_by: Option<String>,
    pub computing_until: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Prepared {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let Model { task_id: _, basis, sequence, proposed, points, .. } = row;
        let (points, exhausted) = document("proposal.points", &points)?;
        Ok(Self { basis, sequence, proposed, points, exhausted })
    }
}

/// The document of the points.
pub(in crate::store) fn points(prepared: &Prepared) -> Result<String, Error> {
    json(&(&prepared.points, prepared.exhausted))
}
