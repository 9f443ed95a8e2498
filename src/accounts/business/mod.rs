//! Businesses: the tenants. Each has one currency, one time zone and one language of numbers.

mod model;
mod mutation;
mod object;
mod open;
mod query;
pub mod store;

pub use model::{Business, LoyaltyTiers, MembershipRule, NewBusiness};
pub use mutation::BusinessMutation;
pub use open::open;
pub use query::BusinessQuery;
