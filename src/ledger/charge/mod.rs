//! Charges: what a customer owes. A record, a sale, a fee, an adjustment and what is owed of an invoice are charges; they share this table, its figures and the
//! GraphQL interface `Charge`, and keep what is their own in tables of their own.

mod bulk;
mod filter;
mod loader;
mod lock;
mod model;
mod object;
mod post;
mod query;
pub mod store;
mod void;

pub use bulk::{Booking, NewDetail, post_all};
pub use filter::{ChargeFilter, ChargeSort};
pub use loader::{ById, CountOfCustomer, OfCustomer};
pub use lock::lock;
pub use model::{Charge, ChargeKind, ChargeRow, ChargeStatus, NewCharge, OpenCharge};
pub(crate) use object::charge_object;
pub use object::of_customer;
pub use post::{post, post_as, refuse_archived, settle};
pub use query::list;
pub use void::{ChargeMutation, End, end_charge, void};
