//! Mutations of segments.

use async_graphql::{Context, MaybeUndefined, Object};
use serde_json::json;

use super::model::{MAX_SEGMENTS, Segment, SegmentCreateInput, SegmentUpdateInput};
use super::store;
use crate::auth::Permission;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::SegmentId;

payload! {
    /// The answer of mutations of a segment.
    SegmentPayload {
        /// The segment as it is now.
        segment: Segment,
    }
}

payload! {
    /// The answer of `segmentDelete`.
    SegmentDeletePayload {
        /// The id of the segment that is gone.
        deleted_id: SegmentId,
    }
}

/// Mutations of segments.
#[derive(Default)]
pub struct SegmentMutation;

#[Object]
impl SegmentMutation {
    /// Saves a filter of customers under a name. A business has at most 200.
    async fn segment_create(&self, ctx: &Context<'_>, input: SegmentCreateInput) -> Nullable<SegmentPayload> {
        mutate(ctx, Permission::CustomersBulk, create(ctx, input)).await
    }

    /// Changes a segment. Absent fields stay as they are; null clears.
    async fn segment_update(
        &self,
        ctx: &Context<'_>,
        id: SegmentId,
        input: SegmentUpdateInput,
    ) -> Nullable<SegmentPayload> {
        mutate(ctx, Permission::CustomersBulk, update(ctx, id, input)).await
    }

    /// Removes a segment, and none of the customers in it.
    async fn segment_delete(&self, ctx: &Context<'_>, id: SegmentId) -> Nullable<SegmentDeletePayload> {
        mutate(ctx, Permission::CustomersBulk, delete(ctx, id)).await
    }
}

async fn create(ctx: &Context<'_>, input: SegmentCreateInput) -> Result<SegmentPayload> {
    let write = ctx.write().await?;
    let segment = add(&write, input).await?;
    write.commit().await?;
    Ok(SegmentPayload { segment: Some(segment), ..Default::default() })
}

/// Saves a segment.
pub async fn add(write: &Write, input: SegmentCreateInput) -> Result<Segment> {
    if let Some(filter) = &input.filter {
        filter.require_plans(write, write.viewer.business.id).await?;
    }
    let segment = input.check(&write.viewer, &write.app.clock)?;
    if store::count(write, segment.business_id).await? >= MAX_SEGMENTS {
        let message = format!("the business has {MAX_SEGMENTS} segments: delete one first");
        return Err(Error::user(UserErrorCode::Invalid, "", message));
    }
    store::insert(write, &segment).await?;
    record(write, EventKind::SegmentCreated, &segment).await?;
    Ok(segment)
}

async fn update(ctx: &Context<'_>, id: SegmentId, input: SegmentUpdateInput) -> Result<SegmentPayload> {
    let write = ctx.write().await?;
    let business = write.viewer.business.id;
    if let MaybeUndefined::Value(filter) = &input.filter {
        filter.require_plans(&write, business).await?;
    }
    let changes = input.check(&write.viewer)?;
    store::lock(&write, business, id).await?;
    let segment = store::update(&write, business, id, &changes, write.now()).await?;
    record(&write, EventKind::SegmentUpdated, &segment).await?;
    write.commit().await?;
    Ok(SegmentPayload { segment: Some(segment), ..Default::default() })
}

async fn delete(ctx: &Context<'_>, id: SegmentId) -> Result<SegmentDeletePayload> {
    let write = ctx.write().await?;
    let business = write.viewer.business.id;
    let segment = store::lock(&write, business, id).await?;
    store::delete(&write, business, id).await?;
    record(&write, EventKind::SegmentDeleted, &segment).await?;
    write.commit().await?;
    Ok(SegmentDeletePayload { deleted_id: Some(id), ..Default::default() })
}

async fn record(write: &Write, kind: EventKind, segment: &Segment) -> Result<()> {
    let data = json!({ "name": segment.name });
    events::record(write, NewEvent { kind, customer: None, subject: segment.id.0, data }).await
}
