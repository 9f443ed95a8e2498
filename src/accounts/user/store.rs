//! The only file that queries `users`, but for the viewer's look-up in `auth`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{NewUser, User};
use crate::db::Conn;
use crate::db::tables::users;
use crate::error::Result;
use crate::id::UserId;
use crate::text::EmailAddress;

diesel::define_sql_function! {
    /// Lower case, by the rules of the data base.
    fn lower(value: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// Adds a user. In `Scope::System`.
pub async fn insert(mut conn: &Conn, user: &NewUser) -> QueryResult<()> {
    diesel::insert_into(users::table).values(user).execute(&mut conn).await.map(drop)
}

/// The user of that address and the hash of their password. In `Scope::System`.
pub async fn find_with_password(mut conn: &Conn, email: &EmailAddress) -> Result<Option<(User, String)>> {
    Ok(users::table
        .filter(lower(users::email).eq(lower(email)))
        .select((User::as_select(), users::password_hash))
        .first(&mut conn)
        .await
        .optional()?)
}

/// The hash of a user's password.
pub async fn password_hash(mut conn: &Conn, id: UserId) -> Result<String> {
    Ok(users::table.find(id).select(users::password_hash).first(&mut conn).await?)
}

/// Replaces a user's password.
pub async fn update_password(mut conn: &Conn, id: UserId, hash: &str, now: DateTime<Utc>) -> Result<()> {
    diesel::update(users::table.find(id))
        .set((users::password_hash.eq(hash), users::updated_at.eq(now)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Those of `ids` that the scope can see.
pub async fn by_ids(mut conn: &Conn, ids: &[UserId]) -> Result<HashMap<UserId, User>> {
    let found: Vec<User> = users::table.filter(users::id.eq_any(ids)).select(User::as_select()).load(&mut conn).await?;
    Ok(found.into_iter().map(|user| (user.id, user)).collect())
}
