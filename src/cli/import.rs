//! `daybook import`: books a CSV file, or takes in a whole business, all of it or nothing.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use strum::IntoEnumIterator as _;

use super::output::write;
use super::{Database, Failure};
use crate::app::App;
use crate::auth::Viewer;
use crate::config::Config;
use crate::db::{Mode, Scope, Transaction};
use crate::graphql::Write;
use crate::money::Amount;
use crate::transfer::import::{self, Outcome, Progress, Sheet};
use crate::transfer::{Kind, business};

/// What is in a file.
#[derive(Debug, Clone, Copy)]
pub enum Content {
    /// All of a business, as JSON Lines.
    Business,
    /// Rows of a kind, as CSV.
    Rows(Kind),
}

impl ValueEnum for Content {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Content>> =
            LazyLock::new(|| std::iter::once(Content::Business).chain(Kind::iter().map(Content::Rows)).collect());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Business => Some(PossibleValue::new("business").help("A business as a whole (JSON Lines)")),
            Self::Rows(kind) => kind.to_possible_value(),
        }
    }
}

/// What `daybook import` takes.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub struct ImportArgs {
    /// What is in the file
    #[arg(value_enum)]
    content: Content,
    /// The file
    file: PathBuf,
    /// The business to import into; for `business`, an empty one. Its oldest owner is named as who did it
    #[arg(long, value_name = "SLUG")]
    business: String,
    /// Do everything but the last step: report what is wrong, or else what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Where nobody watches a bar, so many rows make a line.
const LINE: u64 = 10_000;

const HELP: &str = "\
Columns (in any order, named by the first line; * must be there):
  customers  code*, name*, email, phone, whatsapp_phone, address, type, status, joined_on, member_since,
             tags (a;b;c), billing_name, billing_address, tax_id, metadata (a JSON object), archived_at (left out)
  contacts   customer_code*, name*, email, phone, role, is_primary
  records    customer_code*, occurred_on*, product*, quantity*, unit, unit_price*, shift, external_ref
  sales      customer_code*, occurred_on*, items, amount*, reference, lines (a JSON list of product, quantity and
             unit_price), external_ref
  payments   customer_code*, amount*, method*, received_at*, reference, allow_credit, external_ref

Days are 2026-03-31, numbers 1234.50. received_at is a day, which means its noon, or a time such as
2026-03-31T18:30:00+05:30. Payments pay what is oldest; one above what is outstanding is refused unless its
allow_credit is true. A ' before a cell that begins with =, +, - or @ is taken away.

A file can be imported again: customers whose code is there stay as they are, and so do contacts who are there, and
what was imported before under the same external_ref. Without one, rows are known by what they say: two equal rows
of one file are two purchases, and the same two when the file comes again. Give rows an external_ref where files
overlap. What `daybook export` writes can be imported, also into the business that it came from.

A business as a whole goes into an empty one, which gets its settings too. It has all but passwords, sessions, API keys
and share links; who did what is kept for those who belong to the new business under the same e-mail address, so add
them first. Stop the old one before, or both will bill. The file is one JSON object a line, described in
`src/transfer/business`; books that do not add up are refused.";

