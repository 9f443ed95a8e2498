//! Mutations of notes.

use async_graphql::{Context, Object};
use serde_json::json;

use super::model::{Note, NoteCreateInput, NoteUpdateInput};
use super::store;
use crate::auth::Permission;
use crate::customers::customer;
use crate::error::Result;
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::NoteId;

payload! {
    /// The answer of mutations of a note.
    NotePayload {
        /// The note as it is now.
        note: Note,
    }
}

payload! {
    /// The answer of `noteDelete`.
    NoteDeletePayload {
        /// The id of the note that is gone.
        deleted_id: NoteId,
    }
}

/// Mutations of notes.
#[derive(Default)]
pub struct NoteMutation;

#[Object]
impl NoteMutation {
    /// Writes a note on a customer.
    async fn note_create(&self, ctx: &Context<'_>, input: NoteCreateInput) -> Nullable<NotePayload> {
        mutate(ctx, Permission::CustomersWrite, create(ctx, input)).await
    }

    /// Changes a note. Absent fields stay as they are.
    async fn note_update(&self, ctx: &Context<'_>, id: NoteId, input: NoteUpdateInput) -> Nullable<NotePayload> {
        mutate(ctx, Permission::CustomersWrite, update(ctx, id, input)).await
    }

    /// Removes a note.
    async fn note_delete(&self, ctx: &Context<'_>, id: NoteId) -> Nullable<NoteDeletePayload> {
        mutate(ctx, Permission::CustomersDelete, delete(ctx, id)).await
    }
}

/// Whoever writes notes reads them, too: the answers show them.
async fn begin(ctx: &Context<'_>) -> Result<Write> {
    ctx.read().await?.viewer.require(Permission::NotesRead)?;
    ctx.write().await
}

async fn create(ctx: &Context<'_>, input: NoteCreateInput) -> Result<NotePayload> {
    let write = begin(ctx).await?;
    let note = add(&write, input).await?;
    write.commit().await?;
    Ok(NotePayload { note: Some(note), ..Default::default() })
}

/// Writes a note on a customer.
pub async fn add(write: &Write, input: NoteCreateInput) -> Result<Note> {
    let note = input.check(&write.viewer, &write.app.clock)?;
    customer::store::lock(write, note.business_id, note.customer_id, "customerId").await?;
    store::insert(write, &note).await?;
    record(write, EventKind::NoteCreated, &note).await?;
    Ok(note)
}

async fn update(ctx: &Context<'_>, id: NoteId, input: NoteUpdateInput) -> Result<NotePayload> {
    let write = begin(ctx).await?;
    let business = write.viewer.business.id;
    let changes = input.check()?;
    store::lock(&write, business, id).await?;
    let note = store::update(&write, business, id, &changes, write.now()).await?;
    record(&write, EventKind::NoteUpdated, &note).await?;
    write.commit().await?;
    Ok(NotePayload { note: Some(note), ..Default::default() })
}

async fn delete(ctx: &Context<'_>, id: NoteId) -> Result<NoteDeletePayload> {
    let write = begin(ctx).await?;
    let business = write.viewer.business.id;
    let note = store::lock(&write, business, id).await?;
    store::delete(&write, business, id).await?;
    record(&write, EventKind::NoteDeleted, &note).await?;
    write.commit().await?;
    Ok(NoteDeletePayload { deleted_id: Some(id), ..Default::default() })
}

async fn record(write: &Write, kind: EventKind, note: &Note) -> Result<()> {
    let data = json!({ "kind": <&str>::from(note.kind) });
    events::record(write, NewEvent::of_customer(kind, note.customer_id, note.id.0, data)).await
}
