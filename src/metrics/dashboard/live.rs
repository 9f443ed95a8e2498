//! Root subscription fields of the dashboard.

use async_graphql::{Context, SimpleObject, Subscription};
use futures_util::{Stream, StreamExt as _};

use super::model::Dashboard;
use crate::auth::{Can, Permission};
use crate::error::{Error, Result};
use crate::events::{self, EventFilter, EventKind};
use crate::graphql::{ContextExt as _, Session};

/// The events that can move a figure.
const KINDS: &[EventKind] = &[
    EventKind::CustomerCreated,
    EventKind::CustomerUpdated,
    EventKind::CustomerArchived,
    EventKind::CustomerRestored,
    EventKind::CustomerDeleted,
    EventKind::CustomerSuspended,
    EventKind::CustomerReactivated,
    EventKind::RecordCreated,
    EventKind::RecordUpdated,
    EventKind::RecordDeleted,
    EventKind::RecordMarkedUnpaid,
    EventKind::SaleCreated,
    EventKind::AdjustmentCreated,
    EventKind::ChargeVoided,
    EventKind::PaymentRecorded,
    EventKind::PaymentReversed,
    EventKind::PaymentRefunded,
    EventKind::CreditReversed,
    EventKind::InvoiceFinalized,
    EventKind::InvoiceVoided,
    EventKind::CreditNoteCreated,
    // What is overdue, and which day and month it is.
    EventKind::TestClockAdvanced,
];

/// The figures, after something that can move them.
#[derive(Debug, Clone, SimpleObject)]
pub struct DashboardUpdate {
    /// The place in the log: give it as `after` to go on from here.
    cursor: String,
    /// What happened.
    kind: EventKind,
    /// The figures as they are now.
    dashboard: Dashboard,
}

/// Live figures.
#[derive(Default)]
pub struct DashboardSubscription;

#[Subscription]
impl DashboardSubscription {
    /// The figures of the business, whenever something happens that can move one of them. With `after`, first for
    /// everything since that cursor. What happens at once with something else may be in the figures before its own update.
    #[graphql(guard = "Can(Permission::MetricsRead)")]
    async fn dashboard(
        &self,
        ctx: &Context<'_>,
        after: Option<String>,
    ) -> Result<impl Stream<Item = async_graphql::Result<DashboardUpdate>>> {
        let session = ctx.session().clone();
        let viewer = session.read().await?.viewer.clone();
        // Waiting for events holds no connection.
        session.close().await?;
        let filter = EventFilter { kinds: Some(KINDS.to_vec()), customer: None, about_customers: false };
        let events = events::follow(&session, &viewer, after, filter).await?;
        Ok(events.then(move |event| {
            let session = session.clone();
            async move {
                let event = event?;
                session.reach(&event).await;
                let dashboard = load(&session).await?;
                Ok(DashboardUpdate { cursor: event.cursor().to_string(), kind: event.kind, dashboard })
            }
        }))
    }
}

async fn load(session: &Session) -> Result<Dashboard> {
    let snapshot = session.read().await?;
    let dashboard = Dashboard::load(&snapshot, &session.app().clock).await?;
    dashboard.ok_or_else(|| Error::internal("a business without figures"))
}
