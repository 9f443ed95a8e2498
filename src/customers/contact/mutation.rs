//! Mutations of contacts. Each locks the customer first, so that one contact stays the primary one.

use async_graphql::{Context, Object};
use serde_json::json;

use super::model::{Contact, ContactCreateInput, ContactUpdateInput};
use super::store;
use crate::auth::Permission;
use crate::customers::customer;
use crate::error::Result;
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::{ContactId, CustomerId};

payload! {
    /// The answer of mutations of a contact.
    ContactPayload {
        /// The contact as they are now.
        contact: Contact,
    }
}

payload! {
    /// The answer of `contactDelete`.
    ContactDeletePayload {
        /// The id of the contact who is gone.
        deleted_id: ContactId,
    }
}

/// Mutations of contacts.
#[derive(Default)]
pub struct ContactMutation;

#[Object]
impl ContactMutation {
    /// Adds a contact to a customer.
    async fn contact_create(&self, ctx: &Context<'_>, input: ContactCreateInput) -> Nullable<ContactPayload> {
        mutate(ctx, Permission::CustomersWrite, create(ctx, input)).await
    }

    /// Changes a contact. Absent fields stay as they are; null clears.
    async fn contact_update(
        &self,
        ctx: &Context<'_>,
        id: ContactId,
        input: ContactUpdateInput,
    ) -> Nullable<ContactPayload> {
        mutate(ctx, Permission::CustomersWrite, update(ctx, id, input)).await
    }

    /// Removes a contact. If they were the primary one, the oldest of the others becomes it.
    async fn contact_delete(&self, ctx: &Context<'_>, id: ContactId) -> Nullable<ContactDeletePayload> {
        mutate(ctx, Permission::CustomersDelete, delete(ctx, id)).await
    }
}

async fn create(ctx: &Context<'_>, input: ContactCreateInput) -> Result<ContactPayload> {
    let write = ctx.write().await?;
    let contact = add(&write, input).await?;
    write.commit().await?;
    Ok(ContactPayload { contact: Some(contact), ..Default::default() })
}

/// Adds a contact to a customer.
pub async fn add(write: &Write, input: ContactCreateInput) -> Result<Contact> {
    let business = write.viewer.business.id;
    let mut contact = input.check(&write.viewer.business, &write.app.clock)?;
    let customer = contact.customer_id;
    customer::store::lock(write, business, customer, "customerId").await?;
    if contact.is_primary {
        store::clear_primary(write, business, &[customer]).await?;
    } else {
        contact.is_primary = store::oldest(write, business, customer).await?.is_none();
    }
    store::insert(write, &contact).await?;
    record(write, EventKind::ContactCreated, &contact).await?;
    Ok(contact)
}

/// Adds contacts to locked customers, of whom each has one primary contact in the end: who is so among these, or was.
pub async fn add_all(write: &Write, contacts: &[Contact]) -> Result<()> {
    let primary: Vec<CustomerId> =
        contacts.iter().filter(|contact| contact.is_primary).map(|contact| contact.customer_id).collect();
    store::clear_primary(write, write.viewer.business.id, &primary).await?;
    store::insert_all(write, contacts).await?;
    let created = |contact: &Contact| event(EventKind::ContactCreated, contact);
    events::record_batch(write, contacts.iter().map(created).collect()).await
}

async fn update(ctx: &Context<'_>, id: ContactId, input: ContactUpdateInput) -> Result<ContactPayload> {
    let write = ctx.write().await?;
    let business = write.viewer.business.id;
    let changes = input.check(&write.viewer.business)?;
    let customer = store::get(&write, business, id).await?.customer_id;
    customer::store::lock(&write, business, customer, "id").await?;
    // Read again under the lock: they may be gone meanwhile, and must not take the place of the primary one then.
    let contact = store::get(&write, business, id).await?;
    store::update(&write, business, id, &changes, write.now()).await?;
    if input.is_primary {
        store::clear_primary(&write, business, &[customer]).await?;
        store::set_primary(&write, business, id).await?;
    }
    record(&write, EventKind::ContactUpdated, &contact).await?;
    write.commit().await?;
    let contact = store::find(&*ctx.read().await?, business, id).await?;
    Ok(ContactPayload { contact, ..Default::default() })
}

async fn delete(ctx: &Context<'_>, id: ContactId) -> Result<ContactDeletePayload> {
    let write = ctx.write().await?;
    let business = write.viewer.business.id;
    let customer = store::get(&write, business, id).await?.customer_id;
    customer::store::lock(&write, business, customer, "id").await?;
    // Read again under the lock: they may have become the primary one, or be gone, meanwhile.
    let contact = store::get(&write, business, id).await?;
    store::delete(&write, business, id).await?;
    if contact.is_primary
        && let Some(next) = store::oldest(&write, business, customer).await?
    {
        store::set_primary(&write, business, next).await?;
    }
    record(&write, EventKind::ContactDeleted, &contact).await?;
    write.commit().await?;
    Ok(ContactDeletePayload { deleted_id: Some(id), ..Default::default() })
}

async fn record(write: &Write, kind: EventKind, contact: &Contact) -> Result<()> {
    events::record(write, event(kind, contact)).await
}

fn event(kind: EventKind, contact: &Contact) -> NewEvent {
    NewEvent::of_customer(kind, contact.customer_id, contact.id.0, json!({ "name": contact.name }))
}
