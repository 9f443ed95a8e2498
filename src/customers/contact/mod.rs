//! Contacts: the people of a customer. Where there are any, one is the primary one.

mod loader;
mod model;
mod mutation;
mod object;
pub mod store;

pub use loader::{ById, CountOfCustomer, OfCustomer};
pub use model::{BY_AGE, Contact, ContactCreateInput, ContactRole};
pub use mutation::{ContactMutation, add, add_all};
