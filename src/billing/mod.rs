//! Billing: what the business sells again and again, who buys it, and the engine that charges for it.
//!
//! A plan has a price; a subscription is a customer's to a plan, and its periods follow from its anchor. What must
//! hold, and what `daybook check` recomputes: no day of a subscription is charged twice, every period that costs
//! something is charged once, and on its own day.

pub mod check;
pub mod credit_note;
pub mod dunning;
pub mod engine;
pub mod invoice;
pub mod period;
pub mod plan;
pub mod proration;
pub mod standing_order;
pub mod subscription;
