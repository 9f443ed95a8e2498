//! Mutations of records.

use async_graphql::{Context, Object};

use super::model::{Record, RecordCreateInput};
use super::store;
use crate::auth::Permission;
use crate::customers::customer;
use crate::error::Result;
use crate::graphql::{ContextExt as _, Nullable, mutate, payload};
use crate::id::ChargeId;
use crate::ledger::charge::{self, ChargeKind, NewCharge};
use crate::ledger::idempotency;

payload! {
    /// The answer of mutations of a record.
    RecordPayload {
        /// The record as it is now.
        record: Record,
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
}

async fn create(ctx: &Context<'_>, input: RecordCreateInput) -> Result<RecordPayload> {
    let write = ctx.write().await?;
    let tenant = &write.viewer.business;
    let (new, key) = input.check(tenant.currency)?;
    let customer = customer::store::lock(&write, tenant.id, new.customer, "customerId").await?;
    let mut id = ChargeId(write.app.clock.id());
    match idempotency::claim(&write, key.as_deref(), "recordCreate", &new, id.0).await? {
        Some(done) => id = ChargeId(done),
        None => {
            let charge = NewCharge {
                kind: ChargeKind::Record,
                occurred_on: new.occurred_on.unwrap_or_else(|| tenant.today(&write.app.clock)),
                amount: new.amount,
                external_ref: None,
            };
            charge::post(&write, &customer, id, charge).await?;
            store::insert(&write, &[new.detail(tenant.id, id)]).await?;
        }
    }
    write.commit().await?;
    let record = ctx.load::<charge::ById>(id).await?.map(charge::Charge::into_record).transpose()?;
    Ok(RecordPayload { record, ..Default::default() })
}
