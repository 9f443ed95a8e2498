//! Charges: what a customer owes. A record and a sale are charges; they share this table, its figures and the
//! GraphQL interface `Charge`, and keep what is their own in tables of their own.

mod bulk;
mod loader;
mod model;
mod object;
mod post;
mod query;
pub mod store;

pub use bulk::{Booking, NewDetail, post_all};
pub use loader::{ById, CountOfCustomer, OfCustomer};
pub use model::{Charge, ChargeFilter, ChargeKind, ChargeRow, ChargeSort, ChargeStatus, NewCharge, OpenCharge};
pub(crate) use object::charge_object;
pub use object::of_customer;
pub use post::{post, refuse_archived};
pub use query::list;
