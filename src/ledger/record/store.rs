//! Writes `records`. They are read with their charges, in `charge::store`.

use diesel_async::RunQueryDsl;

use super::model::RecordDetail;
use crate::db::Conn;
use crate::db::tables::records;
use crate::error::Result;

/// Writes what records have beside their charges.
pub async fn insert(mut conn: &Conn, details: &[RecordDetail]) -> Result<()> {
    diesel::insert_into(records::table).values(details).execute(&mut conn).await?;
    Ok(())
}
