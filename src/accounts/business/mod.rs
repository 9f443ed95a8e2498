//! Businesses: the tenants. Each has one currency, one time zone and one language of numbers.

mod model;
mod object;
mod open;
mod query;
pub mod store;

pub use model::{Business, NewBusiness};
pub use open::open;
pub use query::BusinessQuery;
