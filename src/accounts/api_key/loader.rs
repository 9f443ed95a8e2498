//! Names of API keys for what they did.

use std::collections::HashMap;

use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;
use crate::id::ApiKeyId;

/// What a key is called, for all who may read who did something.
pub struct NameOf;

impl Relation for NameOf {
    type Key = ApiKeyId;
    type Value = String;

    const NEEDS: Option<Permission> = Some(Permission::MembersRead);

    async fn load(conn: &Conn, viewer: &Viewer, ids: &[ApiKeyId]) -> Result<HashMap<ApiKeyId, String>> {
        let found = store::by_ids(conn, viewer.business.id, ids).await?;
        Ok(found.into_iter().map(|(id, key)| (id, key.name)).collect())
    }
}
