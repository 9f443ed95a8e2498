//! An API key and the checks of a new one.

use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::auth::{Permission, Permissions, Viewer};
use crate::db::page::Order;
use crate::db::tables::api_keys;
use crate::error::{Error, Result, UserErrorCode};
use crate::id::{ApiKeyId, BusinessId, UserId};
use crate::text::Checks;

const MAX_NAME: usize = 100;
/// The most keys of one business that can be used at the same time.
pub const MAX_KEYS: i64 = 100;

/// In the order in which they were made, the newest first.
pub const NEWEST_FIRST: Order =
    Order { name: "API_KEYS", key: "api_keys.id", key_type: "uuid", id: "api_keys.id", descending: true };

/// A key of the business, without what it is.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys)]
pub struct ApiKey {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// What it may do, as far as its maker may.
    pub scopes: Permissions,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was used, to the hour.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Until when it can be used.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A key to be made.
#[derive(Debug, Clone, InputObject)]
pub struct ApiKeyCreateInput {
    /// What it is for, such as `Till 2`; at most 100 characters.
    pub name: String,
    /// What it may do: nothing that you may not do yourself. None if absent: it can then ask only who it is.
    #[graphql(default)]
    pub scopes: Vec<Permission>,
    /// Until when it can be used. Until it is revoked if absent.
    pub expires_at: Option<DateTime<Utc>>,
}

impl ApiKeyCreateInput {
    /// The key, made by a user at `now`.
    pub fn check(self, id: ApiKeyId, viewer: &Viewer, now: DateTime<Utc>) -> Result<ApiKey> {
        let Some(created_by) = viewer.user() else {
            return Err(Error::Forbidden("only a user makes API keys".into()));
        };
        let mut checks = Checks::default();
        let name = checks.text("name", &self.name, MAX_NAME);
        let scopes: Permissions = self.scopes.into_iter().collect();
        for scope in scopes.list() {
            let written: &str = scope.into();
            if !scope.is_scope() {
                let message = format!("no API key can have {written}: keys make no keys");
                checks.add(UserErrorCode::Invalid, "scopes", message);
            } else if !viewer.may(scope) {
                let message = format!("a key can do no more than you, and you lack {written}");
                checks.add(UserErrorCode::Invalid, "scopes", message);
            }
            for needed in scope.needs().iter().filter(|needed| !scopes.contains(**needed)) {
                let message = format!("{written} needs {} too: its answers show that", <&str>::from(*needed));
                checks.add(UserErrorCode::Invalid, "scopes", message);
            }
        }
        if self.expires_at.is_some_and(|at| at <= now) {
            checks.add(UserErrorCode::Invalid, "expiresAt", "expiresAt must be in the future");
        }
        checks.finish()?;
        Ok(ApiKey {
            business_id: viewer.business.id,
            id,
            name,
            scopes,
            created_by,
            created_at: now,
            last_used_at: None,
            expires_at: self.expires_at,
            revoked_at: None,
        })
    }
}
