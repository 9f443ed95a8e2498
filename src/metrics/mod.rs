//! Metrics: what the business comes to, today or as of a day that is past.
//!
//! Two ways lead to a figure. What must answer at once, however large the books, is kept up in the transaction that
//! changes it: [`figures`]. What happened by a past day is read from what is never changed: entries, allocations with
//! when they were made and released, the days that subscriptions were charged for. `daybook check` proves the first by the
//! second.

pub mod check;
pub mod customers;
pub mod dashboard;
pub mod figures;
pub mod loyalty;
mod object;
mod query;
pub mod receivables;
pub mod revenue;
pub mod series;

pub use dashboard::{Dashboard, DashboardSubscription};
pub use object::Metrics;
pub use query::MetricsQuery;
