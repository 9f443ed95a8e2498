//! Revenue that comes again and again: from the days that subscriptions were charged for.
//!
//! The monthly recurring revenue (MRR) of a subscription is its price for a month of a year that has 12 months, 52 weeks and
//! 365 days, times its quantity, rounded half up; of a business it is their sum, so that plans and movements add up to it
//! exactly. A subscription counts on the days that it is charged for: not in its trial, not in a pause, not after its end.
//! A change without proration counts from the period that is charged at the new terms. One that is due and could not be
//! charged yet counts as it was.
//!
//! Movements are those of customers, by the day, as ChartMogul and others define them: the first revenue of a customer is
//! new, more is expansion, less is contraction, none any more is churn, and again some is reactivation.

mod loader;
mod model;
mod object;
mod store;

pub use loader::RevenueAsOf;
pub use model::{Revenue, RevenueMetrics, rate};
