//! Getting data in and out: CSV files, which are [`mod@import`]ed and [`mod@export`]ed with the same columns.
//!
//! This stands above all contexts, for a file has customers, charges and payments in it. The commands, the addresses
//! `/import` and `/export` and the mutations share it. Nothing here holds a whole file: rows are read, checked and
//! written by the batch, and a file is booked in one transaction, all of it or nothing. What an export writes, an
//! import reads. A [`business`] as a whole goes into a file of its own kind.

pub mod business;
mod cell;
pub mod export;
pub mod import;
mod kind;
mod mutation;

pub use kind::Kind;
pub use mutation::ImportMutation;
