//! Root query fields of the log.

use async_graphql::{Context, Object};

use super::model::{Event, EventKind, LOG};
use super::store::{self, EventFilter};
use crate::auth::{Can, Permission};
use crate::error::Result;
use crate::graphql::{Connection, ContextExt as _, PageArgs};
use crate::id::CustomerId;

/// Queries of the event log.
#[derive(Default)]
pub struct EventQuery;

#[Object]
impl EventQuery {
    /// The events of the business, oldest first; walk backward with `last` for the newest. Events that are not
    /// about a customer are left out for those who may not read the audit log.
    #[graphql(guard = "Can(Permission::CustomerAuditRead)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    async fn events(
        &self,
        ctx: &Context<'_>,
        kinds: Option<Vec<EventKind>>,
        customer_id: Option<CustomerId>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Event>> {
        let page = PageArgs { first, after, last, before, offset }.page(LOG)?;
        let snapshot = ctx.read().await?;
        let about_customers = snapshot.viewer.require(Permission::AuditRead).is_err();
        let filter = EventFilter { kinds, customer: customer_id, about_customers };
        let business = snapshot.viewer.business.id;
        let total = async {
            if ctx.wants_total() { store::count(&snapshot, business, &filter).await.map(Some) } else { Ok(None) }
        };
        let (rows, total) = tokio::try_join!(store::list(&snapshot, business, &filter, &page), total)?;
        Ok(Connection::new(page, rows, total))
    }

    /// The place in the log at which this operation reads. Subscribe with `after` set to it, and what changes
    /// after the rest of this answer arrives without a gap.
    #[graphql(guard = "Can(Permission::CustomerAuditRead).or(Can(Permission::LedgerRead))")]
    async fn event_cursor(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(store::position(&*ctx.read().await?).await?.to_string())
    }
}
