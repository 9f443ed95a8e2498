//! Purchase histories: what a customer bought at the till, and what they are worth.
//!
//! The figures are kept up in the transaction that changes them, and `check` recomputes them. Purchases are sales
//! that are not void; the lifetime value is all charges that are not void, less the credits that were given.

mod loader;
mod model;
mod object;
pub mod store;

pub use loader::OfCustomer;
pub use model::{Delta, Frequency, PurchaseHistory};
