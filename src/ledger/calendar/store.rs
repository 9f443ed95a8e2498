//! Reads the records of months with their charges.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Numeric, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{CalendarDay, Figures};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Month;
use crate::id::{BusinessId, CustomerId};
use crate::money::Amount;

#[derive(QueryableByName)]
struct Day {
    #[diesel(sql_type = SqlUuid)]
    customer_id: CustomerId,
    #[diesel(sql_type = Date)]
    date: NaiveDate,
    #[diesel(sql_type = BigInt)]
    records: i64,
    #[diesel(sql_type = Numeric)]
    quantity: Decimal,
    #[diesel(sql_type = BigInt)]
    amount: Amount,
    #[diesel(sql_type = BigInt)]
    paid: Amount,
}

/// The days of a month on which these customers have records.
pub async fn days(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    month: Month,
) -> Result<HashMap<CustomerId, Vec<CalendarDay>>> {
    let days: Vec<Day> = diesel::sql_query(
        "SELECT c.customer_id, c.occurred_on AS date, count(*) AS records, sum(r.quantity) AS quantity,
             sum(c.amount)::bigint AS amount, sum(c.paid)::bigint AS paid
         FROM charges c JOIN records r ON r.business_id = c.business_id AND r.id = c.id
         WHERE c.business_id = $1 AND c.customer_id = ANY($2) AND c.occurred_on BETWEEN $3 AND $4
             AND c.voided_at IS NULL
         GROUP BY 1, 2",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<SqlUuid>, _>(customers)
    .bind::<Date, _>(month.first())
    .bind::<Date, _>(month.last())
    .load(&mut conn)
    .await?;
    let mut found: HashMap<CustomerId, Vec<CalendarDay>> = HashMap::new();
    for day in days {
        let Day { customer_id, date, records, quantity, amount, paid } = day;
        let figures = Figures { records, quantity, amount, paid };
        found.entry(customer_id).or_default().push(CalendarDay { date, figures });
    }
    Ok(found)
}

/// The months before and after a month in which a customer has records.
pub type Neighbours = (Option<Month>, Option<Month>);

#[derive(QueryableByName)]
struct Around {
    #[diesel(sql_type = SqlUuid)]
    customer_id: CustomerId,
    #[diesel(sql_type = Nullable<Date>)]
    before: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    after: Option<NaiveDate>,
}

/// The months around a month in which these customers have records.
pub async fn neighbours(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    month: Month,
) -> Result<HashMap<CustomerId, Neighbours>> {
    let around: Vec<Around> = diesel::sql_query(
        "SELECT customer.id AS customer_id,
             (SELECT max(occurred_on) FROM charges
              WHERE business_id = $1 AND customer_id = customer.id AND occurred_on < $3
                  AND kind = 'RECORD' AND voided_at IS NULL) AS before,
             (SELECT min(occurred_on) FROM charges
              WHERE business_id = $1 AND customer_id = customer.id AND occurred_on > $4
                  AND kind = 'RECORD' AND voided_at IS NULL) AS after
         FROM unnest($2) AS customer (id)",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<SqlUuid>, _>(customers)
    .bind::<Date, _>(month.first())
    .bind::<Date, _>(month.last())
    .load(&mut conn)
    .await?;
    Ok(around.into_iter().map(|it| (it.customer_id, (it.before.map(Month::of), it.after.map(Month::of)))).collect())
}
