//! A user.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::tables::users;
use crate::id::UserId;
use crate::text::EmailAddress;

/// A user, without the password.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// What they sign in with.
    pub email: EmailAddress,
    /// What they are called.
    pub name: String,
}

/// A user to be added.
#[derive(Debug, Insertable)]
#[diesel(table_name = users)]
pub struct NewUser {
    /// Their id.
    pub id: UserId,
    /// What they sign in with.
    pub email: EmailAddress,
    /// What they are called.
    pub name: String,
    /// Argon2id, in PHC form.
    pub password_hash: String,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When name, e-mail or password last changed.
    pub updated_at: DateTime<Utc>,
}
