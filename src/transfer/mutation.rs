//! The mutation that imports a file.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::Kind;
use super::import::{self, Outcome, Problem, Sheet};
use crate::auth::{Permission, Tenant};
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::graphql::{ContextExt as _, Nullable, Upload, mutate, payload};
use crate::money::Money;

payload! {
    /// The answer of `importCreate`.
    ImportPayload {
        /// What was imported; where rows are wrong, or it was asked for only, what is wrong or would be imported.
        result: ImportResult,
    }
}

/// A file to be imported.
#[derive(Debug, Clone, InputObject)]
pub struct ImportCreateInput {
    /// What its rows are.
    pub kind: Kind,
    /// The file: CSV in UTF-8, at most 50 MiB, whose first line names the columns.
    pub file: Upload,
    /// Whether to do everything but the last step, and change nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What an import did, or would do.
#[derive(Debug, SimpleObject)]
pub struct ImportResult {
    /// Whether nothing was changed because it was asked for only.
    dry_run: bool,
    /// How many rows the file has.
    rows: u64,
    /// How many of them were booked.
    created: u64,
    /// How many had been booked before.
    already_there: u64,
    /// What those that were booked come to. Nothing for customers and contacts.
    sum: Money,
    /// What all customers owe then.
    outstanding: Money,
    /// What is wrong, by line: the first 1,000 that were found. If anything is, nothing was imported.
    problems: Vec<ImportProblem>,
    /// How many more problems there are.
    further_problems: u64,
}

/// Something that is wrong with a row of a file.
#[derive(Debug, SimpleObject)]
pub struct ImportProblem {
    /// The line on which the row begins. The first line, which names the columns, is 1.
    line: u64,
    /// The column, if it is about one.
    column: Option<String>,
    /// What is wrong and what to do, for people.
    message: String,
}

/// Mutations that import.
#[derive(Default)]
pub struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Imports a CSV file: all of it, or nothing and what is wrong by line and column. It can be imported again: what is
    /// there stays as it is. As every operation it has 10 seconds; `POST /import/records` has no such limit.
    async fn import_create(&self, ctx: &Context<'_>, input: ImportCreateInput) -> Nullable<ImportPayload> {
        mutate(ctx, Permission::DataImport, create(ctx, input)).await
    }
}

async fn create(ctx: &Context<'_>, input: ImportCreateInput) -> Result<ImportPayload> {
    let file = input.file.open(ctx, "file")?;
    let sheet = Sheet::open(file, input.kind.columns()).map_err(|message| {
        Error::user(UserErrorCode::Invalid, "file", format!("the file cannot be imported: {message}"))
    })?;
    let write = ctx.write().await?;
    let outcome = import::import(&write, input.kind, sheet, |_| ()).await?;
    let tenant = write.viewer.business.clone();
    import::end(write, &outcome, input.dry_run).await?;
    let user_errors = outcome.user_error().into_iter().collect();
    Ok(ImportPayload { result: Some(ImportResult::of(outcome, input.dry_run, &tenant)), user_errors })
}

impl Outcome {
    fn user_error(&self) -> Option<UserError> {
        let message = || "rows are wrong; nothing was imported: `problems` has them by line and column";
        (!self.problems.is_empty()).then(|| UserError::new(UserErrorCode::Invalid, "file", message()))
    }
}

impl ImportResult {
    fn of(outcome: Outcome, dry_run: bool, tenant: &Tenant) -> Self {
        let Outcome { rows, created, known, sum, outstanding, problems, .. } = outcome;
        let money = |amount| Money { amount, currency: tenant.currency };
        let (problems, further_problems) = problems.into_list();
        let problem = |Problem { line, column, message }| ImportProblem { line, column, message };
        Self {
            dry_run,
            rows,
            created,
            already_there: known,
            sum: money(sum),
            outstanding: money(outstanding),
            problems: problems.into_iter().map(problem).collect(),
            further_problems,
        }
    }
}
