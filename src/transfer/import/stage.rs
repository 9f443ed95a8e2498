//! Where the rows of a file wait until all of them were checked: a temporary table of the transaction that books them.
//!
//! So a file can be put into the order in which it is to be booked, and its rows compared with each other, without any
//! of it being in memory.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};

use super::problems::Problems;
use super::reference::Reference;
use crate::db::Conn;
use crate::error::Result;
use crate::id::{BusinessId, CustomerId};

/// Rows of one batch.
pub const BATCH: usize = 1_000;

/// A row that was checked.
#[derive(Debug)]
pub struct NewStaged {
    /// Its line.
    pub line: u64,
    /// The customer whom it names, if it names one.
    pub customer: Option<CustomerId>,
    /// Its name.
    pub reference: Reference,
    /// Something else that no other row may have.
    pub other: Option<String>,
    /// Its place among the others.
    pub at: DateTime<Utc>,
    /// What it says.
    pub cells: String,
}

/// A row that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// Its line.
    pub line: u64,
    /// The customer whom it names.
    pub customer: Option<CustomerId>,
    /// Its name, which no other row has.
    pub reference: String,
    /// What it says.
    pub cells: String,
}

/// Behind which row a page begins.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    at: Option<DateTime<Utc>>,
    line: i64,
}

impl Place {
    /// Before all rows.
    pub const FIRST: Self = Self { at: None, line: 0 };
}

#[derive(QueryableByName)]
struct StagedRow {
    #[diesel(sql_type = BigInt)]
    line: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    customer_id: Option<CustomerId>,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    cells: String,
}

/// Makes the table, which goes with the transaction.
pub async fn create(mut conn: &Conn) -> Result<()> {
    let table = "CREATE TEMPORARY TABLE import_rows (
        line bigint PRIMARY KEY, customer_id uuid, reference text NOT NULL, made boolean NOT NULL, other text,
        at timestamptz NOT NULL, cells text NOT NULL
    ) ON COMMIT DROP";
    Ok((&mut conn).batch_execute(table).await?)
}

/// Takes rows.
pub async fn insert(mut conn: &Conn, rows: &[NewStaged]) -> Result<()> {
    let (mut lines, mut customers, mut references, mut made) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut others, mut times, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        lines.push(i64::try_from(row.line).unwrap_or(i64::MAX));
        customers.push(row.customer);
        let (reference, is_made) = match &row.reference {
            Reference::Given(name) => (name, false),
            Reference::Made(name) => (name, true),
        };
        references.push(reference);
        made.push(is_made);
        others.push(row.other.as_deref());
        times.push(row.at);
        cells.push(&row.cells);
    }
    diesel::sql_query("INSERT INTO import_rows SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)")
        .bind::<Array<BigInt>, _>(lines)
        .bind::<Array<Nullable<SqlUuid>>, _>(customers)
        .bind::<Array<Text>, _>(references)
        .bind::<Array<diesel::sql_types::Bool>, _>(made)
        .bind::<Array<Nullable<Text>>, _>(others)
        .bind::<Array<Timestamptz>, _>(times)
        .bind::<Array<Text>, _>(cells)
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// All rows are there: numbers the equal ones, and gets ready to hand them out.
pub async fn close(mut conn: &Conn) -> Result<()> {
    let close = "UPDATE import_rows SET reference = reference || ':' || equal.number
        FROM (SELECT line, row_number() OVER (PARTITION BY reference ORDER BY line) AS number
              FROM import_rows WHERE made) AS equal
        WHERE import_rows.line = equal.line;
        CREATE INDEX ON import_rows (at, line); CREATE INDEX ON import_rows (customer_id); ANALYZE import_rows";
    Ok((&mut conn).batch_execute(close).await?)
}

/// Which column of the table no two rows may share.
#[derive(Debug, Clone, Copy)]
pub enum Unique {
    /// Their names.
    Reference,
    /// What else they have.
    Other,
}

/// Notes which rows share what is unique with one before them. `message` is told the line of that.
pub async fn refuse_equal(
    mut conn: &Conn,
    unique: Unique,
    column: Option<&str>,
    message: impl Fn(i64) -> String,
    problems: &mut Problems,
) -> Result<()> {
    #[derive(QueryableByName)]
    struct Equal {
        #[diesel(sql_type = BigInt)]
        line: i64,
        #[diesel(sql_type = BigInt)]
        first: i64,
    }
    let key = match unique {
        Unique::Reference => "reference",
        Unique::Other => "other",
    };
    let mut after = 0;
    loop {
        let found: Vec<Equal> = diesel::sql_query(format!(
            "SELECT line, first FROM (SELECT line, min(line) OVER (PARTITION BY {key}) AS first
                                      FROM import_rows WHERE {key} IS NOT NULL) AS rows
             WHERE line > first AND line > $1 ORDER BY line LIMIT $2"
        ))
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(i64::try_from(BATCH).unwrap_or(i64::MAX))
        .load(&mut conn)
        .await?;
        let Some(last) = found.last() else { return Ok(()) };
        after = last.line;
        for equal in found {
            problems.add(u64::try_from(equal.line).unwrap_or_default(), column, message(equal.first));
        }
    }
}

/// Locks the customers whom rows name, always in the same order, so that two who do this at once cannot block each
/// other, and so that the same file, imported twice at once, is booked once: the second waits and then finds what the
/// first did.
pub async fn lock_customers(mut conn: &Conn, business: BusinessId) -> Result<()> {
    diesel::sql_query(
        "SELECT count(*) FROM (SELECT FROM customers
                               WHERE business_id = $1 AND id IN (SELECT customer_id FROM import_rows)
                               ORDER BY id FOR UPDATE) AS locked",
    )
    .bind::<SqlUuid, _>(business)
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// The next rows behind a place, in the order in which they are to be booked. None is the end.
pub async fn page(mut conn: &Conn, from: &mut Place) -> Result<Vec<Staged>> {
    let found: Vec<StagedRow> = diesel::sql_query(
        "SELECT line, customer_id, reference, at, cells FROM import_rows
         WHERE (at, line) > (coalesce($1, '-infinity'), $2) ORDER BY at, line LIMIT $3",
    )
    .bind::<Nullable<Timestamptz>, _>(from.at)
    .bind::<BigInt, _>(from.line)
    .bind::<BigInt, _>(i64::try_from(BATCH).unwrap_or(i64::MAX))
    .load(&mut conn)
    .await?;
    if let Some(last) = found.last() {
        *from = Place { at: Some(last.at), line: last.line };
    }
    let staged = |row: StagedRow| Staged {
        line: u64::try_from(row.line).unwrap_or_default(),
        customer: row.customer_id,
        reference: row.reference,
        cells: row.cells,
    };
    Ok(found.into_iter().map(staged).collect())
}

/// Takes out rows.
pub async fn remove(mut conn: &Conn, lines: &[u64]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let lines: Vec<i64> = lines.iter().map(|line| i64::try_from(*line).unwrap_or(i64::MAX)).collect();
    diesel::sql_query("DELETE FROM import_rows WHERE line = ANY ($1)")
        .bind::<Array<BigInt>, _>(lines)
        .execute(&mut conn)
        .await?;
    Ok(())
}
