//! A whole business as one file, to keep, to look into, or to move to another server.
//!
//! # The format
//!
//! UTF-8 text of [JSON Lines](https://jsonlines.org): each line is an object with one key, which says what it is.
//!
//! | line | key | value |
//! |---|---|---|
//! | first | `daybook` | `version` of the format, `exportedAt`, `currency` |
//! | second | `business` | the settings |
//! | then | `member` | `id`, `email`, `name` and `role` of one who belongs to the business |
//! | then | a table, such as `customers` | one row: its columns by name |
//! | last | `end` | `rows`: how many rows of tables there are; `balance`: what all customers owe together |
//!
//! Rows stand behind those that they refer to, by id. Amounts are integers in the minor unit of the currency, days
//! `2026-03-31`, times ISO 8601 with their offset. What the columns mean is said in `migrations`. The version rises when
//! a file of the one before could not be read as it is: a column that is added has a default, which older files get.
//!
//! # What is not in it
//!
//! Passwords, sessions, API keys and share links: who has a copy of the books must not get in with it. Who did something
//! is kept where somebody with the same e-mail address belongs to the business that a file is imported into. What is made
//! from other rows is made again.
//!
//! # Invariants
//!
//! An export is one moment. An import is all or nothing, into a business that has nothing of its own but its log; it ends
//! with the rules of [`crate::metrics::check`], so that books that do not add up never come in. Rows that came in go out
//! again as they were.

mod export;
mod import;
mod store;

pub use export::export;
pub use import::{Outcome, import};

/// The version of the format.
const VERSION: u32 = 1;

/// A table whose rows are in a file.
struct Table {
    name: &'static str,
    /// Columns that are not, for they are the server's own or made from others.
    left: &'static [&'static str],
    /// Columns with the id of a user, who has another one elsewhere.
    members: &'static [&'static str],
}

const fn table(name: &'static str) -> Table {
    Table { name, left: &[], members: &[] }
}

/// The settings, which are a row as well.
const SETTINGS: Table =
    Table { name: "businesses", left: &["id", "slug", "created_at", "updated_at", "billing_ran_at"], members: &[] };

/// The tables, each behind those that it refers to.
const TABLES: &[Table] = &[
    table("counters"),
    // Refers to its prices, and waits for them.
    table("plans"),
    table("plan_prices"),
    Table { name: "customers", left: &["contact_search"], members: &[] },
    table("contacts"),
    Table { name: "notes", left: &[], members: &["author_id"] },
    table("preferences"),
    table("service_usages"),
    table("payment_methods"),
    table("segments"),
    table("purchase_histories"),
    table("charges"),
    table("records"),
    table("sales"),
    table("adjustments"),
    table("plan_subscriptions"),
    table("invoices"),
    table("subscription_periods"),
    Table { name: "payments", left: &[], members: &["received_by"] },
    table("credit_notes"),
    table("allocations"),
    table("entries"),
    table("standing_orders"),
    table("standing_order_days"),
    table("dunnings"),
    Table { name: "tickets", left: &[], members: &["assignee_id"] },
    Table { name: "ticket_messages", left: &["author_key_id"], members: &["author_id"] },
    Table { name: "events", left: &["txid", "actor_key_id"], members: &["actor_id"] },
];
