//! Users: people with an e-mail address and a password, who may belong to several businesses.

mod loader;
mod model;
mod object;
pub mod store;

pub use loader::ById;
pub use model::{NewUser, User};
pub use object::email_of;
