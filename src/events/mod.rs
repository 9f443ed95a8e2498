//! The event log: audit trail, live feed and source of every notification.
//!
//! [`record`] writes an event in the transaction of the change it tells of: no change, no event; no event, no
//! change. The [`relay`] reads the log behind all writers in commit order and hands each event to the [`Bus`],
//! on which the live streams of this process wait. NOTIFY is only a door bell between processes.

mod bell;
mod bus;
mod model;
pub mod relay;
mod store;

mod live;
mod loader;
mod object;
mod query;

pub use bell::Bell;
pub use bus::{Bus, follow};
pub use live::EventSubscription;
pub use loader::{ById, CountOfCustomer, CountOfSubscription, OfCustomer, OfSubscription};
pub use model::{Cursor, Event, EventKind, LOG, NewEvent};
pub use object::ActorObject;
pub use query::EventQuery;
pub use store::{EventFilter, position, record, record_all, record_batch};