/// Imports a file. Exit code 1 if rows are wrong.
pub async fn import(config: &Config, arguments: &ImportArgs) -> Result<ExitCode, Failure> {
    // Before the data base: a wrong path or header needs none.
    let name = arguments.file.display().to_string();
    let file = File::open(&arguments.file).map_err(|error| format!("cannot read {name}: {error}"))?;
    match arguments.content {
        Content::Business => {
            let database = Database::open(config).await?;
            let imported = async { whole(&database.app(config).await?, arguments, file).await };
            let imported = imported.await;
            database.close().await?;
            write(imported.map_err(|error| format!("{name} cannot be imported: {error}"))?.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Content::Rows(kind) => {
            let sheet =
                Sheet::open(file, kind.columns()).map_err(|error| format!("{name} cannot be imported: {error}"))?;
            let database = Database::open(config).await?;
            let imported = async { rows(&database.app(config).await?, arguments, kind, sheet).await };
            let imported = imported.await;
            database.close().await?;
            let (said, outcome) = imported?;
            write(said.as_bytes())?;
            if outcome.problems.is_empty() {
                return Ok(ExitCode::SUCCESS);
            }
            write(outcome.problems.report(&name, outcome.rows).as_bytes())?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Whoever owns a business, for commands that act in it.
pub async fn owner_of(app: &App, slug: &str) -> Result<Viewer, Failure> {
    let transaction = Transaction::begin(&app.pool, Scope::System, Mode::Read).await?;
    let viewer = Viewer::owner_of(&transaction, slug).await?;
    transaction.commit().await?;
    Ok(viewer.ok_or_else(|| format!("there is no business {slug:?}"))?)
}

/// Imports a whole business, and what to say of it.
async fn whole(app: &App, arguments: &ImportArgs, file: File) -> Result<String, Failure> {
    let viewer = owner_of(app, &arguments.business).await?;
    let write = Write::begin(app, viewer, Mode::Job).await?;
    let (bar, show) = watch();
    let imported = business::import(&write, BufReader::new(file), |rows| show(Progress::Read(rows))).await;
    bar.finish_and_clear();
    let outcome = imported?;
    if arguments.dry_run {
        write.rollback().await?;
    } else {
        write.commit().await?;
    }
    // In the currency that came with it.
    let tenant = owner_of(app, &arguments.business).await?.business;
    let mut said = format!("{} rows, and the books are in order\n", outcome.rows);
    if arguments.dry_run {
        said.push_str("dry run: nothing was changed\n");
    } else {
        said.push_str(&format!("all customers together owe {}\n", tenant.write(Amount(outcome.balance))));
    }
    Ok(said)
}

/// Imports rows, and what to say of it if nothing is wrong.
async fn rows(app: &App, arguments: &ImportArgs, kind: Kind, sheet: Sheet) -> Result<(String, Outcome), Failure> {
    let viewer = owner_of(app, &arguments.business).await?;
    let write = Write::begin(app, viewer, Mode::Job).await?;
    let (bar, show) = watch();
    let imported = import::import(&write, kind, sheet, show).await;
    bar.finish_and_clear();
    let outcome = imported?;
    let tenant = write.viewer.business.clone();
    // A process that serves meanwhile finds the events when it polls, within 250 ms: nobody passes the bell on to others
    // in a command that ends here.
    import::end(write, &outcome, arguments.dry_run).await?;
    if !outcome.problems.is_empty() {
        return Ok((String::new(), outcome));
    }
    let Outcome { rows, created, known, .. } = &outcome;
    let mut said = format!("{rows} {}: {created} new, {known} already there\n", kind.noun());
    let sum = tenant.write(outcome.sum);
    match kind {
        Kind::Sales if *created > 0 => said.push_str(&format!("new: {} items, {sum}\n", outcome.items)),
        Kind::Records | Kind::Payments if *created > 0 => said.push_str(&format!("new: {sum}\n")),
        _ => {}
    }
    let when = if arguments.dry_run { "would then be" } else { "now" };
    said.push_str(&format!("outstanding {when}: {}\n", tenant.write(outcome.outstanding)));
    if arguments.dry_run {
        said.push_str("dry run: nothing was changed\n");
    }
    Ok((said, outcome))
}

/// Shows on stderr how far an import is: in a bar, or in a line now and then where that is no terminal.
fn watch() -> (ProgressBar, impl Fn(Progress)) {
    let style = ProgressStyle::with_template("{pos} rows {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::no_length().with_style(style);
    let shown = bar.clone();
    let show = move |progress| {
        let (rows, what) = match progress {
            Progress::Read(rows) => (rows, "read"),
            Progress::Booked(rows) => (rows, "booked"),
        };
        shown.set_message(what);
        shown.set_position(rows);
        if shown.is_hidden() && rows > 0 && rows % LINE == 0 {
            eprintln!("{rows} rows {what}");
        }
    };
    (bar, show)
}
