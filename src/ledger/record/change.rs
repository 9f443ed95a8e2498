//! Changing and deleting a record.

use async_graphql::{InputObject, MaybeUndefined};
use serde_json::{Map, Value, json};

use super::model::{NewRecord, Record, RecordCreateInput, Shift};
use super::store;
use crate::customers::customer::Customer;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{EventKind, NewEvent};
use crate::graphql::{Date, Write};
use crate::id::ChargeId;
use crate::ledger::charge::{self, ChargeRow, End};
use crate::ledger::entry::{self, EntryKind, Line, Of};
use crate::ledger::idempotency;
use crate::ledger::purchase::{self, Delta};
use crate::money::{Amount, Exact};
use crate::text::{Checks, changed};

/// A change of a record. What is absent stays as it is; null clears.
#[derive(Debug, Clone, Default, InputObject)]
pub struct RecordUpdateInput {
    /// On which day.
    pub occurred_on: Option<Date>,
    /// What was delivered, at most 200 characters.
    pub product: Option<String>,
    /// How much of it, above zero, to three decimals.
    pub quantity: Option<Exact>,
    /// In which unit, at most 20 characters.
    pub unit: MaybeUndefined<String>,
    /// What one unit costs, to six decimals.
    pub unit_price: Option<Exact>,
    /// When on its day.
    pub shift: MaybeUndefined<Shift>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

impl RecordUpdateInput {
    /// The values that it has, by field: what makes two requests the same.
    fn values(&self) -> Map<String, Value> {
        let exact = |value: Option<Exact>| value.map(|value| json!(value.0.normalize()));
        let all = [
            ("occurredOn", self.occurred_on.map(|date| json!(date.0))),
            ("product", self.product.as_ref().map(|product| json!(product.trim()))),
            ("quantity", exact(self.quantity)),
            ("unit", changed(&self.unit).map(|unit| json!(unit.map(|unit| unit.trim())))),
            ("unitPrice", exact(self.unit_price)),
            ("shift", changed(&self.shift).map(|shift| json!(shift))),
        ];
        all.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?))).collect()
    }

    /// `record` with the change, as if it were new.
    fn applied(self, record: &Record) -> RecordCreateInput {
        let detail = &record.detail;
        RecordCreateInput {
            customer_id: record.charge.customer_id,
            occurred_on: Some(self.occurred_on.unwrap_or(Date(record.charge.occurred_on))),
            product: self.product.unwrap_or_else(|| detail.product.clone()),
            quantity: self.quantity.unwrap_or(Exact(detail.quantity)),
            unit: changed(&self.unit).map_or_else(|| detail.unit.clone(), |unit| unit.cloned()),
            unit_price: self.unit_price.unwrap_or(Exact(detail.unit_price)),
            shift: changed(&self.shift).map_or(detail.shift, |shift| shift.copied()),
            idempotency_key: None,
        }
    }
}

/// Changes a record, and what is owed for it. A user error if it would come to less than what is paid of it.
pub async fn update(write: &Write, id: ChargeId, input: RecordUpdateInput) -> Result<()> {
    let mut checks = Checks::default();
    let key = idempotency::read(input.idempotency_key.as_deref(), &mut checks);
    checks.finish()?;
    let (mut customer, charge) = charge::lock(write, id).await?;
    let values = input.values();
    if idempotency::claim(write, key.as_deref(), "recordUpdate", &(id, &values), id.0).await?.is_some() {
        return Ok(());
    }
    let record = find(write, &charge).await?;
    let (new, _) = input.applied(&record).check(write.viewer.business.currency)?;
    if new.amount < charge.paid {
        let tenant = &write.viewer.business;
        let message = format!(
            "the record would come to {}, and {} of it is paid: mark it unpaid first",
            tenant.write(new.amount),
            tenant.write(charge.paid)
        );
        return Err(Error::user(UserErrorCode::BelowPaid, "input", message));
    }
    if new.amount > charge.amount {
        charge::refuse_archived(&customer)?;
    }
    change(write, &mut customer, &charge, &new, values.keys().cloned().collect()).await
}

async fn change(
    write: &Write,
    customer: &mut Customer,
    charge: &ChargeRow,
    new: &NewRecord,
    fields: Vec<String>,
) -> Result<()> {
    let business = write.viewer.business.id;
    let day = new.occurred_on.unwrap_or(charge.occurred_on);
    let more = new.amount.minus(charge.amount)?;
    let line = |amount, occurred_on| Line {
        kind: EntryKind::Change,
        of: Of::Charge(charge.id),
        amount,
        occurred_on,
        reason: None,
    };
    // The account shows on each day what happened on it: a record that moves leaves one day for another.
    let lines = if day != charge.occurred_on {
        vec![line(Amount(-charge.amount.0), charge.occurred_on), line(new.amount, day)]
    } else if more != Amount::ZERO {
        vec![line(more, day)]
    } else {
        Vec::new()
    };
    let due_on = charge.due_on + (day - charge.occurred_on);
    let row = ChargeRow { occurred_on: day, due_on, amount: new.amount, ..charge.clone() };
    let data = json!({ "fields": fields, "amount": new.amount.0, "before": charge.amount.0 });
    let event = NewEvent::of_customer(EventKind::RecordUpdated, customer.id, charge.id.0, data);
    let detail = new.detail(business, charge.id);
    let delta = [Delta::of_value(customer.id, more)];
    tokio::try_join!(
        charge::store::update(write, &row),
        store::update(write, &detail),
        entry::book(write, customer, lines, event),
        purchase::store::add(write, business, &delta),
    )?;
    Ok(())
}

/// Deletes a record: it is shown nowhere and owed no more; the account keeps its lines. A user error if any of it is
/// paid.
pub async fn delete(write: &Write, id: ChargeId, key: Option<&str>) -> Result<()> {
    let mut checks = Checks::default();
    let key = idempotency::read(key, &mut checks);
    checks.finish()?;
    let (mut customer, charge) = charge::lock(write, id).await?;
    if idempotency::claim(write, key.as_deref(), "recordDelete", &id, id.0).await?.is_some() {
        return Ok(());
    }
    find(write, &charge).await?;
    if charge.paid > Amount::ZERO {
        let paid = write.viewer.business.write(charge.paid);
        let message = format!("{paid} of the record is paid: mark it unpaid first, or void it");
        return Err(Error::user(UserErrorCode::BelowPaid, "id", message));
    }
    let data = json!({ "amount": charge.amount.0, "occurredOn": charge.occurred_on });
    let day = charge.occurred_on;
    let end = End { event: EventKind::RecordDeleted, data, occurred_on: day, reason: None, delete: true };
    charge::end_charge(write, &mut customer, &charge, end).await
}

/// The record that a locked charge is. A user error if it is none that can be changed.
async fn find(write: &Write, charge: &ChargeRow) -> Result<Record> {
    charge.require_live()?;
    let found = charge::store::by_ids(write, charge.business_id, &[charge.id]).await?.remove(&charge.id);
    let record = found.and_then(|charge| charge.into_record().ok());
    record.ok_or_else(|| Error::user(UserErrorCode::NotFound, "id", "this is no record: void it instead"))
}
