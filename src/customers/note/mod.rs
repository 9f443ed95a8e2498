//! Notes: what the staff writes down about a customer. Internal: no customer ever sees one.

mod loader;
mod model;
mod mutation;
mod object;
pub mod store;

pub use loader::{ById, CountOfCustomer, OfCustomer};
pub use model::{NEWEST_FIRST, Note, NoteCreateInput, NoteKind};
pub use mutation::{NoteMutation, add};
