//! The commands. Each but `schema` works on a data base: the user's own, or the built-in one, which it joins if
//! another command runs it and starts for as long as it needs it if none does.

mod billing;
mod check;
mod database;
mod demo;
mod exec;
mod export;
mod import;
mod output;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use self::output::{say, write};
use crate::accounts::business::{self, Business};
use crate::app::App;
use crate::config::Settings;
use crate::db::{Mode, Scope, Transaction};
use crate::schema;

pub use database::Database;

/// The backend of a small business whose customers buy on account.
#[derive(Debug, Parser)]
#[command(name = "daybook", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the playground
    Serve {
        /// Load the demo first, if it is not there: see `daybook demo`
        #[arg(long)]
        demo: bool,
    },
    /// Bring the data base to the schema of this binary (`serve` does it by itself)
    Migrate {
        /// Undo all migrations instead: EVERYTHING IS LOST
        #[arg(long)]
        revert: bool,
    },
    /// Make three businesses with months of history to look around in: a dairy round, a WiFi provider, a shop.
    /// Their users have a password that everyone knows, so do this only where nothing real is kept
    Demo {
        /// Make one large business instead, to measure with: `large`, with so many customers
        #[arg(long, value_name = "N", requires = "records")]
        customers: Option<u64>,
        /// And so many records among them, with what was paid of them
        #[arg(long, value_name = "M", requires = "customers")]
        records: Option<u64>,
    },
    /// Book a CSV file, or take in a whole business: all of it, or nothing and a report of what is wrong
    Import(import::ImportArgs),
    /// Write a CSV file of all there is of a kind, or a whole business, to the standard output, such as `import` reads
    Export(export::ExportArgs),
    /// Recompute every derived figure and print what differs; exit 1 if anything does
    Check {
        /// Only this business
        #[arg(long, value_name = "SLUG")]
        business: Option<String>,
    },
    /// Charge for subscriptions, or show how that stands
    #[command(subcommand)]
    Billing(billing::BillingCommand),
    /// Print the GraphQL schema
    Schema,
    /// Run a command beside the data base: DATABASE_URL and PGHOST, PGUSER, PGDATABASE are set, and PATH begins
    /// with the built-in PostgreSQL's programs, as in `daybook exec pg_dump` or `daybook exec psql`
    Exec {
        /// Let the command make data bases of its own, as a test run does
        #[arg(long)]
        create_db: bool,
        /// The command and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
        command: Vec<String>,
    },
}

/// The stack of each thread, in bytes: the futures of a deep operation lie upon each other on one. Only what is used
/// takes memory.
const STACK: usize = 8 << 20;

/// What any command can fail with.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let ran = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK)
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
    match ran {
        Ok(code) => code,
        Err(error) => {
            eprintln!("daybook: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let config = cli.settings.settle()?;
    let levels: Targets = config.log.parse()?;
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
        .with(levels)
        .init();
    match cli.command {
        Command::Serve { demo } => serve::serve(&config, demo).await,
        Command::Migrate { revert } => {
            let database = Database::open(&config).await?;
            let done = database.migrate(revert).await;
            database.close().await?;
            say(&done?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Demo { customers: Some(customers), records: Some(records) } => {
            demo::large::demo(&config, customers, records).await
        }
        Command::Demo { .. } => demo::demo(&config).await,
        Command::Import(arguments) => import::import(&config, &arguments).await,
        Command::Export(arguments) => export::export(&config, &arguments).await,
        Command::Check { business } => check::check(&config, business.as_deref()).await,
        Command::Billing(command) => billing::billing(&config, &command).await,
        Command::Schema => {
            write(schema::sdl().as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Exec { command, create_db } => exec::exec(&config, &command, create_db).await,
    }
}

/// The business of that slug, or all of them.
async fn businesses(app: &App, only: Option<&str>) -> Result<Vec<Business>, Failure> {
    let transaction = Transaction::begin(&app.pool, Scope::System, Mode::LongRead).await?;
    let found = match only {
        None => business::store::all(&transaction).await?,
        Some(slug) => {
            let found = business::store::find_by_slug(&transaction, slug).await?;
            vec![found.ok_or_else(|| format!("there is no business {slug:?}"))?]
        }
    };
    transaction.commit().await?;
    Ok(found)
}
