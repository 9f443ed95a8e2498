//! The load driver: asks a served Daybook for what it promises, and prints tables in Markdown.
//!
//! `make bench` runs it beside a Daybook of its own. `docs/PERFORMANCE.md` says how each figure is measured.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::float_arithmetic,
    missing_docs,
    reason = "a benchmark: it stops at what is not as it should be, and its floats are not money"
)]

mod attacks;
mod billing;
mod capture;
mod fanout;
mod figures;
mod http;
mod large;
mod machine;
mod operations;
mod replay;
mod socket;
mod world;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use self::world::World;

/// Puts a served Daybook under load.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where it serves
    #[arg(long, env = "DAYBOOK_URL", value_name = "URL")]
    url: String,
    /// Its process
    #[arg(long, env = "DAYBOOK_PID", value_name = "PID")]
    pid: u32,
    /// Its data base; the driver speaks to it without a password
    #[arg(long, env = "DATABASE_URL", value_name = "URL")]
    database_url: String,
    /// The key with which it signs tokens
    #[arg(long, env = "DAYBOOK_SIGNING_KEY", value_name = "KEY", hide_env_values = true)]
    signing_key: String,
    /// What to measure [default: all but `billing` and `large`, which take long]
    #[arg(long, value_delimiter = ',', value_enum)]
    only: Vec<Part>,
    /// Connections that send operations
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Seconds for each operation, and as many for its SQL alone
    #[arg(long, default_value_t = 6)]
    seconds: u64,
    /// Sockets that listen
    #[arg(long, default_value_t = 10_000)]
    sockets: usize,
    /// Businesses to which they belong, each of which gets a payment a second
    #[arg(long, default_value_t = 100)]
    businesses: usize,
    /// Seconds for which payments are counted
    #[arg(long, default_value_t = 20)]
    live_seconds: u64,
    /// Seconds of quiet before each attack, and of the attack
    #[arg(long, default_value_t = 3)]
    attack_seconds: u64,
    /// How often all attacks are gone through
    #[arg(long, default_value_t = 3)]
    attack_rounds: usize,
    /// Only the attacks whose name has this in it
    #[arg(long, default_value = "", value_name = "TEXT")]
    attack: String,
    /// Subscriptions of the sandbox whose year is billed
    #[arg(long, default_value_t = 10_000)]
    subscriptions: usize,
    /// Customers of the large business
    #[arg(long, default_value_t = 1_000_000)]
    customers: u64,
    /// Records of the large business
    #[arg(long, default_value_t = 10_000_000)]
    records: u64,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Operations,
    Live,
    Attacks,
    Billing,
    Large,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    machine::raise_limit_of_files();
    machine::describe(&arguments.database_url).await;
    let world = World::new(&arguments.url, &arguments.database_url, &arguments.signing_key);
    let wanted = |part| arguments.only.is_empty() || arguments.only.contains(&part);
    let mut right = true;
    if wanted(Part::Operations) {
        operations::measure(&world, arguments.connections, arguments.seconds).await;
    }
    if wanted(Part::Attacks) {
        attacks::measure(&world, arguments.attack_seconds, arguments.attack_rounds, &arguments.attack).await;
    }
    if arguments.only.contains(&Part::Billing) {
        billing::measure(&world, arguments.subscriptions).await;
    }
    if wanted(Part::Live) {
        let load = fanout::Load {
            sockets: arguments.sockets,
            businesses: arguments.businesses,
            seconds: arguments.live_seconds,
            pid: arguments.pid,
        };
        right = fanout::measure(&world, &load).await;
    }
    if arguments.only.contains(&Part::Large) {
        let size = large::Size { customers: arguments.customers, records: arguments.records };
        right &= large::measure(&world, &size).await;
    }
    if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
