//! The GraphQL object `StandingOrder`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::days::{SkippedDays, Weekday};
use super::model::StandingOrder;
use crate::auth::Permission;
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::graphql::{ContextExt as _, Date, Nullable, permitted};
use crate::id::StandingOrderId;
use crate::ledger::record::Shift;
use crate::money::Exact;

/// What is delivered to a customer on certain days of the week. Each day is recorded by itself when it begins.
#[Object]
impl StandingOrder {
    /// The id of the standing order.
    pub async fn id(&self) -> StandingOrderId {
        self.id
    }

    /// To whom.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        let customer = ctx.load::<customer::ById>(self.customer_id).await?;
        customer.ok_or_else(|| Error::internal("a standing order without a customer"))
    }

    /// What is delivered.
    async fn product(&self) -> &str {
        &self.product
    }

    /// How much of it each time.
    async fn quantity(&self) -> Exact {
        Exact(self.quantity)
    }

    /// In which unit.
    async fn unit(&self) -> &Option<String> {
        &self.unit
    }

    /// What one unit costs, in the currency of the business.
    async fn unit_price(&self) -> Exact {
        Exact(self.unit_price)
    }

    /// When on its day.
    async fn shift(&self) -> Option<Shift> {
        self.shift
    }

    /// On which days of the week, from Monday.
    async fn weekdays(&self) -> Vec<Weekday> {
        self.weekdays.list()
    }

    /// From which day on.
    async fn starts_on(&self) -> Date {
        Date(self.starts_on)
    }

    /// The last day. Null until it is ended.
    async fn ends_on(&self) -> Option<Date> {
        self.ends_on.map(Date)
    }

    /// Days that are left out, such as a vacation, in order.
    async fn skips(&self) -> Vec<SkippedDays> {
        self.skips.0.iter().map(|skip| SkippedDays { from: Date(skip.from), to: Date(skip.to) }).collect()
    }

    /// Whether it is paused.
    async fn paused(&self) -> bool {
        self.paused
    }

    /// When it was ended by hand. Null if it was not.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.ended_at
    }

    /// The next day that will be recorded. Null if none will be.
    async fn next_on(&self) -> Option<Date> {
        self.next_on.map(Date)
    }

    /// Why that could not be done; it is tried again. For the staff: null with an error for others.
    async fn error(&self, ctx: &Context<'_>) -> Nullable<&str> {
        permitted(ctx, Permission::NotesRead, async { Ok(self.error.as_deref()) }).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}
