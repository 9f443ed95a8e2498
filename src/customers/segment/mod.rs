//! Segments: saved filters of customers. Who is in one is always computed, never stored.

mod loader;
mod model;
mod mutation;
mod object;
mod query;
pub mod store;

pub use loader::ById;
pub use model::{BY_NAME, Segment, SegmentCreateInput};
pub use mutation::{SegmentMutation, add};
pub use query::SegmentQuery;
