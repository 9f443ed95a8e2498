//! The lines of an invoice or a credit note.

use async_graphql::InputObject;
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::Jsonb;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::auth::Tenant;
use crate::error::UserErrorCode;
use crate::ledger::record::{check_quantity, check_unit_price};
use crate::money::{Amount, Currency, Exact};
use crate::tax::{TaxMode, TaxRate, Taxed};
use crate::text::Checks;

/// The most lines of one invoice.
const MAX_LINES: usize = 100;
const MAX_DESCRIPTION: usize = 500;

/// So much of something, at a price and a rate of tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// What it is.
    pub description: String,
    /// How much of it.
    pub quantity: Decimal,
    /// What one unit costs, in major units of the currency. Below zero, it is taken off.
    pub unit_price: Decimal,
    /// The rate of tax.
    pub tax_rate: TaxRate,
    /// What it comes to.
    #[serde(flatten)]
    pub taxed: Taxed,
}

/// The lines of an invoice or a credit note.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
pub struct InvoiceLines(pub Vec<InvoiceLine>);

impl FromSql<Jsonb, Pg> for InvoiceLines {
    fn from_sql(bytes: PgValue<'_>) -> diesel::deserialize::Result<Self> {
        let value = <Value as FromSql<Jsonb, Pg>>::from_sql(bytes)?;
        Ok(Self(serde_json::from_value(value)?))
    }
}

impl ToSql<Jsonb, Pg> for InvoiceLines {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        <Value as ToSql<Jsonb, Pg>>::to_sql(&serde_json::to_value(&self.0)?, &mut out.reborrow())
    }
}

/// So much of something, at a price and a rate of tax.
#[derive(Debug, Clone, InputObject)]
pub struct InvoiceLineInput {
    /// What it is, at most 500 characters.
    pub description: String,
    /// How much of it, above zero, to three decimals; 1 if absent.
    pub quantity: Option<Exact>,
    /// What one unit costs, to six decimals; below zero, it is taken off, such as a discount. The line comes to quantity
    /// × unit price, rounded half up to the minor unit of the currency, without tax or with it as the business has set.
    pub unit_price: Exact,
    /// The rate of tax in percent, 0 to 100, to four decimals; none if absent. Where prices are exclusive, the tax is
    /// amount × rate ÷ 100, and else amount × rate ÷ (100 + rate), rounded half up line by line.
    pub tax_rate: Option<Exact>,
}

impl InvoiceLine {
    /// One piece of something that comes to `amount` in minor units.
    pub fn of_amount(description: String, amount: Amount, tax_rate: TaxRate, tenant: &Tenant) -> Self {
        let taxed = tenant.tax_mode.split(amount, tax_rate);
        let unit_price = amount.decimal(tenant.currency);
        Self { description, quantity: Decimal::ONE, unit_price, tax_rate, taxed }
    }
}

impl InvoiceLines {
    /// The lines of an input, at least one; what is wrong goes to `checks`.
    pub fn check(lines: Vec<InvoiceLineInput>, mode: TaxMode, currency: Currency, checks: &mut Checks) -> Self {
        if lines.is_empty() {
            checks.add(UserErrorCode::Required, "lines", "there are no lines: give at least one");
        }
        if lines.len() > MAX_LINES {
            let message = format!("{} lines; at most {MAX_LINES} are allowed: make another for the rest", lines.len());
            checks.add(UserErrorCode::TooLong, "lines", message);
            return Self::default();
        }
        let lines: Vec<_> =
            lines.into_iter().enumerate().map(|(place, line)| line.check(place, mode, currency, checks)).collect();
        let lines = Self(lines);
        let total = lines.sum().gross;
        if total < Amount::ZERO || total > Amount::MAX {
            let message = format!(
                "the lines come to {}; the sum must be between zero and {}",
                total.decimal(currency),
                Amount::MAX.decimal(currency)
            );
            checks.add(UserErrorCode::Invalid, "lines", message);
        }
        lines
    }

    /// What they come to.
    pub fn sum(&self) -> Taxed {
        let sum = |part: fn(&Taxed) -> Amount| self.0.iter().map(|line| part(&line.taxed)).sum();
        Taxed { net: sum(|taxed| taxed.net), tax: sum(|taxed| taxed.tax), gross: sum(|taxed| taxed.gross) }
    }
}

impl InvoiceLineInput {
    fn check(self, place: usize, mode: TaxMode, currency: Currency, checks: &mut Checks) -> InvoiceLine {
        let at = |field: &str| format!("lines.{place}.{field}");
        let quantity = check_quantity(&at("quantity"), self.quantity.unwrap_or(Exact(Decimal::ONE)), checks);
        let size = check_unit_price(&at("unitPrice"), Exact(self.unit_price.0.abs()), checks);
        let unit_price = if self.unit_price.0.is_sign_negative() { -size } else { size };
        let amount = checks.take(&at("quantity"), Amount::of(quantity, unit_price, currency)).unwrap_or_default();
        let rate = self.tax_rate.map(|rate| checks.take(&at("taxRate"), TaxRate::from_decimal(rate.0)));
        let tax_rate = rate.flatten().unwrap_or_default();
        let description = checks.text(&at("description"), &self.description, MAX_DESCRIPTION);
        InvoiceLine { description, quantity, unit_price, tax_rate, taxed: mode.split(amount, tax_rate) }
    }
}
