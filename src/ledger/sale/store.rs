//! Writes `sales`. They are read with their charges, in `charge::store`.

use diesel_async::RunQueryDsl;

use super::model::SaleDetail;
use crate::db::Conn;
use crate::db::tables::sales;
use crate::error::Result;

/// Writes what sales have beside their charges.
pub async fn insert(mut conn: &Conn, details: &[SaleDetail]) -> Result<()> {
    diesel::insert_into(sales::table).values(details).execute(&mut conn).await?;
    Ok(())
}
