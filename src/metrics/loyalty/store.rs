//! Purchases and lifetime values of all customers.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::model::{LifetimeValue, LifetimeValues, Purchases};
use crate::auth::Tenant;
use crate::db::Conn;
use crate::error::Result;
use crate::id::CustomerId;
use crate::money::Amount;

/// The purchases of each customer now, as they are kept up.
const PURCHASES_NOW: &str = "SELECT purchases FROM purchase_histories WHERE business_id = $1 AND purchases > 0";
/// The same at the end of a day: sales of days by then that were not void then.
const PURCHASES: &str = "SELECT count(*) AS purchases FROM charges
    WHERE business_id = $1 AND kind = 'SALE' AND occurred_on <= $2
        AND (voided_at IS NULL OR (voided_at AT TIME ZONE $3)::date > $2)
    GROUP BY customer_id";

/// How many customers bought how often, now or by the end of a day that is past.
pub async fn purchases(mut conn: &Conn, tenant: &Tenant, as_of: NaiveDate, now: bool) -> Result<Purchases> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        customers: i64,
        #[diesel(sql_type = BigInt)]
        again: i64,
        #[diesel(sql_type = Array<BigInt>)]
        tiers: Vec<i64>,
    }
    let each = if now { PURCHASES_NOW } else { PURCHASES };
    let row: Row = diesel::sql_query(format!(
        "SELECT count(purchases) AS customers, count(*) FILTER (WHERE purchases >= 2) AS again,
             ARRAY[count(*) FILTER (WHERE purchases < b.occasional_from),
                 count(*) FILTER (WHERE purchases >= b.occasional_from AND purchases < b.regular_from),
                 count(*) FILTER (WHERE purchases >= b.regular_from AND purchases < b.frequent_from),
                 count(*) FILTER (WHERE purchases >= b.frequent_from)] AS tiers
         FROM businesses b LEFT JOIN ({each}) AS each ON true
         WHERE b.id = $1"
    ))
    .bind::<SqlUuid, _>(tenant.id)
    .bind::<Date, _>(as_of)
    .bind::<Text, _>(tenant.time_zone.0.name())
    .get_result(&mut conn)
    .await?;
    let tiers = <[i64; 4]>::try_from(row.tiers).unwrap_or_default();
    Ok(Purchases { customers: row.customers, repeat: row.again, tiers })
}

/// What each customer is worth now, as it is kept up.
const VALUES_NOW: &str =
    "SELECT id AS customer_id, lifetime_value AS value FROM purchase_histories WHERE business_id = $1";
/// The same at the end of a day: what was charged by then, less what was voided and credited.
const VALUES: &str = "SELECT e.customer_id, sum(e.amount)::bigint AS value
    FROM entries e LEFT JOIN payments p ON p.business_id = e.business_id AND p.id = e.payment_id
    WHERE e.business_id = $1 AND e.occurred_on <= $2 AND (e.charge_id IS NOT NULL OR p.kind = 'CREDIT')
    GROUP BY e.customer_id";

/// How what customers are worth is spread, now or by the end of a day that is past.
pub async fn lifetime_values(mut conn: &Conn, tenant: &Tenant, as_of: NaiveDate, now: bool) -> Result<LifetimeValues> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        customers: i64,
        #[diesel(sql_type = BigInt)]
        total: Amount,
        #[diesel(sql_type = Nullable<Array<BigInt>>)]
        spread: Option<Vec<Amount>>,
    }
    let each = if now { VALUES_NOW } else { VALUES };
    let row: Row = diesel::sql_query(format!(
        "SELECT count(*) AS customers, coalesce(sum(value), 0)::bigint AS total,
             percentile_disc(ARRAY[0, 0.25, 0.5, 0.75, 1]) WITHIN GROUP (ORDER BY value) AS spread
         FROM ({each}) AS each"
    ))
    .bind::<SqlUuid, _>(tenant.id)
    .bind::<Date, _>(as_of)
    .get_result(&mut conn)
    .await?;
    let spread = row.spread.and_then(|spread| <[Amount; 5]>::try_from(spread).ok());
    Ok(LifetimeValues { customers: row.customers, total: row.total, spread })
}

/// Those who are worth the most, now or by the end of a day that is past: of equals, who was added first.
pub async fn most_valuable(
    mut conn: &Conn,
    tenant: &Tenant,
    as_of: NaiveDate,
    now: bool,
    first: i64,
) -> Result<Vec<LifetimeValue>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        customer_id: CustomerId,
        #[diesel(sql_type = BigInt)]
        value: Amount,
    }
    let each = if now { VALUES_NOW } else { VALUES };
    let rows: Vec<Row> = diesel::sql_query(format!(
        "SELECT customer_id, value FROM ({each}) AS each WHERE value > 0 ORDER BY value DESC, customer_id LIMIT $3"
    ))
    .bind::<SqlUuid, _>(tenant.id)
    .bind::<Date, _>(as_of)
    .bind::<BigInt, _>(first)
    .load(&mut conn)
    .await?;
    Ok(rows.into_iter().map(|Row { customer_id, value }| LifetimeValue { customer: customer_id, value }).collect())
}
