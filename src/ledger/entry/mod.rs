//! Entries: the immutable lines of a customer's account. Positive: they owe more. Negative: less.

mod book;
mod model;
pub mod store;

pub use book::{Line, Of, book};
pub use model::{Entry, EntryKind};
