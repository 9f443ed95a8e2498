//! Records, sales, payments and credit, through the API.

mod charges;
mod concurrency;
mod credit;
mod idempotency;
mod lists;
mod payments;
mod preview;
