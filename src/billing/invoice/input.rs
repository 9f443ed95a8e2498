//! The checks of drafts and of what is done with them.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::NaiveDate;
use serde::Serialize;

use super::issue::NewInvoice;
use super::line::{InvoiceLineInput, InvoiceLines};
use super::model::InvoiceRow;
use crate::auth::Tenant;
use crate::error::{Error, Result, UserErrorCode};
use crate::graphql::Date;
use crate::id::CustomerId;
use crate::ledger::idempotency;
use crate::text::{Checks, changed};

const MAX_MEMO: usize = 2_000;
/// The longest reason.
pub const MAX_REASON: usize = 500;

/// An invoice to be drafted.
#[derive(Debug, Clone, InputObject)]
pub struct InvoiceCreateInput {
    /// For whom.
    pub customer_id: CustomerId,
    /// What it is for: 1 to 100 lines, which together come to zero or more.
    pub lines: Vec<InvoiceLineInput>,
    /// By which day it is to be paid; by the terms of the business, from its day of issue, if absent.
    pub due_on: Option<Date>,
    /// What else stands on it, at most 2,000 characters.
    pub memo: Option<String>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// A draft that was checked.
#[derive(Debug, Clone, Serialize)]
pub struct NewDraft {
    /// For whom.
    pub customer: CustomerId,
    lines: InvoiceLines,
    due_on: Option<NaiveDate>,
    memo: Option<String>,
}

/// A change of a draft. What is absent stays as it is.
#[derive(Debug, Clone, InputObject)]
pub struct InvoiceUpdateInput {
    /// What it is for, in the place of all lines that it has: 1 to 100, which together come to zero or more.
    pub lines: Option<Vec<InvoiceLineInput>>,
    /// By which day it is to be paid; with null, by the terms of the business from its day of issue.
    pub due_on: MaybeUndefined<Date>,
    /// What else stands on it, at most 2,000 characters.
    pub memo: MaybeUndefined<String>,
}

/// How a draft is finalised.
#[derive(Debug, Clone, Default, InputObject)]
pub struct InvoiceFinalizeInput {
    /// Its day of issue, not after today; today if absent. Its year is that of the number.
    pub issued_on: Option<Date>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// Why an invoice is voided.
#[derive(Debug, Clone, InputObject)]
pub struct InvoiceVoidInput {
    /// Why, at most 500 characters. It stands in the customer's account.
    pub reason: String,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

impl InvoiceCreateInput {
    /// The draft, and its idempotency key.
    pub fn check(self, tenant: &Tenant) -> Result<(NewDraft, Option<String>)> {
        let mut checks = Checks::default();
        let key = idempotency::read(self.idempotency_key.as_deref(), &mut checks);
        let draft = NewDraft {
            customer: self.customer_id,
            lines: InvoiceLines::check(self.lines, tenant.tax_mode, tenant.currency, &mut checks),
            due_on: self.due_on.map(|date| date.0),
            memo: checks.optional("memo", self.memo.as_deref(), MAX_MEMO),
        };
        checks.finish()?;
        Ok((draft, key))
    }
}

impl NewDraft {
    /// The invoice to be drafted on a day.
    pub fn invoice(self, today: NaiveDate) -> NewInvoice {
        NewInvoice {
            lines: self.lines,
            issued_on: today,
            due_on: self.due_on,
            memo: self.memo,
            recurring: false,
            subscription: None,
            period: None,
        }
    }
}

impl InvoiceUpdateInput {
    /// Changes the row of a draft. New lines are taxed as the business has it now.
    pub fn apply(self, row: &mut InvoiceRow, tenant: &Tenant) -> Result<()> {
        let mut checks = Checks::default();
        if let Some(lines) = self.lines {
            row.set_lines(InvoiceLines::check(lines, tenant.tax_mode, tenant.currency, &mut checks));
            row.tax_mode = tenant.tax_mode;
        }
        if let Some(due_on) = changed(&self.due_on) {
            row.due_on = due_on.map(|date| date.0);
        }
        if let Some(memo) = checks.change("memo", &self.memo, MAX_MEMO) {
            row.memo = memo;
        }
        checks.finish()
    }
}

/// The day of issue that someone gave, which cannot be after today.
pub fn check_issued_on(given: Option<Date>, today: NaiveDate) -> Result<NaiveDate> {
    let day = given.map_or(today, |date| date.0);
    if day > today {
        let message = format!("issuedOn is {day}, and today is {today}: nothing is issued before its day");
        return Err(Error::user(UserErrorCode::Invalid, "issuedOn", message));
    }
    Ok(day)
}
