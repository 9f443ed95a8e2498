//! `daybook billing`.

use std::process::ExitCode;

use chrono::{NaiveDate, SecondsFormat};
use clap::Subcommand;

use super::output::say;
use super::{Database, Failure, businesses};
use crate::app::App;
use crate::billing::engine;
use crate::config::Config;
use crate::db::{Mode, Scope, Transaction};
use crate::money::Amount;

/// What `daybook billing` does.
#[derive(Debug, Subcommand)]
pub enum BillingCommand {
    /// Charge for everything that is due (`serve` does it by itself)
    Run {
        /// Only show what would be done up to the day of --until if nobody paid, and change nothing
        #[arg(long, requires = "until")]
        dry_run: bool,
        /// Up to which day, of a dry run
        #[arg(long, value_name = "DATE", requires = "dry_run")]
        until: Option<NaiveDate>,
        /// Only this business, of a dry run
        #[arg(long, value_name = "SLUG", requires = "dry_run")]
        business: Option<String>,
    },
    /// Show how far billing is behind, and what could not be charged for or recorded; exit 1 if anything could not
    Status {
        /// Only this business
        #[arg(long, value_name = "SLUG")]
        business: Option<String>,
    },
}

/// Runs the command.
pub async fn billing(config: &Config, command: &BillingCommand) -> Result<ExitCode, Failure> {
    let database = Database::open(config).await?;
    let done = async {
        let app = database.app(config).await?;
        match command {
            BillingCommand::Run { dry_run: true, until: Some(until), business } => {
                foresee(&app, *until, business.as_deref()).await
            }
            BillingCommand::Run { .. } => run(&app).await,
            BillingCommand::Status { business } => status(&app, business.as_deref()).await,
        }
    };
    let done = done.await;
    database.close().await?;
    Ok(if done? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run(app: &App) -> Result<bool, Failure> {
    let report = engine::run(app).await?;
    let engine::Report { steps, failures, records, dunned } = report;
    say(&format!(
        "{steps} steps done, {failures} failed; {records} records of standing orders; {dunned} invoices dunned"
    ))?;
    Ok(report.failures == 0)
}

async fn foresee(app: &App, until: NaiveDate, only: Option<&str>) -> Result<bool, Failure> {
    for business in businesses(app, only).await? {
        let tenant = business.tenant();
        let transaction = Transaction::begin(&app.pool, Scope::Business(business.id, None), Mode::LongRead).await?;
        let steps = engine::foresee(&transaction, &tenant, tenant.today(&app.clock), until).await?;
        transaction.commit().await?;
        say(&format!("{}: {} steps up to {until}", business.slug, steps.len()))?;
        for step in &steps {
            let (code, name) = &step.customer;
            say(&format!("  {}  {code} {name}  {}  {}", step.on, step.what, tenant.write(step.amount)))?;
        }
        let total: Amount = steps.iter().map(|step| step.amount).sum();
        say(&format!("  {} in all", tenant.write(total)))?;
    }
    Ok(true)
}

async fn status(app: &App, only: Option<&str>) -> Result<bool, Failure> {
    let mut well = true;
    for business in businesses(app, only).await? {
        let tenant = business.tenant();
        let transaction = Transaction::begin(&app.pool, Scope::Business(business.id, None), Mode::LongRead).await?;
        let lag = engine::lag(&transaction, &tenant, tenant.today(&app.clock)).await?;
        transaction.commit().await?;
        match lag.since {
            Some(since) => say(&format!("{}: {} subscriptions are due, since {since}", business.slug, lag.due))?,
            None => say(&format!("{}: nothing is due", business.slug))?,
        }
        if lag.orders > 0 {
            say(&format!("  {} standing orders have days to be recorded", lag.orders))?;
        }
        if lag.dunned > 0 {
            say(&format!("  {} invoices are to be looked at for dunning", lag.dunned))?;
        }
        if let Some(at) = lag.ran_at {
            say(&format!("  last run at {}", at.to_rfc3339_opts(SecondsFormat::Secs, true)))?;
        }
        for row in &lag.failing {
            let error = row.error.as_deref().unwrap_or_default();
            say(&format!("  {} failed {} times: {error}", row.id, row.failures))?;
        }
        for row in &lag.failing_orders {
            let error = row.error.as_deref().unwrap_or_default();
            say(&format!("  {} failed {} times: {error}", row.id, row.failures))?;
        }
        well &= lag.failing.is_empty() && lag.failing_orders.is_empty();
    }
    Ok(well)
}
