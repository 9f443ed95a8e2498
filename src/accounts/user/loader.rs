//! Users for whoever names them.

use std::collections::HashMap;

use super::model::User;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;
use crate::id::UserId;

/// The user of an id.
pub struct ById;

impl Relation for ById {
    type Key = UserId;
    type Value = User;

    const NEEDS: Option<Permission> = Some(Permission::MembersRead);

    async fn load(conn: &Conn, _: &Viewer, ids: &[UserId]) -> Result<HashMap<UserId, User>> {
        store::by_ids(conn, ids).await
    }
}
