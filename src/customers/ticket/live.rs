//! Root subscription fields of tickets.

use std::future::ready;
use std::sync::Arc;

use async_graphql::{Context, Enum, SimpleObject, Subscription};
use futures_util::{Stream, StreamExt as _};

use super::model::{Ticket, TicketMessage};
use super::{ById, MessageById};
use crate::auth::{Can, Permission};
use crate::error::{Error, Result};
use crate::events::{self, Event, EventFilter, EventKind};
use crate::graphql::{ContextExt as _, Session};
use crate::id::{CustomerId, TicketId, TicketMessageId};

/// What happened to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TicketUpdateKind {
    /// It was opened.
    Opened,
    /// Subject, priority, status or assignee changed.
    Changed,
    /// Something was said.
    Message,
}

/// A ticket that moved.
#[derive(Debug, Clone, SimpleObject)]
pub struct TicketUpdate {
    /// The place in the log: give it as `after` to go on from here.
    cursor: String,
    /// What happened.
    kind: TicketUpdateKind,
    /// The ticket as it is now.
    ticket: Ticket,
    /// What was said, if something was.
    message: Option<TicketMessage>,
}

/// Live tickets.
#[derive(Default)]
pub struct TicketSubscription;

#[Subscription]
impl TicketSubscription {
    /// Tickets as they are opened, change and are talked about: one, those of one customer, or all of the business.
    /// With `after`, first everything since that cursor. Internal messages are left out for those who may not read
    /// notes.
    #[graphql(guard = "Can(Permission::TicketsRead)")]
    async fn ticket_updates(
        &self,
        ctx: &Context<'_>,
        ticket_id: Option<TicketId>,
        customer_id: Option<CustomerId>,
        after: Option<String>,
    ) -> Result<impl Stream<Item = async_graphql::Result<TicketUpdate>>> {
        let session = ctx.session().clone();
        let viewer = session.read().await?.viewer.clone();
        // Waiting for events holds no connection.
        session.close().await?;
        let kinds = vec![EventKind::TicketOpened, EventKind::TicketUpdated, EventKind::TicketMessageCreated];
        let filter = EventFilter { kinds: Some(kinds), customer: customer_id, about_customers: true };
        let internal = viewer.may(Permission::NotesRead);
        let events = events::follow(&session, &viewer, after, filter).await?;
        let events = events.filter(move |event| ready(event.as_ref().map_or(true, |event| {
            (internal || event.data["internal"] != true) && ticket_id.is_none_or(|id| event.subject_id == id.0)
        })));
        Ok(events.then(move |event: Result<Arc<Event>>| {
            let session = session.clone();
            async move { Ok(update(&session, &*event?).await?) }
        }))
    }
}

/// Loads afresh what an event tells of.
async fn update(session: &Session, event: &Event) -> Result<TicketUpdate> {
    session.reach(event).await;
    let snapshot = session.read().await?;
    snapshot.viewer.require(Permission::TicketsRead)?;
    let message = event.data["message"].as_str().map(str::parse::<TicketMessageId>).transpose()?;
    let (ticket, message) = tokio::try_join!(snapshot.load::<ById>(TicketId(event.subject_id)), async {
        match message {
            Some(id) => snapshot.load::<MessageById>(id).await,
            None => Ok(None),
        }
    })?;
    let ticket = ticket.ok_or_else(|| Error::internal("an event of a ticket that is not there"))?;
    let kind = match event.kind {
        EventKind::TicketOpened => TicketUpdateKind::Opened,
        EventKind::TicketMessageCreated => TicketUpdateKind::Message,
        _ => TicketUpdateKind::Changed,
    };
    Ok(TicketUpdate { cursor: event.cursor().to_string(), kind, ticket, message })
}
