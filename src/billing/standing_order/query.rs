//! Root query fields of standing orders.

use async_graphql::{Context, Object};

use super::model::{BY_AGE, StandingOrder};
use super::store;
use crate::auth::{Can, Permission};
use crate::error::Result;
use crate::graphql::{Connection, ContextExt as _, Nullable, PageArgs, permitted};
use crate::id::StandingOrderId;

/// Queries of standing orders.
#[derive(Default)]
pub struct StandingOrderQuery;

#[Object]
impl StandingOrderQuery {
    /// The standing order of an id. Null if there is none.
    async fn standing_order(&self, ctx: &Context<'_>, id: StandingOrderId) -> Nullable<StandingOrder> {
        permitted(ctx, Permission::LedgerRead, ctx.load::<super::ById>(id)).await
    }

    /// The standing orders of the business, the oldest first.
    #[graphql(guard = "Can(Permission::LedgerRead)")]
    async fn standing_orders(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<StandingOrder>> {
        let page = PageArgs { first, after, last, before, offset }.page(BY_AGE)?;
        let snapshot = ctx.read().await?;
        let business = snapshot.viewer.business.id;
        let total =
            async { if ctx.wants_total() { store::count(&snapshot, business).await.map(Some) } else { Ok(None) } };
        let (rows, total) = tokio::try_join!(store::list(&snapshot, business, &page), total)?;
        Ok(Connection::new(page, rows, total))
    }
}
