//! Calendars: the records of a month, day by day, with what is paid of them. Computed, never stored.

mod loader;
mod model;
mod object;
mod store;

pub use loader::OfCustomer;
pub use model::{Calendar, CalendarDay, DayStatus};
