//! Erasing a person on their request, in a way that keeps the books.
//!
//! Of the customer there stays that there was one, with what they owed and paid and when: amounts, days, kinds, ids and the
//! numbers of documents. What names or describes the person goes: name, e-mail address, numbers, addresses, tags, free
//! data, contacts, notes, preferences, payment methods, share links and sign-ins by them, what was written in tickets,
//! references of payments and sales, reasons, names in imported files, and all words about them in the log. Drafts of
//! invoices are deleted.
//!
//! Invoices and credit notes that were issued stay whole, for tax law demands that they are kept as they were sent: their
//! lines and their memo or reason, and the name, the address and the tax id that they are made out to. The latter stand in
//! the row of the customer, are printed on those documents and shown nowhere else. Who was never sent one leaves nothing.
//!
//! This stands above all contexts, for a person is in the tables of most.

mod mutation;
mod store;

pub use mutation::ErasureMutation;
