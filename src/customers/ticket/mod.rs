//! Tickets: what a customer asks for or complains of, and the messages on it, by them and by the staff. Internal
//! messages are of the staff for the staff. Messages are never changed or removed.

mod live;
mod loader;
mod model;
mod mutation;
mod object;
mod query;
pub mod store;

pub use live::TicketSubscription;
pub use loader::{ById, CountOfCustomer, CountOfTicket, MessageById, OfCustomer, OfTicket};
pub use model::{
    MESSAGES, NEWEST_FIRST, Ticket, TicketCreateInput, TicketMessage, TicketMessageCreateInput, TicketPriority,
    TicketStatus,
};
pub use mutation::{TicketMutation, answer, open};
pub use query::TicketQuery;
