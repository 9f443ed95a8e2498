//! Releasing allocations: the charge owes again, and the payment has it left.

use super::credit::{by_charge, by_payment};
use super::model::Allocation;
use super::store;
use crate::error::Result;
use crate::graphql::Write;
use crate::id::ChargeId;
use crate::ledger::{charge, dunning, payment};
use crate::money::Amount;

/// Releases allocations of a locked customer: what they paid is owed again. What becomes of the payments is for the
/// caller.
pub async fn release(write: &Write, parts: &[Allocation]) -> Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let business = write.viewer.business.id;
    let ids: Vec<_> = parts.iter().map(|part| part.id).collect();
    let back: Vec<_> = by_charge(parts).into_iter().map(|(id, amount)| (id, Amount(-amount.0))).collect();
    let charges: Vec<_> = back.iter().map(|(id, _)| *id).collect();
    tokio::try_join!(
        store::release(write, business, &ids, write.now()),
        charge::store::pay(write, business, &back),
        dunning::store::owe_again(write, business, &charges, write.today()),
    )?;
    Ok(())
}

/// Lets parts pay again what they paid before, of allocations that were released for something else in them.
pub async fn retake(write: &Write, parts: &[Allocation]) -> Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let paid = by_charge(parts);
    tokio::try_join!(store::insert(write, parts), charge::store::pay(write, write.viewer.business.id, &paid))?;
    Ok(())
}

/// Releases all that pays these charges of a locked customer: it becomes credit. How much that is.
pub async fn release_to_credit(write: &Write, charges: &[ChargeId]) -> Result<Amount> {
    let business = write.viewer.business.id;
    let parts: Vec<Allocation> = store::by_charges(write, business, charges).await?.into_values().flatten().collect();
    let back: Vec<_> = by_payment(&parts).into_iter().map(|(id, amount)| (id, Amount(-amount.0))).collect();
    tokio::try_join!(release(write, &parts), payment::store::take(write, business, &back))?;
    Ok(parts.iter().map(|part| part.amount).sum())
}
