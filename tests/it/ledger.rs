//! Records, sales, payments and credit, through the API.

mod adjustments;
mod bulk;
mod calendar;
mod changes;
mod charges;
mod concurrency;
mod credit;
mod documents;
mod idempotency;
mod lists;
mod payment_methods;
mod payments;
mod preview;
mod purchases;
mod statements;
mod undo;
mod worked;
