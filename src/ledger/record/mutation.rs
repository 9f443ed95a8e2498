//! Mutations of records.

use async_graphql::{Context, ID, Object};

use super::bulk::{self, RecordsCreateInput};
use super::change::{self, RecordUpdateInput};
use super::mark::{self, RecordsMarkPaidInput, RecordsMarkUnpaidInput};
use super::model::{Record, RecordCreateInput};
use super::store;
use crate::auth::Permission;
use crate::customers::customer::{self, Customer};
use crate::error::Result;
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::{ChargeId, CustomerId};
use crate::ledger::charge::{self, ChargeKind, NewCharge};
use crate::ledger::idempotency;
use crate::ledger::payment::{self, Payment};

payload! {
    /// The answer of mutations of a record.
    RecordPayload {
        /// The record as it is now.
        record: Record,
    }
}

payload! {
    /// The answer of `recordDelete`.
    RecordDeletePayload {
        /// The id of the record that is gone.
        deleted_id: ID,
        /// The customer as they are now.
        customer: Customer,
    }
}

payload! {
    /// The answer of `recordsCreate`.
    RecordsPayload {
        /// The records, in the order of the rows.
        records: Vec<Record>,
    }
}

payload! {
    /// The answer of `recordsMarkPaid`.
    RecordsMarkPaidPayload {
        /// The payment. Null if nothing was outstanding.
        payment: Payment,
        /// The customer as they are now.
        customer: Customer,
    }
}

payload! {
    /// The answer of `recordsMarkUnpaid`.
    RecordsMarkUnpaidPayload {
        /// The customer as they are now.
        customer: Customer,
    }
}

/// Mutations of records.
#[derive(Default)]
pub struct RecordMutation;

#[Object]
impl RecordMutation {
    /// Records a delivery, which the customer then owes.
    async fn record_create(&self, ctx: &Context<'_>, input: RecordCreateInput) -> Nullable<RecordPayload> {
        mutate(ctx, Permission::ChargesWrite, create(ctx, input)).await
    }

    /// Records the deliveries of a day, to many customers at once: all of them, or none.
    async fn records_create(&self, ctx: &Context<'_>, input: RecordsCreateInput) -> Nullable<RecordsPayload> {
        mutate(ctx, Permission::ChargesWrite, create_all(ctx, input)).await
    }

    /// Changes a delivery and what is owed for it. Absent fields stay as they are; null clears. Less than what is paid
    /// of it is refused as `BELOW_PAID`.
    async fn record_update(
        &self,
        ctx: &Context<'_>,
        id: ChargeId,
        input: RecordUpdateInput,
    ) -> Nullable<RecordPayload> {
        let update = async {
            let write = ctx.write().await?;
            change::update(&write, id, input).await?;
            done(ctx, write, id).await
        };
        mutate(ctx, Permission::ChargesWrite, update).await
    }

    /// Removes a delivery, which is then owed no more; the customer's account keeps a trace of it. Refused as
    /// `BELOW_PAID` if any of it is paid: mark it unpaid first.
    async fn record_delete(
        &self,
        ctx: &Context<'_>,
        id: ChargeId,
        idempotency_key: Option<String>,
    ) -> Nullable<RecordDeletePayload> {
        mutate(ctx, Permission::ChargesDelete, delete(ctx, id, idempotency_key)).await
    }

    /// Marks deliveries of a customer as paid, by ids, or those of a day or a month: records one payment of exactly
    /// what is outstanding of them.
    async fn records_mark_paid(
        &self,
        ctx: &Context<'_>,
        input: RecordsMarkPaidInput,
    ) -> Nullable<RecordsMarkPaidPayload> {
        mutate(ctx, Permission::PaymentsWrite, mark_paid(ctx, input)).await
    }

