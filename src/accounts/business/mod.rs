//! Businesses: the tenants. Each has one currency, one time zone and one language of numbers.

mod model;
mod object;
mod query;
pub mod store;

pub use model::{Business, NewBusiness};
pub use query::BusinessQuery;
