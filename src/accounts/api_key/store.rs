//! The only file that queries `api_keys`, but for the viewer's look-up in `auth`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::ApiKey;
use crate::db::Conn;
use crate::db::page::{Beyond, Key, Page, Rows, Sorted};
use crate::db::tables::{api_keys, businesses};
use crate::error::{Error, Result, UserErrorCode};
use crate::id::{ApiKeyId, BusinessId};

/// A page of the keys of a business, also those that are revoked.
pub async fn list(mut conn: &Conn, business: BusinessId, page: &Page) -> Result<Rows<ApiKey>> {
    let fetched = api_keys::table
        .filter(api_keys::business_id.eq(business))
        .filter(Beyond(page))
        .order(Sorted(page))
        .limit(page.fetch())
        .offset(page.skip())
        .select((ApiKey::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?;
    Ok(page.rows(fetched, |key: &ApiKey| key.id.0))
}

/// How many keys a business has.
pub async fn count(mut conn: &Conn, business: BusinessId) -> Result<i64> {
    Ok(api_keys::table.filter(api_keys::business_id.eq(business)).count().get_result(&mut conn).await?)
}

/// How many keys of a business can be used at `now`. Nobody else makes one until the transaction ends.
pub async fn count_good(mut conn: &Conn, business: BusinessId, now: DateTime<Utc>) -> Result<i64> {
    businesses::table.find(business).select(businesses::id).for_no_key_update().first::<BusinessId>(&mut conn).await?;
    Ok(api_keys::table
        .filter(api_keys::business_id.eq(business).and(api_keys::revoked_at.is_null()))
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)))
        .count()
        .get_result(&mut conn)
        .await?)
}

/// The keys of those ids.
pub async fn by_ids(mut conn: &Conn, business: BusinessId, ids: &[ApiKeyId]) -> Result<HashMap<ApiKeyId, ApiKey>> {
    let found: Vec<ApiKey> = api_keys::table
        .filter(api_keys::business_id.eq(business).and(api_keys::id.eq_any(ids)))
        .select(ApiKey::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|key| (key.id, key)).collect())
}

/// Keeps a key by the hash of its secret.
pub async fn insert(mut conn: &Conn, key: &ApiKey, hash: [u8; 32]) -> Result<()> {
    diesel::insert_into(api_keys::table)
        .values((key, api_keys::token_hash.eq(hash.to_vec())))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Locks a key; a user error if there is none.
pub async fn lock(mut conn: &Conn, business: BusinessId, id: ApiKeyId) -> Result<ApiKey> {
    let found = api_keys::table
        .find((business, id))
        .select(ApiKey::as_select())
        .for_update()
        .first(&mut conn)
        .await
        .optional()?;
    found.ok_or_else(|| Error::user(UserErrorCode::NotFound, "id", format!("there is no API key {id}")))
}

/// Ends a key from the commit on.
pub async fn revoke(mut conn: &Conn, business: BusinessId, id: ApiKeyId, now: DateTime<Utc>) -> Result<ApiKey> {
    Ok(diesel::update(api_keys::table.find((business, id)))
        .set(api_keys::revoked_at.eq(now))
        .returning(ApiKey::as_returning())
        .get_result(&mut conn)
        .await?)
}
