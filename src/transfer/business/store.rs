//! The rows of any table as lines, and back. The names in these statements are the constants of [`super::TABLES`] and
//! columns that PostgreSQL has told.

use std::fmt::Write as _;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};

use super::{SETTINGS, TABLES, Table};
use crate::db::Conn;
use crate::error::Result;
use crate::id::BusinessId;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

async fn lines(mut conn: &Conn, query: String) -> Result<Vec<String>> {
    let lines: Vec<Line> = diesel::sql_query(query).load(&mut conn).await?;
    Ok(lines.into_iter().map(|Line { line }| line).collect())
}

/// The columns of a table that are in a file.
pub async fn columns(conn: &Conn, table: &Table) -> Result<Vec<String>> {
    let mut columns = lines(
        conn,
        format!(
            "SELECT attname::text AS line FROM pg_attribute
             WHERE attrelid = '{}'::regclass AND attnum > 0 AND NOT attisdropped
                 AND attgenerated = '' AND attname <> 'business_id'
             ORDER BY attnum",
            table.name
        ),
    )
    .await?;
    columns.retain(|column| !table.left.contains(&column.as_str()));
    Ok(columns)
}

/// The line of the settings.
pub async fn settings(conn: &Conn, business: BusinessId) -> Result<String> {
    let columns = list(&columns(conn, &SETTINGS).await?, "");
    let query = format!(
        "SELECT json_build_object('business', r)::text AS line
         FROM (SELECT {columns} FROM businesses WHERE id = '{}') r",
        business.0
    );
    Ok(lines(conn, query).await?.concat())
}

/// The lines of those who belong to a business.
pub async fn members(conn: &Conn, business: BusinessId) -> Result<Vec<String>> {
    let query = format!(
        "SELECT json_build_object('member', r)::text AS line
         FROM (SELECT u.id, u.email, u.name, m.role FROM memberships m JOIN users u ON u.id = m.user_id
               WHERE m.business_id = '{}' ORDER BY m.id) r",
        business.0
    );
    lines(conn, query).await
}

/// What all customers of a business owe together, in minor units.
pub async fn balance(mut conn: &Conn, business: BusinessId) -> Result<i64> {
    #[derive(QueryableByName)]
    struct Sum {
        #[diesel(sql_type = BigInt)]
        sum: i64,
    }
    let query = "SELECT coalesce(sum(balance), 0)::bigint AS sum FROM customers WHERE business_id = $1";
    let found: Sum = diesel::sql_query(query).bind::<SqlUuid, _>(business).get_result(&mut conn).await?;
    Ok(found.sum)
}

/// The rows of a table, from the first to the last.
pub struct Cursor(());

impl Cursor {
    /// Before the first row. There is one at a time in a transaction.
    pub async fn open(mut conn: &Conn, table: &Table, business: BusinessId) -> Result<Self> {
        let columns = list(&columns(conn, table).await?, "");
        let name = table.name;
        // A primary key begins with the business, and one or both of the first columns behind it are the rest.
        let query = format!(
            "DECLARE exported NO SCROLL CURSOR FOR
             SELECT json_build_object('{name}', r)::text AS line
             FROM (SELECT {columns} FROM {name} WHERE business_id = '{}' ORDER BY 1, 2) r",
            business.0
        );
        (&mut conn).batch_execute(&query).await?;
        Ok(Self(()))
    }

    /// The next lines.
    pub async fn next(&self, conn: &Conn, most: usize) -> Result<Vec<String>> {
        lines(conn, format!("FETCH {most} FROM exported")).await
    }

    /// Ends it.
    pub async fn close(self, mut conn: &Conn) -> Result<()> {
        Ok((&mut conn).batch_execute("CLOSE exported").await?)
    }
}

