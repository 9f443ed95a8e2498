//! An event and its place in the log.

use async_graphql::Enum;
use chrono::{DateTime, Utc};
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::serialize::{IsNull, Output, ToSql};
use serde_json::Value;
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::auth::Actor;
use crate::db::page::{Order, Position};
use crate::db::sql_types::Xid8;
use crate::db::tables::events;
use crate::error::Result;
use crate::graphql::{read_cursor, write_cursor};
use crate::id::{ApiKeyId, BusinessId, CustomerId, EventId, UserId};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum, EnumString, IntoStaticStr, AsExpression, FromSqlRow)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum EventKind {
    /// A business was opened.
    BusinessCreated,
    /// Settings of the business were changed.
    BusinessUpdated,
    /// A file with a whole business was imported.
    BusinessImported,
    /// A user signed in.
    SignedIn,
    /// A user changed their password; their other sessions ended.
    PasswordChanged,
    /// A spent refresh token was used again, so that its session was ended.
    RefreshTokenReused,
    /// An API key was made.
    ApiKeyCreated,
    /// An API key was revoked.
    ApiKeyRevoked,
    /// A link was made for a customer.
    ShareLinkCreated,
    /// A link of a customer was revoked.
    ShareLinkRevoked,
    /// Five wrong numbers were tried with a link, so that it was locked for fifteen minutes.
    ShareLinkLocked,
    /// A customer signed in by share link.
    CustomerSignedIn,
    /// A customer was created.
    CustomerCreated,
    /// Fields of a customer were changed.
    CustomerUpdated,
    /// A customer was archived.
    CustomerArchived,
    /// An archived customer was restored.
    CustomerRestored,
    /// A customer without history was deleted.
    CustomerDeleted,
    /// The person that a customer is was erased at their request; the books stay.
    CustomerErased,
    /// A contact was created.
    ContactCreated,
    /// Fields of a contact were changed.
    ContactUpdated,
    /// A contact was deleted.
    ContactDeleted,
    /// A note was written.
    NoteCreated,
    /// A note was changed.
    NoteUpdated,
    /// A note was deleted.
    NoteDeleted,
    /// What a customer prefers was changed.
    PreferencesUpdated,
    /// A segment was saved.
    SegmentCreated,
    /// A segment was changed.
    SegmentUpdated,
    /// A segment was deleted.
    SegmentDeleted,
    /// A ticket was opened.
    TicketOpened,
    /// Subject, priority, status or assignee of a ticket changed.
    TicketUpdated,
    /// A message was added to a ticket.
    TicketMessageCreated,
    /// A delivery was recorded.
    RecordCreated,
    /// A purchase was recorded.
    SaleCreated,
    /// A payment was recorded.
    PaymentRecorded,
    /// A payment was reversed: it is as if it had never been.
    PaymentReversed,
    /// A payment was refunded, in part or in full.
    PaymentRefunded,
    /// A record was changed.
    RecordUpdated,
    /// A record was deleted.
    RecordDeleted,
    /// What was paid of a record became credit.
    RecordMarkedUnpaid,
    /// A charge was voided. What was paid of it became credit.
    ChargeVoided,
    /// A fee was charged, or the balance corrected.
    AdjustmentCreated,
    /// A credit that was given was taken back.
    CreditReversed,
    /// A payment method was put on file.
    PaymentMethodCreated,
    /// A payment method was taken off file.
    PaymentMethodDeleted,
    /// A plan was added to the catalogue.
    PlanCreated,
    /// What a plan is was changed.
    PlanUpdated,
    /// A plan got a new price, which subscriptions that run do not pay.
    PlanPriceChanged,
    /// A plan was taken out of the catalogue.
    PlanArchived,
    /// An archived plan was put back into the catalogue.
    PlanRestored,
    /// A customer subscribed to a plan.
    SubscriptionCreated,
    /// A period of a subscription began, and was charged.
    SubscriptionRenewed,
    /// A subscription was paused; unused days became credit.
    SubscriptionPaused,
    /// A paused subscription went on, and the days to its next period were charged; or its cancellation at the end of
    /// the period was withdrawn.
    SubscriptionResumed,
    /// It was decided on which day a paused subscription goes on.
    SubscriptionResumeScheduled,
    /// A subscription moved to other terms: a plan, a price, a quantity.
    SubscriptionChanged,
    /// It was decided to what terms a subscription moves at the end of its period.
    SubscriptionChangeScheduled,
    /// It was decided that a subscription ends with its period.
    SubscriptionCancelScheduled,
    /// A subscription ended.
    SubscriptionCanceled,
    /// A period of a subscription could not be charged. The engine tries again.
    SubscriptionFailed,
    /// The clock of a sandbox was moved forward.
    TestClockAdvanced,
    /// An invoice was drafted.
    InvoiceCreated,
    /// The draft of an invoice was changed.
    InvoiceUpdated,
    /// The draft of an invoice was deleted.
    InvoiceDeleted,
    /// An invoice got its number and is owed from then on.
    InvoiceFinalized,
    /// An invoice was voided. What was paid of it became credit.
    InvoiceVoided,
    /// The business gave up on an invoice, which is owed all the same.
    InvoiceMarkedUncollectible,
    /// A credit note was made on an invoice.
    CreditNoteCreated,
    /// A customer is to be reminded of an invoice: one of the days around its due date has come, and it is not paid.
    InvoiceReminder,
    /// A customer was suspended: a recurring invoice was not paid within the days of grace.
    CustomerSuspended,
    /// A customer who was suspended by dunning is served again: what they were suspended for is settled.
    CustomerReactivated,
    /// A subscription was exempted from dunning.
    SubscriptionDunningHeld,
    /// A subscription is dunned again.
    SubscriptionDunningReleased,
    /// A standing order was made.
    StandingOrderCreated,
    /// What a standing order is was changed, or days were left out of it or taken in again.
    StandingOrderUpdated,
    /// A standing order was paused.
    StandingOrderPaused,
    /// A paused standing order goes on.
    StandingOrderResumed,
    /// A standing order was ended.
    StandingOrderEnded,
    /// A day of a standing order could not be recorded. The engine tries again.
    StandingOrderFailed,
}