    /// Marks deliveries of a customer as unpaid, by ids, or those of a day or a month: what was paid of them becomes
    /// the customer's credit.
    async fn records_mark_unpaid(
        &self,
        ctx: &Context<'_>,
        input: RecordsMarkUnpaidInput,
    ) -> Nullable<RecordsMarkUnpaidPayload> {
        mutate(ctx, Permission::PaymentsWrite, mark_unpaid(ctx, input)).await
    }
}

async fn create(ctx: &Context<'_>, input: RecordCreateInput) -> Result<RecordPayload> {
    let write = ctx.write().await?;
    let tenant = &write.viewer.business;
    let (new, key) = input.check(tenant.currency)?;
    let mut customer = customer::store::lock(&write, tenant.id, new.customer, "customerId").await?;
    let mut id = ChargeId(write.app.clock.id());
    match idempotency::claim(&write, key.as_deref(), "recordCreate", &new, id.0).await? {
        Some(done) => id = ChargeId(done),
        None => {
            let charge = NewCharge {
                kind: ChargeKind::Record,
                occurred_on: new.occurred_on.unwrap_or_else(|| write.today()),
                due_on: None,
                amount: new.amount,
                items: 0,
                external_ref: None,
                batch_id: None,
            };
            let mut charge = charge::post(&write, &mut customer, id, charge).await?;
            store::insert(&write, &[new.detail(tenant.id, id)]).await?;
            charge::settle(&write, &mut charge).await?;
        }
    }
    done(ctx, write, id).await
}

async fn done(ctx: &Context<'_>, write: Write, id: ChargeId) -> Result<RecordPayload> {
    write.commit().await?;
    let record = ctx.load::<charge::ById>(id).await?.map(charge::Charge::into_record).transpose()?;
    Ok(RecordPayload { record, ..Default::default() })
}

async fn create_all(ctx: &Context<'_>, input: RecordsCreateInput) -> Result<RecordsPayload> {
    let write = ctx.write().await?;
    let batch = bulk::create(&write, input).await?;
    write.commit().await?;
    let snapshot = ctx.read().await?;
    let found = charge::store::by_batch(&snapshot, snapshot.viewer.business.id, batch).await?;
    let records: Result<Vec<Record>> = found.into_iter().map(charge::Charge::into_record).collect();
    Ok(RecordsPayload { records: Some(records?), ..Default::default() })
}

async fn delete(ctx: &Context<'_>, id: ChargeId, key: Option<String>) -> Result<RecordDeletePayload> {
    let write = ctx.write().await?;
    change::delete(&write, id, key.as_deref()).await?;
    let charge = charge::store::find(&write, write.viewer.business.id, id).await?;
    write.commit().await?;
    let customer = ctx.load::<customer::ById>(charge.map(|charge| charge.customer_id)).await?;
    let deleted_id = crate::id::encode(ChargeKind::Record.prefix(), id.0).into();
    Ok(RecordDeletePayload { deleted_id: Some(deleted_id), customer, ..Default::default() })
}

async fn mark_paid(ctx: &Context<'_>, input: RecordsMarkPaidInput) -> Result<RecordsMarkPaidPayload> {
    let customer = input.customer_id;
    let write = ctx.write().await?;
    let id = mark::mark_paid(&write, input).await?;
    write.commit().await?;
    let (payment, customer) = (ctx.load::<payment::ById>(id).await?, reread(ctx, customer).await?);
    Ok(RecordsMarkPaidPayload { payment, customer, ..Default::default() })
}

async fn mark_unpaid(ctx: &Context<'_>, input: RecordsMarkUnpaidInput) -> Result<RecordsMarkUnpaidPayload> {
    let customer = input.customer_id;
    let write = ctx.write().await?;
    mark::mark_unpaid(&write, input).await?;
    write.commit().await?;
    Ok(RecordsMarkUnpaidPayload { customer: reread(ctx, customer).await?, ..Default::default() })
}

async fn reread(ctx: &Context<'_>, customer: CustomerId) -> Result<Option<Customer>> {
    ctx.load::<customer::ById>(customer).await
}
