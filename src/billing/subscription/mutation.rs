//! Mutations of subscriptions. Each locks the customer, does what is due before it, and then its own.

use async_graphql::{Context, Object};

use super::act::Act;
use super::input::{
    SubscriptionCancelInput, SubscriptionChangeInput, SubscriptionCreateInput, SubscriptionDunningHoldInput,
    SubscriptionPauseInput, SubscriptionResumeInput,
};
use super::life::Life;
use super::model::PlanSubscription;
use super::{post, store};
use crate::auth::Permission;
use crate::billing::{dunning, plan};
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result, UserErrorCode};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::PlanSubscriptionId;
use crate::ledger::charge::refuse_archived;
use crate::ledger::idempotency;
use crate::text::Checks;

/// How many periods of the past a mutation charges for; the engine goes on with the rest.
const MOST: usize = 120;

payload! {
    /// The answer of mutations of a subscription.
    SubscriptionPayload {
        /// The subscription as it is now.
        subscription: PlanSubscription,
    }
}

/// Mutations of subscriptions.
#[derive(Default)]
pub struct SubscriptionMutation;

#[Object]
impl SubscriptionMutation {
    /// Subscribes a customer to a plan. If it has begun, its first period is charged for at once.
    async fn subscription_create(
        &self,
        ctx: &Context<'_>,
        input: SubscriptionCreateInput,
    ) -> Nullable<SubscriptionPayload> {
        mutate(ctx, Permission::SubscriptionsWrite, create(ctx, input)).await
    }

    /// Pauses a subscription: its unused days, from today on, become credit, and nothing is charged until it goes on.
    /// `subscriptionPausePreview` shows what that comes to.
    async fn subscription_pause(
        &self,
        ctx: &Context<'_>,
        id: PlanSubscriptionId,
        input: Option<SubscriptionPauseInput>,
    ) -> Nullable<SubscriptionPayload> {
        let input = input.unwrap_or_default();
        let act = Act::Pause(input.resume_on.map(|date| date.0));
        mutate(ctx, Permission::SubscriptionsWrite, apply(ctx, id, act, input.idempotency_key)).await
    }

    /// Lets a paused subscription go on: the days to its next period, which begins when it would have, are charged for.
    /// Or withdraws that one ends with its period. `subscriptionResumePreview` shows what that comes to.
    async fn subscription_resume(
        &self,
        ctx: &Context<'_>,
        id: PlanSubscriptionId,
        input: Option<SubscriptionResumeInput>,
    ) -> Nullable<SubscriptionPayload> {
        let input = input.unwrap_or_default();
        let act = Act::Resume(input.resume_on.map(|date| date.0));
        mutate(ctx, Permission::SubscriptionsWrite, apply(ctx, id, act, input.idempotency_key)).await
    }

    /// Ends a subscription. `subscriptionCancelPreview` shows what that comes to.
    async fn subscription_cancel(
        &self,
        ctx: &Context<'_>,
        id: PlanSubscriptionId,
        input: Option<SubscriptionCancelInput>,
    ) -> Nullable<SubscriptionPayload> {
        let input = input.unwrap_or_default();
        let act = Act::Cancel(input.mode);
        mutate(ctx, Permission::SubscriptionsWrite, apply(ctx, id, act, input.idempotency_key)).await
    }

    /// Moves a subscription to another plan, to the price of now, or to another quantity.
    /// `subscriptionChangePreview` shows what that comes to.
    async fn subscription_change(
        &self,
        ctx: &Context<'_>,
        id: PlanSubscriptionId,
        input: SubscriptionChangeInput,
    ) -> Nullable<SubscriptionPayload> {
        let moved = async {
            let (change, key) = input.check()?;
            apply(ctx, id, Act::Change(change), key).await
        };
        mutate(ctx, Permission::SubscriptionsWrite, moved).await
    }

    /// Exempts a subscription from dunning, to a day or until it is released: nobody is reminded of its invoices or
    /// suspended for them. A customer who was suspended for them alone is served again at once.
    async fn subscription_dunning_hold(
        &self,
        ctx: &Context<'_>,
        id: PlanSubscriptionId,
        input: Option<SubscriptionDunningHoldInput>,
    ) -> Nullable<SubscriptionPayload> {
        let held = async {
            let write = ctx.write().await?;
            let until = input.unwrap_or_default().check(write.today())?;
            let (mut customer, mut life) = lock(&write, id).await?;
            dunning::hold::hold(&write, &mut customer, &mut life.row, until).await?;
            write.commit().await?;
            reread(ctx, id).await
        };
        mutate(ctx, Permission::SubscriptionsWrite, held).await
    }

