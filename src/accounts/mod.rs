//! Accounts: businesses, the users who belong to them, and their sign-ins.
//!
//! A business always has an owner. A user acts in one business at a time, which their access token names.

pub mod api_key;
pub mod business;
pub mod membership;
pub mod session;
pub mod share_link;
pub mod user;
