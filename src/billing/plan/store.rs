//! The only file that queries `plans` and `plan_prices`, but for `check`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{auto_type, count_star};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel_async::RunQueryDsl;

use super::model::{Plan, PlanChanges, PlanFilter, PlanPrice, Terms};
use crate::db::Conn;
use crate::db::page::{Beyond, Key, OnPageOf, Page, Rows, Sorted};
use crate::db::tables::{plan_prices, plans};
use crate::error::{Error, Result, UserErrorCode};
use crate::id::{BusinessId, PlanId, PlanPriceId};

#[auto_type(no_type_alias)]
fn with_price() -> _ {
    plans::table.inner_join(
        plan_prices::table.on(plan_prices::business_id
            .eq(plans::business_id)
            .and(plan_prices::plan_id.eq(plans::id))
            .and(plan_prices::version.eq(plans::version))),
    )
}

/// A page of the plans of a business.
pub async fn list(mut conn: &Conn, business: BusinessId, filter: &PlanFilter, page: &Page) -> Result<Rows<Plan>> {
    let mut query = with_price()
        .filter(plans::business_id.eq(business).and(plans::archived_at.is_not_null().eq(filter.archived)))
        .filter(Beyond(page))
        .order(Sorted(page))
        .limit(page.fetch())
        .offset(page.skip())
        .select((Plan::as_select(), Key(page.order)))
        .into_boxed::<Pg>();
    if let Some(interval) = filter.interval {
        query = query.filter(plans::interval_unit.eq(interval));
    }
    Ok(page.rows(query.load(&mut conn).await?, |plan: &Plan| plan.row.id.0))
}

/// How many plans of a business there are.
pub async fn count(mut conn: &Conn, business: BusinessId, filter: &PlanFilter) -> Result<i64> {
    let mut query = plans::table
        .filter(plans::business_id.eq(business).and(plans::archived_at.is_not_null().eq(filter.archived)))
        .select(count_star())
        .into_boxed();
    if let Some(interval) = filter.interval {
        query = query.filter(plans::interval_unit.eq(interval));
    }
    Ok(query.first(&mut conn).await?)
}

/// The plans of those ids.
pub async fn by_ids(mut conn: &Conn, business: BusinessId, ids: &[PlanId]) -> Result<HashMap<PlanId, Plan>> {
    let found: Vec<Plan> = with_price()
        .filter(plans::business_id.eq(business).and(plans::id.eq_any(ids)))
        .select(Plan::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|plan| (plan.row.id, plan)).collect())
}

/// The plan of that id.
pub async fn find(conn: &Conn, business: BusinessId, id: PlanId) -> Result<Option<Plan>> {
    Ok(by_ids(conn, business, &[id]).await?.remove(&id))
}

/// The plan of that code.
pub async fn find_by_code(mut conn: &Conn, business: BusinessId, code: &str) -> Result<Option<Plan>> {
    Ok(with_price()
        .filter(plans::business_id.eq(business).and(plans::code.eq(code)))
        .select(Plan::as_select())
        .first(&mut conn)
        .await
        .optional()?)
}

/// The plan of that id, or a user error at `field`.
pub async fn get(conn: &Conn, business: BusinessId, id: PlanId, field: &str) -> Result<Plan> {
    let found = find(conn, business, id).await?;
    found.ok_or_else(|| Error::user(UserErrorCode::NotFound, field, format!("there is no plan {id}")))
}

/// The plan of that id, or a user error. Nobody else changes it until the transaction ends.
pub async fn lock(mut conn: &Conn, business: BusinessId, id: PlanId) -> Result<Plan> {
    plans::table.find((business, id)).select(plans::id).for_update().load::<PlanId>(&mut conn).await?;
    get(conn, business, id, "id").await
}

/// What those versions of prices come to, with what to know of their plans.
pub async fn terms(
    mut conn: &Conn,
    business: BusinessId,
    prices: &[PlanPriceId],
) -> Result<HashMap<PlanPriceId, Terms>> {
    let found: Vec<Terms> = plan_prices::table
        .inner_join(
            plans::table.on(plans::business_id.eq(plan_prices::business_id).and(plans::id.eq(plan_prices::plan_id))),
        )
        .filter(plan_prices::business_id.eq(business).and(plan_prices::id.eq_any(prices)))
        .select((
            plan_prices::id,
            plans::id,
            plans::name,
            plan_prices::amount,
            plans::interval_unit,
            plans::interval_count,
            plan_prices::tax_rate,
        ))
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|terms| (terms.price, terms)).collect())
}

/// The prices of those ids.
pub async fn prices_by_ids(
    mut conn: &Conn,
    business: BusinessId,
    ids: &[PlanPriceId],
) -> Result<HashMap<PlanPriceId, PlanPrice>> {
    let found: Vec<PlanPrice> = plan_prices::table
        .filter(plan_prices::business_id.eq(business).and(plan_prices::id.eq_any(ids)))
        .select(PlanPrice::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|price| (price.id, price)).collect())
}

/// The prices on the page of each of these plans.
pub async fn prices_by_plans(
    mut conn: &Conn,
    business: BusinessId,
    of: &[PlanId],
    page: &Page,
) -> Result<Vec<(PlanPrice, String)>> {
    let parents = of.iter().map(|id| id.0).collect();
    Ok(plan_prices::table
        .filter(plan_prices::business_id.eq(business))
        .filter(OnPageOf::new("plan_prices", "plan_id", business, parents, page))
        .order(Sorted(page))
        .select((PlanPrice::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?)
}

/// How many prices each of these plans has had.
pub async fn count_prices_by_plans(
    mut conn: &Conn,
    business: BusinessId,
    of: &[PlanId],
) -> Result<HashMap<PlanId, i64>> {
    let counts: Vec<(PlanId, i64)> = plan_prices::table
        .filter(plan_prices::business_id.eq(business).and(plan_prices::plan_id.eq_any(of)))
        .group_by(plan_prices::plan_id)
        .select((plan_prices::plan_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// Makes a plan.
pub async fn insert(mut conn: &Conn, plan: &Plan) -> Result<()> {
    diesel::insert_into(plans::table).values(&plan.row).execute(&mut conn).await.map_err(taken)?;
    insert_price(conn, &plan.price).await
}

/// Makes a price of a plan.
pub async fn insert_price(mut conn: &Conn, price: &PlanPrice) -> Result<()> {
    diesel::insert_into(plan_prices::table).values(price).execute(&mut conn).await?;
    Ok(())
}

/// Changes a plan.
pub async fn update(
    mut conn: &Conn,
    business: BusinessId,
    id: PlanId,
    changes: &PlanChanges,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(plans::table.find((business, id)))
        .set((changes, plans::updated_at.eq(now)))
        .execute(&mut conn)
        .await
        .map_err(taken)?;
    Ok(())
}

/// Makes a version of its prices the one of a locked plan.
pub async fn set_version(
    mut conn: &Conn,
    business: BusinessId,
    id: PlanId,
    version: i32,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(plans::table.find((business, id)))
        .set((plans::version.eq(version), plans::updated_at.eq(now)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Archives a plan, or with `None` restores it.
pub async fn set_archived(
    mut conn: &Conn,
    business: BusinessId,
    id: PlanId,
    at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(plans::table.find((business, id)))
        .set((plans::archived_at.eq(at), plans::updated_at.eq(now)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

fn taken(error: DieselError) -> Error {
    if Error::taken(&error) != Some("plans_code_key") {
        return error.into();
    }
    let message = "another plan has this code; it must be unique (archived plans count)";
    Error::user(UserErrorCode::Taken, "code", message)
}
