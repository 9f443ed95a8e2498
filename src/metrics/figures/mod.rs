//! The figures of a business, kept up in the transaction that changes them.
//!
//! Triggers of the migration add a row with the difference for whatever moves a figure; its sum is the figure, at any
//! time and in any snapshot. Nobody changes a row, so that no two payments wait for each other here. [`roll`] keeps the
//! sums short.

pub mod roll;
pub mod store;
