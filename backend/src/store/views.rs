//! Saved views.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult as _,
    PaginatorTrait as _, QueryFilter as _,
};

use super::{
    DatabaseKind, Store, Tx,
    entity::saved_view::{self, row},
    fault,
    sql::Sql,
};
use crate::task::{Error, Page, PageRequest, Result, Side, View, ViewId, ViewName, fold};

impl Store {
    /// Some views, in one query.
    pub async fn views(&self, ids: &[ViewId]) -> Result<HashMap<ViewId, View>> {
        saved_view::Entity::find()
            .filter(saved_view::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
            .all(&self.reader)
            .await
            .map_err(fault)?
            .into_iter()
            .map(|row| View::try_from(row).map(|view| (view.id, view)))
            .collect()
    }

    /// One view, if it is there.
    pub async fn view(&self, id: ViewId) -> Result<Option<View>> {
        Ok(self.views(&[id]).await?.remove(&id))
    }

    /// A page of the views, by their folded names.
    pub async fn list_views(&self, page: &PageRequest<String>) -> Result<Page<View>> {
        // As SQLite compares them, whatever the language of the Postgres database.
        let name = match self.kind {
            DatabaseKind::SqliteMemory | DatabaseKind::Sqlite => "name_folded",
            DatabaseKind::Postgres => "name_folded COLLATE \"C\"",
        };
        let mut sql = Sql::new(self.kind);
        sql.push("SELECT * FROM saved_view WHERE TRUE");
        for (sign, place) in [(" > ", &page.after), (" < ", &page.before)] {
            if let Some(place) = place {
                sql.push(" AND ").push(name).push(sign).bind(place.as_str());
            }
        }
        sql.push(" ORDER BY ").push(name);
        sql.push(match page.side {
            Side::First => " ASC",
            Side::Last => " DESC",
        });
        sql.push(&format!(" LIMIT {}", page.limit + 1));
        let rows = self.reader.query_all_raw(sql.into_statement()).await.map_err(fault)?;
        let read = |row| saved_view::Model::from_query_result(row, "").map_err(fault)?.try_into();
        Ok(Page::of(page, rows.iter().map(read).collect::<Result<_>>()?))
    }
}

impl Tx {
    /// From here to the end of the transaction nobody else saves or deletes views: names stay unique,
    /// and their number bounded.
    pub async fn lock_views(&mut self) -> Result<()> {
        self.lock_out("SELECT pg_advisory_xact_lock(27431937893395567)").await
    }

    /// A view that is there.
    pub async fn view(&self, id: ViewId) -> Result<View> {
        let found = saved_view::Entity::find_by_id(id.uuid()).one(self.connection()).await;
        found.map_err(fault)?.ok_or(Error::ViewNotFound(id))?.try_into()
    }

    /// Adds a view; refuses a name that is taken, and one view too many.
    pub async fn insert_view(&mut self, view: &View) -> Result<()> {
        self.expect_free(&view.name).await?;
        let count = saved_view::Entity::find().count(self.connection()).await.map_err(fault)?;
        if count >= View::MOST as u64 {
            return Err(Error::TooManyViews);
        }
        let insert = saved_view::Entity::insert(row(view)?);
        insert.exec_without_returning(self.writing_apart()).await.map_err(fault)?;
        Ok(())
    }

    /// Changes a view; refuses a name that another has.
    pub async fn update_view(&mut self, before: &View, after: &View) -> Result<()> {
        if fold(before.name.as_str()) != fold(after.name.as_str()) {
            self.expect_free(&after.name).await?;
        }
        let update = saved_view::Entity::update(row(after)?);
        update.exec(self.writing_apart()).await.map_err(fault)?;
        Ok(())
    }

    /// Removes a view.
    pub async fn remove_view(&mut self, id: ViewId) -> Result<()> {
        let delete = saved_view::Entity::delete_by_id(id.uuid());
        delete.exec(self.writing_apart()).await.map_err(fault)?;
        Ok(())
    }

    async fn expect_free(&self, name: &ViewName) -> Result<()> {
        let taken = saved_view::Entity::find()
            .filter(saved_view::Column::NameFolded.eq(fold(name.as_str())))
            .one(self.connection())
            .await
            .map_err(fault)?;
        taken.map_or(Ok(()), |row| {
            Err(Error::ViewNameTaken { name: name.clone(), view: ViewId::from(row.id) })
        })
    }
}
