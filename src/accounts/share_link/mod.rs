//! Share links: what customers are sent to see their own account.
//!
//! The token in the address names the link, and the number of the customer's WhatsApp is its password. Five wrong
//! numbers in fifteen minutes lock the link for fifteen minutes. Whoever signs in by it is the customer and sees
//! what is theirs. Tokens are shown once and kept as hashes.

mod loader;
mod model;
mod mutation;
mod object;
pub mod sign_in;
pub mod store;

pub use loader::{CountOfCustomer, OfCustomer};
pub use model::{NEWEST_FIRST, ShareLink};
pub use mutation::ShareLinkMutation;
