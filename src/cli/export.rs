//! `daybook export`: writes a CSV file, or a whole business.

use std::pin::pin;
use std::process::ExitCode;

use clap::Args;
use futures_util::StreamExt as _;
use futures_util::future::Either;

use super::import::{Content, owner_of};
use super::output::write;
use super::{Database, Failure};
use crate::app::App;
use crate::config::Config;
use crate::db::{Mode, Transaction};
use crate::transfer::{business, export};

/// What `daybook export` takes.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// What is to be in the file
    #[arg(value_enum)]
    content: Content,
    /// The business to export
    #[arg(long, value_name = "SLUG")]
    business: String,
}

/// Writes a business, or all its rows of a kind, to the standard output.
pub async fn export(config: &Config, arguments: &ExportArgs) -> Result<ExitCode, Failure> {
    let database = Database::open(config).await?;
    let exported = async {
        let app = database.app(config).await?;
        run(&app, arguments).await
    };
    let exported = exported.await;
    database.close().await?;
    exported.map(|()| ExitCode::SUCCESS)
}

async fn run(app: &App, arguments: &ExportArgs) -> Result<(), Failure> {
    let viewer = owner_of(app, &arguments.business).await?;
    let transaction = Transaction::begin(&app.pool, viewer.scope(), Mode::LongRead).await?;
    let mut parts = pin!(match arguments.content {
        Content::Business => Either::Left(business::export(transaction, viewer.business, app.clock.now())),
        Content::Rows(kind) => Either::Right(export::export(transaction, viewer.business, kind)),
    });
    while let Some(part) = parts.next().await {
        if !write(&part?)? {
            break;
        }
    }
    Ok(())
}
