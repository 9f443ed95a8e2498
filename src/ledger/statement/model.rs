//! A statement and how it is made of entries. Pure.

use chrono::{DateTime, NaiveDate, Utc};

use crate::error::{Error, Result};
use crate::ledger::entry::Entry;
use crate::money::Amount;

/// What a statement is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Period {
    /// Its first day. The beginning of the account if absent.
    pub from: Option<NaiveDate>,
    /// Its last day. The end of the account if absent.
    pub to: Option<NaiveDate>,
    /// What was booked later is left out. Nothing is if absent.
    pub as_of: Option<DateTime<Utc>>,
}

impl Period {
    /// The period, or an error if it ends before it begins.
    pub fn new(from: Option<NaiveDate>, to: Option<NaiveDate>, as_of: Option<DateTime<Utc>>) -> Result<Self> {
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            return Err(Error::BadInput(format!("the statement ends on {to}, before it begins on {from}")));
        }
        Ok(Self { from, to, as_of })
    }
}

/// A customer's account over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Of what.
    pub period: Period,
    /// What they owed before it.
    pub opening: Amount,
    /// The entries in it, in order.
    pub lines: Vec<StatementLine>,
    /// What they were charged in it, with changes and less what was voided.
    pub charged: Amount,
    /// What they paid and were credited in it, less refunds and reversals.
    pub paid: Amount,
    /// What they owed after it.
    pub closing: Amount,
}

/// An entry, and what was owed after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The entry.
    pub entry: Entry,
    /// The balance after it.
    pub balance: Amount,
}

impl Statement {
    /// The statement of entries in order, after what was owed before them.
    pub fn new(period: Period, opening: Amount, entries: Vec<Entry>) -> Result<Self> {
        let mut statement =
            Self { period, opening, lines: Vec::new(), charged: Amount::ZERO, paid: Amount::ZERO, closing: opening };
        for entry in entries {
            statement.closing = statement.closing.plus(entry.amount)?;
            if entry.kind.is_of_charge() {
                statement.charged = statement.charged.plus(entry.amount)?;
            } else {
                statement.paid = statement.paid.minus(entry.amount)?;
            }
            statement.lines.push(StatementLine { entry, balance: statement.closing });
        }
        Ok(statement)
    }
}
