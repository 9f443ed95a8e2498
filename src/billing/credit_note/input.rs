//! The checks of a credit note, and how an amount is split into net and tax.

use async_graphql::InputObject;
use serde::Serialize;

use crate::auth::Tenant;
use crate::billing::invoice::{InvoiceLineInput, InvoiceLines, InvoiceRow};
use crate::error::{Error, Result, UserErrorCode};
use crate::id::InvoiceId;
use crate::ledger::idempotency;
use crate::money::{Amount, Exact};
use crate::tax::{TaxMode, Taxed, share};
use crate::text::Checks;

const MAX_REASON: usize = 500;

/// What is to be taken off an invoice: an amount, or lines.
#[derive(Debug, Clone, InputObject)]
pub struct CreditNoteCreateInput {
    /// Which invoice; neither a draft nor void.
    pub invoice_id: InvoiceId,
    /// How much with tax, above zero. All that remains of the invoice if there are no lines either. Its tax is the share
    /// of the invoice's: what was credited so far and this, × tax ÷ amount of the invoice, rounded half up, less the tax
    /// that was credited so far.
    pub amount: Option<Exact>,
    /// What is taken off line by line, at most 100, in the place of an amount. They are taxed like the lines of the
    /// invoice: prices are without tax or with it as there.
    pub lines: Option<Vec<InvoiceLineInput>>,
    /// Why, at most 500 characters. It stands in the customer's account.
    pub reason: String,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// A credit note that was checked, but for what depends on the invoice.
#[derive(Debug, Serialize)]
pub struct NewCreditNote {
    /// On which invoice.
    pub invoice: InvoiceId,
    amount: Option<Amount>,
    lines: Option<InvoiceLines>,
    /// Why.
    pub reason: String,
}

impl CreditNoteCreateInput {
    /// The credit note, and its idempotency key. `mode` is that of the invoice.
    pub fn check(self, mode: TaxMode, tenant: &Tenant) -> Result<(NewCreditNote, Option<String>)> {
        let mut checks = Checks::default();
        let key = idempotency::read(self.idempotency_key.as_deref(), &mut checks);
        if self.amount.is_some() && self.lines.is_some() {
            checks.add(UserErrorCode::Invalid, "amount", "give an amount or lines, not both: lines have their sum");
        }
        let new = NewCreditNote {
            invoice: self.invoice_id,
            amount: self.amount.map(|amount| checks.positive("amount", amount, tenant.currency)),
            lines: self.lines.map(|lines| InvoiceLines::check(lines, mode, tenant.currency, &mut checks)),
            reason: checks.text("reason", &self.reason, MAX_REASON),
        };
        checks.finish()?;
        Ok((new, key))
    }
}

impl NewCreditNote {
    /// What it takes off an invoice of which so much was credited, and its lines. A user error if that is more than
    /// remains, or nothing.
    pub fn of(self, invoice: &InvoiceRow, credited: Taxed, tenant: &Tenant) -> Result<(Taxed, InvoiceLines)> {
        let left = Taxed {
            net: invoice.net.minus(credited.net)?,
            tax: invoice.tax.minus(credited.tax)?,
            gross: invoice.total.minus(credited.gross)?,
        };
        let field = if self.lines.is_some() { "lines" } else { "amount" };
        let lines = self.lines.unwrap_or_default();
        let asked = match self.amount {
            Some(amount) => amount,
            None if lines.0.is_empty() => left.gross,
            None => lines.sum().gross,
        };
        if asked > left.gross || asked == Amount::ZERO {
            let message = format!(
                "only {} of the invoice remains: credit at most that, and more than nothing",
                tenant.write(left.gross)
            );
            return Err(Error::user(UserErrorCode::Overpayment, field, message));
        }
        if lines.0.is_empty() {
            return Ok((part(invoice, credited, left, asked), lines));
        }
        let taxed = lines.sum();
        if taxed.net > left.net || taxed.tax > left.tax {
            let (net, tax) = (tenant.write(left.net), tenant.write(left.tax));
            let message = format!("only {net} without tax and {tax} of tax remain of the invoice: credit at most that");
            return Err(Error::user(UserErrorCode::Overpayment, field, message));
        }
        Ok((taxed, lines))
    }
}

/// The part of an invoice that is `amount` with tax: its tax is the invoice's in proportion, so that the parts come to
/// the whole, and neither net nor tax to more than is left.
fn part(invoice: &InvoiceRow, credited: Taxed, left: Taxed, amount: Amount) -> Taxed {
    let so_far = Amount(credited.gross.0 + amount.0);
    let fair = share(so_far, invoice.tax.0.into(), invoice.total.0.into()).0 - credited.tax.0;
    let least = (amount.0 - left.net.0).max(left.tax.0.min(0));
    let most = left.tax.0.min(amount.0.max(least));
    let tax = fair.clamp(least, most);
    Taxed { net: Amount(amount.0 - tax), tax: Amount(tax), gross: amount }
}
