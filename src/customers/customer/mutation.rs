//! Mutations of customers.

use async_graphql::{Context, Object};
use serde_json::json;

use super::input::{CustomerCreateInput, CustomerUpdateInput};
use super::model::{Customer, NewCustomer};
use super::store;
use crate::accounts::business;
use crate::auth::Permission;
use crate::db::Conn;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::CustomerId;

payload! {
    /// The answer of mutations of a customer.
    CustomerPayload {
        /// The customer as they are now.
        customer: Customer,
    }
}

payload! {
    /// The answer of `customerDelete`.
    CustomerDeletePayload {
        /// The id of the customer who is gone.
        deleted_id: CustomerId,
    }
}

/// Customers of one statement: nineteen values each, and a statement has at most 65,535.
const CHUNK: usize = 3_000;

/// Mutations of customers.
#[derive(Default)]
pub struct CustomerMutation;

#[Object]
impl CustomerMutation {
    /// Adds a customer.
    async fn customer_create(&self, ctx: &Context<'_>, input: CustomerCreateInput) -> Nullable<CustomerPayload> {
        mutate(ctx, Permission::CustomersWrite, create(ctx, input)).await
    }

    /// Changes a customer. Absent fields stay as they are; null clears.
    async fn customer_update(
        &self,
        ctx: &Context<'_>,
        id: CustomerId,
        input: CustomerUpdateInput,
    ) -> Nullable<CustomerPayload> {
        mutate(ctx, Permission::CustomersWrite, update(ctx, id, input)).await
    }

    /// Hides a customer from lists. Their history is kept, what they owe can still be paid.
    async fn customer_archive(&self, ctx: &Context<'_>, id: CustomerId) -> Nullable<CustomerPayload> {
        mutate(ctx, Permission::CustomersDelete, set_archived(ctx, id, true)).await
    }

    /// Shows an archived customer again, with the status they had.
    async fn customer_restore(&self, ctx: &Context<'_>, id: CustomerId) -> Nullable<CustomerPayload> {
        mutate(ctx, Permission::CustomersDelete, set_archived(ctx, id, false)).await
    }

    /// Removes a customer with their contacts and notes. Refused as `HAS_HISTORY` where any charge, payment,
    /// subscription, invoice or ticket exists: archive them instead.
    async fn customer_delete(&self, ctx: &Context<'_>, id: CustomerId) -> Nullable<CustomerDeletePayload> {
        mutate(ctx, Permission::CustomersDelete, delete(ctx, id)).await
    }
}

async fn create(ctx: &Context<'_>, input: CustomerCreateInput) -> Result<CustomerPayload> {
    let write = ctx.write().await?;
    let customer = add(&write, input).await?;
    write.commit().await?;
    Ok(CustomerPayload { customer: Some(customer), ..Default::default() })
}

/// Adds a customer, with the next free code if none is given.
pub async fn add(write: &Write, input: CustomerCreateInput) -> Result<Customer> {
    let mut new = input.check(&write.viewer.business, &write.app.clock)?;
    give_code(write, &mut new).await?;
    let customer = store::insert(write, &new).await?;
    events::record(write, created(customer.id, &customer.code)).await?;
    Ok(customer)
}

/// Adds many customers who have codes. `progress` is told how many more are done.
pub async fn add_all(write: &Write, new: &[NewCustomer], progress: impl Fn(usize)) -> Result<()> {
    for chunk in new.chunks(CHUNK) {
        store::insert_all(write, chunk).await?;
        let events = chunk.iter().map(|customer| created(customer.id, &customer.code)).collect();
        events::record_batch(write, events).await?;
        progress(chunk.len());
    }
    Ok(())
}

/// The next free `C-000123`, unless a code was given.
async fn give_code(conn: &Conn, new: &mut NewCustomer) -> Result<()> {
    while new.code.is_empty() {
        let number = business::store::next_number(conn, new.business_id, "customer").await?;
        let code = format!("C-{number:06}");
        if !store::has_code(conn, new.business_id, &code).await? {
            new.code = code;
        }
    }
    Ok(())
}

async fn update(ctx: &Context<'_>, id: CustomerId, input: CustomerUpdateInput) -> Result<CustomerPayload> {
    let write = ctx.write().await?;
    change(&write, id, input).await?;
    write.commit().await?;
    reread(ctx, id).await
}

/// Changes a customer.
pub async fn change(write: &Write, id: CustomerId, input: CustomerUpdateInput) -> Result<()> {
    let (changes, fields) = input.check(&write.viewer.business)?;
    let business = write.viewer.business.id;
    let customer = store::lock(write, business, id, "id").await?;
    if !fields.is_empty() {
        store::update(write, business, id, &changes, write.now()).await?;
        record(write, EventKind::CustomerUpdated, &customer, json!({ "fields": fields })).await?;
    }
    Ok(())
}

async fn set_archived(ctx: &Context<'_>, id: CustomerId, archived: bool) -> Result<CustomerPayload> {
    let write = ctx.write().await?;
    let business = write.viewer.business.id;
    let customer = store::lock(&write, business, id, "id").await?;
    // Asked for twice, done once.
    if customer.archived_at.is_some() != archived {
        let now = write.now();
        store::set_archived(&write, business, id, archived.then_some(now), now).await?;
        let kind = if archived { EventKind::CustomerArchived } else { EventKind::CustomerRestored };
        record(&write, kind, &customer, json!({})).await?;
    }
    write.commit().await?;
    reread(ctx, id).await
}

async fn delete(ctx: &Context<'_>, id: CustomerId) -> Result<CustomerDeletePayload> {
    let write = ctx.write().await?;
    let business = write.viewer.business.id;
    let customer = store::lock(&write, business, id, "id").await?;
    let history = store::history(&write, business, id).await?;
    if history.iter().sum::<i64>() > 0 {
        let [charges, payments, subscriptions, invoices, tickets] = history;
        let message = format!(
            "{} has {charges} charges, {payments} payments, {subscriptions} subscriptions, {invoices} invoices and \
             {tickets} tickets, which must be kept: archive them instead",
            customer.name
        );
        return Err(Error::user(UserErrorCode::HasHistory, "id", message));
    }
    store::delete(&write, business, id).await?;
    record(&write, EventKind::CustomerDeleted, &customer, json!({ "code": customer.code, "name": customer.name }))
        .await?;
    write.commit().await?;
    Ok(CustomerDeletePayload { deleted_id: Some(id), ..Default::default() })
}

fn created(id: CustomerId, code: &str) -> NewEvent {
    NewEvent::of_customer(EventKind::CustomerCreated, id, id.0, json!({ "code": code }))
}

async fn record(write: &Write, kind: EventKind, customer: &Customer, data: serde_json::Value) -> Result<()> {
    events::record(write, NewEvent::of_customer(kind, customer.id, customer.id.0, data)).await
}

async fn reread(ctx: &Context<'_>, id: CustomerId) -> Result<CustomerPayload> {
    let snapshot = ctx.read().await?;
    let customer = store::find(&snapshot, snapshot.viewer.business.id, id).await?;
    Ok(CustomerPayload { customer, ..Default::default() })
}
