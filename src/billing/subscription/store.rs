//! The only file that queries `plan_subscriptions` and `subscription_periods`, but for `check`.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{count_star, min};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Date, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::life::Life;
use super::model::{PlanSubscription, SubscriptionFilter, SubscriptionPeriod};
use crate::billing::plan;
use crate::db::Conn;
use crate::db::page::{Beyond, Key, OnPageOf, Page, Rows, Sorted};
use crate::db::tables::{plan_subscriptions, subscription_periods};
use crate::error::{Error, Result};
use crate::id::{BusinessId, CustomerId, PlanId, PlanSubscriptionId};
use crate::money::Amount;

fn narrow<'a, T>(
    mut query: plan_subscriptions::BoxedQuery<'a, Pg, T>,
    filter: &'a SubscriptionFilter,
) -> plan_subscriptions::BoxedQuery<'a, Pg, T> {
    if let Some(customer) = filter.customer_id {
        query = query.filter(plan_subscriptions::customer_id.eq(customer));
    }
    if let Some(plan) = filter.plan_id {
        query = query.filter(plan_subscriptions::plan_id.eq(plan));
    }
    if let Some(status) = &filter.status {
        query = query.filter(plan_subscriptions::status.eq_any(status));
    }
    if let Some(failing) = filter.failing {
        query = query.filter(plan_subscriptions::error.is_not_null().eq(failing));
    }
    query
}

/// A page of the subscriptions of a business.
pub async fn list(
    mut conn: &Conn,
    business: BusinessId,
    filter: &SubscriptionFilter,
    page: &Page,
) -> Result<Rows<PlanSubscription>> {
    let query = plan_subscriptions::table
        .filter(plan_subscriptions::business_id.eq(business))
        .filter(Beyond(page))
        .order(Sorted(page))
        .limit(page.fetch())
        .offset(page.skip())
        .select((PlanSubscription::as_select(), Key(page.order)))
        .into_boxed();
    let fetched = narrow(query, filter).load(&mut conn).await?;
    Ok(page.rows(fetched, |subscription: &PlanSubscription| subscription.id.0))
}

/// How many subscriptions of a business there are.
pub async fn count(mut conn: &Conn, business: BusinessId, filter: &SubscriptionFilter) -> Result<i64> {
    let query = plan_subscriptions::table
        .filter(plan_subscriptions::business_id.eq(business))
        .select(count_star())
        .into_boxed();
    Ok(narrow(query, filter).first(&mut conn).await?)
}

/// The subscriptions of those ids.
pub async fn by_ids(
    mut conn: &Conn,
    business: BusinessId,
    ids: &[PlanSubscriptionId],
) -> Result<HashMap<PlanSubscriptionId, PlanSubscription>> {
    let found: Vec<PlanSubscription> = plan_subscriptions::table
        .filter(plan_subscriptions::business_id.eq(business).and(plan_subscriptions::id.eq_any(ids)))
        .select(PlanSubscription::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|subscription| (subscription.id, subscription)).collect())
}

