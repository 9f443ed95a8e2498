//! The GraphQL object `ApiKey`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::model::ApiKey;
use crate::accounts::user::{self, User};
use crate::auth::Permission;
use crate::graphql::{ContextExt as _, Nullable, nullable};
use crate::id::ApiKeyId;

/// A key with which a program acts in the business.
#[Object]
impl ApiKey {
    /// The id of the key, which is not the key.
    pub async fn id(&self) -> ApiKeyId {
        self.id
    }

    /// What it is for.
    async fn name(&self) -> &str {
        &self.name
    }

    /// What it may do, as far as the user who made it still may.
    async fn scopes(&self) -> Vec<Permission> {
        self.scopes.list()
    }

    /// Who made it. It ends when they leave the business.
    async fn created_by(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(ctx.load::<user::ById>(self.created_by).await)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When it was used last, give or take an hour. Null if never.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.last_used_at
    }

    /// Until when it can be used. Null: until it is revoked.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    /// When it was revoked.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.revoked_at
    }
}
