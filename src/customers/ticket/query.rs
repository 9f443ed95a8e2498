//! Root query fields of tickets.

use async_graphql::{Context, Object};

use super::model::Ticket;
use super::store::{self, TicketFilter, TicketSort};
use crate::auth::{Can, Permission};
use crate::error::Result;
use crate::graphql::{Connection, ContextExt as _, Nullable, PageArgs, permitted};
use crate::id::TicketId;

/// Queries of tickets.
#[derive(Default)]
pub struct TicketQuery;

#[Object]
impl TicketQuery {
    /// The ticket of an id. Null if there is none.
    async fn ticket(&self, ctx: &Context<'_>, id: TicketId) -> Nullable<Ticket> {
        permitted(ctx, Permission::TicketsRead, ctx.load::<super::ById>(id)).await
    }

    /// The tickets of the business, newest first unless said otherwise. Customers see their own.
    #[graphql(guard = "Can(Permission::TicketsRead)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        filter: Option<TicketFilter>,
        #[graphql(default)] sort: TicketSort,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Ticket>> {
        let page = PageArgs { first, after, last, before, offset }.page(sort.order())?;
        let mut filter = filter.unwrap_or_default();
        let snapshot = ctx.read().await?;
        // Whoever may ask for it in turn finds out what they may not read.
        if filter.assignee_id.is_some() || filter.assigned.is_some() {
            snapshot.viewer.require(Permission::MembersRead)?;
        }
        // Row-level security shows a customer no others; this lets the index find theirs.
        filter.customer_id = filter.customer_id.or(snapshot.viewer.customer());
        let business = snapshot.viewer.business.id;
        let total = async {
            if ctx.wants_total() { store::count(&snapshot, business, &filter).await.map(Some) } else { Ok(None) }
        };
        let (rows, total) = tokio::try_join!(store::list(&snapshot, business, &filter, &page), total)?;
        Ok(Connection::new(page, rows, total))
    }
}
