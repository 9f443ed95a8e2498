//! Root subscription fields of the log.

use async_graphql::{Context, Subscription};
use futures_util::{Stream, StreamExt as _};

use super::bus::follow;
use super::model::{Event, EventKind};
use super::store::EventFilter;
use crate::auth::{Can, Permission};
use crate::error::Result;
use crate::graphql::ContextExt as _;
use crate::id::CustomerId;

/// Live events.
#[derive(Default)]
pub struct EventSubscription;

#[Subscription]
impl EventSubscription {
    /// What happens in the business, as it happens. With `after`, first everything since that cursor. Events that
    /// are not about a customer are left out for those who may not read the audit log.
    #[graphql(guard = "Can(Permission::CustomerAuditRead)")]
    async fn activity(
        &self,
        ctx: &Context<'_>,
        kinds: Option<Vec<EventKind>>,
        customer_id: Option<CustomerId>,
        after: Option<String>,
    ) -> Result<impl Stream<Item = async_graphql::Result<Event>>> {
        let session = ctx.session().clone();
        let viewer = session.read().await?.viewer.clone();
        // Waiting for events holds no connection.
        session.close().await?;
        let about_customers = viewer.require(Permission::AuditRead).is_err();
        let filter = EventFilter { kinds, customer: customer_id, about_customers };
        let events = follow(&session, &viewer, after, filter).await?;
        Ok(events.then(move |event| {
            let session = session.clone();
            async move {
                let event = event?;
                let snapshot = session.read().await?;
                snapshot.viewer.require(Permission::CustomerAuditRead)?;
                if event.customer_id.is_none() {
                    snapshot.viewer.require(Permission::AuditRead)?;
                }
                drop(snapshot);
                session.reach(&event).await;
                Ok(Event::clone(&event))
            }
        }))
    }
}
