//! Daybook's tests: through its API as named users, each on a data base of its own.
//!
//! Run them with `make test`, which starts one PostgreSQL for the run, or with DATABASE_URL set to a server
//! whose role may create data bases.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod accounts;
mod api_keys;
mod attacks;
mod billing;
mod books;
mod budget;
mod check;
mod commands;
mod contacts;
mod cookies;
mod crash;
mod customer_lists;
mod customers;
mod erasure;
mod harness;
mod http;
mod introspection;
mod layout;
mod ledger;
mod live;
mod matrix;
mod members;
mod membership_at_sale;
mod metrics;
mod model;
mod operation;
mod paper;
mod permissions;
mod persisted;
mod preferences;
mod process;
mod schema;
mod segments;
mod server;
mod service_usage;
mod settings;
mod share_links;
mod socket;
mod sse;
mod statements;
mod tenancy;
mod tickets;
mod transfer;
mod trusted;
mod world;
