//! Records: what was delivered on a day, such as 2.5 litres of milk in the morning.

mod bulk;
mod change;
mod mark;
mod model;
mod mutation;
mod object;
mod query;
pub mod store;

pub use model::{NewRecord, Record, RecordCreateInput, RecordDetail, Shift};
pub use mutation::RecordMutation;
pub use query::RecordQuery;