crate::db::enum_column!(EventKind);

/// The id of the transaction that wrote an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Xid8)]
pub struct Txid(pub u64);

impl ToSql<Xid8, Pg> for Txid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        std::io::Write::write_all(out, &self.0.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Xid8, Pg> for Txid {
    fn from_sql(bytes: PgValue<'_>) -> diesel::deserialize::Result<Self> {
        Ok(Self(u64::from_be_bytes(bytes.as_bytes().try_into()?)))
    }
}

/// A place in the log. Cursors compare in the order in which events are delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// The transaction.
    pub txid: Txid,
    /// The event in it.
    pub id: Uuid,
}

/// The order of the log: by transaction, then by id, which one transaction makes in order.
pub const LOG: Order = Order { name: "LOG", key: "events.txid", key_type: "xid8", id: "events.id", descending: false };

impl Cursor {
    /// Reads the opaque form.
    pub fn parse(text: &str) -> Result<Self> {
        let position = read_cursor(text, LOG)?;
        let txid =
            position.key.parse().map_err(|_| crate::error::Error::BadInput(format!("`{text}` is not a cursor")))?;
        Ok(Self { txid: Txid(txid), id: position.id })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&write_cursor(&Position { key: self.txid.0.to_string(), id: self.id }, LOG))
    }
}

/// One line of the log.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct Event {
    /// Whose log.
    pub business_id: BusinessId,
    /// Its id.
    pub id: EventId,
    /// The transaction that wrote it.
    pub txid: Txid,
    /// What happened.
    pub kind: EventKind,
    /// The customer it is about, if it is about one.
    pub customer_id: Option<CustomerId>,
    /// What it happened to: a customer, a payment, a user.
    pub subject_id: Uuid,
    /// The user who did it.
    pub actor_id: Option<UserId>,
    /// The API key that did it.
    pub actor_key_id: Option<ApiKeyId>,
    /// The customer who did it.
    pub actor_customer_id: Option<CustomerId>,
    /// What else there is to know, by kind.
    pub data: Value,
    /// When.
    pub occurred_at: DateTime<Utc>,
}

impl Event {
    /// Who did it; nobody if Daybook did.
    pub fn actor(&self) -> Option<Actor> {
        let user = self.actor_id.map(Actor::User);
        user.or(self.actor_key_id.map(Actor::ApiKey)).or(self.actor_customer_id.map(Actor::Customer))
    }

    /// Its place in the log.
    pub fn cursor(&self) -> Cursor {
        Cursor { txid: self.txid, id: self.id.0 }
    }
}

/// An event to be recorded.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What happened.
    pub kind: EventKind,
    /// The customer it is about, if it is about one.
    pub customer: Option<CustomerId>,
    /// What it happened to.
    pub subject: Uuid,
    /// What else there is to know.
    pub data: Value,
}

impl NewEvent {
    /// An event about `subject`, which belongs to `customer`.
    pub fn of_customer(kind: EventKind, customer: CustomerId, subject: Uuid, data: Value) -> Self {
        Self { kind, customer: Some(customer), subject, data }
    }
}
