//! The only file that queries `entries`, but for `check`.

use diesel_async::RunQueryDsl;

use super::model::Entry;
use crate::db::Conn;
use crate::db::tables::entries;
use crate::error::Result;

/// Writes entries.
pub async fn insert(mut conn: &Conn, entries: &[Entry]) -> Result<()> {
    diesel::insert_into(entries::table).values(entries).execute(&mut conn).await?;
    Ok(())
}
