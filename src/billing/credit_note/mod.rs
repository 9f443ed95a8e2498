//! Credit notes: what is taken off an invoice that is final, in part or in full.
//!
//! The credit of the same id is their effect in the ledger: it pays what is still owed of the invoice, and what was paid
//! already becomes the customer's credit. What must hold, and what `daybook check` recomputes: those on an invoice never
//! come to more than it, without tax, in tax and in all; one whose credit was reversed counts no more. Their numbers run
//! from 1 in a year, without gaps.

mod input;
mod loader;
mod model;
mod mutation;
mod object;
mod query;
pub mod store;

pub use loader::{ById, CountOfInvoice, CreditedOf, OfInvoice};
pub use model::{BY_AGE, CreditNote, CreditNoteRow};
pub use mutation::CreditNoteMutation;
pub use query::CreditNoteQuery;
