//! Mutations of payments.

use async_graphql::{Context, Object};

use super::model::{Payment, PaymentRecordInput};
use super::post::post;
use crate::auth::Permission;
use crate::customers::customer;
use crate::error::Result;
use crate::graphql::{ContextExt as _, Nullable, mutate, payload};
use crate::id::PaymentId;
use crate::ledger::idempotency;

payload! {
    /// The answer of mutations of a payment.
    PaymentPayload {
        /// The payment as it is now.
        payment: Payment,
    }
}

/// Mutations of payments.
#[derive(Default)]
pub struct PaymentMutation;

#[Object]
impl PaymentMutation {
    /// Records a payment and distributes it over what the customer owes: to the charges that it names, or else
    /// to the oldest first. More than what is outstanding is refused as `OVERPAYMENT`, unless credit is allowed.
    async fn payment_record(&self, ctx: &Context<'_>, input: PaymentRecordInput) -> Nullable<PaymentPayload> {
        mutate(ctx, Permission::PaymentsWrite, record(ctx, input)).await
    }
}

async fn record(ctx: &Context<'_>, input: PaymentRecordInput) -> Result<PaymentPayload> {
    let write = ctx.write().await?;
    let tenant = &write.viewer.business;
    let (new, key) = input.check(tenant, write.app.clock.now())?;
    let customer = customer::store::lock(&write, tenant.id, new.customer, "customerId").await?;
    let mut id = PaymentId(write.app.clock.id());
    match idempotency::claim(&write, key.as_deref(), "paymentRecord", &new, id.0).await? {
        Some(done) => id = PaymentId(done),
        None => drop(post(&write, &customer, id, &new, write.viewer.user()).await?),
    }
    write.commit().await?;
    let payment = ctx.load::<super::ById>(id).await?;
    Ok(PaymentPayload { payment, ..Default::default() })
}
