//! Receivables: what is owed, how long it is due, what was charged and collected.

mod loader;
mod model;
mod object;
mod store;

pub use loader::PositionAsOf;
pub use model::{Ageing, CollectedByMethod, Position, ReceivableMetrics, by_method};
