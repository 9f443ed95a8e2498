//! Booking a charge: the steps that records and sales share.

use serde_json::json;

use super::model::{ChargeKind, ChargeRow, NewCharge};
use super::store;
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::Write;
use crate::id::{ChargeId, EntryId};
use crate::ledger::allocation;
use crate::ledger::entry::{self, Entry, EntryKind};

/// A user error if the customer is archived: they can pay, but not owe more.
pub fn refuse_archived(customer: &Customer) -> Result<()> {
    if customer.archived_at.is_none() {
        return Ok(());
    }
    let message = format!("{} is archived: restore them first", customer.name);
    Err(Error::user(UserErrorCode::Archived, "customerId", message))
}

/// Books a charge of a locked customer: the charge, its entry, the balance, the event; then lets the
/// customer's credit pay it, if the business wants that. What its kind has beside it is for the caller. A user
/// error if the customer is archived.
pub async fn post(write: &Write, customer: &Customer, id: ChargeId, new: NewCharge) -> Result<ChargeRow> {
    refuse_archived(customer)?;
    let tenant = &write.viewer.business;
    let now = write.app.clock.now();
    let mut charge = new.row(id, tenant, customer.id, now);
    store::insert(write, std::slice::from_ref(&charge)).await?;
    let balance = customer.balance.plus(charge.amount)?;
    let event = NewEvent::of_customer(event_kind(charge.kind), customer.id, id.0, json!({ "amount": charge.amount.0 }));
    let entry = entry_of(&charge, EntryId(write.app.clock.id()));
    // None of these depends on another: they are pipelined.
    tokio::try_join!(
        entry::store::insert(write, std::slice::from_ref(&entry)),
        customer::store::move_balance(write, tenant.id, customer.id, balance, customer.last_payment_at),
        events::record(write, event),
    )?;
    if tenant.use_credit_automatically {
        charge.paid = allocation::use_credit(write, &charge).await?;
    }
    Ok(charge)
}

/// The line of the account that a new charge makes.
pub fn entry_of(charge: &ChargeRow, id: EntryId) -> Entry {
    Entry {
        business_id: charge.business_id,
        id,
        customer_id: charge.customer_id,
        kind: EntryKind::Charge,
        charge_id: Some(charge.id),
        payment_id: None,
        amount: charge.amount,
        occurred_on: charge.occurred_on,
        created_at: charge.created_at,
    }
}

/// What a new charge is called in the log.
pub fn event_kind(kind: ChargeKind) -> EventKind {
    match kind {
        ChargeKind::Record => EventKind::RecordCreated,
        ChargeKind::Sale => EventKind::SaleCreated,
    }
}
