//! The only file that queries `allocations`, but for `check`.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::Allocation;
use crate::db::Conn;
use crate::db::tables::allocations;
use crate::error::Result;
use crate::id::{AllocationId, BusinessId, ChargeId, PaymentId};

/// Rows of one statement: seven values each, and a statement has at most 65,535.
const CHUNK: usize = 5_000;

/// Writes allocations.
pub async fn insert(mut conn: &Conn, new: &[Allocation]) -> Result<()> {
    for chunk in new.chunks(CHUNK) {
        diesel::insert_into(allocations::table).values(chunk).execute(&mut conn).await?;
    }
    Ok(())
}

/// What these payments paid and was not released, in order.
pub async fn by_payments(
    mut conn: &Conn,
    business: BusinessId,
    payments: &[PaymentId],
) -> Result<HashMap<PaymentId, Vec<Allocation>>> {
    let found = allocations::table
        .filter(allocations::business_id.eq(business).and(allocations::payment_id.eq_any(payments)))
        .filter(allocations::released_at.is_null())
        .order(allocations::id)
        .select(Allocation::as_select())
        .load(&mut conn)
        .await?;
    Ok(group(found, |allocation| allocation.payment_id))
}

/// What paid these charges and was not released, in order.
pub async fn by_charges(
    mut conn: &Conn,
    business: BusinessId,
    charges: &[ChargeId],
) -> Result<HashMap<ChargeId, Vec<Allocation>>> {
    let found = allocations::table
        .filter(allocations::business_id.eq(business).and(allocations::charge_id.eq_any(charges)))
        .filter(allocations::released_at.is_null())
        .order(allocations::id)
        .select(Allocation::as_select())
        .load(&mut conn)
        .await?;
    Ok(group(found, |allocation| allocation.charge_id))
}

/// Releases allocations of a locked customer.
pub async fn release(mut conn: &Conn, business: BusinessId, ids: &[AllocationId], at: DateTime<Utc>) -> Result<()> {
    diesel::update(allocations::table)
        .filter(allocations::business_id.eq(business).and(allocations::id.eq_any(ids)))
        .set(allocations::released_at.eq(at))
        .execute(&mut conn)
        .await?;
    Ok(())
}

fn group<K: Eq + Hash>(found: Vec<Allocation>, key: impl Fn(&Allocation) -> K) -> HashMap<K, Vec<Allocation>> {
    let mut groups: HashMap<K, Vec<Allocation>> = HashMap::new();
    for allocation in found {
        groups.entry(key(&allocation)).or_default().push(allocation);
    }
    groups
}
