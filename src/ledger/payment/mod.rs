//! Payments: what was received from customers, distributed over what they owe.

mod live;
mod loader;
mod model;
mod mutation;
mod object;
mod post;
mod preview;
mod query;
pub mod store;

pub use live::PaymentSubscription;
pub use loader::{ById, CountOfCustomer, OfCustomer};
pub use model::{NEWEST_FIRST, NewPayment, Payment, PaymentMethod, PaymentRecordInput};
pub use mutation::PaymentMutation;
pub use post::post;
pub use query::PaymentQuery;
