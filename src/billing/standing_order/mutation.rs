//! Mutations of standing orders.

use async_graphql::{Context, Object};
use chrono::Days;
use serde_json::json;

use super::input::{StandingOrderCreateInput, StandingOrderDaysInput, StandingOrderUpdateInput, skip};
use super::model::StandingOrder;
use super::{run, store};
use crate::auth::Permission;
use crate::customers::customer;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::StandingOrderId;
use crate::ledger::charge::refuse_archived;
use crate::ledger::idempotency;

payload! {
    /// The answer of mutations of a standing order.
    StandingOrderPayload {
        /// The standing order as it is now.
        standing_order: StandingOrder,
    }
}

/// How many days that should be recorded already a change records first.
const MOST: usize = 120;

/// Mutations of standing orders.
#[derive(Default)]
pub struct StandingOrderMutation;

#[Object]
impl StandingOrderMutation {
    /// Makes a standing order. Its first day is recorded soon after it begins.
    async fn standing_order_create(
        &self,
        ctx: &Context<'_>,
        input: StandingOrderCreateInput,
    ) -> Nullable<StandingOrderPayload> {
        mutate(ctx, Permission::ChargesWrite, create(ctx, input)).await
    }

    /// Changes a standing order from the next day on that is to be recorded. Absent fields stay as they are; null clears.
    async fn standing_order_update(
        &self,
        ctx: &Context<'_>,
        id: StandingOrderId,
        input: StandingOrderUpdateInput,
    ) -> Nullable<StandingOrderPayload> {
        let updated = change(ctx, id, EventKind::StandingOrderUpdated, |row, write| {
            input.apply(row, write.viewer.business.currency)
        });
        mutate(ctx, Permission::ChargesWrite, updated).await
    }

    /// Pauses a standing order: from today on, nothing is recorded until it is resumed. Of one whose `error` says why days
    /// could not be recorded, those days are given up.
    async fn standing_order_pause(&self, ctx: &Context<'_>, id: StandingOrderId) -> Nullable<StandingOrderPayload> {
        let paused = change(ctx, id, EventKind::StandingOrderPaused, |row, _| {
            row.paused = true;
            Ok(())
        });
        mutate(ctx, Permission::ChargesWrite, paused).await
    }

    /// Lets a standing order go on from today. Days of the pause are not recorded.
    async fn standing_order_resume(&self, ctx: &Context<'_>, id: StandingOrderId) -> Nullable<StandingOrderPayload> {
        let resumed = change(ctx, id, EventKind::StandingOrderResumed, |row, _| {
            row.paused = false;
            Ok(())
        });
        mutate(ctx, Permission::ChargesWrite, resumed).await
    }

    /// Leaves days out of a standing order: one, or all of a vacation. A day that was recorded already stays so.
    async fn standing_order_skip(
        &self,
        ctx: &Context<'_>,
        id: StandingOrderId,
        input: StandingOrderDaysInput,
    ) -> Nullable<StandingOrderPayload> {
        let skipped =
            change(ctx, id, EventKind::StandingOrderUpdated, |row, write| skip(row, input, true, write.today()));
        mutate(ctx, Permission::ChargesWrite, skipped).await
    }

    /// Takes days into a standing order again that were left out.
    async fn standing_order_unskip(
        &self,
        ctx: &Context<'_>,
        id: StandingOrderId,
        input: StandingOrderDaysInput,
    ) -> Nullable<StandingOrderPayload> {
        let back =
            change(ctx, id, EventKind::StandingOrderUpdated, |row, write| skip(row, input, false, write.today()));
        mutate(ctx, Permission::ChargesWrite, back).await
    }

    /// Ends a standing order for good, from today on. What was recorded stays. Of one whose `error` says why days could not
    /// be recorded, those days are given up.
    async fn standing_order_end(&self, ctx: &Context<'_>, id: StandingOrderId) -> Nullable<StandingOrderPayload> {
        let ended = change(ctx, id, EventKind::StandingOrderEnded, |row, write| {
            row.ended_at = Some(write.now());
            Ok(())
        });
        mutate(ctx, Permission::ChargesWrite, ended).await
    }
}

async fn create(ctx: &Context<'_>, input: StandingOrderCreateInput) -> Result<StandingOrderPayload> {
    let write = ctx.write().await?;
    let tenant = &write.viewer.business;
    let (new, key) = input.check(write.today(), tenant.currency)?;
    let customer = customer::store::lock(&write, tenant.id, new.record.customer, "customerId").await?;
    let mut id = StandingOrderId(write.app.clock.id());
    match idempotency::claim(&write, key.as_deref(), "standingOrderCreate", &new, id.0).await? {
        Some(done) => id = StandingOrderId(done),
        None => {
            refuse_archived(&customer)?;
            let row = new.row(id, &write);
            store::insert(&write, &row).await?;
            record(&write, EventKind::StandingOrderCreated, &row).await?;
        }
    }
    done(ctx, write, id).await
}

/// Changes a standing order that has not ended, with its customer locked: for the days to come, so that those of the
/// past are recorded first. Nothing else happens if that changes nothing.
async fn change(
    ctx: &Context<'_>,
    id: StandingOrderId,
    event: EventKind,
    how: impl FnOnce(&mut StandingOrder, &Write) -> Result<()> + Send,
) -> Result<StandingOrderPayload> {
    let write = ctx.write().await?;
    let tenant = &write.viewer.business;
    let absent = || Error::user(UserErrorCode::NotFound, "id", format!("there is no standing order {id}"));
    let found = store::find(&write, tenant.id, id).await?.ok_or_else(absent)?;
    let mut customer = customer::store::lock(&write, tenant.id, found.customer_id, "id").await?;
    // What stood there before the lock may have changed meanwhile.
    let mut row = store::find(&write, tenant.id, id).await?.ok_or_else(absent)?;
    if row.ended_at.is_some() {
        return Err(Error::user(UserErrorCode::Invalid, "id", "the standing order has ended: make a new one"));
    }
    let yesterday = write.today() - Days::new(1);
    // One that fails could not be changed if its days had to be recorded first.
    if row.failures == 0 && !run::catch_up(&write, &mut customer, &mut row, yesterday, MOST).await? {
        let message = "days of the past are still to be recorded: try again in a minute";
        return Err(Error::user(UserErrorCode::Invalid, "id", message));
    }
    let before = row.clone();
    how(&mut row, &write)?;
    if row != before {
        if row.ended_at.is_none() {
            refuse_archived(&customer)?;
        }
        row.settle(write.today());
        row.updated_at = write.now();
        store::update(&write, &row).await?;
        record(&write, event, &row).await?;
    }
    done(ctx, write, id).await
}

async fn record(write: &Write, kind: EventKind, row: &StandingOrder) -> Result<()> {
    let data = json!({ "product": row.product, "quantity": row.quantity, "nextOn": row.next_on });
    events::record(write, NewEvent::of_customer(kind, row.customer_id, row.id.0, data)).await
}

async fn done(ctx: &Context<'_>, write: Write, id: StandingOrderId) -> Result<StandingOrderPayload> {
    write.commit().await?;
    Ok(StandingOrderPayload { standing_order: ctx.load::<super::ById>(id).await?, ..Default::default() })
}
