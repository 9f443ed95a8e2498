//! Sales: purchases at the till.

mod model;
mod mutation;
mod object;
mod query;
pub mod store;

pub use model::{NewSale, Sale, SaleCreateInput, SaleDetail};
pub use mutation::SaleMutation;
pub use query::SaleQuery;
