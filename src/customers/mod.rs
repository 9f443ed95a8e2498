//! Customers: who buys on account, their contacts, what they prefer, what they use, their tickets, segments of them, and the notes of the staff on them.

pub mod contact;
pub mod customer;
pub mod note;
pub mod preference;
pub mod segment;
pub mod service_usage;
pub mod ticket;
