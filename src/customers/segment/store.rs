//! The only file that queries `segments`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel_async::RunQueryDsl;

use super::model::{Segment, SegmentChanges};
use crate::db::Conn;
use crate::db::page::{Beyond, Key, Page, Rows, Sorted};
use crate::db::tables::segments;
use crate::error::{Error, Result, UserErrorCode};
use crate::id::{BusinessId, SegmentId};

/// A page of the segments of a business.
pub async fn list(mut conn: &Conn, business: BusinessId, page: &Page) -> Result<Rows<Segment>> {
    let fetched = segments::table
        .filter(segments::business_id.eq(business))
        .filter(Beyond(page))
        .order(Sorted(page))
        .limit(page.fetch())
        .offset(page.skip())
        .select((Segment::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?;
    Ok(page.rows(fetched, |segment: &Segment| segment.id.0))
}

/// How many segments a business has.
pub async fn count(mut conn: &Conn, business: BusinessId) -> Result<i64> {
    Ok(segments::table.filter(segments::business_id.eq(business)).count().get_result(&mut conn).await?)
}

/// The segments of those ids.
pub async fn by_ids(mut conn: &Conn, business: BusinessId, ids: &[SegmentId]) -> Result<HashMap<SegmentId, Segment>> {
    let found: Vec<Segment> = segments::table
        .filter(segments::business_id.eq(business).and(segments::id.eq_any(ids)))
        .select(Segment::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|segment| (segment.id, segment)).collect())
}

/// Locks a segment; a user error if there is none.
pub async fn lock(mut conn: &Conn, business: BusinessId, id: SegmentId) -> Result<Segment> {
    let found = segments::table
        .find((business, id))
        .select(Segment::as_select())
        .for_update()
        .first(&mut conn)
        .await
        .optional()?;
    found.ok_or_else(|| Error::user(UserErrorCode::NotFound, "id", format!("there is no segment {id}")))
}

/// Saves a segment.
pub async fn insert(mut conn: &Conn, segment: &Segment) -> Result<()> {
    diesel::insert_into(segments::table).values(segment).execute(&mut conn).await.map_err(taken)?;
    Ok(())
}

/// Changes a segment.
pub async fn update(
    mut conn: &Conn,
    business: BusinessId,
    id: SegmentId,
    changes: &SegmentChanges,
    now: DateTime<Utc>,
) -> Result<Segment> {
    diesel::update(segments::table.find((business, id)))
        .set((changes, segments::updated_at.eq(now)))
        .returning(Segment::as_returning())
        .get_result(&mut conn)
        .await
        .map_err(taken)
}

/// Removes a segment, and none of the customers in it.
pub async fn delete(mut conn: &Conn, business: BusinessId, id: SegmentId) -> Result<()> {
    diesel::delete(segments::table.find((business, id))).execute(&mut conn).await?;
    Ok(())
}

fn taken(error: DieselError) -> Error {
    match Error::taken(&error) {
        Some("segments_name_key") => {
            Error::user(UserErrorCode::Taken, "name", "another segment has this name; it must be unique")
        }
        _ => error.into(),
    }
}
