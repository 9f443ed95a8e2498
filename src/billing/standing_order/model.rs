//! A standing order as it is kept.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;

use super::days::{Skips, Weekdays, first_from};
use crate::db::page::Order;
use crate::db::tables::standing_orders;
use crate::id::{BusinessId, CustomerId, StandingOrderId};
use crate::ledger::record::Shift;

/// The oldest first.
pub const BY_AGE: Order = Order {
    name: "STANDING_ORDERS",
    key: "standing_orders.id",
    key_type: "uuid",
    id: "standing_orders.id",
    descending: false,
};

/// What is delivered to a customer again and again.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, QueryableByName, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = standing_orders, primary_key(business_id, id), treat_none_as_null = true)]
pub struct StandingOrder {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: StandingOrderId,
    /// To whom.
    pub customer_id: CustomerId,
    /// What.
    pub product: String,
    /// How much of it.
    pub quantity: Decimal,
    /// In which unit.
    pub unit: Option<String>,
    /// What one unit costs, in major units of the currency.
    pub unit_price: Decimal,
    /// When on its day.
    pub shift: Option<Shift>,
    /// On which days of the week.
    pub weekdays: Weekdays,
    /// From which day on.
    pub starts_on: NaiveDate,
    /// The last day, if it is known.
    pub ends_on: Option<NaiveDate>,
    /// Days that are left out.
    pub skips: Skips,
    /// Whether it is paused.
    pub paused: bool,
    /// When it was ended by hand.
    pub ended_at: Option<DateTime<Utc>>,
    /// The last day that was recorded.
    pub made_on: Option<NaiveDate>,
    /// The next one that is to be.
    pub next_on: Option<NaiveDate>,
    /// Why that could not be done.
    pub error: Option<String>,
    /// How often that failed.
    pub failures: i32,
    /// When it is tried again.
    pub retry_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl StandingOrder {
    /// Notes which day is the next: the first from today on, or from one that is still to be recorded, that was not.
    pub fn settle(&mut self, today: NaiveDate) {
        let open = self.next_on.map_or(today, |next| next.min(today)).max(self.starts_on);
        let from = self.made_on.and_then(|made| made.succ_opt()).map_or(open, |after| after.max(open));
        let runs = !self.paused && self.ended_at.is_none();
        let next =
            first_from(from, self.weekdays, &self.skips).filter(|day| self.ends_on.is_none_or(|last| *day <= last));
        self.next_on = next.filter(|_| runs);
        (self.error, self.failures, self.retry_at) = (None, 0, None);
    }
}
