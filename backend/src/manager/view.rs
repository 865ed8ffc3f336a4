//! `saveView` and `deleteView`. Views are no tasks: they are told in no events.

use futures_util::FutureExt as _;

use super::{TaskManager, replay::Answer};
use crate::task::{Caller, Owner, Result, SaveView, Version, View, ViewId};

impl Answer for View {}

impl TaskManager {
    /// Makes a view, or changes one. An update that changes nothing writes nothing.
    pub async fn save_view(&self, caller: &Caller, save: SaveView) -> Result<View> {
        let (id, owner, at) = (ViewId::random(), Owner::from(&caller.actor), self.now());
        self.write(caller, move |tx| {
            let (owner, save) = (owner.clone(), save.clone());
            async move {
                tx.lock_views().await?;
                match save {
                    SaveView::New(new) => {
                        let view = View::new(id, owner, at, new);
                        tx.insert_view(&view).await?;
                        Ok(view)
                    }
                    SaveView::Change(update) => {
                        let before = tx.view(update.id).await?;
                        before.expect_version(update.expected_version)?;
                        let after = before.after(update, at);
                        if after != before {
                            tx.update_view(&before, &after).await?;
                        }
                        Ok(after)
                    }
                }
            }
            .boxed()
        })
        .await
    }

    /// Removes a view, and gives it as it was.
    pub async fn delete_view(
        &self,
        caller: &Caller,
        id: ViewId,
        expected_version: Option<Version>,
    ) -> Result<View> {
        self.write(caller, move |tx| {
            async move {
                tx.lock_views().await?;
                let view = tx.view(id).await?;
                view.expect_version(expected_version)?;
                tx.remove_view(id).await?;
                Ok(view)
            }
            .boxed()
        })
        .await
    }
}
