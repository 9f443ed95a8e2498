//! How many customers there are, and what they owe.

mod loader;
mod model;
mod object;
mod store;

pub use loader::CountsAsOf;
pub use model::{Counts, CustomerMetrics};
