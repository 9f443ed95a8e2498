//! The only file that queries `preferences`, but for the filter of customers.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::Preferences;
use crate::db::Conn;
use crate::db::tables::preferences;
use crate::error::Result;
use crate::id::{BusinessId, CustomerId};

/// What these customers prefer, as far as it was said.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, Preferences>> {
    let found: Vec<Preferences> = preferences::table
        .filter(preferences::business_id.eq(business).and(preferences::id.eq_any(customers)))
        .select(Preferences::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|preferences| (preferences.id, preferences)).collect())
}

/// What a locked customer prefers.
pub async fn find(conn: &Conn, business: BusinessId, customer: CustomerId) -> Result<Preferences> {
    let found = by_customers(conn, business, &[customer]).await?.remove(&customer);
    Ok(found.unwrap_or_else(|| Preferences::unsaid(business, customer)))
}

/// Keeps what a locked customer prefers.
pub async fn put(mut conn: &Conn, new: &Preferences) -> Result<()> {
    diesel::insert_into(preferences::table)
        .values(new)
        .on_conflict((preferences::business_id, preferences::id))
        .do_update()
        .set(new)
        .execute(&mut conn)
        .await?;
    Ok(())
}
