//! The only file that queries `notes`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{Note, NoteChanges};
use crate::db::Conn;
use crate::db::page::{Key, OnPageOf, Page, Sorted};
use crate::db::tables::notes;
use crate::error::{Error, Result, UserErrorCode};
use crate::id::{BusinessId, CustomerId, NoteId};

/// The notes on the page of each of these customers.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    page: &Page,
) -> Result<Vec<(Note, String)>> {
    let parents = customers.iter().map(|id| id.0).collect();
    Ok(notes::table
        .filter(notes::business_id.eq(business))
        .filter(OnPageOf::new("notes", "customer_id", business, parents, page))
        .order(Sorted(page))
        .select((Note::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?)
}

/// How many notes there are on each of these customers.
pub async fn count_by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, i64>> {
    let counts: Vec<(CustomerId, i64)> = notes::table
        .filter(notes::business_id.eq(business).and(notes::customer_id.eq_any(customers)))
        .group_by(notes::customer_id)
        .select((notes::customer_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// The notes of those ids.
pub async fn by_ids(mut conn: &Conn, business: BusinessId, ids: &[NoteId]) -> Result<HashMap<NoteId, Note>> {
    let found: Vec<Note> = notes::table
        .filter(notes::business_id.eq(business).and(notes::id.eq_any(ids)))
        .select(Note::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|note| (note.id, note)).collect())
}

/// Locks a note; a user error if there is none.
pub async fn lock(mut conn: &Conn, business: BusinessId, id: NoteId) -> Result<Note> {
    let found =
        notes::table.find((business, id)).select(Note::as_select()).for_update().first(&mut conn).await.optional()?;
    found.ok_or_else(|| Error::user(UserErrorCode::NotFound, "id", format!("there is no note {id}")))
}

/// Writes a note on a locked customer.
pub async fn insert(mut conn: &Conn, note: &Note) -> Result<()> {
    diesel::insert_into(notes::table).values(note).execute(&mut conn).await?;
    Ok(())
}

/// Changes a note.
pub async fn update(
    mut conn: &Conn,
    business: BusinessId,
    id: NoteId,
    changes: &NoteChanges,
    now: DateTime<Utc>,
) -> Result<Note> {
    Ok(diesel::update(notes::table.find((business, id)))
        .set((changes, notes::updated_at.eq(now)))
        .returning(Note::as_returning())
        .get_result(&mut conn)
        .await?)
}

/// Removes a note.
pub async fn delete(mut conn: &Conn, business: BusinessId, id: NoteId) -> Result<()> {
    diesel::delete(notes::table.find((business, id))).execute(&mut conn).await?;
    Ok(())
}
