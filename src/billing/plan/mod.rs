//! Plans: what customers subscribe to. A price of a plan is never changed: another version takes its place, and who
//! subscribed at an earlier one keeps it until they are moved.

mod loader;
mod model;
mod mutation;
mod object;
mod query;
pub mod store;

pub use loader::{ById, PriceById};
pub use model::{Plan, PlanCreateInput, PlanPrice, PlanPriceChangeInput, Terms};
pub use mutation::{PlanMutation, add, reprice};
pub use query::PlanQuery;
