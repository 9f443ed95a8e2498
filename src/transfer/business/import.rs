//! Reading the file: into an empty business, all of it or nothing.

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};

use diesel::result::Error as DieselError;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::{SETTINGS, TABLES, Table, VERSION, store};
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::Write;
use crate::metrics;

/// Rows that are in memory, and written by one statement.
const BATCH: usize = 1_000;
/// The longest line, in bytes.
const MAX_LINE: u64 = 16 << 20;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// How many rows there are, of all tables.
    pub rows: u64,
    /// What all customers owe together, in minor units.
    pub balance: i64,
}

/// The first line.
#[derive(Deserialize)]
struct Head {
    daybook: About,
}

#[derive(Deserialize)]
struct About {
    version: u32,
}

/// The last line.
#[derive(Deserialize)]
struct End {
    end: Told,
}

/// What the file says that it has.
#[derive(Deserialize)]
struct Told {
    rows: u64,
    balance: i64,
}

/// A line as far as this has to know it: one name, and the names of what is in it.
type Shape = BTreeMap<String, BTreeMap<String, IgnoredAny>>;

/// Reads a file into the business of `write`, which must be empty. The transaction is for the caller to end.
pub async fn import(write: &Write, file: impl BufRead, progress: impl Fn(u64)) -> Result<Outcome> {
    let business = write.viewer.business.id;
    store::lock(write, business).await?;
    if let Some(table) = store::filled(write, business).await? {
        return Err(wrong(format!("the business has {} already: import into an empty one", table.replace('_', " "))));
    }
    let mut lines = Lines { file, number: 0 };
    head(&mut lines)?;
    settings(write, &mut lines).await?;
    store::create_members(write).await?;
    let mut batch = Batch::default();
    let mut rows = 0;
    let told = loop {
        let (line, name, columns) = lines.shape()?;
        match name.as_str() {
            "member" => {
                store::insert_member(write, business, &line).await.map_err(|error| lines.refused("member", &error))?;
                continue;
            }
            "end" => break serde_json::from_str::<End>(&line).map_err(|error| lines.wrong(error.to_string()))?.end,
            _ => {}
        }
        if batch.lines.len() == BATCH || !batch.has(&name, &columns) {
            batch.write(write, &lines).await?;
            batch = batch.next(write, &lines, &name, columns).await?;
        }
        batch.lines.push(line);
        rows += 1;
        if rows % 1_000 == 0 {
            progress(rows);
            // Others wait for this thread.
            tokio::task::yield_now().await;
        }
    };
    batch.write(write, &lines).await?;
    if let Some(line) = lines.next()? {
        return Err(lines.wrong(format!("there is more behind the end: {}", start(&line))));
    }
    store::check_references(write).await.map_err(|error| lines.refused("end", &error))?;
    check(write, &told, rows).await
}

/// Whether all of it came, and the books add up.
async fn check(write: &Write, told: &Told, rows: u64) -> Result<Outcome> {
    let business = write.viewer.business.id;
    let balance = store::balance(write, business).await?;
    if told.rows != rows {
        let message = format!("the file says that it has {} rows, and it has {rows}: export it again", told.rows);
        return Err(wrong(message));
    }
    if told.balance != balance {
        return Err(wrong(format!("the file says that its customers owe {}, and they owe {balance}", told.balance)));
    }
    // PostgreSQL knows nothing yet of what was written, and the rules look at all of it.
    crate::db::analyze(write).await?;
    let broken = metrics::check::check(write, business).await?;
    if let Some((rule, differences)) = broken.first()
        && let Some(first) = differences.first()
    {
        return Err(wrong(format!(
            "the books of the file do not add up: {rule}; but {} is {}, and should be {}",
            first.subject, first.found, first.expected
        )));
    }
    let data = json!({ "rows": rows });
    let event = NewEvent { kind: EventKind::BusinessImported, customer: None, subject: business.0, data };
    events::record(write, event).await?;
    Ok(Outcome { rows, balance })
}

fn head(lines: &mut Lines<impl BufRead>) -> Result<()> {
    let line = lines.next()?.ok_or_else(|| wrong("the file is empty"))?;
    match serde_json::from_str::<Head>(&line).map(|head| head.daybook.version) {
        Ok(VERSION) => Ok(()),
        Ok(version) => {
            let message =
                format!("the file is of version {version} and this Daybook reads version {VERSION}: use one that fits");
            Err(lines.wrong(message))
        }
        Err(_) => Err(lines.wrong("this is not the export of a business, which begins with {\"daybook\"".to_owned())),
    }
}

