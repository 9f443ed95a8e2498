//! Mutations of payments.

use async_graphql::{Context, Object};

use super::model::{Payment, PaymentRecordInput};
use super::post::post;
use super::undo::{self, PaymentRefundInput, PaymentReverseInput};
use crate::auth::Permission;
use crate::customers::customer;
use crate::error::Result;
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
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

    /// Reverses a payment that was a mistake, or a cheque that bounced: the charges that it paid owe again, as if it
    /// had never been. The payment is kept and marked. Takes back a credit that an adjustment gave as well.
    async fn payment_reverse(
        &self,
        ctx: &Context<'_>,
        id: PaymentId,
        input: PaymentReverseInput,
    ) -> Nullable<PaymentPayload> {
        let reverse = async {
            let write = ctx.write().await?;
            undo::reverse(&write, id, input).await?;
            done(ctx, write, id).await
        };
        mutate(ctx, Permission::LedgerCorrect, reverse).await
    }

    /// Gives back a payment, in part or in full: first what no charge has taken, then what it paid last, which is
    /// owed again. More than what remains of it is refused as `OVERPAYMENT`.
    async fn payment_refund(
        &self,
        ctx: &Context<'_>,
        id: PaymentId,
        input: PaymentRefundInput,
    ) -> Nullable<PaymentPayload> {
        let refund = async {
            let write = ctx.write().await?;
            undo::refund(&write, id, input).await?;
            done(ctx, write, id).await
        };
        mutate(ctx, Permission::LedgerCorrect, refund).await
    }
}

async fn record(ctx: &Context<'_>, input: PaymentRecordInput) -> Result<PaymentPayload> {
    let write = ctx.write().await?;
    let tenant = &write.viewer.business;
    let (new, key) = input.check(tenant, write.now())?;
    let mut customer = customer::store::lock(&write, tenant.id, new.customer, "customerId").await?;
    let mut id = PaymentId(write.app.clock.id());
    match idempotency::claim(&write, key.as_deref(), "paymentRecord", &new, id.0).await? {
        Some(done) => id = PaymentId(done),
        None => drop(post(&write, &mut customer, id, &new, write.viewer.user()).await?),
    }
    done(ctx, write, id).await
}

async fn done(ctx: &Context<'_>, write: Write, id: PaymentId) -> Result<PaymentPayload> {
    write.commit().await?;
    let payment = ctx.load::<super::ById>(id).await?;
    Ok(PaymentPayload { payment, ..Default::default() })
}
