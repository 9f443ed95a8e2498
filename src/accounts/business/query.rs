//! Root query fields of businesses.

use async_graphql::{Context, Object};

use super::model::Business;
use super::store;
use crate::auth::{Can, Permission};
use crate::error::{Error, Result};
use crate::graphql::ContextExt as _;

/// Queries of businesses.
#[derive(Default)]
pub struct BusinessQuery;

#[Object]
impl BusinessQuery {
    /// The business that the access token names.
    #[graphql(guard = "Can(Permission::BusinessRead)")]
    async fn business(&self, ctx: &Context<'_>) -> Result<Business> {
        let snapshot = ctx.read().await?;
        let id = snapshot.viewer.business.id;
        let mut found = store::by_ids(&snapshot, &[id]).await?;
        found.remove(&id).ok_or_else(|| Error::internal("the viewer's business is gone"))
    }
}
