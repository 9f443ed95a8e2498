//! Using the credit of customers.

use std::collections::{BTreeMap, HashMap};

use super::model::Allocation;
use super::store;
use crate::error::Result;
use crate::graphql::Write;
use crate::id::{AllocationId, ChargeId, CustomerId, PaymentId};
use crate::ledger::charge::{self, ChargeRow};
use crate::ledger::payment::{self, Payment};
use crate::money::Amount;

/// Lets the credit of locked customers pay new charges of theirs, one after the other, the oldest credit first: in
/// as many statements whether they are one or thousands. What is paid then stands in `charges`.
pub async fn use_credit(write: &Write, charges: &mut [ChargeRow]) -> Result<()> {
    let business = write.viewer.business.id;
    let now = write.now();
    let customers: Vec<CustomerId> = charges.iter().map(|charge| charge.customer_id).collect();
    let mut credits: HashMap<CustomerId, Vec<Payment>> = HashMap::new();
    for credit in payment::store::with_credit(write, business, &customers).await? {
        credits.entry(credit.customer_id).or_default().push(credit);
    }
    let mut parts = Vec::new();
    for charge in charges {
        for credit in credits.get_mut(&charge.customer_id).into_iter().flatten() {
            let amount = charge.outstanding().min(credit.unallocated);
            if amount == Amount::ZERO {
                continue;
            }
            credit.unallocated = credit.unallocated.minus(amount)?;
            charge.paid = charge.paid.plus(amount)?;
            parts.push(Allocation {
                business_id: business,
                id: AllocationId(write.app.clock.id()),
                payment_id: credit.id,
                charge_id: charge.id,
                amount,
                created_at: now,
            });
        }
    }
    if parts.is_empty() {
        return Ok(());
    }
    let (paid, taken) = (by_charge(&parts), by_payment(&parts));
    tokio::try_join!(
        store::insert(write, &parts),
        charge::store::pay(write, business, &paid),
        payment::store::take(write, business, &taken),
    )?;
    Ok(())
}

/// How much of each charge the parts pay. An UPDATE joins each row once: the sum, then.
pub fn by_charge(parts: &[Allocation]) -> Vec<(ChargeId, Amount)> {
    sums(parts, |part| part.charge_id)
}

/// How much of each payment the parts take.
pub fn by_payment(parts: &[Allocation]) -> Vec<(PaymentId, Amount)> {
    sums(parts, |part| part.payment_id)
}

fn sums<K: Ord>(parts: &[Allocation], key: impl Fn(&Allocation) -> K) -> Vec<(K, Amount)> {
    let mut sums: BTreeMap<K, Amount> = BTreeMap::new();
    for part in parts {
        sums.entry(key(part)).or_default().0 += part.amount.0;
    }
    sums.into_iter().collect()
}
