//! Importing a CSV file: all of it, or nothing and what is wrong by line and column.
//!
//! Rows are read (`sheet`) and checked by the rules of the API, by the batch, and wait in a table of the transaction
//! (`stage`). When all are there, they are compared with each other and with what was imported before, for rows have
//! names (`reference`), so that a file can be imported again. Then they are booked in their order, by the batch. What is
//! wrong is gathered (`problems`); then everything is undone.

mod charges;
mod contacts;
mod customers;
mod payments;
mod problems;
mod reference;
mod rows;
mod sheet;
mod stage;

use crate::db;
use crate::error::Result;
use crate::graphql::Write;
use crate::ledger::charge::{self, ChargeKind};
use crate::money::Amount;
use crate::transfer::Kind;

pub use charges::written as written_lines;
pub use customers::written as written_tags;
pub use problems::{Problem, Problems};
pub use sheet::Sheet;

/// From so many new rows on, PostgreSQL has to be told.
const MANY: u64 = 1_000;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many rows were read and checked.
    Read(u64),
    /// So many rows were booked, of a file that is in order so far.
    Booked(u64),
}

/// What an import did, or would do. Nothing, if there are problems.
#[derive(Debug)]
pub struct Outcome {
    /// How many rows the file has.
    pub rows: u64,
    /// Rows that were booked.
    pub created: u64,
    /// Rows that had been booked before.
    pub known: u64,
    /// What the new ones come to.
    pub sum: Amount,
    /// How many items they have, if they are sales.
    pub items: i64,
    /// What all customers then owe.
    pub outstanding: Amount,
    /// What is wrong.
    pub problems: Problems,
}

/// What the rows that were booked come to.
#[derive(Debug, Default)]
struct Sums {
    count: u64,
    amount: Amount,
    items: i64,
}

/// Reads, checks and books a file in the transaction of `write`, which is for [`end`] to end.
pub async fn import(write: &Write, kind: Kind, mut sheet: Sheet, progress: impl Fn(Progress)) -> Result<Outcome> {
    let mut problems = Problems::default();
    stage::create(write).await?;
    while !sheet.ended() {
        let rows = sheet.batch(stage::BATCH, &mut problems)?;
        let checked = match kind {
            Kind::Customers => customers::check(write, &rows, &mut problems)?,
            Kind::Contacts => contacts::check(write, &rows, &mut problems).await?,
            Kind::Records => charges::check(write, ChargeKind::Record, &rows, &mut problems).await?,
            Kind::Sales => charges::check(write, ChargeKind::Sale, &rows, &mut problems).await?,
            Kind::Payments => payments::check(write, &rows, &mut problems).await?,
        };
        stage::insert(write, &checked).await?;
        progress(Progress::Read(sheet.count()));
        // A batch takes milliseconds, and others wait for this thread.
        tokio::task::yield_now().await;
    }
    stage::close(write).await?;
    stage::lock_customers(write, write.viewer.business.id).await?;
    let known = match kind {
        Kind::Customers => customers::compare(write, &mut problems).await?,
        Kind::Contacts => contacts::compare(write, &mut problems).await?,
        Kind::Records => charges::compare(write, ChargeKind::Record, &mut problems).await?,
        Kind::Sales => charges::compare(write, ChargeKind::Sale, &mut problems).await?,
        Kind::Payments => payments::compare(write, &mut problems).await?,
    };
    let mut sums = Sums::default();
    if problems.is_empty() {
        sums = match kind {
            Kind::Customers => customers::book(write, &progress).await?,
            Kind::Contacts => contacts::book(write, &progress).await?,
            Kind::Records => charges::book(write, ChargeKind::Record, &progress).await?,
            Kind::Sales => charges::book(write, ChargeKind::Sale, &progress).await?,
            Kind::Payments => payments::book(write, &mut problems, &progress).await?,
        };
    }
    let outstanding = charge::store::total_outstanding(write, write.viewer.business.id).await?;
    let Sums { count, amount: sum, items } = sums;
    // Booking tells of problems too.
    let created = if problems.is_empty() { count } else { 0 };
    Ok(Outcome { rows: sheet.count(), created, known, sum, items, outstanding, problems })
}

/// Ends the transaction of an import: keeps what it did, unless rows are wrong or it was asked for only.
pub async fn end(write: Write, outcome: &Outcome, dry_run: bool) -> Result<()> {
    if dry_run || !outcome.problems.is_empty() {
        return write.rollback().await;
    }
    if outcome.created >= MANY {
        db::analyze(&write).await?;
    }
    write.commit().await
}
