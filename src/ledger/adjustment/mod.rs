//! Fees and adjustments: what is charged beside goods, and how a balance is corrected, each with a reason.
//!
//! What makes a customer owe more is a charge; what makes them owe less is a credit, which pays charges like a
//! payment although nothing was received.

mod model;
mod mutation;
mod object;
pub mod store;

pub use model::{Adjustment, AdjustmentCreateInput, AdjustmentDetail};
pub use mutation::AdjustmentMutation;
