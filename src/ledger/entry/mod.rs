//! Entries: the immutable lines of a customer's account. Positive: they owe more. Negative: less.

mod model;
pub mod store;

pub use model::{Entry, EntryKind};
