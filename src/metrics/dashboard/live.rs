//! Root subscription fields of the dashboard.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject, Subscription};
use futures_util::{Stream, StreamExt as _, future, stream};

use super::model::Dashboard;
use crate::auth::{Can, Permission};
use crate::error::{Error, Result};
use crate::events::{self, Event, EventFilter, EventKind};
use crate::graphql::{ContextExt as _, Session};

/// The events that can move a figure.
const KINDS: &[EventKind] = &[
    EventKind::CustomerCreated,
    EventKind::CustomerUpdated,
    EventKind::CustomerArchived,
    EventKind::CustomerRestored,
    EventKind::CustomerDeleted,
    // Who is erased is archived.
    EventKind::CustomerErased,
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
    EventKind::BusinessImported,
];

/// The fields of a customer that can move one.
const FIELDS: &[&str] = &["status", "memberSince", "joinedOn"];

/// The most events of which one update tells.
const MOST: usize = 500;

/// The figures, after something that can move them.
#[derive(Debug, Clone, SimpleObject)]
pub struct DashboardUpdate {
    /// The place in the log: give it as `after` to go on from here.
    cursor: String,
    /// What happened, or happened last, where much did at once.
    kind: EventKind,
    /// The figures as they are now.
    dashboard: Dashboard,
}

/// Live figures.
#[derive(Default)]
pub struct DashboardSubscription;

#[Subscription]
impl DashboardSubscription {
    /// The figures of the business, whenever something happens that can move one of them. With `after`, first for what
    /// happened since that cursor. Where much happens at once, one update tells of it, with the cursor of the last.
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
        let moving = events.filter(|event| future::ready(event.as_ref().map_or_else(|_| true, |event| moves(event))));
        Ok(newest(moving).then(move |event| {
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

/// Whether an event can move a figure.
fn moves(event: &Event) -> bool {
    if event.kind != EventKind::CustomerUpdated {
        return true;
    }
    let fields = event.data["fields"].as_array();
    fields.is_none_or(|fields| fields.iter().any(|field| FIELDS.iter().any(|moving| field == moving)))
}

/// Of events that wait, the last one: the figures are those of now, whichever it is.
fn newest(events: impl Stream<Item = Result<Arc<Event>>>) -> impl Stream<Item = Result<Arc<Event>>> {
    events.ready_chunks(MOST).flat_map(|mut waiting| {
        // Nothing comes after an error.
        let error = waiting.pop_if(|last| last.is_err());
        stream::iter(waiting.pop().into_iter().chain(error))
    })
}

async fn load(session: &Session) -> Result<Dashboard> {
    let snapshot = session.read().await?;
    let dashboard = Dashboard::load(&snapshot, &session.app().clock).await?;
    dashboard.ok_or_else(|| Error::internal("a business without figures"))
}
