//! The only file that queries `sessions` and `refresh_tokens`, but for the viewer's look-up in `auth`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::Conn;
use crate::db::tables::{refresh_tokens, sessions};
use crate::error::Result;
use crate::id::{BusinessId, SessionId, UserId};

/// A refresh token as it is kept, with whose it is.
#[derive(Debug, Clone, Queryable)]
pub struct RefreshToken {
    /// Of which sign-in.
    pub session_id: SessionId,
    /// For which business it makes access tokens.
    pub business_id: BusinessId,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub spent_at: Option<DateTime<Utc>>,
    /// Whose it is.
    pub user_id: UserId,
    /// When the session was ended.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Begins a session. In `Scope::System`.
pub async fn insert(mut conn: &Conn, id: SessionId, user: UserId, now: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(sessions::table)
        .values((sessions::id.eq(id), sessions::user_id.eq(user), sessions::created_at.eq(now)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Keeps the hash of a new refresh token. In `Scope::System`.
pub async fn insert_token(
    mut conn: &Conn,
    hash: &[u8],
    session: SessionId,
    business: BusinessId,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(hash),
            refresh_tokens::session_id.eq(session),
            refresh_tokens::business_id.eq(business),
            refresh_tokens::expires_at.eq(expires_at),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Locks the refresh token of that hash. In `Scope::System`.
pub async fn lock_token(mut conn: &Conn, hash: &[u8]) -> Result<Option<RefreshToken>> {
    Ok(refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::token_hash.eq(hash))
        .select((
            refresh_tokens::session_id,
            refresh_tokens::business_id,
            refresh_tokens::expires_at,
            refresh_tokens::spent_at,
            sessions::user_id,
            sessions::revoked_at,
        ))
        .for_update()
        .first(&mut conn)
        .await
        .optional()?)
}

/// Marks a refresh token as used. In `Scope::System`.
pub async fn spend_token(mut conn: &Conn, hash: &[u8], now: DateTime<Utc>) -> Result<()> {
    diesel::update(refresh_tokens::table.filter(refresh_tokens::token_hash.eq(hash)))
        .set(refresh_tokens::spent_at.eq(now))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Ends a session: its access and refresh tokens are worth nothing from the commit on.
pub async fn revoke(mut conn: &Conn, id: SessionId, now: DateTime<Utc>) -> Result<()> {
    diesel::update(sessions::table.find(id))
        .filter(sessions::revoked_at.is_null())
        .set(sessions::revoked_at.eq(now))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Ends all sessions of a user but one.
pub async fn revoke_others(mut conn: &Conn, user: UserId, keep: SessionId, now: DateTime<Utc>) -> Result<()> {
    diesel::update(sessions::table)
        .filter(sessions::user_id.eq(user).and(sessions::id.ne(keep)).and(sessions::revoked_at.is_null()))
        .set(sessions::revoked_at.eq(now))
        .execute(&mut conn)
        .await?;
    Ok(())
}
