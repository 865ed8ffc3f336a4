//! Mutations of saved views.

use async_graphql::{Context, Object, SimpleObject};

use super::{parts, wrong};
use crate::api::{
    error::{Result, refuse_input},
    inputs::{DeleteViewInput, SaveViewInput},
    types::View,
};

#[derive(Debug)]
pub(super) struct ViewMutation;

#[Object]
impl ViewMutation {
    /// Saves a filter with an order and columns under a name, or changes what is saved. At most 1,000 views are kept
    /// (`TOO_MANY_VIEWS`). Tasks are not touched, and there is no event.
    async fn save_view(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The view.")] input: SaveViewInput,
    ) -> Result<Option<SaveViewPayload>> {
        let key = input.idempotency_key.clone();
        let save = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &save)?;
        let view = manager.save_view(&caller, save).await.map_err(refuse_input)?;
        Ok(Some(SaveViewPayload { view: View(view) }))
    }

    /// Deletes a view for good. Its tasks are not touched, and who watches it watches on.
    async fn delete_view(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The view to be deleted.")] input: DeleteViewInput,
    ) -> Result<Option<DeleteViewPayload>> {
        let key = input.idempotency_key.clone();
        let (id, expected_version) = input.into_parts().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &(&id, &expected_version))?;
        let deleted = manager.delete_view(&caller, id, expected_version).await;
        Ok(Some(DeleteViewPayload { view: View(deleted.map_err(refuse_input)?) }))
    }
}

/// What `saveView` did.
#[derive(Debug, SimpleObject)]
struct SaveViewPayload {
    /// The view as it is now.
    view: View,
}

/// What `deleteView` did.
#[derive(Debug, SimpleObject)]
struct DeleteViewPayload {
    /// The view as it was.
    view: View,
}
