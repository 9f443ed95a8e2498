//! API keys: with which tills, routers and scripts act, each for what its scopes say.
//!
//! A key is shown once and kept as a hash. It can do no more than the user who made it: its scopes are among what
//! that user may do when it is made, and count only as far as they still may. Keys make no keys.

mod loader;
mod model;
mod mutation;
mod object;
mod query;
pub mod store;

pub use loader::NameOf;
pub use model::ApiKey;
pub use mutation::ApiKeyMutation;
pub use query::ApiKeyQuery;
