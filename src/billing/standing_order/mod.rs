//! Standing orders: what is delivered to a customer on certain days of the week, until someone ends it.
//!
//! The engine makes the record of each day once, when that day has begun in the zone of the business: the day and its
//! record are noted together with it, and the order moves on to its next day. What becomes of the record afterwards is
//! nothing to the order: a day that was changed or deleted stays so. Days of the past that were missed are recorded in
//! their order, each with its own date. Everything happens under the lock of the customer.

mod days;
mod input;
mod loader;
mod model;
mod mutation;
mod object;
mod query;
mod run;
pub mod store;

pub use loader::{ById, CountOfCustomer, OfCustomer};
pub use model::{BY_AGE, StandingOrder};
pub use mutation::StandingOrderMutation;
pub use query::StandingOrderQuery;
pub use run::step;
