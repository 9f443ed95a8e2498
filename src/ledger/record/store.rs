//! Writes `records`. They are read with their charges, in `charge::store`.

use diesel::prelude::*;
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

/// Changes what a record has beside its charge.
pub async fn update(mut conn: &Conn, detail: &RecordDetail) -> Result<()> {
    diesel::update(records::table.find((detail.business_id, detail.id)))
        .set((
            records::product.eq(&detail.product),
            records::quantity.eq(detail.quantity),
            records::unit.eq(&detail.unit),
            records::unit_price.eq(detail.unit_price),
            records::shift.eq(detail.shift),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}
