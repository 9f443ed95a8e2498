//! Recurring revenue, from the days that subscriptions were charged for.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::model::{Movement, PlanRevenue, Revenue, Sum, Why};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::id::{BusinessId, PlanId};
use crate::money::Amount;

/// Which days brought what a month, from `starts_on` on and without `ends_on`: like `Cadence::over`, rounded half up. Free
/// ones are left out. The days of an active subscription go on until it is charged again, or ends.
const TERMS: &str = "
    SELECT p.customer_id, r.plan_id, p.quantity, p.starts_on,
        CASE WHEN s.status = 'ACTIVE' AND p.ends_on = s.period_end THEN 'infinity'::date
            ELSE least(p.ends_on, s.canceled_on) END AS ends_on,
        div(2 * r.amount::numeric * p.quantity
            * CASE l.interval_unit WHEN 'DAY' THEN 365 WHEN 'WEEK' THEN 52 WHEN 'MONTH' THEN 12 ELSE 1 END
            + 12 * l.interval_count, 24 * l.interval_count)::bigint AS mrr
    FROM subscription_periods p
    JOIN plan_subscriptions s ON s.business_id = p.business_id AND s.id = p.subscription_id
    JOIN plan_prices r ON r.business_id = p.business_id AND r.id = p.price_id
    JOIN plans l ON l.business_id = p.business_id AND l.id = r.plan_id
    WHERE p.business_id = $1 AND p.starts_on <= $2 AND r.amount > 0";

/// What subscriptions brought at the end of a day.
pub async fn revenue(mut conn: &Conn, business: BusinessId, as_of: NaiveDate) -> Result<Revenue> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<SqlUuid>)]
        plan_id: Option<PlanId>,
        #[diesel(sql_type = BigInt)]
        subscriptions: i64,
        #[diesel(sql_type = BigInt)]
        quantity: i64,
        #[diesel(sql_type = BigInt)]
        customers: i64,
        #[diesel(sql_type = BigInt)]
        mrr: Amount,
    }
    let rows: Vec<Row> = diesel::sql_query(format!(
        "SELECT plan_id, count(*) AS subscriptions, coalesce(sum(quantity), 0)::bigint AS quantity,
             count(DISTINCT customer_id) AS customers, coalesce(sum(mrr), 0)::bigint AS mrr
         FROM ({TERMS}) AS terms WHERE ends_on > $2
         GROUP BY GROUPING SETS ((plan_id), ()) ORDER BY mrr DESC, plan_id"
    ))
    .bind::<SqlUuid, _>(business)
    .bind::<Date, _>(as_of)
    .load(&mut conn)
    .await?;
    let mut revenue = Revenue::default();
    for Row { plan_id, subscriptions, quantity, customers, mrr } in rows {
        let sum = Sum { subscriptions, quantity, customers, mrr };
        match plan_id {
            Some(plan) => revenue.plans.push(PlanRevenue { plan, sum }),
            None => revenue.total = sum,
        }
    }
    Ok(revenue)
}

/// How revenue moved from the beginning to the end of a day. What was before `from` is told as of the day before it.
pub async fn movements(mut conn: &Conn, business: BusinessId, from: NaiveDate, to: NaiveDate) -> Result<Vec<Movement>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Date)]
        day: NaiveDate,
        #[diesel(sql_type = Text)]
        why: String,
        #[diesel(sql_type = BigInt)]
        mrr: i64,
        #[diesel(sql_type = BigInt)]
        customers: i64,
    }
    let rows: Vec<Row> = diesel::sql_query(format!(
        "WITH terms AS ({TERMS}),
         steps AS (
             SELECT customer_id, day, sum(step) AS step
             FROM (SELECT customer_id, starts_on AS day, mrr AS step FROM terms WHERE starts_on < ends_on
                   UNION ALL
                   SELECT customer_id, ends_on, -mrr FROM terms WHERE starts_on < ends_on AND ends_on <= $2) AS s
             GROUP BY 1, 2 HAVING sum(step) <> 0),
         moves AS (
             SELECT day, step, sum(step) OVER customer AS after, row_number() OVER customer AS place
             FROM steps WINDOW customer AS (PARTITION BY customer_id ORDER BY day))
         SELECT greatest(day, $3 - 1) AS day, why, sum(step)::bigint AS mrr, count(*) AS customers
         FROM (SELECT day, step, CASE WHEN place = 1 THEN 'NEW' WHEN after = 0 THEN 'CHURN'
                   WHEN after = step THEN 'REACTIVATION' WHEN step > 0 THEN 'EXPANSION' ELSE 'CONTRACTION' END AS why
               FROM moves) AS m
         GROUP BY 1, 2"
    ))
    .bind::<SqlUuid, _>(business)
    .bind::<Date, _>(to)
    .bind::<Date, _>(from)
    .load(&mut conn)
    .await?;
    let movement = |Row { day, why, mrr, customers }| {
        let why = match why.as_str() {
            "NEW" => Why::New,
            "EXPANSION" => Why::Expansion,
            "CONTRACTION" => Why::Contraction,
            "CHURN" => Why::Churn,
            "REACTIVATION" => Why::Reactivation,
            other => return Err(Error::internal(format!("revenue moved by {other}"))),
        };
        Ok(Movement { day, why, mrr, customers })
    };
    rows.into_iter().map(movement).collect()
}
