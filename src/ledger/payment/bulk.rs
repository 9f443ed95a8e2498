//! Booking many payments at once, for imports: the same figures as one by one, in a bounded number of statements.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde_json::json;

use super::model::{NewPayment, Payment, PaymentKind};
use super::post::distribute;
use super::store;
use crate::customers::customer;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::Write;
use crate::id::{AllocationId, ChargeId, CustomerId, EntryId, PaymentId};
use crate::ledger::allocation::{self, Allocation, Distribution};
use crate::ledger::charge::{self, OpenCharge};
use crate::ledger::dunning;
use crate::ledger::entry::{self, Entry, EntryKind};
use crate::money::Amount;

/// Payments of one statement: seventeen values each, and a statement has at most 65,535.
const CHUNK: usize = 3_000;

/// Books payments that name no charges, as if one came after the other, which nobody of the staff received. What is
/// refused of them, by place: the caller then undoes the rest.
pub async fn post_all(write: &Write, new: &[NewPayment]) -> Result<Vec<(usize, Error)>> {
    let mut refused = Vec::new();
    for (number, chunk) in new.chunks(CHUNK).enumerate() {
        let found = post_chunk(write, chunk).await?;
        refused.extend(found.into_iter().map(|(place, error)| (number * CHUNK + place, error)));
    }
    Ok(refused)
}

async fn post_chunk(write: &Write, new: &[NewPayment]) -> Result<Vec<(usize, Error)>> {
    let tenant = &write.viewer.business;
    let ids: Vec<CustomerId> = new.iter().map(|new| new.customer).collect();
    let mut customers = customer::store::lock_all(write, tenant.id, &ids).await?;
    let (mut open, mut receipts) = tokio::try_join!(
        charge::store::open_of(write, tenant.id, &ids),
        store::last_receipts(write, tenant.id, &ids),
    )?;
    let mut rows = Rows::default();
    let mut refused = Vec::new();
    for (place, new) in new.iter().enumerate() {
        if !customers.contains_key(&new.customer) {
            let message = format!("there is no customer {}", new.customer);
            refused.push((place, Error::user(UserErrorCode::NotFound, "customerId", message)));
            continue;
        }
        let open = open.entry(new.customer).or_default();
        match distribute(new, open, tenant) {
            Ok(distribution) => {
                take(open, &distribution);
                let receipt = receipts.entry(new.customer).or_default();
                *receipt += 1;
                rows.add(write, new, *receipt, &distribution)?;
            }
            Err(error @ Error::User(_)) => refused.push((place, error)),
            Err(error) => return Err(error),
        }
    }
    rows.insert(write).await?;
    for customer in rows.balances.keys() {
        if let Some(customer) = customers.get_mut(customer) {
            dunning::reactivate(write, customer).await?;
        }
    }
    Ok(refused)
}

/// Takes off what is open what a payment pays of it, from the first on.
fn take(open: &mut Vec<OpenCharge>, distribution: &Distribution) {
    for ((_, amount), charge) in distribution.parts.iter().zip(open.iter_mut()) {
        charge.outstanding.0 -= amount.0;
    }
    open.retain(|charge| charge.outstanding > Amount::ZERO);
}

/// What payments make.
#[derive(Default)]
struct Rows {
    payments: Vec<Payment>,
    allocations: Vec<Allocation>,
    entries: Vec<Entry>,
    events: Vec<NewEvent>,
    paid: HashMap<ChargeId, Amount>,
    balances: BTreeMap<CustomerId, Amount>,
    last: BTreeMap<CustomerId, DateTime<Utc>>,
}

impl Rows {
    fn add(&mut self, write: &Write, new: &NewPayment, receipt: i32, distribution: &Distribution) -> Result<()> {
        let (tenant, clock, now) = (&write.viewer.business, &write.app.clock, write.now());
        let id = PaymentId(clock.id());
        let received_at = new.received_at.unwrap_or(now);
        self.payments.push(Payment {
            business_id: tenant.id,
            id,
            customer_id: new.customer,
            amount: new.amount,
            unallocated: distribution.rest,
            method: new.method,
            reference: new.reference.clone(),
            received_at,
            received_by: None,
            external_ref: new.external_ref.clone(),
            created_at: now,
            kind: PaymentKind::Payment,
            reason: None,
            refunded: Amount::ZERO,
            reversed_at: None,
            receipt: Some(receipt),
            payment_method_id: None,
        });
        for (charge, amount) in &distribution.parts {
            self.allocations.push(Allocation {
                business_id: tenant.id,
                id: AllocationId(clock.id()),
                payment_id: id,
                charge_id: *charge,
                amount: *amount,
                created_at: now,
            });
            let paid = self.paid.entry(*charge).or_default();
            *paid = paid.plus(*amount)?;
        }
        self.entries.push(Entry {
            business_id: tenant.id,
            id: EntryId(clock.id()),
            customer_id: new.customer,
            kind: EntryKind::Payment,
            charge_id: None,
            payment_id: Some(id),
            amount: Amount(-new.amount.0),
            occurred_on: received_at.with_timezone(&tenant.time_zone.0).date_naive(),
            created_at: now,
            reason: None,
        });
        let data = json!({ "amount": new.amount.0, "method": <&str>::from(new.method) });
        self.events.push(NewEvent::of_customer(EventKind::PaymentRecorded, new.customer, id.0, data));
        let balance = self.balances.entry(new.customer).or_default();
        *balance = balance.minus(new.amount)?;
        let last = self.last.entry(new.customer).or_insert(received_at);
        *last = received_at.max(*last);
        Ok(())
    }

    async fn insert(&mut self, write: &Write) -> Result<()> {
        let business = write.viewer.business.id;
        let mut paid: Vec<(ChargeId, Amount)> = self.paid.drain().collect();
        paid.sort_unstable_by_key(|(charge, _)| *charge);
        store::insert_all(write, &self.payments).await?;
        allocation::store::insert(write, &self.allocations).await?;
        charge::store::pay(write, business, &paid).await?;
        entry::store::insert(write, &self.entries).await?;
        customer::store::add_balances(write, business, &self.balances).await?;
        customer::store::note_payments(write, business, &self.last).await?;
        events::record_batch(write, std::mem::take(&mut self.events)).await
    }
}
