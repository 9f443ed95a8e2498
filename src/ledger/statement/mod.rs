//! Statements: a customer's account over a period, line by line, with the balance after each.
//!
//! Nothing of it is stored. As entries are only ever added, a statement as of a time is the same whenever it is
//! asked for, and the closing balance of one period is the opening balance of the next.

mod link;
mod loader;
mod model;
mod object;
mod printed;

pub use link::{KIND, behind, link};
pub use loader::OfCustomer;
pub use model::{Period, Statement, StatementLine};
pub use printed::{recipient, written_amount};