/// Keeps everybody else from writing to a business.
pub async fn lock(mut conn: &Conn, business: BusinessId) -> Result<()> {
    // Every row that is added refers to it.
    diesel::sql_query("SELECT FROM businesses WHERE id = $1 FOR UPDATE")
        .bind::<SqlUuid, _>(business)
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// The first table, but for the log and the counters, in which a business has rows.
pub async fn filled(mut conn: &Conn, business: BusinessId) -> Result<Option<&'static str>> {
    #[derive(QueryableByName)]
    struct Exists {
        #[diesel(sql_type = Bool)]
        exists: bool,
    }
    for table in TABLES.iter().filter(|table| !["counters", "events"].contains(&table.name)) {
        let query = format!("SELECT EXISTS (SELECT FROM {} WHERE business_id = $1) AS exists", table.name);
        let found: Exists = diesel::sql_query(query).bind::<SqlUuid, _>(business).get_result(&mut conn).await?;
        if found.exists {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}

/// Makes the table that says who a user of the file is here. It goes with the transaction.
pub async fn create_members(mut conn: &Conn) -> Result<()> {
    let table = "CREATE TEMPORARY TABLE import_members (id uuid PRIMARY KEY, user_id uuid NOT NULL) ON COMMIT DROP";
    Ok((&mut conn).batch_execute(table).await?)
}

/// Notes who a member of the file is here, if they belong to the business.
pub async fn insert_member(mut conn: &Conn, business: BusinessId, line: &str) -> QueryResult<()> {
    let query = "INSERT INTO import_members
        SELECT (l.member ->> 'id')::uuid, u.id FROM (SELECT $2::jsonb -> 'member' AS member) l
        JOIN users u ON lower(u.email) = lower(l.member ->> 'email')
        JOIN memberships m ON m.user_id = u.id AND m.business_id = $1";
    diesel::sql_query(query).bind::<SqlUuid, _>(business).bind::<Text, _>(line).execute(&mut conn).await.map(drop)
}

/// Gives a business the settings of a line.
pub async fn update_settings(mut conn: &Conn, business: BusinessId, columns: &[String], line: &str) -> QueryResult<()> {
    let (set, from) = (list(columns, ""), list(columns, "r."));
    let query = format!(
        "UPDATE businesses SET ({set}) = (
             SELECT {from} FROM jsonb_populate_record(NULL::businesses, $2::jsonb -> 'business') r
         ), updated_at = now() WHERE id = $1"
    );
    diesel::sql_query(query).bind::<SqlUuid, _>(business).bind::<Text, _>(line).execute(&mut conn).await.map(drop)
}

/// Adds the rows of lines that have these columns.
pub async fn insert(
    mut conn: &Conn,
    business: BusinessId,
    table: &Table,
    columns: &[String],
    lines: &[String],
) -> QueryResult<()> {
    let name = table.name;
    let mut values = String::new();
    for column in columns {
        if table.members.contains(&column.as_str()) {
            let _ = write!(values, ", (SELECT m.user_id FROM import_members m WHERE m.id = r.\"{column}\")");
        } else {
            let _ = write!(values, ", r.\"{column}\"");
        }
    }
    let mut into = list(columns, "");
    let end = match name {
        // What was deleted in an empty business has left them behind.
        "counters" => "ON CONFLICT (business_id, name) DO UPDATE SET value = excluded.value",
        "events" => {
            // The past of another server comes before all of this one's, and is no news to those who listen.
            into.push_str(", txid");
            values.push_str(", '1'");
            ""
        }
        _ => "",
    };
    let query = format!(
        "INSERT INTO {name} (business_id, {into})
         SELECT $1{values}
         FROM unnest($2::text[]) WITH ORDINALITY AS l (line, place),
             jsonb_populate_record(NULL::{name}, l.line::jsonb -> '{name}') r
         ORDER BY l.place {end}"
    );
    diesel::sql_query(query)
        .bind::<SqlUuid, _>(business)
        .bind::<Array<Text>, _>(lines)
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Checks at once what is otherwise checked by a commit: a dry run has none.
pub async fn check_references(mut conn: &Conn) -> QueryResult<()> {
    (&mut conn).batch_execute("SET CONSTRAINTS ALL IMMEDIATE").await
}

fn list(columns: &[String], of: &str) -> String {
    columns.iter().map(|column| format!("{of}\"{column}\"")).collect::<Vec<_>>().join(", ")
}
