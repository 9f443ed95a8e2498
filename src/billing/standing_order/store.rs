//! The only file that queries `standing_orders` and `standing_order_days`, but for `check`.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use diesel::sql_types::{Date, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::model::StandingOrder;
use crate::db::Conn;
use crate::db::page::{Beyond, Key, OnPageOf, Page, Rows, Sorted};
use crate::db::tables::{standing_order_days, standing_orders};
use crate::error::Result;
use crate::id::{BusinessId, ChargeId, CustomerId, StandingOrderId};

/// A page of the standing orders of a business.
pub async fn list(mut conn: &Conn, business: BusinessId, page: &Page) -> Result<Rows<StandingOrder>> {
    let fetched = standing_orders::table
        .filter(standing_orders::business_id.eq(business))
        .filter(Beyond(page))
        .order(Sorted(page))
        .limit(page.fetch())
        .offset(page.skip())
        .select((StandingOrder::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?;
    Ok(page.rows(fetched, |order: &StandingOrder| order.id.0))
}

/// How many standing orders of a business there are.
pub async fn count(mut conn: &Conn, business: BusinessId) -> Result<i64> {
    let of = standing_orders::table.filter(standing_orders::business_id.eq(business));
    Ok(of.select(count_star()).first(&mut conn).await?)
}

/// The standing orders of those ids.
pub async fn by_ids(
    mut conn: &Conn,
    business: BusinessId,
    ids: &[StandingOrderId],
) -> Result<HashMap<StandingOrderId, StandingOrder>> {
    let found: Vec<StandingOrder> = standing_orders::table
        .filter(standing_orders::business_id.eq(business).and(standing_orders::id.eq_any(ids)))
        .select(StandingOrder::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|order| (order.id, order)).collect())
}

/// The standing order of that id.
pub async fn find(conn: &Conn, business: BusinessId, id: StandingOrderId) -> Result<Option<StandingOrder>> {
    Ok(by_ids(conn, business, &[id]).await?.remove(&id))
}

/// The standing orders on the page of each of these customers.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    page: &Page,
) -> Result<Vec<(StandingOrder, String)>> {
    let parents = customers.iter().map(|id| id.0).collect();
    Ok(standing_orders::table
        .filter(standing_orders::business_id.eq(business))
        .filter(OnPageOf::new("standing_orders", "customer_id", business, parents, page))
        .order(Sorted(page))
        .select((StandingOrder::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?)
}

/// How many standing orders each of these customers has.
pub async fn count_by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, i64>> {
    let counts: Vec<(CustomerId, i64)> = standing_orders::table
        .filter(standing_orders::business_id.eq(business).and(standing_orders::customer_id.eq_any(customers)))
        .group_by(standing_orders::customer_id)
        .select((standing_orders::customer_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// The order of which a day is to be recorded first by `today`, with its customer, whom nobody else has locked, and who
/// is locked from then on. Those that failed wait for their next try.
pub async fn lock_due(
    mut conn: &Conn,
    business: BusinessId,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Option<StandingOrder>> {
    let found: Vec<StandingOrder> = diesel::sql_query(
        "SELECT o.* FROM standing_orders o
         JOIN customers c ON c.business_id = o.business_id AND c.id = o.customer_id
         WHERE o.business_id = $1 AND o.next_on <= $2 AND (o.retry_at IS NULL OR o.retry_at <= $3)
         ORDER BY o.next_on, o.id LIMIT 1 FOR UPDATE OF c, o SKIP LOCKED",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Date, _>(today)
    .bind::<Timestamptz, _>(now)
    .load(&mut conn)
    .await?;
    Ok(found.into_iter().next())
}

/// The day on which the next order of a business is due that does not wait for another try.
pub async fn next_due(mut conn: &Conn, business: BusinessId, now: DateTime<Utc>) -> Result<Option<NaiveDate>> {
    Ok(standing_orders::table
        .filter(standing_orders::business_id.eq(business).and(standing_orders::next_on.is_not_null()))
        .filter(standing_orders::retry_at.is_null().or(standing_orders::retry_at.le(now)))
        .select(min(standing_orders::next_on))
        .first(&mut conn)
        .await?)
}

/// Those of a business that have days to be recorded by a day, in the order in which they are.
pub async fn due(mut conn: &Conn, business: BusinessId, until: NaiveDate) -> Result<Vec<StandingOrder>> {
    Ok(standing_orders::table
        .filter(standing_orders::business_id.eq(business).and(standing_orders::next_on.le(until)))
        .order((standing_orders::next_on, standing_orders::id))
        .select(StandingOrder::as_select())
        .load(&mut conn)
        .await?)
}

/// How many of a business have days to be recorded by a day.
pub async fn lag(mut conn: &Conn, business: BusinessId, today: NaiveDate) -> Result<i64> {
    Ok(standing_orders::table
        .filter(standing_orders::business_id.eq(business).and(standing_orders::next_on.le(today)))
        .select(count_star())
        .first(&mut conn)
        .await?)
}

/// Those of a business of which a day could not be recorded.
pub async fn failing(mut conn: &Conn, business: BusinessId) -> Result<Vec<StandingOrder>> {
    Ok(standing_orders::table
        .filter(standing_orders::business_id.eq(business).and(standing_orders::next_on.is_not_null()))
        .filter(standing_orders::error.is_not_null())
        .order((standing_orders::next_on, standing_orders::id))
        .select(StandingOrder::as_select())
        .load(&mut conn)
        .await?)
}

/// Makes a standing order of a locked customer.
pub async fn insert(mut conn: &Conn, order: &StandingOrder) -> Result<()> {
    diesel::insert_into(standing_orders::table).values(order).execute(&mut conn).await?;
    Ok(())
}

/// Writes a standing order of a locked customer as it is now.
pub async fn update(mut conn: &Conn, order: &StandingOrder) -> Result<()> {
    diesel::update(standing_orders::table.find((order.business_id, order.id))).set(order).execute(&mut conn).await?;
    Ok(())
}

/// Notes which record was made for a day. Refused by the data base if there is one.
pub async fn insert_day(mut conn: &Conn, order: &StandingOrder, day: NaiveDate, charge: ChargeId) -> Result<()> {
    diesel::insert_into(standing_order_days::table)
        .values((
            standing_order_days::business_id.eq(order.business_id),
            standing_order_days::order_id.eq(order.id),
            standing_order_days::day.eq(day),
            standing_order_days::charge_id.eq(charge),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}
