//! Using a customer's credit.

use super::model::Allocation;
use super::store;
use crate::error::Result;
use crate::graphql::Write;
use crate::id::{AllocationId, ChargeId};
use crate::ledger::charge::{self, ChargeRow};
use crate::ledger::payment;
use crate::money::Amount;

/// Lets the credit of a locked customer pay a new charge, the oldest credit first. What is paid after that.
pub async fn use_credit(write: &Write, charge: &ChargeRow) -> Result<Amount> {
    let now = write.app.clock.now();
    let mut wanted = charge.outstanding();
    let mut parts = Vec::new();
    for credit in payment::store::with_credit(write, charge.business_id, charge.customer_id).await? {
        let amount = wanted.min(credit.unallocated);
        if amount == Amount::ZERO {
            break;
        }
        wanted = wanted.minus(amount)?;
        parts.push(Allocation {
            business_id: charge.business_id,
            id: AllocationId(write.app.clock.id()),
            payment_id: credit.id,
            charge_id: charge.id,
            amount,
            created_at: now,
        });
    }
    if !parts.is_empty() {
        let paid: Vec<(ChargeId, Amount)> = parts.iter().map(|part| (part.charge_id, part.amount)).collect();
        let taken: Vec<_> = parts.iter().map(|part| (part.payment_id, part.amount)).collect();
        // Several parts may pay one charge, and an UPDATE joins each row once: the sum, then.
        let sum = [(charge.id, paid.iter().map(|(_, amount)| *amount).sum())];
        tokio::try_join!(
            store::insert(write, &parts),
            charge::store::pay(write, charge.business_id, &sum),
            payment::store::take(write, charge.business_id, &taken),
        )?;
    }
    charge.amount.minus(wanted)
}
