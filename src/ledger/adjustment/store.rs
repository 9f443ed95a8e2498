//! Writes `adjustments`. They are read with their charges, in `charge::store`.

use diesel_async::RunQueryDsl;

use super::model::AdjustmentDetail;
use crate::db::Conn;
use crate::db::tables::adjustments;
use crate::error::Result;

/// Writes what a fee or an adjustment has beside its charge.
pub async fn insert(mut conn: &Conn, detail: &AdjustmentDetail) -> Result<()> {
    diesel::insert_into(adjustments::table).values(detail).execute(&mut conn).await?;
    Ok(())
}
