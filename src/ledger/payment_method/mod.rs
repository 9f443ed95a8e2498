//! Payment methods kept on file: what a customer pays with, by a label and the name that a bank or provider knows it
//! by. Never a card number: what looks like one is refused.

mod loader;
mod model;
mod mutation;
mod object;
pub mod store;

pub use loader::OfCustomer;
pub use model::SavedPaymentMethod;
pub use mutation::PaymentMethodMutation;
