//! Issuing an invoice: from then on it has its number and is owed.

use chrono::NaiveDate;
use serde_json::json;

use super::line::InvoiceLines;
use super::model::{Invoice, InvoiceRow};
use super::number::Number;
use super::store;
use crate::billing::period::Period;
use crate::customers::customer::Customer;
use crate::error::Result;
use crate::graphql::Write;
use crate::id::{ChargeId, InvoiceId, PlanSubscriptionId};
use crate::ledger::charge::{self, ChargeKind, ChargeRow, NewCharge};
use crate::ledger::dunning::{self, store::Dunning};
use crate::money::Amount;

/// An invoice to be made.
#[derive(Debug, Clone)]
pub struct NewInvoice {
    /// What it is for: at least one line, which together come to zero or more.
    pub lines: InvoiceLines,
    /// Its day.
    pub issued_on: NaiveDate,
    /// By which day it is to be paid; by the terms of the business if absent.
    pub due_on: Option<NaiveDate>,
    /// What else stands on it.
    pub memo: Option<String>,
    /// Whether it is one of many that come by themselves.
    pub recurring: bool,
    /// The subscription that it is for.
    pub subscription: Option<PlanSubscriptionId>,
    /// The days that it is for.
    pub period: Option<Period>,
}

impl NewInvoice {
    /// The draft of it.
    pub fn draft(self, write: &Write, id: InvoiceId, customer: &Customer) -> InvoiceRow {
        let (tenant, now) = (&write.viewer.business, write.now());
        let mut row = InvoiceRow {
            business_id: tenant.id,
            id,
            customer_id: customer.id,
            number: None,
            year: None,
            sequence: None,
            issued_on: self.issued_on,
            due_on: self.due_on,
            tax_mode: tenant.tax_mode,
            lines: InvoiceLines::default(),
            net: Amount::ZERO,
            tax: Amount::ZERO,
            total: Amount::ZERO,
            memo: self.memo,
            recurring: self.recurring,
            subscription_id: self.subscription,
            period_start: self.period.map(|period| period.start),
            period_end: self.period.map(|period| period.end),
            uncollectible_at: None,
            created_at: now,
            updated_at: now,
        };
        row.set_lines(self.lines);
        row
    }
}

/// Makes a finalised invoice of a locked customer: its number, its charge, what their credit pays of it, the event. A
/// user error if the customer is archived.
///
/// The lines are checked by the caller; [`super::InvoiceLine::of_amount`] makes them of amounts.
pub async fn issue(write: &Write, customer: &mut Customer, new: NewInvoice) -> Result<Invoice> {
    let issued_on = new.issued_on;
    let mut row = new.draft(write, InvoiceId(write.app.clock.id()), customer);
    let charge = book(write, customer, &mut row, issued_on).await?;
    let dunning = begin_dunning(write, &row, &charge);
    // In this order, in one pipeline.
    tokio::try_join!(store::insert(write, &row), dunning::store::insert(write, &dunning))?;
    Ok(Invoice { row, charge: Some(charge) })
}

/// Finalises a draft of a locked customer.
pub async fn finalize(write: &Write, customer: &mut Customer, draft: Invoice, issued_on: NaiveDate) -> Result<Invoice> {
    let mut row = draft.row;
    let charge = book(write, customer, &mut row, issued_on).await?;
    let dunning = begin_dunning(write, &row, &charge);
    tokio::try_join!(store::update(write, &row), dunning::store::insert(write, &dunning))?;
    Ok(Invoice { row, charge: Some(charge) })
}

/// The dunning of an invoice that is new. Its rules may be changed while it is made: the engine looks at it first, by
/// what they are then.
fn begin_dunning(write: &Write, row: &InvoiceRow, charge: &ChargeRow) -> Dunning {
    let is_owed = charge.outstanding() != Amount::ZERO;
    Dunning {
        business_id: row.business_id,
        invoice_id: charge.id,
        customer_id: row.customer_id,
        dunning_on: is_owed.then(|| write.today()),
        reminded_on: None,
        suspended_on: None,
    }
}

/// Gives an invoice its number and books what is owed of it. To write the row is for the caller.
async fn book(write: &Write, customer: &mut Customer, row: &mut InvoiceRow, issued_on: NaiveDate) -> Result<ChargeRow> {
    let tenant = &write.viewer.business;
    charge::refuse_archived(customer)?;
    let number = Number::take(write, "invoice", &tenant.invoice_prefix, issued_on).await?;
    let due_on = row.due_on.unwrap_or_else(|| tenant.due_on(issued_on));
    let new = NewCharge {
        kind: ChargeKind::Invoice,
        occurred_on: issued_on,
        due_on: Some(due_on),
        amount: row.total,
        items: 0,
        external_ref: Some(number.text.clone()),
        batch_id: None,
    };
    let data = json!({ "amount": row.total.0, "invoice": row.id.to_string(), "number": number.text });
    let id = ChargeId(row.id.0);
    let mut charge = charge::post_as(write, customer, id, new, data).await?;
    charge::settle(write, &mut charge).await?;
    (row.issued_on, row.due_on, row.updated_at) = (issued_on, Some(due_on), write.now());
    (row.number, row.year, row.sequence) = (Some(number.text), Some(number.year), Some(number.sequence));
    Ok(charge)
}
