//! Mutations of plans.

use async_graphql::{Context, Object};
use serde_json::{Value, json};

use super::model::{Plan, PlanCreateInput, PlanPrice, PlanPriceChangeInput, PlanUpdateInput};
use super::store;
use crate::auth::Permission;
use crate::error::Result;
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::{PlanId, PlanPriceId};

payload! {
    /// The answer of mutations of a plan.
    PlanPayload {
        /// The plan as it is now.
        plan: Plan,
    }
}

/// Mutations of plans.
#[derive(Default)]
pub struct PlanMutation;

#[Object]
impl PlanMutation {
    /// Adds a plan to the catalogue.
    async fn plan_create(&self, ctx: &Context<'_>, input: PlanCreateInput) -> Nullable<PlanPayload> {
        mutate(ctx, Permission::SubscriptionsWrite, create(ctx, input)).await
    }

    /// Changes what a plan is. Absent fields stay as they are; null clears.
    async fn plan_update(&self, ctx: &Context<'_>, id: PlanId, input: PlanUpdateInput) -> Nullable<PlanPayload> {
        mutate(ctx, Permission::SubscriptionsWrite, update(ctx, id, input)).await
    }

    /// Gives a plan a new price and rate of tax, for who subscribes or is moved to it from now on. Subscriptions that run keep theirs:
    /// `subscriptionChange` to the same plan moves one. The same price as now changes nothing.
    async fn plan_price_change(
        &self,
        ctx: &Context<'_>,
        id: PlanId,
        input: PlanPriceChangeInput,
    ) -> Nullable<PlanPayload> {
        mutate(ctx, Permission::SubscriptionsWrite, change_price(ctx, id, input)).await
    }

    /// Takes a plan out of the catalogue: nobody can subscribe to it any more. Who has keeps it.
    async fn plan_archive(&self, ctx: &Context<'_>, id: PlanId) -> Nullable<PlanPayload> {
        mutate(ctx, Permission::SubscriptionsWrite, set_archived(ctx, id, true)).await
    }

    /// Puts an archived plan back into the catalogue.
    async fn plan_restore(&self, ctx: &Context<'_>, id: PlanId) -> Nullable<PlanPayload> {
        mutate(ctx, Permission::SubscriptionsWrite, set_archived(ctx, id, false)).await
    }
}

async fn create(ctx: &Context<'_>, input: PlanCreateInput) -> Result<PlanPayload> {
    let write = ctx.write().await?;
    let plan = add(&write, input).await?;
    write.commit().await?;
    Ok(PlanPayload { plan: Some(plan), ..Default::default() })
}

/// Adds a plan.
pub async fn add(write: &Write, input: PlanCreateInput) -> Result<Plan> {
    let clock = &write.app.clock;
    let plan = input.check(&write.viewer.business, (PlanId(clock.id()), PlanPriceId(clock.id())), write.now())?;
    store::insert(write, &plan).await?;
    let data = json!({ "code": plan.row.code, "price": plan.price.amount.0 });
    record(write, EventKind::PlanCreated, plan.row.id, data).await?;
    Ok(plan)
}

async fn update(ctx: &Context<'_>, id: PlanId, input: PlanUpdateInput) -> Result<PlanPayload> {
    let write = ctx.write().await?;
    let (changes, fields) = input.check()?;
    let business = write.viewer.business.id;
    store::lock(&write, business, id).await?;
    if !fields.is_empty() {
        store::update(&write, business, id, &changes, write.now()).await?;
        record(&write, EventKind::PlanUpdated, id, json!({ "fields": fields })).await?;
    }
    write.commit().await?;
    reread(ctx, id).await
}

async fn change_price(ctx: &Context<'_>, id: PlanId, input: PlanPriceChangeInput) -> Result<PlanPayload> {
    let write = ctx.write().await?;
    reprice(&write, id, input).await?;
    write.commit().await?;
    reread(ctx, id).await
}

/// Gives a plan a new price; nothing if it is the one it has.
pub async fn reprice(write: &Write, id: PlanId, input: PlanPriceChangeInput) -> Result<()> {
    let tenant = &write.viewer.business;
    let (amount, tax_rate) = input.check(tenant)?;
    let plan = store::lock(write, tenant.id, id).await?;
    let tax_rate = tax_rate.unwrap_or(plan.price.tax_rate);
    if (amount, tax_rate) != (plan.price.amount, plan.price.tax_rate) {
        let price = PlanPrice {
            id: PlanPriceId(write.app.clock.id()),
            version: plan.price.version + 1,
            amount,
            tax_rate,
            created_at: write.now(),
            ..plan.price
        };
        store::insert_price(write, &price).await?;
        store::set_version(write, tenant.id, id, price.version, write.now()).await?;
        let data =
            json!({ "version": price.version, "from": plan.price.amount.0, "to": amount.0, "taxRate": tax_rate });
        record(write, EventKind::PlanPriceChanged, id, data).await?;
    }
    Ok(())
}

async fn set_archived(ctx: &Context<'_>, id: PlanId, archived: bool) -> Result<PlanPayload> {
    let write = ctx.write().await?;
    let business = write.viewer.business.id;
    let plan = store::lock(&write, business, id).await?;
    // Asked for twice, done once.
    if plan.row.archived_at.is_some() != archived {
        let now = write.now();
        store::set_archived(&write, business, id, archived.then_some(now), now).await?;
        let kind = if archived { EventKind::PlanArchived } else { EventKind::PlanRestored };
        record(&write, kind, id, json!({ "code": plan.row.code })).await?;
    }
    write.commit().await?;
    reread(ctx, id).await
}

async fn record(write: &Write, kind: EventKind, plan: PlanId, data: Value) -> Result<()> {
    events::record(write, NewEvent { kind, customer: None, subject: plan.0, data }).await
}

async fn reread(ctx: &Context<'_>, id: PlanId) -> Result<PlanPayload> {
    Ok(PlanPayload { plan: ctx.load::<super::ById>(id).await?, ..Default::default() })
}
