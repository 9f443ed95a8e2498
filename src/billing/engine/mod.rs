//! The engine: charges for the periods of subscriptions when their day has come.
//!
//! Each step of a subscription is a transaction of its own: it takes the customer with `FOR UPDATE SKIP LOCKED`, so that
//! any number of engines share the work and none waits for another, and moves the subscription on together with what
//! that charges. Killed anywhere, it has done a step or not begun it; that no period is charged twice stands in a unique
//! index too. Steps of the past are done in their order, each on its own day. What fails is noted where it failed, and
//! is tried again later: the others go on.

mod advance;
mod lag;
mod plan_ahead;
mod run;
pub mod store;

pub use advance::TestClockMutation;
pub use lag::{EngineQuery, Lag, lag};
pub use plan_ahead::{Foreseen, foresee};
pub use run::{Report, book, run, run_business};
