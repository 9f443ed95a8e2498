//! Counts customers and sums what they owe.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::model::{Alike, Counts};
use crate::auth::Tenant;
use crate::customers::customer::{CustomerStatus, CustomerType};
use crate::db::Conn;
use crate::error::Result;
use crate::id::{BusinessId, CustomerId};
use crate::money::Amount;

/// The customers who had joined by the end of a day: members since then at the latest, archived by then or not, and of
/// the status and type that they have now.
pub async fn counts(mut conn: &Conn, tenant: &Tenant, as_of: NaiveDate) -> Result<Counts> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        status: CustomerStatus,
        #[diesel(sql_type = Text)]
        kind: CustomerType,
        #[diesel(sql_type = Bool)]
        member: bool,
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT CASE WHEN (archived_at AT TIME ZONE $3)::date <= $2 THEN 'ARCHIVED' ELSE status END AS status,
             type AS kind, coalesce(member_since <= $2, false) AS member, count(*) AS count
         FROM customers WHERE business_id = $1 AND joined_on <= $2 GROUP BY 1, 2, 3",
    )
    .bind::<SqlUuid, _>(tenant.id)
    .bind::<Date, _>(as_of)
    .bind::<Text, _>(tenant.time_zone.0.name())
    .load(&mut conn)
    .await?;
    let alike = |Row { status, kind, member, count }| Alike { status, kind, member, count };
    Ok(Counts(rows.into_iter().map(alike).collect()))
}

/// What a customer owed.
#[derive(QueryableByName)]
pub struct Balance {
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub customer_id: CustomerId,
    /// How much.
    #[diesel(sql_type = BigInt)]
    pub balance: Amount,
}

/// Those who owe the most now.
pub async fn top_now(mut conn: &Conn, business: BusinessId, first: i64) -> Result<Vec<Balance>> {
    Ok(diesel::sql_query(
        "SELECT id AS customer_id, balance FROM customers
         WHERE business_id = $1 AND balance > 0 ORDER BY balance DESC, id DESC LIMIT $2",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<BigInt, _>(first)
    .load(&mut conn)
    .await?)
}

/// Those who owed the most at the end of a day, by the entries of their accounts.
pub async fn top(mut conn: &Conn, business: BusinessId, as_of: NaiveDate, first: i64) -> Result<Vec<Balance>> {
    Ok(diesel::sql_query(
        "SELECT customer_id, sum(amount)::bigint AS balance FROM entries
         WHERE business_id = $1 AND occurred_on <= $2
         GROUP BY 1 HAVING sum(amount) > 0 ORDER BY 2 DESC, 1 DESC LIMIT $3",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Date, _>(as_of)
    .bind::<BigInt, _>(first)
    .load(&mut conn)
    .await?)
}
