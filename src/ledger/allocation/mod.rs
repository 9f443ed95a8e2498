//! Allocations: which payment paid which charge, and how a payment is distributed.

mod credit;
mod distribute;
mod loader;
mod model;
mod object;
mod release;
pub mod store;

pub use credit::use_credit;
pub use distribute::{Distribution, Named, Refusal, distribute};
pub use loader::{OfCharge, OfPayment};
pub use model::Allocation;
pub use release::{release, release_to_credit, retake};
