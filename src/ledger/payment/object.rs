//! The GraphQL object `Payment`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::model::{Payment, PaymentMethod};
use crate::accounts::user::{self, User};
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::graphql::{ContextExt as _, Nullable, nullable};
use crate::id::PaymentId;
use crate::ledger::allocation::{Allocation, OfPayment};
use crate::money::Money;

/// Money that was received from a customer.
#[Object]
impl Payment {
    /// The id of the payment.
    pub async fn id(&self) -> PaymentId {
        self.id
    }

    /// How much was received.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.amount))
    }

    /// What no charge has taken: the customer's credit.
    async fn unallocated(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.unallocated))
    }

    /// How it came in.
    async fn method(&self) -> PaymentMethod {
        self.method
    }

    /// Its name at the bank or provider.
    async fn reference(&self) -> &Option<String> {
        &self.reference
    }

    /// When it was received.
    async fn received_at(&self) -> DateTime<Utc> {
        self.received_at
    }

    /// Who received it. Null if it was imported, if a program recorded it, or if they belong to the business no more.
    async fn received_by(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(ctx.load::<user::ById>(self.received_by).await)
    }

    /// When it was booked.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// Who paid.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        let customer = ctx.load::<customer::ById>(self.customer_id).await?;
        customer.ok_or_else(|| Error::internal("a payment without a customer"))
    }

    /// Which charges it paid, in the order in which it did.
    async fn allocations(&self, ctx: &Context<'_>) -> Result<Vec<Allocation>> {
        Ok(ctx.load::<OfPayment>(self.id).await?.unwrap_or_default())
    }
}
