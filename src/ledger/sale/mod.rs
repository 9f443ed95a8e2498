//! Sales: purchases at the till.

mod model;
mod mutation;
mod object;
mod query;
pub mod store;

pub use model::{NewSale, OnTheSpot, Sale, SaleCreateInput, SaleDetail, SalePaymentInput};
pub use mutation::SaleMutation;
pub use query::SaleQuery;
