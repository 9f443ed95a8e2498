//! Daybook: the backend of a small business whose customers buy on account.
//!
//! One binary, one GraphQL schema, one PostgreSQL. This is the map:
//!
//! | module | what is there |
//! |---|---|
//! | [`cli`] | the commands: serve, migrate, demo, import, export, check, billing, schema, exec |
//! | [`config`] | settings from flags, environment and `daybook.toml` |
//! | [`app`] | what every part of a running Daybook shares |
//! | [`http`] | the router, `/graphql`, health, the page of the playground |
//! | [`schema`] | the GraphQL schema, put together from the entities |
//! | [`documents`] | the documents behind signed links, put together from the entities |
//! | [`graphql`] | GraphQL without any entity: operation, session, loaders, connections, payloads |
//! | [`auth`] | who calls and what they may do: tokens, passwords, the permission table, its guard |
//! | [`db`] | PostgreSQL: pool, transaction with its tenant, keyset pages, migrations, built-in server |
//! | [`jobs`] | the loop of work that comes again and again |
//! | [`mod@print`] | documents on paper: a plain model, written as HTML and as PDF |
//! | [`events`] | the log of what happened, the relay that follows it, the bus of the live streams |
//! | [`accounts`] | businesses, users, memberships, sessions |
//! | [`customers`] | customers, contacts, preferences, notes, tickets, segments |
//! | [`ledger`] | charges (records, sales, adjustments, invoices), payments, allocations, entries, statements, and the check of it all |
//! | [`billing`] | plans, subscriptions, invoices, credit notes, dunning, and the engine that charges for periods |
//! | [`metrics`] | what the business comes to: the dashboard, customers, receivables, revenue, loyalty |
//! | [`erasure`] | erasing a person, in a way that keeps the books |
//! | [`transfer`] | CSV files in and out, by command, address and mutation |
//! | [`error`] [`id`] [`money`] [`tax`] [`text`] [`clock`] | small values that are used everywhere |
//!
//! Contexts depend downward only: accounts ← customers ← ledger ← billing ← metrics. What is above them in the table knows none of
//! them, but for [`schema`], [`documents`], [`transfer`], [`erasure`] and [`cli`]. GraphQL is a graph, so files named `object.rs` may name any entity.
//!
//! Every entity has the same files: `model.rs` (row, inputs, pure rules), `store.rs` (the only one that queries
//! its table), `loader.rs` (relations, by the batch), `object.rs` (its GraphQL object), `query.rs`,
//! `mutation.rs` (which owns the transaction) and `live.rs` (root fields). An entity has only those it needs.

pub mod accounts;
pub mod app;
pub mod auth;
mod background;
pub mod billing;
pub mod cli;
pub mod clock;
pub mod config;
pub mod customers;
pub mod db;
pub mod documents;
mod dunning;
pub mod erasure;
pub mod error;
pub mod events;
pub mod graphql;
pub mod http;
pub mod id;
pub mod jobs;
pub mod ledger;
pub mod metrics;
pub mod money;
pub mod print;
pub mod schema;
pub mod tax;
pub mod text;
pub mod transfer;
