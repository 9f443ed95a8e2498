//! Mutations of customers.

use async_graphql::{Context, Object};
use serde_json::json;

use super::bulk::{self, CustomersChangeInput, CustomersUpdatePayload, Which};
use super::filter::CustomerFilter;
use super::input::{CustomerCreateInput, CustomerUpdateInput};
use super::model::{Customer, NewCustomer};
use super::store;
use crate::accounts::business;
use crate::auth::Permission;
use crate::db::Conn;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::{CustomerId, SegmentId};

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

/// How many subscriptions and standing orders a message names.
const NAMED: usize = 5;

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

    /// Changes many customers at once: those among `ids`, in the segment, with all that is searched for, for whom the
    /// filter holds. At most 10,000 change, in one transaction: all or none. Those who are so already are left alone, so
    /// that it can be repeated. `customersUpdatePreview` counts them first.
    async fn customers_update(
        &self,
        ctx: &Context<'_>,
        search: Option<String>,
        filter: Option<CustomerFilter>,
        segment_id: Option<SegmentId>,
        ids: Option<Vec<CustomerId>>,
        change: CustomersChangeInput,
    ) -> Nullable<CustomersUpdatePayload> {
        let which = Which { search, filter, segment: segment_id, ids };
        mutate(ctx, Permission::CustomersBulk, bulk::update(ctx, which, change)).await
    }

    /// Makes all members whom the membership rule of the business makes members; `customers(filter: { dueForMembership:
    /// true })` shows them first. At most 10,000 at a time.
    async fn membership_activate(&self, ctx: &Context<'_>) -> Nullable<CustomersUpdatePayload> {
        mutate(ctx, Permission::CustomersBulk, bulk::activate(ctx)).await
    }

    /// Hides a customer from lists. Their history is kept, what they owe can still be paid. Refused as `IN_USE` while they
    /// have subscriptions or standing orders that have not ended: nothing more can be charged to them.
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
    refuse_erased(&customer)?;
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
        if archived {
            require_idle(&write, &customer).await?;
        } else {
            refuse_erased(&customer)?;
        }
        let now = write.now();
        store::set_archived(&write, business, id, archived.then_some(now), now).await?;
        let kind = if archived { EventKind::CustomerArchived } else { EventKind::CustomerRestored };
        record(&write, kind, &customer, json!({})).await?;
    }
    write.commit().await?;
    reread(ctx, id).await
}

/// A user error if the person was erased: nobody is there to change or to restore.
fn refuse_erased(customer: &Customer) -> Result<()> {
    if customer.erased_at.is_none() {
        return Ok(());
    }
    let message = "this person was erased at their request, for good: add a new customer instead";
    Err(Error::user(UserErrorCode::Archived, "id", message))
}

/// A user error if something goes on by itself that charges the customer.
pub async fn require_idle(write: &Write, customer: &Customer) -> Result<()> {
    let business = write.viewer.business.id;
    let (mut running, orders) = tokio::try_join!(
        store::running_subscriptions(write, business, customer.id),
        store::running_orders(write, business, customer.id),
    )?;
    running.extend(orders);
    if running.is_empty() {
        return Ok(());
    }
    let named = running.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if running.len() > NAMED { format!(" and {} more", running.len() - NAMED) } else { String::new() };
    let message =
        format!("{} has running subscriptions or standing orders: {named}{more}. End them first", customer.name);
    Err(Error::user(UserErrorCode::InUse, "id", message))
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
