//! A record and the checks of new ones.

use async_graphql::{Enum, InputObject};
use chrono::NaiveDate;
use diesel::prelude::*;
use rust_decimal::Decimal;
use serde::Serialize;
use strum::{EnumString, IntoStaticStr};

use crate::db::tables::records;
use crate::error::{Result, UserErrorCode};
use crate::graphql::Date;
use crate::id::{BusinessId, ChargeId, CustomerId};
use crate::ledger::charge::ChargeRow;
use crate::ledger::idempotency;
use crate::money::{Amount, Currency, Exact};
use crate::text::Checks;

/// The longest name of a product.
pub const MAX_PRODUCT: usize = 200;
const MAX_UNIT: usize = 20;
/// Decimals of a quantity.
const QUANTITY_SCALE: u32 = 3;
/// Decimals of a unit price.
const PRICE_SCALE: u32 = 6;
/// The largest quantity and unit price: a thousand million.
const MAX_FACTOR: i64 = 1_000_000_000;

/// When on its day a delivery was made.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Enum,
    EnumString,
    IntoStaticStr,
    Serialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Shift {
    /// In the morning.
    Morning,
    /// In the evening.
    Evening,
}

crate::db::enum_column!(Shift);

/// What a record has beside its charge.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = records)]
pub struct RecordDetail {
    /// Whose.
    pub business_id: BusinessId,
    /// The id of its charge.
    pub id: ChargeId,
    /// What was delivered.
    pub product: String,
    /// How much of it.
    pub quantity: Decimal,
    /// In which unit.
    pub unit: Option<String>,
    /// What one unit costs, in major units of the currency.
    pub unit_price: Decimal,
    /// When on its day.
    pub shift: Option<Shift>,
}

/// A delivery.
#[derive(Debug, Clone)]
pub struct Record {
    /// What all charges have.
    pub charge: ChargeRow,
    /// What records have beside it.
    pub detail: RecordDetail,
}

/// A delivery to be recorded.
#[derive(Debug, Clone, InputObject)]
pub struct RecordCreateInput {
    /// To whom.
    pub customer_id: CustomerId,
    /// On which day; today if absent.
    pub occurred_on: Option<Date>,
    /// What, at most 200 characters.
    pub product: String,
    /// How much of it, above zero, to three decimals.
    pub quantity: Exact,
    /// In which unit, at most 20 characters.
    pub unit: Option<String>,
    /// What one unit costs, to six decimals. The amount is quantity × unit price, rounded half up to the
    /// minor unit of the currency.
    pub unit_price: Exact,
    /// When on its day.
    pub shift: Option<Shift>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// A delivery that was checked.
#[derive(Debug, Clone, Serialize)]
pub struct NewRecord {
    /// To whom.
    pub customer: CustomerId,
    /// On which day; today if absent. Not settled here, so that the same request is the same tomorrow.
    pub occurred_on: Option<NaiveDate>,
    /// What.
    pub product: String,
    /// How much of it.
    pub quantity: Decimal,
    /// In which unit.
    pub unit: Option<String>,
    /// What one unit costs.
    pub unit_price: Decimal,
    /// When on its day.
    pub shift: Option<Shift>,
    /// What it comes to.
    pub amount: Amount,
}

impl RecordCreateInput {
    /// The record, and its idempotency key.
    pub fn check(self, currency: Currency) -> Result<(NewRecord, Option<String>)> {
        let mut checks = Checks::default();
        let key = idempotency::read(self.idempotency_key.as_deref(), &mut checks);
        let quantity = check_quantity("quantity", self.quantity, &mut checks);
        let unit_price = check_unit_price("unitPrice", self.unit_price, &mut checks);
        let record = NewRecord {
            customer: self.customer_id,
            occurred_on: self.occurred_on.map(|date| date.0),
            product: checks.text("product", &self.product, MAX_PRODUCT),
            quantity,
            unit: checks.optional("unit", self.unit.as_deref(), MAX_UNIT),
            unit_price,
            shift: self.shift,
            amount: checks.take("quantity", Amount::of(quantity, unit_price, currency)).unwrap_or_default(),
        };
        checks.finish()?;
        Ok((record, key))
    }
}

/// A quantity above zero, to three decimals.
pub fn check_quantity(field: &str, value: Exact, checks: &mut Checks) -> Decimal {
    let quantity = check_factor(field, value, QUANTITY_SCALE, checks);
    if quantity.is_zero() {
        checks.add(UserErrorCode::Invalid, field, "quantity must be above zero");
    }
    quantity
}

/// A price of one unit, zero or more, to six decimals.
pub fn check_unit_price(field: &str, value: Exact, checks: &mut Checks) -> Decimal {
    check_factor(field, value, PRICE_SCALE, checks)
}

/// A quantity or a price within its bounds and decimals, as it stands in a record or a line of a sale.
fn check_factor(field: &str, value: Exact, scale: u32, checks: &mut Checks) -> Decimal {
    let value = value.0.normalize();
    if value.scale() > scale {
        let message = format!("{value} has {} decimals; {field} has at most {scale}", value.scale());
        checks.add(UserErrorCode::Invalid, field, message);
    }
    if value.is_sign_negative() || value > Decimal::from(MAX_FACTOR) {
        checks.add(UserErrorCode::Invalid, field, format!("{field} is {value}; it must be between 0 and {MAX_FACTOR}"));
    }
    value
}

impl NewRecord {
    /// What the record has beside its charge.
    pub fn detail(&self, business: BusinessId, id: ChargeId) -> RecordDetail {
        RecordDetail {
            business_id: business,
            id,
            product: self.product.clone(),
            quantity: self.quantity,
            unit: self.unit.clone(),
            unit_price: self.unit_price,
            shift: self.shift,
        }
    }
}
