//! Mutations of API keys.

use async_graphql::{Context, Object};
use serde_json::json;

use super::model::{ApiKey, ApiKeyCreateInput, MAX_KEYS};
use super::store;
use crate::auth::{Permission, secret, token};
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::ApiKeyId;

payload! {
    /// The answer of `apiKeyCreate`.
    ApiKeyCreatePayload {
        /// The key as it is kept.
        api_key: ApiKey,
        /// The key itself. It is shown here and never again: send it as `Authorization: Bearer …`.
        secret: String,
    }
}

payload! {
    /// The answer of `apiKeyRevoke`.
    ApiKeyPayload {
        /// The key as it is now.
        api_key: ApiKey,
    }
}

/// Mutations of API keys.
#[derive(Default)]
pub struct ApiKeyMutation;

#[Object]
impl ApiKeyMutation {
    /// Makes a key for a till, a router or a script. It can do no more than you, now or later. At most 100 of a
    /// business can be used at a time.
    async fn api_key_create(&self, ctx: &Context<'_>, input: ApiKeyCreateInput) -> Nullable<ApiKeyCreatePayload> {
        mutate(ctx, Permission::ApiKeys, create(ctx, input)).await
    }

    /// Ends a key at once. Those who are connected with it are cut off within seconds.
    async fn api_key_revoke(&self, ctx: &Context<'_>, id: ApiKeyId) -> Nullable<ApiKeyPayload> {
        mutate(ctx, Permission::ApiKeys, revoke(ctx, id)).await
    }
}

async fn create(ctx: &Context<'_>, input: ApiKeyCreateInput) -> Result<ApiKeyCreatePayload> {
    let write = ctx.write().await?;
    let clock = &write.app.clock;
    let key = input.check(ApiKeyId(clock.id()), &write.viewer, clock.now())?;
    if store::count_good(&write, key.business_id, key.created_at).await? >= MAX_KEYS {
        let message = format!("the business has {MAX_KEYS} API keys that can be used: revoke one first");
        return Err(Error::user(UserErrorCode::Invalid, "", message));
    }
    let (secret, hash) = secret::addressed(token::KEY_PREFIX, &[key.business_id.0])?;
    store::insert(&write, &key, hash).await?;
    let scopes: Vec<&str> = key.scopes.list().into_iter().map(Into::into).collect();
    record(&write, EventKind::ApiKeyCreated, &key, json!({ "name": key.name, "scopes": scopes })).await?;
    write.commit().await?;
    Ok(ApiKeyCreatePayload { api_key: Some(key), secret: Some(secret), ..Default::default() })
}

async fn revoke(ctx: &Context<'_>, id: ApiKeyId) -> Result<ApiKeyPayload> {
    let write = ctx.write().await?;
    let business = write.viewer.business.id;
    let mut key = store::lock(&write, business, id).await?;
    // Asked for twice, done once.
    if key.revoked_at.is_none() {
        key = store::revoke(&write, business, id, write.app.clock.now()).await?;
        record(&write, EventKind::ApiKeyRevoked, &key, json!({ "name": key.name })).await?;
    }
    write.commit().await?;
    Ok(ApiKeyPayload { api_key: Some(key), ..Default::default() })
}

async fn record(write: &Write, kind: EventKind, key: &ApiKey, data: serde_json::Value) -> Result<()> {
    events::record(write, NewEvent { kind, customer: None, subject: key.id.0, data }).await
}