/// The subscriptions on the page of each of these customers.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    page: &Page,
) -> Result<Vec<(PlanSubscription, String)>> {
    let parents = customers.iter().map(|id| id.0).collect();
    Ok(plan_subscriptions::table
        .filter(plan_subscriptions::business_id.eq(business))
        .filter(OnPageOf::new("plan_subscriptions", "customer_id", business, parents, page))
        .order(Sorted(page))
        .select((PlanSubscription::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?)
}

/// The subscriptions on the page of each of these plans.
pub async fn by_plans(
    mut conn: &Conn,
    business: BusinessId,
    plans: &[PlanId],
    page: &Page,
) -> Result<Vec<(PlanSubscription, String)>> {
    let parents = plans.iter().map(|id| id.0).collect();
    Ok(plan_subscriptions::table
        .filter(plan_subscriptions::business_id.eq(business))
        .filter(OnPageOf::new("plan_subscriptions", "plan_id", business, parents, page))
        .order(Sorted(page))
        .select((PlanSubscription::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?)
}

/// How many subscriptions each of these customers has.
pub async fn count_by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, i64>> {
    let counts: Vec<(CustomerId, i64)> = plan_subscriptions::table
        .filter(plan_subscriptions::business_id.eq(business).and(plan_subscriptions::customer_id.eq_any(customers)))
        .group_by(plan_subscriptions::customer_id)
        .select((plan_subscriptions::customer_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// How many subscriptions there are to each of these plans.
pub async fn count_by_plans(mut conn: &Conn, business: BusinessId, plans: &[PlanId]) -> Result<HashMap<PlanId, i64>> {
    let counts: Vec<(PlanId, i64)> = plan_subscriptions::table
        .filter(plan_subscriptions::business_id.eq(business).and(plan_subscriptions::plan_id.eq_any(plans)))
        .group_by(plan_subscriptions::plan_id)
        .select((plan_subscriptions::plan_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// The subscription of that id.
pub async fn find(mut conn: &Conn, business: BusinessId, id: PlanSubscriptionId) -> Result<Option<PlanSubscription>> {
    let found = plan_subscriptions::table.find((business, id)).select(PlanSubscription::as_select());
    Ok(found.first(&mut conn).await.optional()?)
}

/// Subscriptions with what they pay.
pub async fn lives(conn: &Conn, business: BusinessId, rows: Vec<PlanSubscription>) -> Result<Vec<Life>> {
    let prices = |row: &PlanSubscription| [Some(row.price_id), row.period_price_id, row.next_price_id];
    let prices: Vec<_> = rows.iter().flat_map(prices).flatten().collect();
    let terms = plan::store::terms(conn, business, &prices).await?;
    let get = |price| {
        terms.get(&price).cloned().ok_or_else(|| Error::internal("a subscription at a price that is not there"))
    };
    let life = |row: PlanSubscription| {
        let charged = get(row.period_price_id.unwrap_or(row.price_id))?;
        Ok(Life { terms: get(row.price_id)?, charged, next: row.next_price_id.map(&get).transpose()?, row })
    };
    rows.into_iter().map(life).collect()
}

/// The subscription in which something was due first by `today`, with its customer, whom nobody else has locked, and
/// who is locked from then on. Those that failed wait for their next try.
pub async fn lock_due(
    mut conn: &Conn,
    business: BusinessId,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Option<PlanSubscription>> {
    // The customer first and the subscription with them: both are skipped where someone else has either.
    let found: Vec<PlanSubscription> = diesel::sql_query(
        "SELECT s.* FROM plan_subscriptions s
         JOIN customers c ON c.business_id = s.business_id AND c.id = s.customer_id
         WHERE s.business_id = $1 AND s.due_on <= $2 AND (s.retry_at IS NULL OR s.retry_at <= $3)
         ORDER BY s.due_on, s.id LIMIT 1 FOR UPDATE OF c, s SKIP LOCKED",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Date, _>(today)
    .bind::<Timestamptz, _>(now)
    .load(&mut conn)
    .await?;
    Ok(found.into_iter().next())
}

/// The day on which the next subscription of a business is due that does not wait for another try.
pub async fn next_due(mut conn: &Conn, business: BusinessId, now: DateTime<Utc>) -> Result<Option<NaiveDate>> {
    Ok(plan_subscriptions::table
        .filter(plan_subscriptions::business_id.eq(business).and(plan_subscriptions::due_on.is_not_null()))
        .filter(plan_subscriptions::retry_at.is_null().or(plan_subscriptions::retry_at.le(now)))
        .select(min(plan_subscriptions::due_on))
        .first(&mut conn)
        .await?)
}

/// How many subscriptions of a business are due by a day, and since when.
pub async fn lag(mut conn: &Conn, business: BusinessId, today: NaiveDate) -> Result<(i64, Option<NaiveDate>)> {
    Ok(plan_subscriptions::table
        .filter(plan_subscriptions::business_id.eq(business).and(plan_subscriptions::due_on.le(today)))
        .select((count_star(), min(plan_subscriptions::due_on)))
        .first(&mut conn)
        .await?)
}

/// Those of a business that are due by a day, in the order in which they are.
pub async fn due(mut conn: &Conn, business: BusinessId, until: NaiveDate) -> Result<Vec<PlanSubscription>> {
    Ok(plan_subscriptions::table
        .filter(plan_subscriptions::business_id.eq(business).and(plan_subscriptions::due_on.le(until)))
        .order((plan_subscriptions::due_on, plan_subscriptions::id))
        .select(PlanSubscription::as_select())
        .load(&mut conn)
        .await?)
}

/// Those of a business that could not be charged for.
pub async fn failing(mut conn: &Conn, business: BusinessId) -> Result<Vec<PlanSubscription>> {
    Ok(plan_subscriptions::table
        .filter(plan_subscriptions::business_id.eq(business).and(plan_subscriptions::due_on.is_not_null()))
        .filter(plan_subscriptions::error.is_not_null())
        .order((plan_subscriptions::due_on, plan_subscriptions::id))
        .select(PlanSubscription::as_select())
        .load(&mut conn)
        .await?)
}

/// Makes a subscription of a locked customer.
pub async fn insert(mut conn: &Conn, subscription: &PlanSubscription) -> Result<()> {
    diesel::insert_into(plan_subscriptions::table).values(subscription).execute(&mut conn).await?;
    Ok(())
}

/// Writes a subscription of a locked customer as it is now.
pub async fn update(mut conn: &Conn, subscription: &PlanSubscription) -> Result<()> {
    diesel::update(plan_subscriptions::table.find((subscription.business_id, subscription.id)))
        .set(subscription)
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Notes why a subscription of a locked customer could not be charged for, and when to try again.
pub async fn set_failed(
    mut conn: &Conn,
    business: BusinessId,
    id: PlanSubscriptionId,
    error: &str,
    failures: i32,
    retry_at: DateTime<Utc>,
) -> Result<()> {
    diesel::update(plan_subscriptions::table.find((business, id)))
        .set((
            plan_subscriptions::error.eq(error),
            plan_subscriptions::failures.eq(failures),
            plan_subscriptions::retry_at.eq(retry_at),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Notes days that a subscription of a locked customer is charged for.
pub async fn insert_periods(mut conn: &Conn, periods: &[SubscriptionPeriod]) -> Result<()> {
    if periods.is_empty() {
        return Ok(());
    }
    diesel::insert_into(subscription_periods::table).values(periods).execute(&mut conn).await?;
    Ok(())
}

/// Ends the days that a subscription of a locked customer was charged for before a day, and notes what was given back.
pub async fn cut_period(
    mut conn: &Conn,
    subscription: &PlanSubscription,
    on: NaiveDate,
    credited: Amount,
) -> Result<()> {
    diesel::update(subscription_periods::table)
        .filter(subscription_periods::business_id.eq(subscription.business_id))
        .filter(subscription_periods::subscription_id.eq(subscription.id))
        .filter(subscription_periods::ends_on.gt(on))
        .set((subscription_periods::ends_on.eq(on), subscription_periods::credited.eq(credited)))
        .execute(&mut conn)
        .await?;
    Ok(())
}
