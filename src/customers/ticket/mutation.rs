//! Mutations of tickets. Each locks the ticket, so that what two say at once leaves one status.

use async_graphql::{Context, Object};
use serde_json::json;

use super::model::{
    Ticket, TicketChanges, TicketCreateInput, TicketMessage, TicketMessageCreateInput, TicketStatus, TicketUpdateInput,
};
use super::store;
use crate::accounts::membership;
use crate::auth::Permission;
use crate::customers::customer;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::{TicketId, UserId};

payload! {
    /// The answer of mutations of a ticket.
    TicketPayload {
        /// The ticket as it is now.
        ticket: Ticket,
    }
}

payload! {
    /// The answer of `ticketMessageCreate`.
    TicketMessagePayload {
        /// The message.
        message: TicketMessage,
        /// The ticket as it is now.
        ticket: Ticket,
    }
}

/// Mutations of tickets.
#[derive(Default)]
pub struct TicketMutation;

#[Object]
impl TicketMutation {
    /// Opens a ticket with its first message, which its customer sees. Customers open tickets of their own.
    async fn ticket_create(&self, ctx: &Context<'_>, input: TicketCreateInput) -> Nullable<TicketPayload> {
        mutate(ctx, Permission::TicketsOpen, create(ctx, input)).await
    }

    /// Changes a ticket. Absent fields stay as they are; null clears.
    async fn ticket_update(
        &self,
        ctx: &Context<'_>,
        id: TicketId,
        input: TicketUpdateInput,
    ) -> Nullable<TicketPayload> {
        mutate(ctx, Permission::TicketsWrite, update(ctx, id, input)).await
    }

    /// Writes a message on a ticket. One of its customer opens it again, unless it is closed.
    async fn ticket_message_create(
        &self,
        ctx: &Context<'_>,
        input: TicketMessageCreateInput,
    ) -> Nullable<TicketMessagePayload> {
        mutate(ctx, Permission::TicketsOpen, say(ctx, input)).await
    }
}

async fn create(ctx: &Context<'_>, input: TicketCreateInput) -> Result<TicketPayload> {
    if input.priority.is_some() || input.assignee_id.is_some() {
        ctx.read().await?.viewer.require(Permission::TicketsWrite)?;
    }
    let write = ctx.write().await?;
    let ticket = open(&write, input).await?;
    write.commit().await?;
    Ok(TicketPayload { ticket: Some(ticket), ..Default::default() })
}

/// Opens a ticket with its first message.
pub async fn open(write: &Write, input: TicketCreateInput) -> Result<Ticket> {
    let (ticket, content) = input.check(write)?;
    customer::store::lock(write, ticket.business_id, ticket.customer_id, "customerId").await?;
    check_assignee(write, ticket.assignee_id).await?;
    store::insert(write, &ticket).await?;
    let message = TicketMessage::new(write, &ticket, content, false);
    store::insert_message(write, &message).await?;
    let data = json!({ "subject": ticket.subject, "message": message.id.to_string() });
    record(write, EventKind::TicketOpened, &ticket, data).await?;
    Ok(ticket)
}

async fn update(ctx: &Context<'_>, id: TicketId, input: TicketUpdateInput) -> Result<TicketPayload> {
    let write = ctx.write().await?;
    let changes = input.check()?;
    let ticket = store::lock(&write, write.viewer.business.id, id, "id").await?;
    check_assignee(&write, changes.assignee_id.flatten()).await?;
    let ticket = change(&write, ticket, changes).await?;
    write.commit().await?;
    Ok(TicketPayload { ticket: Some(ticket), ..Default::default() })
}

/// Changes a locked ticket; nothing if it is so already.
async fn change(write: &Write, ticket: Ticket, changes: TicketChanges) -> Result<Ticket> {
    let changes = changes.of(&ticket);
    let fields = changes.fields();
    if fields.is_empty() {
        return Ok(ticket);
    }
    let ticket = store::update(write, ticket.business_id, ticket.id, &changes, write.now()).await?;
    let data = json!({ "fields": fields, "status": <&str>::from(ticket.status) });
    record(write, EventKind::TicketUpdated, &ticket, data).await?;
    Ok(ticket)
}

async fn say(ctx: &Context<'_>, input: TicketMessageCreateInput) -> Result<TicketMessagePayload> {
    let viewer = ctx.read().await?.viewer.clone();
    if input.internal {
        viewer.require(Permission::NotesRead)?;
    }
    if input.status.is_some() {
        viewer.require(Permission::TicketsWrite)?;
    }
    let write = ctx.write().await?;
    let (message, ticket) = answer(&write, input).await?;
    write.commit().await?;
    Ok(TicketMessagePayload { message: Some(message), ticket: Some(ticket), ..Default::default() })
}

/// Writes a message on a ticket. The ticket as it is then.
pub async fn answer(write: &Write, input: TicketMessageCreateInput) -> Result<(TicketMessage, Ticket)> {
    let content = input.check()?;
    let ticket = store::lock(write, write.viewer.business.id, input.ticket_id, "ticketId").await?;
    let by_customer = write.viewer.customer().is_some();
    if by_customer && ticket.status == TicketStatus::Closed {
        let message = "this ticket is closed: open another one";
        return Err(Error::user(UserErrorCode::Invalid, "ticketId", message));
    }
    let message = TicketMessage::new(write, &ticket, content, input.internal);
    store::insert_message(write, &message).await?;
    let data = json!({ "message": message.id.to_string(), "internal": message.internal });
    record(write, EventKind::TicketMessageCreated, &ticket, data).await?;
    let ticket = if message.internal {
        ticket
    } else {
        store::update(write, ticket.business_id, ticket.id, &TicketChanges::default(), write.now()).await?
    };
    let status = if by_customer { Some(TicketStatus::Open) } else { input.status };
    let ticket = change(write, ticket, TicketChanges { status, ..Default::default() }).await?;
    Ok((message, ticket))
}

/// Only members of the business take care of its tickets.
async fn check_assignee(write: &Write, assignee: Option<UserId>) -> Result<()> {
    let Some(user) = assignee else { return Ok(()) };
    if membership::store::find(write, write.viewer.business.id, user).await?.is_some() {
        return Ok(());
    }
    let message = format!("{user} is no member of this business: assign one who is");
    Err(Error::user(UserErrorCode::NotFound, "assigneeId", message))
}

async fn record(write: &Write, kind: EventKind, ticket: &Ticket, data: serde_json::Value) -> Result<()> {
    events::record(write, NewEvent::of_customer(kind, ticket.customer_id, ticket.id.0, data)).await
}
