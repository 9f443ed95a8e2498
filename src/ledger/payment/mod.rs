//! Payments: what was received from customers, distributed over what they owe.

mod bulk;
mod live;
mod loader;
mod model;
mod mutation;
mod object;
mod post;
mod preview;
mod query;
mod receipt;
pub mod store;
mod undo;

pub use bulk::post_all;
pub use live::{PaymentSubscription, PaymentUpdate};
pub use loader::{ById, CountOfCustomer, OfCustomer};
pub use model::{
    NEWEST_FIRST, NewCredit, NewPayment, Payment, PaymentKind, PaymentRecordInput, PaymentStatus, Towards,
};
pub use mutation::PaymentMutation;
pub use post::post;
pub use query::PaymentQuery;

pub use crate::money::PaymentMethod;