async fn settings(write: &Write, lines: &mut Lines<impl BufRead>) -> Result<()> {
    let (line, name, columns) = lines.shape()?;
    if name != "business" {
        return Err(lines.wrong(format!("`business` is missing before `{name}`")));
    }
    let columns = known(write, &SETTINGS, columns, lines).await?;
    let updated = store::update_settings(write, write.viewer.business.id, &columns, &line).await;
    updated.map_err(|error| lines.refused("business", &error))
}

/// These columns, if the table has them.
async fn known(write: &Write, table: &Table, columns: Vec<String>, lines: &Lines<impl BufRead>) -> Result<Vec<String>> {
    let all = store::columns(write, table).await?;
    match columns.iter().find(|column| !all.contains(column)) {
        None => Ok(columns),
        Some(column) => Err(lines.wrong(format!(
            "`{}` has no `{}` here: the file is of a newer Daybook, or was changed",
            table.name,
            start(column)
        ))),
    }
}

/// Rows of one table with the same columns.
#[derive(Default)]
struct Batch {
    /// The table and its place in [`TABLES`]. None before the first row.
    table: Option<(usize, &'static Table)>,
    columns: Vec<String>,
    lines: Vec<String>,
}

impl Batch {
    /// The one behind this, which begins with a row of the table of this name.
    async fn next(&self, write: &Write, lines: &Lines<impl BufRead>, name: &str, columns: Vec<String>) -> Result<Self> {
        let found = TABLES.iter().enumerate().find(|(_, table)| table.name == name);
        let (place, table) = found.ok_or_else(|| {
            lines.wrong(format!("`{}` is not known: the file is of a newer Daybook, or was changed", start(name)))
        })?;
        if let Some((_, before)) = self.table.filter(|(before, _)| place < *before) {
            return Err(lines.wrong(format!("`{name}` stands behind `{}`, and must stand before it", before.name)));
        }
        let columns = if self.has(name, &columns) { columns } else { known(write, table, columns, lines).await? };
        Ok(Self { table: Some((place, table)), columns, lines: Vec::new() })
    }

    /// Whether its rows are of that table, with those columns.
    fn has(&self, name: &str, columns: &[String]) -> bool {
        self.table.is_some_and(|(_, table)| table.name == name) && self.columns == columns
    }

    async fn write(&self, write: &Write, lines: &Lines<impl BufRead>) -> Result<()> {
        let Some((_, table)) = self.table else { return Ok(()) };
        let inserted = store::insert(write, write.viewer.business.id, table, &self.columns, &self.lines).await;
        inserted.map_err(|error| lines.refused(table.name, &error))
    }
}

/// The lines of a file.
struct Lines<R> {
    file: R,
    /// The number of the last one, from 1.
    number: u64,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> Result<Option<String>> {
        let mut bytes = Vec::new();
        self.number += 1;
        let read = (&mut self.file).take(MAX_LINE).read_until(b'\n', &mut bytes);
        read.map_err(|error| self.wrong(format!("it cannot be read: {error}")))?;
        if bytes.len() as u64 == MAX_LINE {
            return Err(self.wrong(format!("it is longer than {} MiB", MAX_LINE >> 20)));
        }
        let line = String::from_utf8(bytes).map_err(|_| self.wrong("it is not UTF-8".to_owned()))?;
        Ok((!line.is_empty()).then_some(line))
    }

    /// The next line, its name and the names in it. There must be one.
    fn shape(&mut self) -> Result<(String, String, Vec<String>)> {
        let line =
            self.next()?.ok_or_else(|| self.wrong("the file ends here, before its end: export it again".into()))?;
        let shape: Shape = serde_json::from_str(&line).map_err(|error| self.wrong(format!("{error}")))?;
        let mut names = shape.into_iter();
        match (names.next(), names.next()) {
            (Some((name, columns)), None) => Ok((line, name, columns.into_keys().collect())),
            _ => Err(self.wrong("a line is an object with one key".to_owned())),
        }
    }

    fn wrong(&self, message: String) -> Error {
        wrong(format!("line {}: {message}", self.number))
    }

    /// Why PostgreSQL did not take rows, of which the last is before this line or on it.
    fn refused(&self, name: &str, error: &DieselError) -> Error {
        match error {
            DieselError::DatabaseError(_, told) => {
                let detail = told.details().map(|detail| format!(" ({detail})")).unwrap_or_default();
                wrong(format!("up to line {}: `{name}`: {}{detail}", self.number, told.message()))
            }
            other => Error::internal(other.to_string()),
        }
    }
}

fn wrong(message: impl Into<String>) -> Error {
    Error::user(UserErrorCode::Invalid, "file", message)
}

/// What a text begins with, to be shown.
fn start(text: &str) -> String {
    text.trim_end().chars().take(40).collect()
}
