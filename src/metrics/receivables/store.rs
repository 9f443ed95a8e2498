//! What was unpaid at the end of a day that is past, from what is never changed.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use crate::auth::Tenant;
use crate::db::Conn;
use crate::error::Result;

/// What charges wanted at the end of a day, by how late it was.
///
/// A charge has come to the sum of its entries by then. An allocation pays it from the day on which both its charge and its
/// payment stand in the account, whenever that was written down, until it is released. One that was made later out of what
/// another release had set free counts from the day on which it was made, for until then the same money paid something
/// else.
pub async fn unpaid(mut conn: &Conn, tenant: &Tenant, as_of: NaiveDate) -> Result<[i64; 5]> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        late: i32,
        #[diesel(sql_type = BigInt)]
        amount: i64,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "WITH charged AS (
             SELECT charge_id, sum(amount) AS amount FROM entries
             WHERE business_id = $1 AND charge_id IS NOT NULL AND occurred_on <= $2
             GROUP BY 1 HAVING sum(amount) > 0),
         received AS (
             SELECT DISTINCT payment_id FROM entries
             WHERE business_id = $1 AND kind IN ('PAYMENT', 'CREDIT') AND occurred_on <= $2),
         paid AS (
             SELECT a.charge_id, sum(a.amount) AS amount
             FROM allocations a JOIN received USING (payment_id)
             WHERE a.business_id = $1
                 AND (a.released_at IS NULL OR (a.released_at AT TIME ZONE $3)::date > $2)
                 AND ((a.created_at AT TIME ZONE $3)::date <= $2
                     OR NOT EXISTS (SELECT FROM allocations b
                                    WHERE b.business_id = $1 AND b.payment_id = a.payment_id
                                        AND b.released_at <= a.created_at))
             GROUP BY 1)
         SELECT CASE WHEN c.due_on >= $2 THEN 0 WHEN c.due_on >= $2 - 30 THEN 1 WHEN c.due_on >= $2 - 60 THEN 2
                 WHEN c.due_on >= $2 - 90 THEN 3 ELSE 4 END AS late,
             sum(greatest(charged.amount - coalesce(paid.amount, 0), 0))::bigint AS amount
         FROM charged JOIN charges c ON c.business_id = $1 AND c.id = charged.charge_id
         LEFT JOIN paid USING (charge_id)
         GROUP BY 1",
    )
    .bind::<SqlUuid, _>(tenant.id)
    .bind::<Date, _>(as_of)
    .bind::<Text, _>(tenant.time_zone.0.name())
    .load(&mut conn)
    .await?;
    let mut unpaid = [0; 5];
    for row in rows {
        if let Some(bucket) = usize::try_from(row.late).ok().and_then(|late| unpaid.get_mut(late)) {
            *bucket += row.amount;
        }
    }
    Ok(unpaid)
}
