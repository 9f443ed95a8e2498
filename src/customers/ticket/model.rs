//! A ticket and its messages, the checks of new ones and of changes.

use async_graphql::{Enum, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use strum::{EnumString, IntoStaticStr};

use crate::auth::Actor;
use crate::db::page::Order;
use crate::db::tables::{ticket_messages, tickets};
use crate::error::Result;
use crate::graphql::Write;
use crate::id::{ApiKeyId, BusinessId, CustomerId, TicketId, TicketMessageId, UserId};
use crate::text::{Checks, changed};

const MAX_SUBJECT: usize = 200;
const MAX_CONTENT: usize = 4_000;

/// Tickets, the newest first.
pub const NEWEST_FIRST: Order =
    Order { name: "TICKETS", key: "tickets.id", key_type: "uuid", id: "tickets.id", descending: true };

/// Messages, the oldest first.
pub const MESSAGES: Order = Order {
    name: "TICKET_MESSAGES",
    key: "ticket_messages.id",
    key_type: "uuid",
    id: "ticket_messages.id",
    descending: false,
};

/// How much a ticket matters.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Enum,
    EnumString,
    IntoStaticStr,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum TicketPriority {
    /// It can wait.
    Low,
    /// It takes its turn.
    Normal,
    /// It comes before others.
    High,
    /// It comes now.
    Urgent,
}

crate::db::enum_column!(TicketPriority);

/// Where a ticket stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Enum,
    EnumString,
    IntoStaticStr,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum TicketStatus {
    /// It waits for the staff.
    Open,
    /// It waits for the customer, or for someone else.
    Pending,
    /// It is done, unless the customer says otherwise: their message opens it again.
    Resolved,
    /// It is over. Customers open another one.
    Closed,
}

crate::db::enum_column!(TicketStatus);

/// A ticket of a customer.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = tickets)]
pub struct Ticket {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: TicketId,
    /// Of which customer.
    pub customer_id: CustomerId,
    /// What it is about.
    pub subject: String,
    /// How much it matters.
    pub priority: TicketPriority,
    /// Where it stands.
    pub status: TicketStatus,
    /// Who takes care of it: a member of the business.
    pub assignee_id: Option<UserId>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last changed, or a message that is not internal was written.
    pub updated_at: DateTime<Utc>,
}

/// A message on a ticket.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = ticket_messages)]
pub struct TicketMessage {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: TicketMessageId,
    /// On which ticket.
    pub ticket_id: TicketId,
    /// Of which customer.
    pub customer_id: CustomerId,
    /// The text.
    pub content: String,
    /// Whether it is of the staff for the staff.
    pub internal: bool,
    /// Which user wrote it.
    pub author_id: Option<UserId>,
    /// Which program wrote it.
    pub author_key_id: Option<ApiKeyId>,
    /// Whether the customer wrote it.
    pub from_customer: bool,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

impl TicketMessage {
    /// A message by whoever writes; its content and whether it is internal are checked.
    pub fn new(write: &Write, ticket: &Ticket, content: String, internal: bool) -> Self {
        let actor = write.viewer.actor;
        Self {
            business_id: ticket.business_id,
            id: TicketMessageId(write.app.clock.id()),
            ticket_id: ticket.id,
            customer_id: ticket.customer_id,
            content,
            internal,
            author_id: write.viewer.user(),
            author_key_id: if let Actor::ApiKey(key) = actor { Some(key) } else { None },
            from_customer: write.viewer.customer().is_some(),
            created_at: write.now(),
        }
    }

    /// Who wrote it.
    pub fn actor(&self) -> Option<Actor> {
        if self.from_customer {
            return Some(Actor::Customer(self.customer_id));
        }
        self.author_id.map(Actor::User).or(self.author_key_id.map(Actor::ApiKey))
    }
}

/// A ticket to be opened.
#[derive(Debug, Clone, InputObject)]
pub struct TicketCreateInput {
    /// Of which customer.
    pub customer_id: CustomerId,
    /// What it is about, at most 200 characters.
    pub subject: String,
    /// The first message, at most 4,000 characters.
    pub content: String,
    /// How much it matters; `NORMAL` if absent. For the staff.
    pub priority: Option<TicketPriority>,
    /// Who takes care of it: a member of the business. For the staff.
    pub assignee_id: Option<UserId>,
}

impl TicketCreateInput {
    /// The ticket, and the text of its first message.
    pub fn check(self, write: &Write) -> Result<(Ticket, String)> {
        let mut checks = Checks::default();
        let now = write.now();
        let ticket = Ticket {
            business_id: write.viewer.business.id,
            id: TicketId(write.app.clock.id()),
            customer_id: self.customer_id,
            subject: checks.text("subject", &self.subject, MAX_SUBJECT),
            priority: self.priority.unwrap_or(TicketPriority::Normal),
            status: TicketStatus::Open,
            assignee_id: self.assignee_id,
            created_at: now,
            updated_at: now,
        };
        let content = checks.text("content", &self.content, MAX_CONTENT);
        checks.finish()?;
        Ok((ticket, content))
    }
}

/// A change of a ticket. What is absent stays as it is; null clears.
#[derive(Debug, Clone, InputObject)]
pub struct TicketUpdateInput {
    /// What it is about, at most 200 characters.
    pub subject: Option<String>,
    /// How much it matters.
    pub priority: Option<TicketPriority>,
    /// Where it stands.
    pub status: Option<TicketStatus>,
    /// Who takes care of it: a member of the business, or nobody.
    pub assignee_id: MaybeUndefined<UserId>,
}

/// A change of a ticket: `None` leaves a value as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = tickets)]
pub struct TicketChanges {
    pub(super) subject: Option<String>,
    pub(super) priority: Option<TicketPriority>,
    pub(super) status: Option<TicketStatus>,
    pub(super) assignee_id: Option<Option<UserId>>,
}

impl TicketUpdateInput {
    /// The change.
    pub fn check(self) -> Result<TicketChanges> {
        let mut checks = Checks::default();
        let changes = TicketChanges {
            subject: self.subject.map(|subject| checks.text("subject", &subject, MAX_SUBJECT)),
            priority: self.priority,
            status: self.status,
            assignee_id: changed(&self.assignee_id).map(|assignee| assignee.copied()),
        };
        checks.finish()?;
        Ok(changes)
    }
}

impl TicketChanges {
    /// The change, without what `ticket` has already.
    pub fn of(self, ticket: &Ticket) -> Self {
        Self {
            subject: self.subject.filter(|subject| *subject != ticket.subject),
            priority: self.priority.filter(|priority| *priority != ticket.priority),
            status: self.status.filter(|status| *status != ticket.status),
            assignee_id: self.assignee_id.filter(|assignee| *assignee != ticket.assignee_id),
        }
    }

    /// The names of the fields that it touches.
    pub fn fields(&self) -> Vec<&'static str> {
        [
            (self.subject.is_some(), "subject"),
            (self.priority.is_some(), "priority"),
            (self.status.is_some(), "status"),
            (self.assignee_id.is_some(), "assigneeId"),
        ]
        .into_iter()
        .filter_map(|(touched, name)| touched.then_some(name))
        .collect()
    }
}

/// A message to be written.
#[derive(Debug, Clone, InputObject)]
pub struct TicketMessageCreateInput {
    /// On which ticket.
    pub ticket_id: TicketId,
    /// The text, at most 4,000 characters.
    pub content: String,
    /// Whether it is of the staff for the staff: no customer sees it.
    #[graphql(default)]
    pub internal: bool,
    /// Where the ticket stands from then on. For the staff; stays as it is if absent. A message of the customer opens
    /// the ticket again.
    pub status: Option<TicketStatus>,
}

impl TicketMessageCreateInput {
    /// The text.
    pub fn check(&self) -> Result<String> {
        let mut checks = Checks::default();
        let content = checks.text("content", &self.content, MAX_CONTENT);
        checks.finish()?;
        Ok(content)
    }
}
