//! The ledger: what customers owe and what they paid.
//!
//! Everything a customer owes is a charge, everything received is a payment, an allocation says which payment
//! paid which charge, and an entry is one immutable line of the customer's account. What holds after every
//! transaction, and what [`check`] recomputes:
//!
//! - the balance of a customer is the sum of their entries, and what their charges still want less what their
//!   payments have left;
//! - what is paid of a charge is the sum of its allocations, never more than its amount, and nothing if it is void;
//! - what a payment has left is its amount less what was refunded, or nothing if it was reversed, less its
//!   allocations, never below zero.
//!
//! Allocations count until they are released. Nothing is removed: what is undone is released, marked, and has further
//! entries. Every change of money locks the customer's row first.

pub mod adjustment;
pub mod allocation;
pub mod calendar;
pub mod charge;
pub mod check;
pub mod dunning;
pub mod entry;
pub mod idempotency;
pub mod invoice_charge;
pub mod payment;
pub mod payment_method;
pub mod purchase;
pub mod record;
pub mod sale;
pub mod statement;
