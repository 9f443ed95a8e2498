//! Booking a charge: the steps that all kinds share.

use serde_json::{Value, json};

use super::model::{ChargeKind, ChargeRow, NewCharge};
use super::store;
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{EventKind, NewEvent};
use crate::graphql::Write;
use crate::id::{ChargeId, EntryId};
use crate::ledger::allocation;
use crate::ledger::entry::{self, Entry, EntryKind, Line, Of};
use crate::ledger::purchase::{self, Delta};
use crate::money::Amount;

/// A user error if the customer is archived: they can pay, but not owe more.
pub fn refuse_archived(customer: &Customer) -> Result<()> {
    if customer.archived_at.is_none() {
        return Ok(());
    }
    let message = format!("{} is archived: restore them first", customer.name);
    Err(Error::user(UserErrorCode::Archived, "customerId", message))
}

/// Books a charge of a locked customer: the charge, its entry, the balance, the figures of their purchases, the
/// event, and their membership if a sale makes them a member. What its kind has beside it, and letting credit pay it with
/// [`settle`], is for the caller. A user error if the customer is archived.
pub async fn post(write: &Write, customer: &mut Customer, id: ChargeId, new: NewCharge) -> Result<ChargeRow> {
    let data = json!({ "amount": new.amount.0 });
    post_as(write, customer, id, new, data).await
}

/// Like [`post`], with what else there is to know of it in the log.
pub async fn post_as(
    write: &Write,
    customer: &mut Customer,
    id: ChargeId,
    new: NewCharge,
    data: Value,
) -> Result<ChargeRow> {
    refuse_archived(customer)?;
    let items = new.items;
    let charge = new.row(id, &write.viewer.business, customer.id, write.now());
    store::insert(write, std::slice::from_ref(&charge)).await?;
    let event = NewEvent::of_customer(event_kind(charge.kind), customer.id, id.0, data);
    let line = Line {
        kind: EntryKind::Charge,
        of: Of::Charge(id),
        amount: charge.amount,
        occurred_on: charge.occurred_on,
        reason: None,
    };
    let delta = [Delta::of_charge(&charge, items)];
    tokio::try_join!(
        entry::book(write, customer, vec![line], event),
        purchase::store::add(write, charge.business_id, &delta),
    )?;
    // Purchases are what the membership rule counts.
    if charge.kind == ChargeKind::Sale && customer.member_since.is_none() {
        customer::activate_at_sale(write, &[customer.id]).await?;
    }
    Ok(charge)
}

/// Lets the customer's credit pay what a new charge still wants, if the business wants that.
pub async fn settle(write: &Write, charge: &mut ChargeRow) -> Result<()> {
    if write.viewer.business.use_credit_automatically && charge.outstanding() > Amount::ZERO {
        allocation::use_credit(write, std::slice::from_mut(charge)).await?;
    }
    Ok(())
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
        reason: None,
    }
}

/// What a new charge is called in the log.
pub fn event_kind(kind: ChargeKind) -> EventKind {
    match kind {
        ChargeKind::Record => EventKind::RecordCreated,
        ChargeKind::Sale => EventKind::SaleCreated,
        ChargeKind::Fee | ChargeKind::Adjustment => EventKind::AdjustmentCreated,
        ChargeKind::Invoice => EventKind::InvoiceFinalized,
    }
}
