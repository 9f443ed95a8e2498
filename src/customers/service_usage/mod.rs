//! Service usage: how much of what they subscribed to a customer uses, as a router or a script reports it. Only the last
//! report is kept. Reports are many: they change no other row and write no events.

mod loader;
mod model;
mod mutation;
mod object;
pub mod store;

pub use loader::OfCustomer;
pub use model::{ServiceUsage, ServiceUsageUpdateInput};
pub use mutation::{ServiceUsageMutation, report};
