//! Mutations of fees and adjustments.

use async_graphql::{Context, Object};

use super::model::{Adjustment, AdjustmentCreateInput, AdjustmentDetail, NewAdjustment};
use super::store;
use crate::auth::Permission;
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::{ChargeId, PaymentId};
use crate::ledger::charge::{self, Charge, NewCharge};
use crate::ledger::idempotency;
use crate::ledger::payment::{self, NewCredit, NewPayment, Payment, PaymentMethod};
use crate::money::Amount;

payload! {
    /// The answer of `adjustmentCreate`.
    AdjustmentPayload {
        /// The charge, if the customer owes more.
        adjustment: Adjustment,
        /// The credit, if the customer owes less.
        credit: Payment,
        /// The customer as they are now.
        customer: Customer,
    }
}

/// Mutations of fees and adjustments.
#[derive(Default)]
pub struct AdjustmentMutation;

#[Object]
impl AdjustmentMutation {
    /// Charges a fee, or corrects what a customer owes, for a reason. What is below zero is a credit: it pays the
    /// oldest charges first, and the rest is kept for new ones.
    async fn adjustment_create(&self, ctx: &Context<'_>, input: AdjustmentCreateInput) -> Nullable<AdjustmentPayload> {
        mutate(ctx, Permission::LedgerCorrect, create(ctx, input)).await
    }
}

async fn create(ctx: &Context<'_>, input: AdjustmentCreateInput) -> Result<AdjustmentPayload> {
    let write = ctx.write().await?;
    let (new, key) = input.check(write.viewer.business.currency)?;
    let mut customer = customer::store::lock(&write, write.viewer.business.id, new.customer, "customerId").await?;
    let mut id = write.app.clock.id();
    match idempotency::claim(&write, key.as_deref(), "adjustmentCreate", &new, id).await? {
        Some(done) => id = done,
        None if new.amount > Amount::ZERO => charge(&write, &mut customer, ChargeId(id), &new).await?,
        None => credit(&write, &mut customer, PaymentId(id), &new).await?,
    }
    write.commit().await?;
    let snapshot = ctx.read().await?;
    let (charge, credit, customer) = tokio::try_join!(
        snapshot.load::<charge::ById>(ChargeId(id)),
        snapshot.load::<payment::ById>(PaymentId(id)),
        snapshot.load::<customer::ById>(new.customer),
    )?;
    let adjustment = charge.map(|charge| match charge {
        Charge::Adjustment(adjustment) => Ok(adjustment),
        _ => Err(Error::internal("another charge where an adjustment is meant")),
    });
    Ok(AdjustmentPayload { adjustment: adjustment.transpose()?, credit, customer, ..Default::default() })
}

async fn charge(write: &Write, customer: &mut Customer, id: ChargeId, new: &NewAdjustment) -> Result<()> {
    let tenant = &write.viewer.business;
    let charge = NewCharge {
        kind: new.kind.charge_kind(),
        occurred_on: new.occurred_on.unwrap_or_else(|| write.today()),
        due_on: None,
        amount: new.amount,
        items: 0,
        external_ref: None,
        batch_id: None,
    };
    let mut charge = charge::post(write, customer, id, charge).await?;
    store::insert(write, &AdjustmentDetail { business_id: tenant.id, id, reason: new.reason.clone() }).await?;
    charge::settle(write, &mut charge).await
}

async fn credit(write: &Write, customer: &mut Customer, id: PaymentId, new: &NewAdjustment) -> Result<()> {
    let occurred_on = new.occurred_on.unwrap_or_else(|| write.today());
    let credit = NewPayment {
        customer: customer.id,
        amount: Amount(-new.amount.0),
        method: PaymentMethod::Other,
        reference: None,
        received_at: None,
        charges: Vec::new(),
        allow_credit: true,
        external_ref: None,
        payment_method: None,
        credit: Some(NewCredit { reason: new.reason.clone(), occurred_on, towards: None }),
    };
    payment::post(write, customer, id, &credit, write.viewer.user()).await.map(drop)
}
