//! Root query fields of payments.

use async_graphql::{Context, Object};

use super::model::{Payment, PaymentRecordInput};
use super::preview::{PaymentPreview, preview};
use super::store::{self, PaymentFilter, PaymentSort};
use crate::auth::{Can, Permission};
use crate::error::Result;
use crate::graphql::{Connection, ContextExt as _, Nullable, PageArgs, permitted};
use crate::id::PaymentId;

/// Queries of payments.
#[derive(Default)]
pub struct PaymentQuery;

#[Object]
impl PaymentQuery {
    /// The payment of an id. Null if there is none.
    async fn payment(&self, ctx: &Context<'_>, id: PaymentId) -> Nullable<Payment> {
        permitted(ctx, Permission::LedgerRead, ctx.load::<super::ById>(id)).await
    }

    /// The payments of the business, newest first unless said otherwise.
    #[graphql(guard = "Can(Permission::LedgerRead)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    async fn payments(
        &self,
        ctx: &Context<'_>,
        filter: Option<PaymentFilter>,
        #[graphql(default)] sort: PaymentSort,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Payment>> {
        let page = PageArgs { first, after, last, before, offset }.page(sort.order())?;
        let mut filter = filter.unwrap_or_default();
        let snapshot = ctx.read().await?;
        // Row-level security shows a customer no others; this lets the index find theirs.
        filter.customer_id = filter.customer_id.or(snapshot.viewer.customer());
        let business = snapshot.viewer.business.id;
        let total = async {
            if ctx.wants_total() { store::count(&snapshot, business, &filter).await.map(Some) } else { Ok(None) }
        };
        let (rows, total) = tokio::try_join!(store::list(&snapshot, business, &filter, &page), total)?;
        Ok(Connection::new(page, rows, total))
    }

    /// What `paymentRecord` would do with the same input at this moment. Nothing is written.
    #[graphql(guard = "Can(Permission::LedgerRead)")]
    async fn payment_preview(&self, ctx: &Context<'_>, input: PaymentRecordInput) -> Result<PaymentPreview> {
        preview(ctx, input).await
    }
}
