//! Preferences: how a customer wants to be treated. Do-not-contact beats all others.

mod loader;
mod model;
mod mutation;
mod object;
pub mod store;

pub use loader::OfCustomer;
pub use model::{ContactChannel, PreferenceUpdateInput, Preferences};
pub use mutation::{PreferenceMutation, change};
