//! The GraphQL objects `Statement` and `StatementLine`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::model::{Statement, StatementLine};
use crate::error::Result;
use crate::graphql::{ContextExt as _, Date, Nullable, nullable};
use crate::ledger::charge::{self, Charge};
use crate::ledger::entry::EntryKind;
use crate::ledger::payment::{self, Payment};
use crate::money::Money;

/// A customer's account over a period. The closing balance of one is the opening balance of the next.
#[Object]
impl Statement {
    /// Its first day. Null if it begins with the account.
    async fn from(&self) -> Option<Date> {
        self.period.from.map(Date)
    }

    /// Its last day. Null if it goes to the end of the account.
    async fn to(&self) -> Option<Date> {
        self.period.to.map(Date)
    }

    /// What was booked after this time is left out. Null if nothing is.
    async fn as_of(&self) -> Option<DateTime<Utc>> {
        self.period.as_of
    }

    /// What they owed before the period.
    async fn opening(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.opening))
    }

    /// What happened in the period: by day, then in the order of booking.
    async fn lines(&self) -> &[StatementLine] {
        &self.lines
    }

    /// What they were charged in the period, with changes and less what was voided.
    async fn charged(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.charged))
    }

    /// What they paid and were credited in the period, less refunds and reversals.
    async fn paid(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.paid))
    }

    /// What they owed after the period: opening + charged − paid.
    async fn closing(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.closing))
    }
}

/// A line of a customer's account. Lines are never changed or removed.
#[Object]
impl StatementLine {
    /// The id of the line.
    pub async fn id(&self) -> ID {
        self.entry.id.to_string().into()
    }

    /// On which day, in the zone of the business.
    async fn occurred_on(&self) -> Date {
        Date(self.entry.occurred_on)
    }

    /// Why the balance moved.
    async fn kind(&self) -> EntryKind {
        self.entry.kind
    }

    /// By how much. Positive: they owed more. Negative: less.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.entry.amount))
    }

    /// What they owed after it.
    async fn balance(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.balance))
    }

    /// Why it was done, where someone gave a reason.
    async fn reason(&self) -> &Option<String> {
        &self.entry.reason
    }

    /// The charge as it is now. Null if the line is about none, or if it was deleted.
    async fn charge(&self, ctx: &Context<'_>) -> Nullable<Charge> {
        nullable(ctx.load::<charge::ById>(self.entry.charge_id).await)
    }

    /// The payment or credit as it is now. Null if the line is about none.
    async fn payment(&self, ctx: &Context<'_>) -> Nullable<Payment> {
        nullable(ctx.load::<payment::ById>(self.entry.payment_id).await)
    }

    /// When it was booked.
    async fn created_at(&self) -> DateTime<Utc> {
        self.entry.created_at
    }
}
