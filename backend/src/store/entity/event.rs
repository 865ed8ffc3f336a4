//! The row of an event.

use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{document, json, micros, time, unreadable};
use crate::task::{Actor, Error, Event, NewEvent, Position, TaskId};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub task_id: Uuid,
    pub sequence: i64,
    pub version: i64,
    pub kind: String,
    pub actor: String,
    pub at: i64,
    pub data: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Event {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let Model { position, task_id, sequence, version, kind: _, actor, at, data } = row;
        Ok(Self {
            position,
            change: NewEvent {
                task: TaskId::from(task_id),
                sequence,
                version,
                actor: Actor::kept(actor).map_err(|e| unreadable("event.actor", &e))?,
                at: time("event.at", at)?,
                what: document("event.data", &data)?,
            },
        })
    }
}

/// The row of an event at that place in the log.
pub(in crate::store) fn row(position: Position, event: &NewEvent) -> Result<ActiveModel, Error> {
    let NewEvent { task, sequence, version, actor, at, what } = event;
    Ok(ActiveModel {
        position: Set(position),
        task_id: Set(task.uuid()),
        sequence: Set(*sequence),
        version: Set(*version),
        kind: Set(what.kind().as_str().to_owned()),
        actor: Set(actor.as_str().to_owned()),
        at: Set(micros(*at)),
        data: Set(json(what)?),
    })
}
