//! Customers: who buys on account, their contacts, what they prefer, their tickets, and the notes of the staff on them.

pub mod contact;
pub mod customer;
pub mod note;
pub mod preference;
pub mod ticket;
