//! Root query fields of sessions.

use async_graphql::{Context, Object};

use crate::auth::Viewer;
use crate::error::Result;
use crate::graphql::ContextExt as _;

/// Queries of sessions.
#[derive(Default)]
pub struct SessionQuery;

#[Object]
impl SessionQuery {
    /// Who is signed in. An `UNAUTHENTICATED` error if nobody is.
    async fn me(&self, ctx: &Context<'_>) -> Result<Viewer> {
        Ok(ctx.read().await?.viewer.clone())
    }
}
