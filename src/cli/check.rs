//! `daybook check`.

use std::process::ExitCode;

use super::output::say;
use super::{Database, Failure, businesses};
use crate::app::App;
use crate::config::Config;
use crate::db::{Mode, Scope, Transaction};
use crate::metrics::check;

/// Differences that are printed for one rule.
const SHOWN: usize = 20;

/// Checks the books of every business, or of one.
pub async fn check(config: &Config, only: Option<&str>) -> Result<ExitCode, Failure> {
    let database = Database::open(config).await?;
    let checked = async {
        let app = database.app(config).await?;
        run(&app, only).await
    };
    let checked = checked.await;
    database.close().await?;
    Ok(if checked? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run(app: &App, only: Option<&str>) -> Result<bool, Failure> {
    let mut clean = true;
    for business in businesses(app, only).await? {
        let transaction = Transaction::begin(&app.pool, Scope::Business(business.id, None), Mode::LongRead).await?;
        let broken = check::check(&transaction, business.id).await?;
        transaction.commit().await?;
        say(&format!(
            "{}: {}",
            business.slug,
            if broken.is_empty() { "the books are in order" } else { "differences" }
        ))?;
        for (rule, differences) in &broken {
            say(&format!("  {rule}: {} times not", differences.len()))?;
            for difference in differences.iter().take(SHOWN) {
                say(&format!(
                    "    {}: is {}, should be {}",
                    difference.subject, difference.found, difference.expected
                ))?;
            }
        }
        clean &= broken.is_empty();
    }
    Ok(clean)
}
