//! The only file that queries `share_links` and `customer_sessions`, but for the viewer's look-up in `auth`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{CustomerSession, ShareLink};
use crate::db::Conn;
use crate::db::page::{Key, OnPageOf, Page, Sorted};
use crate::db::tables::{businesses, customer_sessions, customers, share_links};
use crate::error::{Error, Result, UserErrorCode};
use crate::id::{BusinessId, CustomerId, SessionId, ShareLinkId};
use crate::text::{Country, PhoneNumber};

/// The links on the page of each of these customers.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    page: &Page,
) -> Result<Vec<(ShareLink, String)>> {
    let parents = customers.iter().map(|id| id.0).collect();
    Ok(share_links::table
        .filter(share_links::business_id.eq(business))
        .filter(OnPageOf::new("share_links", "customer_id", business, parents, page))
        .order(Sorted(page))
        .select((ShareLink::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?)
}

/// How many links each of these customers has.
pub async fn count_by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, i64>> {
    let counts: Vec<(CustomerId, i64)> = share_links::table
        .filter(share_links::business_id.eq(business).and(share_links::customer_id.eq_any(customers)))
        .group_by(share_links::customer_id)
        .select((share_links::customer_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// The link of that id.
pub async fn find(mut conn: &Conn, business: BusinessId, id: ShareLinkId) -> Result<Option<ShareLink>> {
    Ok(share_links::table.find((business, id)).select(ShareLink::as_select()).first(&mut conn).await.optional()?)
}

/// Whether there is such a customer; they stay until the transaction ends, and no other makes a link for them.
pub async fn hold_customer(mut conn: &Conn, business: BusinessId, customer: CustomerId) -> Result<bool> {
    let found: Option<CustomerId> = customers::table
        .find((business, customer))
        .select(customers::id)
        .for_no_key_update()
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.is_some())
}

/// How many links of a customer can be used at `now`.
pub async fn count_good(
    mut conn: &Conn,
    business: BusinessId,
    customer: CustomerId,
    now: DateTime<Utc>,
) -> Result<i64> {
    Ok(share_links::table
        .filter(share_links::business_id.eq(business).and(share_links::customer_id.eq(customer)))
        .filter(share_links::revoked_at.is_null())
        .filter(share_links::expires_at.is_null().or(share_links::expires_at.gt(now)))
        .count()
        .get_result(&mut conn)
        .await?)
}

/// The WhatsApp number of a customer, and the country whose numbers need no code there.
pub async fn number_of(
    mut conn: &Conn,
    business: BusinessId,
    customer: CustomerId,
) -> Result<(Option<PhoneNumber>, Country)> {
    Ok(customers::table
        .find((business, customer))
        .inner_join(businesses::table)
        .select((customers::whatsapp_phone, businesses::country))
        .first(&mut conn)
        .await?)
}

/// Keeps a link by the hash of its token.
pub async fn insert(mut conn: &Conn, link: &ShareLink, hash: [u8; 32]) -> Result<()> {
    diesel::insert_into(share_links::table)
        .values((link, share_links::token_hash.eq(hash.to_vec())))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Locks the row of a link; a user error if there is none.
pub async fn lock(mut conn: &Conn, business: BusinessId, id: ShareLinkId) -> Result<ShareLink> {
    let found = share_links::table
        .find((business, id))
        .select(ShareLink::as_select())
        .for_update()
        .first(&mut conn)
        .await
        .optional()?;
    found.ok_or_else(|| Error::user(UserErrorCode::NotFound, "id", format!("there is no share link {id}")))
}

/// Locks the row of the link of a token: those who try numbers at once wait for each other.
pub async fn lock_by_token(mut conn: &Conn, business: BusinessId, hash: [u8; 32]) -> Result<Option<ShareLink>> {
    Ok(share_links::table
        .filter(share_links::business_id.eq(business).and(share_links::token_hash.eq(hash.to_vec())))
        .select(ShareLink::as_select())
        .for_update()
        .first(&mut conn)
        .await
        .optional()?)
}

/// Ends a locked link from the commit on, with all who came by it.
pub async fn revoke(mut conn: &Conn, business: BusinessId, id: ShareLinkId, now: DateTime<Utc>) -> Result<ShareLink> {
    Ok(diesel::update(share_links::table.find((business, id)))
        .set(share_links::revoked_at.eq(now))
        .returning(ShareLink::as_returning())
        .get_result(&mut conn)
        .await?)
}

/// Keeps what a locked link knows of the numbers that were tried.
pub async fn update_tries(mut conn: &Conn, link: &ShareLink) -> Result<()> {
    diesel::update(share_links::table.find((link.business_id, link.id)))
        .set((
            share_links::wrong_at.eq(&link.wrong_at),
            share_links::locked_until.eq(link.locked_until),
            share_links::last_used_at.eq(link.last_used_at),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Begins a sign-in.
pub async fn insert_session(mut conn: &Conn, session: &CustomerSession) -> Result<()> {
    diesel::insert_into(customer_sessions::table).values(session).execute(&mut conn).await?;
    Ok(())
}

/// Forgets the sign-ins by a link that are over at `now`: nothing of theirs is worth anything any more.
pub async fn delete_ended_sessions(mut conn: &Conn, link: &ShareLink, now: DateTime<Utc>) -> Result<()> {
    let of_link = customer_sessions::business_id
        .eq(link.business_id)
        .and(customer_sessions::customer_id.eq(link.customer_id))
        .and(customer_sessions::share_link_id.eq(link.id));
    diesel::delete(customer_sessions::table.filter(of_link))
        .filter(customer_sessions::expires_at.le(now).or(customer_sessions::revoked_at.is_not_null()))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Locks a sign-in.
pub async fn lock_session(mut conn: &Conn, business: BusinessId, id: SessionId) -> Result<Option<CustomerSession>> {
    Ok(customer_sessions::table
        .find((business, id))
        .select(CustomerSession::as_select())
        .for_update()
        .first(&mut conn)
        .await
        .optional()?)
}

/// Replaces the refresh token of a locked sign-in.
pub async fn update_refresh(
    mut conn: &Conn,
    business: BusinessId,
    id: SessionId,
    hash: [u8; 32],
    expires_at: DateTime<Utc>,
) -> Result<()> {
    diesel::update(customer_sessions::table.find((business, id)))
        .set((customer_sessions::refresh_hash.eq(hash.to_vec()), customer_sessions::expires_at.eq(expires_at)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Ends a sign-in: its tokens are worth nothing from the commit on.
pub async fn revoke_session(mut conn: &Conn, business: BusinessId, id: SessionId, now: DateTime<Utc>) -> Result<()> {
    diesel::update(customer_sessions::table.find((business, id)))
        .filter(customer_sessions::revoked_at.is_null())
        .set(customer_sessions::revoked_at.eq(now))
        .execute(&mut conn)
        .await?;
    Ok(())
}
