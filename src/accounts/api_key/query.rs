//! Root query fields of API keys.

use async_graphql::{Context, Object};

use super::model::{ApiKey, NEWEST_FIRST};
use super::store;
use crate::auth::{Can, Permission};
use crate::error::Result;
use crate::graphql::{Connection, ContextExt as _, PageArgs};

/// Queries of API keys.
#[derive(Default)]
pub struct ApiKeyQuery;

#[Object]
impl ApiKeyQuery {
    /// The API keys of the business, newest first, also those that are revoked or expired.
    #[graphql(guard = "Can(Permission::ApiKeys)")]
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<ApiKey>> {
        let page = PageArgs { first, after, last, before, offset }.page(NEWEST_FIRST)?;
        let snapshot = ctx.read().await?;
        let business = snapshot.viewer.business.id;
        let total =
            async { if ctx.wants_total() { store::count(&snapshot, business).await.map(Some) } else { Ok(None) } };
        let (rows, total) = tokio::try_join!(store::list(&snapshot, business, &page), total)?;
        Ok(Connection::new(page, rows, total))
    }
}
