//! Sessions: sign-up, sign-in, and the refresh tokens that keep a sign-in going.
//!
//! A session is one sign-in. Each refresh spends the refresh token and makes the next; a spent one that comes
//! back means that someone has a copy, and ends the session. Only hashes of refresh tokens are kept.

mod mutation;
mod object;
mod query;
pub mod store;

pub use mutation::{SessionMutation, SessionPayload};
pub(in crate::accounts) use mutation::{acting_for, ended, peer};
pub use query::SessionQuery;
