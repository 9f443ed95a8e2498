//! Customers. Their balance is kept up by the ledger and never set; archiving keeps their history.

mod bulk;
mod filter;
mod input;
mod loader;
mod model;
mod mutation;
mod object;
mod query;
mod search;
pub mod store;

pub use bulk::activate_at_sale;
pub use filter::{CustomerFilter, CustomerSort, Wanted};
pub use input::{CustomerCreateInput, CustomerUpdateInput};
pub use loader::ById;
pub use model::{Customer, CustomerStatus, CustomerType, NewCustomer};
pub use mutation::{CustomerMutation, add, add_all, change, require_idle};
pub use query::{CustomerQuery, list};
