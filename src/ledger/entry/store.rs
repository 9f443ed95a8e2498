//! The only file that queries `entries`, but for `check`.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use super::model::Entry;
use crate::db::Conn;
use crate::db::tables::entries;
use crate::error::Result;
use crate::id::{BusinessId, CustomerId};
use crate::money::Amount;

/// Writes entries.
pub async fn insert(mut conn: &Conn, entries: &[Entry]) -> Result<()> {
    diesel::insert_into(entries::table).values(entries).execute(&mut conn).await?;
    Ok(())
}

/// What these customers owed before a day, of what was booked by a time. Nothing without a day, for nothing is before
/// the beginning.
pub async fn sums_before(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    day: Option<NaiveDate>,
    as_of: Option<DateTime<Utc>>,
) -> Result<HashMap<CustomerId, Amount>> {
    let Some(day) = day else { return Ok(HashMap::new()) };
    let mut query = entries::table
        .filter(entries::business_id.eq(business).and(entries::customer_id.eq_any(customers)))
        .filter(entries::occurred_on.lt(day))
        .group_by(entries::customer_id)
        .select((entries::customer_id, sql::<BigInt>("sum(amount)::bigint")))
        .into_boxed();
    if let Some(as_of) = as_of {
        query = query.filter(entries::created_at.le(as_of));
    }
    let sums: Vec<(CustomerId, Amount)> = query.load(&mut conn).await?;
    Ok(sums.into_iter().collect())
}

/// At most `limit` entries of these customers of the days `from` to `to`, by day and then as booked, of what was
/// booked by a time.
pub async fn of_days(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    as_of: Option<DateTime<Utc>>,
    limit: usize,
) -> Result<Vec<Entry>> {
    let mut query = entries::table
        .filter(entries::business_id.eq(business).and(entries::customer_id.eq_any(customers)))
        .order((entries::occurred_on, entries::id))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(Entry::as_select())
        .into_boxed();
    if let Some(from) = from {
        query = query.filter(entries::occurred_on.ge(from));
    }
    if let Some(to) = to {
        query = query.filter(entries::occurred_on.le(to));
    }
    if let Some(as_of) = as_of {
        query = query.filter(entries::created_at.le(as_of));
    }
    Ok(query.load(&mut conn).await?)
}
