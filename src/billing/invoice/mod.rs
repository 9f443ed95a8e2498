//! Invoices: what a customer owes with lines and tax, by hand or of a subscription.
//!
//! A draft is owed by nobody and can be changed. Finalised, an invoice has its number and never changes again: what is
//! owed of it is the charge of the same id, so that payments, reversals, refunds and credit move its status without
//! anything being kept here. What must hold, and what `daybook check` recomputes: the numbers of a business and year
//! run from 1 without gaps, the figures of a line follow from its quantity, price and rate, and those of an invoice are
//! their sums.

pub mod check;
mod input;
mod issue;
mod line;
mod link;
mod loader;
mod lock;
mod model;
mod mutation;
mod number;
mod object;
mod printed;
mod query;
pub mod store;

pub use issue::{NewInvoice, issue};
pub use line::{InvoiceLine, InvoiceLineInput, InvoiceLines};
pub use link::{KIND, behind, link};
pub use loader::{ById, CountOfCustomer, OfCustomer};
pub use lock::lock;
pub use model::{Invoice, InvoiceFilter, InvoiceRow, InvoiceSort, InvoiceStatus};
pub use mutation::InvoiceMutation;
pub use number::Number;
pub use query::InvoiceQuery;
