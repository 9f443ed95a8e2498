//! Subscriptions of customers to plans.
//!
//! What becomes of one is decided in [`life`], by pure functions that a preview and a dry run share with what is done;
//! [`post`] writes it. Everything happens under the lock of the customer, the engine's part too.

mod act;
mod input;
pub mod life;
mod loader;
mod model;
mod mutation;
mod object;
pub mod post;
mod preview;
mod query;
pub mod store;

pub use act::Act;
pub use input::{Change, SubscriptionCreateInput};
pub use life::{Life, SubscriptionCancelMode, SubscriptionChangeMode};
pub use loader::{ById, CountOfCustomer, CountOfPlan, OfCustomer, OfPlan};
pub use model::{BY_AGE, PlanSubscription, SubscriptionPeriod, SubscriptionStatus};
pub use mutation::{SubscriptionMutation, act_on, add};
pub use query::SubscriptionQuery;
