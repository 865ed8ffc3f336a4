//! The row of a saved view.

use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::{document, json, micros, time, unreadable};
use crate::task::{Error, Owner, Result, View, ViewId, ViewName, fold};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_view")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub name_folded: String,
    pub owner: String,
    pub filter: String,
    pub sort: String,
    pub columns: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for View {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self> {
        let Model {
            id,
            name,
            name_folded: _,
            owner,
            filter,
            sort,
            columns,
            version,
            created_at,
            updated_at,
        } = row;
        Ok(Self {
            id: ViewId::from(id),
            name: ViewName::kept(&name).map_err(|_| unreadable("saved_view.name", &name))?,
            owner: Owner::kept(&owner).map_err(|_| unreadable("saved_view.owner", &owner))?,
            filter: document("saved_view.filter", &filter)?,
            sort: document("saved_view.sort", &sort)?,
            columns: document("saved_view.columns", &columns)?,
            version,
            created_at: time("saved_view.created_at", created_at)?,
            updated_at: time("saved_view.updated_at", updated_at)?,
        })
    }
}

/// The row of a view.
pub(in crate::store) fn row(view: &View) -> Result<ActiveModel> {
    let View { id, name, owner, filter, sort, columns, version, created_at, updated_at } = view;
    Ok(ActiveModel {
        id: Set(id.uuid()),
        name: Set(name.as_str().to_owned()),
        name_folded: Set(fold(name.as_str())),
        owner: Set(owner.as_str().to_owned()),
        filter: Set(json(filter)?),
        sort: Set(json(sort)?),
        columns: Set(json(columns)?),
        version: Set(*version),
        created_at: Set(micros(*created_at)),
        updated_at: Set(micros(*updated_at)),
    })
}
