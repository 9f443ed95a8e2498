//! The GraphQL objects `Ticket` and `TicketMessage`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::model::{MESSAGES, Ticket, TicketMessage, TicketPriority, TicketStatus};
use super::{ById, CountOfTicket, OfTicket};
use crate::accounts::user::{self, User};
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::events::ActorObject;
use crate::graphql::{Connection, ContextExt as _, Nullable, PageArgs, nullable, page_of};
use crate::id::{TicketId, TicketMessageId};

/// What a customer asks for or complains of.
#[Object]
impl Ticket {
    /// The id of the ticket.
    pub async fn id(&self) -> TicketId {
        self.id
    }

    /// What it is about.
    async fn subject(&self) -> &str {
        &self.subject
    }

    /// How much it matters.
    async fn priority(&self) -> TicketPriority {
        self.priority
    }

    /// Where it stands.
    async fn status(&self) -> TicketStatus {
        self.status
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When it last changed, or a message that is not internal was written.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// Who takes care of it. Null if nobody does; null with an error for those who may not read it.
    async fn assignee(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(ctx.load::<user::ById>(self.assignee_id).await)
    }

    /// The customer whose it is.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        let customer = ctx.load::<customer::ById>(self.customer_id).await?;
        customer.ok_or_else(|| Error::internal("a ticket without a customer"))
    }

    /// What was said, oldest first. Internal messages are left out for those who may not read notes.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<TicketMessage>> {
        let page = PageArgs { first, after, last, before, offset }.page(MESSAGES)?;
        page_of::<OfTicket, CountOfTicket, _, _>(ctx, self.id, page).await
    }
}

/// Something that was said on a ticket.
#[Object]
impl TicketMessage {
    /// The id of the message.
    pub async fn id(&self) -> TicketMessageId {
        self.id
    }

    /// The text.
    async fn content(&self) -> &str {
        &self.content
    }

    /// Whether it is of the staff for the staff. No customer ever sees such a message.
    #[graphql(name = "internal")]
    async fn is_internal(&self) -> bool {
        self.internal
    }

    /// Whether the customer wrote it, and not the business.
    async fn from_customer(&self) -> bool {
        self.from_customer
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// Who wrote it. Null if they belong to the business no more; null with an error for those who may not read it.
    async fn author(&self, ctx: &Context<'_>) -> Nullable<ActorObject> {
        nullable(ActorObject::find(ctx, self.actor()).await)
    }

    /// The ticket on which it stands.
    async fn ticket(&self, ctx: &Context<'_>) -> Result<Ticket> {
        let ticket = ctx.load::<ById>(self.ticket_id).await?;
        ticket.ok_or_else(|| Error::internal("a message without a ticket"))
    }
}
