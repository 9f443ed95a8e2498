//! How far the dunning of what is owed is: what the engine has reminded of, and whom it suspended for what.
//!
//! Here is what must happen together with a change of money. Whoever was suspended for invoices is served again in the
//! transaction that settles the last of them, however it does; an invoice that is owed again is dunned again. What is done
//! when days have passed stands in the context above.

mod settled;
pub mod store;

pub use settled::reactivate;
