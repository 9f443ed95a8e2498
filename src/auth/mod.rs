//! Who calls and what they may do: tokens, passwords, how often they may be tried, the permission table and the
//! guard made from it.
//!
//! Every rule of who may do what is a line of [`permission`]; resolvers only name the permission they need.

pub mod cookies;
mod guard;
pub mod limits;
mod lookup;
pub mod password;
pub mod permission;
mod seal;
pub mod secret;
pub mod token;
mod viewer;

pub use guard::Can;
pub use limits::{Limits, Peer};
pub use permission::{Permission, Permissions, Role};
pub use seal::Seals;
pub use token::{Caller, Identity, Subject, Tokens};
pub use viewer::{Actor, Standing, Tenant, Viewer};
