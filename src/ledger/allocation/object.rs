//! The GraphQL object `Allocation`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::model::Allocation;
use crate::error::{Error, Result};
use crate::graphql::ContextExt as _;
use crate::id::AllocationId;
use crate::ledger::charge::{self, Charge};
use crate::ledger::payment::{self, Payment};
use crate::money::Money;

/// So much of a payment paid so much of a charge.
#[Object]
impl Allocation {
    /// The id of the allocation.
    pub async fn id(&self) -> AllocationId {
        self.id
    }

    /// How much.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.amount))
    }

    /// The charge that was paid.
    async fn charge(&self, ctx: &Context<'_>) -> Result<Charge> {
        let charge = ctx.load::<charge::ById>(self.charge_id).await?;
        charge.ok_or_else(|| Error::internal("an allocation without a charge"))
    }

    /// The payment that paid it.
    async fn payment(&self, ctx: &Context<'_>) -> Result<Payment> {
        let payment = ctx.load::<payment::ById>(self.payment_id).await?;
        payment.ok_or_else(|| Error::internal("an allocation without a payment"))
    }

    /// When: later than the payment, if credit was used.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }
}
