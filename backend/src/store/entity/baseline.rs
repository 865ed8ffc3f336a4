//! The row of the place where the history of a task begins since it was compacted.

use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{document, event, json, micros};
use crate::task::{Error, Event, TaskVersion, ToldTask};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "baseline")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: Uuid,
    pub position: i64,
    pub sequence: i64,
    pub version: i64,
    pub kind: String,
    pub actor: String,
    pub at: i64,
    pub data: String,
    pub told: String,
    pub removed: i64,
    pub strategist: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The task as it was at the oldest version that is kept.
    pub(in crate::store) fn told(&self) -> Result<ToldTask, Error> {
        document("baseline.told", &self.told)
    }

    /// The event that made that version.
    pub(in crate::store) fn event(self) -> Result<Event, Error> {
        let Self {
            task_id,
            position,
            sequence,
            version,
            kind,
            actor,
            at,
            data,
            told: _,
            removed: _,
            strategist: _,
        } = self;
        event::Model { position, task_id, sequence, version, kind, actor, at, data }.try_into()
    }
}

/// The row for that version, of which events up to the sequence `removed` are gone.
pub(in crate::store) fn row(
    version: &TaskVersion,
    told: &ToldTask,
    removed: i64,
    strategist: Option<String>,
) -> Result<ActiveModel, Error> {
    let Event { position, change } = version.event();
    Ok(ActiveModel {
        task_id: Set(change.task.uuid()),
        position: Set(*position),
        sequence: Set(change.sequence),
        version: Set(change.version),
        kind: Set(change.what.kind().as_str().to_owned()),
        actor: Set(change.actor.as_str().to_owned()),
        at: Set(micros(change.at)),
        data: Set(json(&change.what)?),
        told: Set(json(told)?),
        removed: Set(removed),
        strategist: Set(strategist),
    })
}
