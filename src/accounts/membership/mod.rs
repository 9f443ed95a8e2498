//! Memberships: who belongs to which business, in which role. One per user and business.

mod loader;
mod model;
mod object;
pub mod store;

pub use loader::OfUser;
pub use model::{BY_NAME, Membership};
pub use object::MembershipObject;
