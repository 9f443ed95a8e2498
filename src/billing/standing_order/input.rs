//! What is said of standing orders, and the checks of it.

use async_graphql::{InputObject, MaybeUndefined};
use chrono::NaiveDate;
use serde::Serialize;

use super::days::{Skip, Skips, Weekday, Weekdays};
use super::model::StandingOrder;
use crate::error::{Error, Result, UserErrorCode};
use crate::graphql::{Date, Write};
use crate::id::{CustomerId, StandingOrderId};
use crate::ledger::idempotency;
use crate::ledger::record::{NewRecord, RecordCreateInput, Shift};
use crate::money::{Currency, Exact};
use crate::text::{Checks, changed};

/// How far from today days may lie: ten years.
const MAX_DISTANCE: i64 = 3_653;
const MAX_SKIPS: usize = 100;

/// A standing order to be made.
#[derive(Debug, Clone, InputObject)]
pub struct StandingOrderCreateInput {
    /// To whom.
    pub customer_id: CustomerId,
    /// What, at most 200 characters.
    pub product: String,
    /// How much of it each time, above zero, to three decimals.
    pub quantity: Exact,
    /// In which unit, at most 20 characters.
    pub unit: Option<String>,
    /// What one unit costs, to six decimals.
    pub unit_price: Exact,
    /// When on its day.
    pub shift: Option<Shift>,
    /// On which days of the week, at least one.
    pub weekdays: Vec<Weekday>,
    /// From which day on, at most ten years from today; today if absent. Not before today.
    pub starts_on: Option<Date>,
    /// The last day; until it is ended if absent.
    pub ends_on: Option<Date>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// A standing order that was checked.
#[derive(Debug, Clone, Serialize)]
pub struct NewStandingOrder {
    /// What is recorded each time.
    pub record: NewRecord,
    weekdays: Vec<Weekday>,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
}

impl StandingOrderCreateInput {
    /// The order, and its idempotency key.
    pub fn check(self, today: NaiveDate, currency: Currency) -> Result<(NewStandingOrder, Option<String>)> {
        let mut checks = Checks::default();
        let key = idempotency::read(self.idempotency_key.as_deref(), &mut checks);
        check_weekdays(&self.weekdays, &mut checks);
        let starts_on = self.starts_on.map(|date| date.0);
        if let Some(day) = starts_on.filter(|day| !(0..=MAX_DISTANCE).contains(&(*day - today).num_days())) {
            let message = format!("startsOn is {day}; it must be from today, {today}, to ten years later");
            checks.add(UserErrorCode::Invalid, "startsOn", message);
        }
        let ends_on = self.ends_on.map(|date| date.0);
        check_end(starts_on.unwrap_or(today), ends_on, &mut checks);
        checks.finish()?;
        let record = RecordCreateInput {
            customer_id: self.customer_id,
            occurred_on: None,
            product: self.product,
            quantity: self.quantity,
            unit: self.unit,
            unit_price: self.unit_price,
            shift: self.shift,
            idempotency_key: None,
        };
        let record = record.check(currency)?.0;
        Ok((NewStandingOrder { record, weekdays: self.weekdays, starts_on, ends_on }, key))
    }
}

impl NewStandingOrder {
    /// The order, of which nothing was recorded yet.
    pub fn row(self, id: StandingOrderId, write: &Write) -> StandingOrder {
        let (now, today) = (write.now(), write.today());
        let mut row = StandingOrder {
            business_id: write.viewer.business.id,
            id,
            customer_id: self.record.customer,
            product: self.record.product,
            quantity: self.record.quantity,
            unit: self.record.unit,
            unit_price: self.record.unit_price,
            shift: self.record.shift,
            weekdays: Weekdays::of(&self.weekdays),
            starts_on: self.starts_on.unwrap_or(today),
            ends_on: self.ends_on,
            skips: Skips::default(),
            paused: false,
            ended_at: None,
            made_on: None,
            next_on: None,
            error: None,
            failures: 0,
            retry_at: None,
            created_at: now,
            updated_at: now,
        };
        row.settle(today);
        row
    }
}

/// A change of a standing order. What is absent stays as it is; null clears. Days that were recorded stay as they are.
#[derive(Debug, Clone, Default, InputObject)]
pub struct StandingOrderUpdateInput {
    /// What, at most 200 characters.
    pub product: Option<String>,
    /// How much of it each time, above zero, to three decimals.
    pub quantity: Option<Exact>,
    /// In which unit, at most 20 characters.
    pub unit: MaybeUndefined<String>,
    /// What one unit costs, to six decimals.
    pub unit_price: Option<Exact>,
    /// When on its day.
    pub shift: MaybeUndefined<Shift>,
    /// On which days of the week, at least one.
    pub weekdays: Option<Vec<Weekday>>,
    /// The last day; with null, until it is ended.
    pub ends_on: MaybeUndefined<Date>,
}

impl StandingOrderUpdateInput {
    /// Changes the row of an order.
    pub fn apply(self, row: &mut StandingOrder, currency: Currency) -> Result<()> {
        let mut checks = Checks::default();
        if let Some(weekdays) = &self.weekdays {
            check_weekdays(weekdays, &mut checks);
            row.weekdays = Weekdays::of(weekdays);
        }
        if let Some(ends_on) = changed(&self.ends_on) {
            row.ends_on = ends_on.map(|date| date.0);
            check_end(row.starts_on, row.ends_on, &mut checks);
        }
        checks.finish()?;
        let record = RecordCreateInput {
            customer_id: row.customer_id,
            occurred_on: None,
            product: self.product.unwrap_or_else(|| row.product.clone()),
            quantity: self.quantity.unwrap_or(Exact(row.quantity)),
            unit: changed(&self.unit).map_or_else(|| row.unit.clone(), |unit| unit.cloned()),
            unit_price: self.unit_price.unwrap_or(Exact(row.unit_price)),
            shift: changed(&self.shift).map_or(row.shift, |shift| shift.copied()),
            idempotency_key: None,
        };
        let record = record.check(currency)?.0;
        (row.product, row.quantity, row.unit) = (record.product, record.quantity, record.unit);
        (row.unit_price, row.shift) = (record.unit_price, record.shift);
        Ok(())
    }
}

/// Days of a standing order.
#[derive(Debug, Clone, InputObject)]
pub struct StandingOrderDaysInput {
    /// The first one, today or later.
    pub from: Date,
    /// The last one, at most ten years from today; only the first if absent.
    pub to: Option<Date>,
}

impl StandingOrderDaysInput {
    fn check(self, today: NaiveDate) -> Result<Skip> {
        let (from, to) = (self.from.0, self.to.unwrap_or(self.from).0);
        let mut checks = Checks::default();
        if from < today {
            let message = format!("from is {from}; it must be today, {today}, or later");
            checks.add(UserErrorCode::Invalid, "from", message);
        }
        if to < from || (to - today).num_days() > MAX_DISTANCE {
            let message = format!("to is {to}; it must be from {from} to ten years from today");
            checks.add(UserErrorCode::Invalid, "to", message);
        }
        checks.finish()?;
        Ok(Skip { from, to })
    }
}

/// Leaves days out of an order, or no more.
pub fn skip(row: &mut StandingOrder, input: StandingOrderDaysInput, leave_out: bool, today: NaiveDate) -> Result<()> {
    let days = input.check(today)?;
    if leave_out {
        row.skips.add(days)
    } else {
        row.skips.remove(days)
    }
    // What is past, and not still to be recorded, says nothing any more.
    let first = row.next_on.map_or(today, |next| next.min(today));
    row.skips.0.retain(|skip| skip.to >= first);
    if row.skips.0.len() > MAX_SKIPS {
        let message = format!("at most {MAX_SKIPS} ranges of days can be left out at a time: pause the order instead");
        return Err(Error::user(UserErrorCode::TooLong, "from", message));
    }
    Ok(())
}

fn check_weekdays(weekdays: &[Weekday], checks: &mut Checks) {
    if weekdays.is_empty() {
        checks.add(UserErrorCode::Required, "weekdays", "weekdays must have at least one day");
    }
}

fn check_end(starts_on: NaiveDate, ends_on: Option<NaiveDate>, checks: &mut Checks) {
    if let Some(last) = ends_on.filter(|last| *last < starts_on) {
        let message = format!("endsOn is {last}; it must be {starts_on}, when the order begins, or later");
        checks.add(UserErrorCode::Invalid, "endsOn", message);
    }
}