    /// Ends the exemption of a subscription from dunning. For invoices whose days of grace have passed, the customer is
    /// suspended when the engine comes by.
    async fn subscription_dunning_release(
        &self,
        ctx: &Context<'_>,
        id: PlanSubscriptionId,
    ) -> Nullable<SubscriptionPayload> {
        let released = async {
            let write = ctx.write().await?;
            let (_, mut life) = lock(&write, id).await?;
            if life.row.dunning_held {
                dunning::hold::release(&write, &mut life.row).await?;
            }
            write.commit().await?;
            reread(ctx, id).await
        };
        mutate(ctx, Permission::SubscriptionsWrite, released).await
    }
}

async fn create(ctx: &Context<'_>, input: SubscriptionCreateInput) -> Result<SubscriptionPayload> {
    let write = ctx.write().await?;
    let id = add(&write, input).await?;
    write.commit().await?;
    reread(ctx, id).await
}

/// Subscribes a customer, and charges for what has begun.
pub async fn add(write: &Write, input: SubscriptionCreateInput) -> Result<PlanSubscriptionId> {
    let tenant = &write.viewer.business;
    let (new, key) = input.check(write.today())?;
    let mut customer = customer::store::lock(write, tenant.id, new.customer, "customerId").await?;
    let id = PlanSubscriptionId(write.app.clock.id());
    if let Some(done) = idempotency::claim(write, key.as_deref(), "subscriptionCreate", &new, id.0).await? {
        return Ok(PlanSubscriptionId(done));
    }
    refuse_archived(&customer)?;
    let plan = plan::store::get(write, tenant.id, new.plan, "planId").await?;
    let mut life = Life { row: new.row(id, &plan, write)?, terms: plan.terms(), charged: plan.terms(), next: None };
    store::insert(write, &life.row).await?;
    post::record_created(write, &life).await?;
    post::catch_up(write, &mut customer, &mut life, write.today(), MOST).await?;
    Ok(id)
}

/// Does something to a subscription: first what is due by today, then what was asked.
async fn apply(
    ctx: &Context<'_>,
    id: PlanSubscriptionId,
    act: Act,
    key: Option<String>,
) -> Result<SubscriptionPayload> {
    let mut checks = Checks::default();
    let key = idempotency::read(key.as_deref(), &mut checks);
    checks.finish()?;
    let write = ctx.write().await?;
    act_on(&write, id, act, key.as_deref()).await?;
    write.commit().await?;
    reread(ctx, id).await
}

/// Does something to a subscription, after what is due by today.
pub async fn act_on(write: &Write, id: PlanSubscriptionId, act: Act, key: Option<&str>) -> Result<()> {
    let (mut customer, mut life) = lock(write, id).await?;
    if idempotency::claim(write, key, act.operation(), &(id, act), id.0).await?.is_some() {
        return Ok(());
    }
    let today = write.today();
    if !post::catch_up(write, &mut customer, &mut life, today, MOST).await? {
        let message = "periods of the past are still to be charged for: try again in a minute";
        return Err(Error::user(UserErrorCode::Invalid, "id", message));
    }
    let (outcome, _) = act.apply(write, &mut life, today).await?;
    post::book(write, &mut customer, &mut life, &outcome).await
}

/// Locks the customer of a subscription. The two as they are from then on.
async fn lock(write: &Write, id: PlanSubscriptionId) -> Result<(Customer, Life)> {
    let business = write.viewer.business.id;
    let absent = || Error::user(UserErrorCode::NotFound, "id", format!("there is no subscription {id}"));
    let found = store::find(write, business, id).await?.ok_or_else(absent)?;
    let customer = customer::store::lock(write, business, found.customer_id, "id").await?;
    // What stood there before the lock may have changed meanwhile.
    let row = store::find(write, business, id).await?.ok_or_else(absent)?;
    let life = store::lives(write, business, vec![row]).await?.pop();
    Ok((customer, life.ok_or_else(absent)?))
}

async fn reread(ctx: &Context<'_>, id: PlanSubscriptionId) -> Result<SubscriptionPayload> {
    Ok(SubscriptionPayload { subscription: ctx.load::<super::ById>(id).await?, ..Default::default() })
}
