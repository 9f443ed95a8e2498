//! Booking: the lines of an account, its balance and the event that tells of them move together.

use chrono::NaiveDate;

use super::model::{Entry, EntryKind};
use super::store;
use crate::customers::customer::{self, Customer};
use crate::error::Result;
use crate::events::{self, NewEvent};
use crate::graphql::Write;
use crate::id::{ChargeId, EntryId, PaymentId};
use crate::money::Amount;

/// What a line of an account is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A charge.
    Charge(ChargeId),
    /// A payment or a credit.
    Payment(PaymentId),
}

/// A line to be booked.
#[derive(Debug, Clone)]
pub struct Line {
    /// Why the balance moves.
    pub kind: EntryKind,
    /// What it is about.
    pub of: Of,
    /// By how much. Positive: they owe more.
    pub amount: Amount,
    /// On which day.
    pub occurred_on: NaiveDate,
    /// Why, where someone gave a reason.
    pub reason: Option<String>,
}

/// Books lines in the account of a locked customer, moves their balance and notes when they last paid, as
/// `customer` has it, and records the event.
pub async fn book(write: &Write, customer: &mut Customer, lines: Vec<Line>, event: NewEvent) -> Result<()> {
    let business = write.viewer.business.id;
    for line in &lines {
        customer.balance = customer.balance.plus(line.amount)?;
    }
    let entries: Vec<Entry> = lines.into_iter().map(|line| line.entry(write, customer)).collect();
    // None of these depends on another: they are pipelined.
    tokio::try_join!(
        store::insert(write, &entries),
        customer::store::move_balance(write, business, customer.id, customer.balance, customer.last_payment_at),
        events::record(write, event),
    )?;
    Ok(())
}

impl Line {
    fn entry(self, write: &Write, customer: &Customer) -> Entry {
        let (charge_id, payment_id) = match self.of {
            Of::Charge(id) => (Some(id), None),
            Of::Payment(id) => (None, Some(id)),
        };
        Entry {
            business_id: write.viewer.business.id,
            id: EntryId(write.app.clock.id()),
            customer_id: customer.id,
            kind: self.kind,
            charge_id,
            payment_id,
            amount: self.amount,
            occurred_on: self.occurred_on,
            created_at: write.now(),
            reason: self.reason,
        }
    }
}
