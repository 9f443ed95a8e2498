//! `daybook import`: books a CSV file, all of it or nothing.
//!
//! A file is read whole ([`sheet`]) and every row is checked by the rules of the API before anything is written;
//! what is wrong is gathered by line and column ([`problems`]). Then everything is written in one transaction,
//! which a dry run undoes. Rows have references ([`reference`]), so that a file can be imported again.

mod charges;
mod customers;
mod payments;
mod problems;
mod reference;
mod rows;
mod sheet;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use indicatif::ProgressBar;

use self::problems::Problems;
use self::sheet::{Column, Sheet};
use super::{Database, Failure};
use crate::app::App;
use crate::auth::Viewer;
use crate::config::Config;
use crate::db::{self, Mode, Scope, Transaction};
use crate::error::Result;
use crate::graphql::Write;
use crate::ledger::charge::{self, ChargeKind};

/// What `daybook import` takes.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct ImportArgs {
    /// What the rows of the file are
    #[arg(value_enum)]
    kind: Kind,
    /// The CSV file
    file: PathBuf,
    /// The business to import into. Its oldest owner is named as who did it
    #[arg(long, value_name = "SLUG")]
    business: String,
    /// Do everything but the last step: report what is wrong, or else what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// From so many new rows on, PostgreSQL has to be told.
const MANY: usize = 1_000;

const HELP: &str = "\
Columns (in any order, named by the first line; * must be there):
  customers  code*, name*, email, phone, whatsapp_phone, address, type, status, joined_on, member_since,
             tags (a;b;c), billing_name, billing_address, tax_id
  records    customer_code*, occurred_on*, product*, quantity*, unit, unit_price*, shift, external_ref
  sales      customer_code*, occurred_on*, items, amount*, reference, external_ref
  payments   customer_code*, amount*, method*, received_at*, reference, allow_credit, external_ref

Days are 2026-03-31, numbers 1234.50. received_at is a day, which means its noon, or a time such as
2026-03-31T18:30:00+05:30. Payments pay what is oldest; one above what is outstanding is refused unless its
allow_credit is true.

A file can be imported again: customers whose code is there stay as they are, and so does what was imported
before under the same external_ref. Without one, rows are known by what they say: two equal rows of one file
are two purchases, and the same two when the file comes again. Give rows an external_ref where files overlap.";

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Who buys on account
    Customers,
    /// Deliveries
    Records,
    /// Purchases at the till
    Sales,
    /// What was received
    Payments,
}

impl Kind {
    fn columns(self) -> &'static [Column] {
        match self {
            Self::Customers => customers::COLUMNS,
            Self::Records => charges::RECORD_COLUMNS,
            Self::Sales => charges::SALE_COLUMNS,
            Self::Payments => payments::COLUMNS,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Records => "records",
            Self::Sales => "sales",
            Self::Payments => "payments",
        }
    }
}

/// What an import did, or would do.
struct Outcome {
    /// Rows that were booked.
    new: usize,
    /// Rows that had been booked before.
    known: usize,
    /// What the new ones come to, for people.
    sum: Option<String>,
}

/// Imports a file. Exit code 1 if rows are wrong.
pub async fn import(config: &Config, arguments: &ImportArgs) -> Result<ExitCode, Failure> {
    // Before the data base: a wrong path or header needs none.
    let name = arguments.file.display();
    let bytes = std::fs::read(&arguments.file).map_err(|error| format!("cannot read {name}: {error}"))?;
    let mut problems = Problems::default();
    let sheet = Sheet::read(&bytes, arguments.kind.columns(), &mut problems)
        .map_err(|error| format!("{name} cannot be imported: {error}"))?;
    let database = Database::open(config).await?;
    let imported = async {
        let app = database.app(config).await?;
        run(&app, arguments, &sheet, &mut problems).await
    };
    let imported = imported.await;
    database.close().await?;
    print!("{}", imported?);
    if problems.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    print!("{}", problems.report(&name.to_string(), sheet.len()));
    Ok(ExitCode::FAILURE)
}

/// Imports, and what to say of it if nothing is wrong.
async fn run(app: &App, arguments: &ImportArgs, sheet: &Sheet, problems: &mut Problems) -> Result<String, Failure> {
    let transaction = Transaction::begin(&app.pool, Scope::System, Mode::Read).await?;
    let viewer = Viewer::owner_of(&transaction, &arguments.business).await?;
    transaction.commit().await?;
    let viewer = viewer.ok_or_else(|| format!("there is no business {:?}", arguments.business))?;

    let write = Write::begin(app, viewer, Mode::Job).await?;
    // Draws on stderr, and only if that is a terminal.
    let bar = ProgressBar::new(0);
    let outcome = match arguments.kind {
        Kind::Customers => customers::import(&write, sheet, problems, &bar).await,
        Kind::Records => charges::import(&write, sheet, ChargeKind::Record, problems, &bar).await,
        Kind::Sales => charges::import(&write, sheet, ChargeKind::Sale, problems, &bar).await,
        Kind::Payments => payments::import(&write, sheet, problems, &bar).await,
    };
    bar.finish_and_clear();
    let Outcome { new, known, sum } = outcome?;
    if !problems.is_empty() {
        write.rollback().await?;
        return Ok(String::new());
    }
    let tenant = write.viewer.business.clone();
    let outstanding = charge::store::total_outstanding(&write, tenant.id).await?;
    if arguments.dry_run {
        write.rollback().await?;
    } else {
        if new >= MANY {
            db::analyze(&write).await?;
        }
        // A process that serves meanwhile finds the events when it polls, within 250 ms: nobody passes the bell on
        // to others in a command that ends here.
        write.commit().await?;
    }
    let noun = arguments.kind.noun();
    let mut said = format!("{} {noun}: {new} new, {known} already there\n", sheet.len());
    if let (Some(sum), true) = (sum, new > 0) {
        said.push_str(&format!("new: {sum}\n"));
    }
    let when = if arguments.dry_run { "would then be" } else { "now" };
    said.push_str(&format!("outstanding {when}: {}\n", tenant.write(outstanding)));
    if arguments.dry_run {
        said.push_str("dry run: nothing was changed\n");
    }
    Ok(said)
}
