//! Root query fields of invoices.

use async_graphql::{Context, Object};

use super::model::{Invoice, InvoiceFilter, InvoiceSort};
use super::store;
use crate::auth::{Can, Permission};
use crate::error::{Error, Result};
use crate::graphql::{Connection, ContextExt as _, Nullable, PageArgs, permitted};
use crate::id::InvoiceId;

/// Queries of invoices.
#[derive(Default)]
pub struct InvoiceQuery;

#[Object]
impl InvoiceQuery {
    /// The invoice of an id or of a number: give one of the two. Null if there is none.
    async fn invoice(&self, ctx: &Context<'_>, id: Option<InvoiceId>, number: Option<String>) -> Nullable<Invoice> {
        permitted(ctx, Permission::LedgerRead, async {
            let snapshot = ctx.read().await?;
            let business = snapshot.viewer.business.id;
            match (id, number) {
                (Some(id), None) => snapshot.load::<super::ById>(id).await,
                (None, Some(number)) if number.contains('\0') => Ok(None),
                (None, Some(number)) => store::find_by_number(&snapshot, business, &number).await,
                _ => Err(Error::BadInput("give `id` or `number`, and not both".into())),
            }
        })
        .await
    }

    /// The invoices of the business, newest first unless said otherwise. Customers see their own, and no drafts.
    #[graphql(guard = "Can(Permission::LedgerRead)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    async fn invoices(
        &self,
        ctx: &Context<'_>,
        filter: Option<InvoiceFilter>,
        #[graphql(default)] sort: InvoiceSort,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Invoice>> {
        let page = PageArgs { first, after, last, before, offset }.page(sort.order())?;
        let mut filter = filter.unwrap_or_default();
        let snapshot = ctx.read().await?;
        // Row-level security shows a customer no others; this lets the index find theirs.
        filter.customer_id = filter.customer_id.or(snapshot.viewer.customer());
        let tenant = &snapshot.viewer.business;
        let today = tenant.today(&ctx.app().clock);
        let total = async {
            if !ctx.wants_total() {
                return Ok(None);
            }
            store::count(&snapshot, tenant.id, &filter, today).await.map(Some)
        };
        let (rows, total) = tokio::try_join!(store::list(&snapshot, tenant.id, &filter, today, &page), total)?;
        Ok(Connection::new(page, rows, total))
    }
}
