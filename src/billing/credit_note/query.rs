//! Root query fields of credit notes.

use async_graphql::{Context, Object};

use super::model::CreditNote;
use super::store;
use crate::auth::Permission;
use crate::error::Error;
use crate::graphql::{ContextExt as _, Nullable, permitted};
use crate::id::CreditNoteId;

/// Queries of credit notes.
#[derive(Default)]
pub struct CreditNoteQuery;

#[Object]
impl CreditNoteQuery {
    /// The credit note of an id or of a number: give one of the two. Null if there is none.
    async fn credit_note(
        &self,
        ctx: &Context<'_>,
        id: Option<CreditNoteId>,
        number: Option<String>,
    ) -> Nullable<CreditNote> {
        permitted(ctx, Permission::LedgerRead, async {
            let snapshot = ctx.read().await?;
            match (id, number) {
                (Some(id), None) => snapshot.load::<super::ById>(id).await,
                (None, Some(number)) if number.contains('\0') => Ok(None),
                (None, Some(number)) => store::find_by_number(&snapshot, snapshot.viewer.business.id, &number).await,
                _ => Err(Error::BadInput("give `id` or `number`, and not both".into())),
            }
        })
        .await
    }
}
