//! The only file that queries `service_usages`, but for the filter of customers.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::model::ServiceUsage;
use crate::db::Conn;
use crate::db::tables::service_usages;
use crate::error::Result;
use crate::id::{BusinessId, CustomerId};

/// How much these customers use, as far as it was reported.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, ServiceUsage>> {
    let found: Vec<ServiceUsage> = service_usages::table
        .filter(service_usages::business_id.eq(business).and(service_usages::id.eq_any(customers)))
        .select(ServiceUsage::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|usage| (usage.id, usage)).collect())
}

/// Keeps reports about different customers, unless there is a later one. Always in the same order, so that two who
/// report at once cannot block each other.
pub async fn put(mut conn: &Conn, business: BusinessId, reports: &[ServiceUsage]) -> Result<()> {
    let column = |of: fn(&ServiceUsage) -> i32| reports.iter().map(of).collect::<Vec<_>>();
    diesel::sql_query(
        "INSERT INTO service_usages (business_id, id, percent, devices, reported_at)
         SELECT $1, report.* FROM unnest($2, $3, $4, $5) AS report (id, percent, devices, reported_at) ORDER BY report.id
         ON CONFLICT (business_id, id) DO UPDATE
         SET percent = excluded.percent, devices = excluded.devices, reported_at = excluded.reported_at
         WHERE service_usages.reported_at <= excluded.reported_at",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<SqlUuid>, _>(reports.iter().map(|report| report.id).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(column(|report| report.percent))
    .bind::<Array<Integer>, _>(column(|report| report.devices))
    .bind::<Array<Timestamptz>, _>(reports.iter().map(|report| report.reported_at).collect::<Vec<_>>())
    .execute(&mut conn)
    .await?;
    Ok(())
}
