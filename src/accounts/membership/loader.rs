//! The businesses of users.

use std::collections::HashMap;

use super::model::Membership;
use super::store;
use crate::accounts::business::Business;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;
use crate::id::UserId;

/// The memberships of a user, each with its business.
pub struct OfUser;

impl Relation for OfUser {
    type Key = UserId;
    type Value = Vec<(Membership, Business)>;

    // Row-level security shows a user their own.
    const NEEDS: Option<Permission> = None;

    async fn load(conn: &Conn, _: &Viewer, users: &[UserId]) -> Result<HashMap<UserId, Self::Value>> {
        store::by_users(conn, users).await
    }
}
