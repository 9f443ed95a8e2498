//! Which businesses have something due.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use crate::accounts::business;
use crate::auth::Tenant;
use crate::db::Conn;
use crate::error::Result;
use crate::id::BusinessId;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: BusinessId,
}

/// The businesses in which something is due at a time, each by the day in its own zone. Sandboxes wait for their clock.
/// In `Scope::System`.
pub async fn with_work(mut conn: &Conn, now: DateTime<Utc>) -> Result<Vec<Tenant>> {
    let found: Vec<Found> = diesel::sql_query(
        "SELECT b.id FROM businesses b
         WHERE b.test_clock IS NULL
             AND (b.dunning_revised
                 OR EXISTS (SELECT FROM plan_subscriptions s
                            WHERE s.business_id = b.id AND s.due_on <= ($1 AT TIME ZONE b.time_zone)::date
                                AND (s.retry_at IS NULL OR s.retry_at <= $1))
                 OR EXISTS (SELECT FROM standing_orders o
                            WHERE o.business_id = b.id AND o.next_on <= ($1 AT TIME ZONE b.time_zone)::date
                                AND (o.retry_at IS NULL OR o.retry_at <= $1))
                 OR EXISTS (SELECT FROM dunnings d
                            WHERE d.business_id = b.id AND d.dunning_on <= ($1 AT TIME ZONE b.time_zone)::date))
         ORDER BY b.id",
    )
    .bind::<Timestamptz, _>(now)
    .load(&mut conn)
    .await?;
    let ids: Vec<BusinessId> = found.into_iter().map(|found| found.id).collect();
    let mut businesses = business::store::by_ids(conn, &ids).await?;
    Ok(ids.iter().filter_map(|id| businesses.remove(id)).map(|business| business.tenant()).collect())
}
