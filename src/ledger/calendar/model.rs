//! A calendar. Pure.

use async_graphql::Enum;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::graphql::Month;
use crate::money::Amount;

/// How much of a day is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum DayStatus {
    /// Nothing was delivered on it.
    None,
    /// Nothing of it is paid.
    Unpaid,
    /// Something of it is paid.
    Partial,
    /// All of it is paid.
    Paid,
}

/// A day, or the sum of many: what was delivered, and what is paid of it. Void records do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many records.
    pub records: i64,
    /// How much was delivered, whatever its units.
    pub quantity: Decimal,
    /// What it came to.
    pub amount: Amount,
    /// What is paid of it.
    pub paid: Amount,
}

impl Figures {
    /// What is still to be paid.
    pub fn remaining(self) -> Amount {
        Amount(self.amount.0 - self.paid.0)
    }

    /// How much of it is paid.
    pub fn status(self) -> DayStatus {
        match (self.records, self.paid, self.remaining()) {
            (0, _, _) => DayStatus::None,
            (_, _, Amount::ZERO) => DayStatus::Paid,
            (_, Amount::ZERO, _) => DayStatus::Unpaid,
            _ => DayStatus::Partial,
        }
    }
}

/// A day of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarDay {
    /// Which.
    pub date: NaiveDate,
    /// What was delivered on it.
    pub figures: Figures,
}

/// The records of a customer in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Which month.
    pub month: Month,
    /// All its days.
    pub days: Vec<CalendarDay>,
    /// The month before it that has records.
    pub previous: Option<Month>,
    /// The month after it that has records.
    pub next: Option<Month>,
}

impl Calendar {
    /// The calendar of a month of which some days have records.
    pub fn new(month: Month, found: &[CalendarDay], previous: Option<Month>, next: Option<Month>) -> Self {
        let of = |date| found.iter().find(|day| day.date == date).map(|day| day.figures).unwrap_or_default();
        let dates = month.first().iter_days().take_while(|date| *date <= month.last());
        Self { month, days: dates.map(|date| CalendarDay { date, figures: of(date) }).collect(), previous, next }
    }

    /// The sum of all days.
    pub fn total(&self) -> Figures {
        let mut total = Figures::default();
        for CalendarDay { figures, .. } in &self.days {
            total.records += figures.records;
            total.quantity += figures.quantity;
            total.amount.0 += figures.amount.0;
            total.paid.0 += figures.paid.0;
        }
        total
    }
}
