//! Dunning: reminding of invoices around their due date, and suspending whose recurring invoices are not paid.
//!
//! The engine looks at an invoice when it has been made, and on the days that follow from the rules of the business, with
//! its customer locked, and many at once. Each reminder is made once and is an event, for whoever sends it. Of those that
//! were missed while nothing ran, the newest is made. Only recurring invoices suspend, the day after the days of grace,
//! which count from the due date or from the day on which the invoice was made, whichever is later. What settles the debt
//! reactivates in its own transaction: [`crate::ledger::dunning`]. Whoever changes a status by hand decides: dunning leaves
//! that as it is.

mod ahead;
pub mod hold;
mod run;
pub mod store;

pub use ahead::{Unpaid, ahead};
pub use run::{look, run};
