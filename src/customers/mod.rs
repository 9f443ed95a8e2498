//! Customers: who buys on account, their contacts, and the notes of the staff on them.

pub mod contact;
pub mod customer;
pub mod note;
