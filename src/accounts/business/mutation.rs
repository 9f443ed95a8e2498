//! Mutations of businesses.

use async_graphql::{Context, Object};
use serde_json::json;

use super::model::{Business, BusinessUpdateInput};
use super::store;
use crate::auth::Permission;
use crate::error::Result;
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, mutate, payload};

payload! {
    /// The answer of `businessUpdate`.
    BusinessPayload {
        /// The business as it is now.
        business: Business,
    }
}

/// Mutations of businesses.
#[derive(Default)]
pub struct BusinessMutation;

#[Object]
impl BusinessMutation {
    /// Changes the settings of the business that the access token names.
    async fn business_update(&self, ctx: &Context<'_>, input: BusinessUpdateInput) -> Nullable<BusinessPayload> {
        mutate(ctx, Permission::BusinessWrite, update(ctx, input)).await
    }
}

async fn update(ctx: &Context<'_>, input: BusinessUpdateInput) -> Result<BusinessPayload> {
    let write = ctx.write().await?;
    let (changes, fields) = input.check(write.viewer.business.currency, write.app.clock.now())?;
    let business = store::update(&write, write.viewer.business.id, &changes).await?;
    let data = json!({ "fields": fields });
    events::record(&write, NewEvent { kind: EventKind::BusinessUpdated, customer: None, subject: business.id.0, data })
        .await?;
    write.commit().await?;
    Ok(BusinessPayload { business: Some(business), ..Default::default() })
}
