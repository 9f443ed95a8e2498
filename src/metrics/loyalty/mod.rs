//! Loyalty: how often customers come again, and what they are worth.

mod loader;
mod model;
mod object;
mod store;

pub use loader::{LifetimeValuesAsOf, PurchasesAsOf};
pub use model::{LifetimeValues, LoyaltyMetrics, Purchases};
