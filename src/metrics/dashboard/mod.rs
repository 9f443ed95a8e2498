//! The dashboard: the figures of now, at once however large the books are.
//!
//! One statement sums the rows of [`super::figures`], a few for each day of the business. The same object comes from the
//! query, with every live payment, and whenever a figure moves.

mod live;
mod loader;
mod model;
mod object;

pub use live::DashboardSubscription;
pub use loader::OfNow;
pub use model::{Dashboard, Now};
