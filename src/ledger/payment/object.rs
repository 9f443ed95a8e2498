//! The GraphQL object `Payment`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::model::{Payment, PaymentKind, PaymentStatus};
use super::receipt::Receipt;
use crate::accounts::user::{self, User};
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::graphql::{ContextExt as _, Nullable, nullable};
use crate::id::PaymentId;
use crate::ledger::allocation::{Allocation, OfPayment};
use crate::ledger::payment_method::{self, SavedPaymentMethod};
use crate::money::{Money, PaymentMethod};

/// What a customer gets to show that they paid.
#[Object]
impl Receipt {
    /// Its number: the customer's code, and which it is of theirs, such as `C-000123/7`. Without gaps for each
    /// customer.
    #[graphql(name = "number")]
    async fn full_number(&self, ctx: &Context<'_>) -> Result<String> {
        let customer = ctx.load::<customer::ById>(self.payment.customer_id).await?;
        let customer = customer.ok_or_else(|| Error::internal("a payment without a customer"))?;
        Ok(format!("{}/{}", customer.code, self.number))
    }

    /// When it was issued.
    async fn issued_at(&self) -> DateTime<Utc> {
        self.payment.created_at
    }

    /// What stands on it: the payment less what was given back of it; nothing if it was reversed.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.payment.remaining()))
    }
}

/// Money that was received from a customer, or a credit that they were given.
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

    /// Whether it was received, or given as a credit.
    async fn kind(&self) -> PaymentKind {
        self.kind
    }

    /// What became of it.
    #[graphql(name = "status")]
    async fn status_field(&self) -> PaymentStatus {
        self.status()
    }

    /// How much of it was given back.
    async fn refunded(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.refunded))
    }

    /// When it was reversed. Null if it was not.
    async fn reversed_at(&self) -> Option<DateTime<Utc>> {
        self.reversed_at
    }

    /// Why it was given, if it is a credit.
    async fn reason(&self) -> &Option<String> {
        &self.reason
    }

    /// The receipt for the customer. Null for a credit, for which nothing was received.
    async fn receipt(&self) -> Option<Receipt> {
        self.receipt.map(|number| Receipt { payment: self.clone(), number })
    }

    /// What no charge has taken: the customer's credit.
    async fn unallocated(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.unallocated))
    }

    /// How it came in.
    async fn method(&self) -> PaymentMethod {
        self.method
    }

    /// With what it was paid. Null if that is not on file, or no longer.
    async fn saved_method(&self, ctx: &Context<'_>) -> Nullable<SavedPaymentMethod> {
        nullable(ctx.load::<payment_method::ById>(self.payment_method_id).await)
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
