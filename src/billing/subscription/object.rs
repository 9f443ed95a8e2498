//! The GraphQL objects `PlanSubscription` and of what it comes to.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::life::{SubscriptionChangeMode, SubscriptionLine};
use super::model::{PlanSubscription, SubscriptionStatus};
use super::preview::SubscriptionPreview;
use crate::auth::Permission;
use crate::billing::plan::{self, Plan, PlanPrice};
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result, UserError};
use crate::events::{self, Event};
use crate::graphql::{Connection, ContextExt as _, Date, Nullable, PageArgs, nullable, page_of, permitted};
use crate::id::PlanSubscriptionId;
use crate::money::{Exact, Money};

/// A subscription of a customer to a plan.
#[Object]
impl PlanSubscription {
    /// The id of the subscription.
    pub async fn id(&self) -> PlanSubscriptionId {
        self.id
    }

    /// Whose it is.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        let customer = ctx.load::<customer::ById>(self.customer_id).await?;
        customer.ok_or_else(|| Error::internal("a subscription without a customer"))
    }

    /// The plan.
    async fn plan(&self, ctx: &Context<'_>) -> Result<Plan> {
        let plan = ctx.load::<plan::ById>(self.plan_id).await?;
        plan.ok_or_else(|| Error::internal("a subscription without a plan"))
    }

    /// The price of the plan that it pays for one, which may be an earlier one than that of now.
    async fn price(&self, ctx: &Context<'_>) -> Result<PlanPrice> {
        let price = ctx.load::<plan::PriceById>(self.price_id).await?;
        price.ok_or_else(|| Error::internal("a subscription without a price"))
    }

    /// How many of it.
    async fn quantity(&self) -> i32 {
        self.quantity
    }

    /// Where it stands.
    async fn status(&self) -> SubscriptionStatus {
        self.status
    }

    /// The first day.
    async fn starts_on(&self) -> Date {
        Date(self.starts_on)
    }

    /// The first day that is charged for, if the days before are free.
    async fn trial_ends_on(&self) -> Option<Date> {
        self.trial_ends_on.map(Date)
    }

    /// The day from which periods are counted, so that they never drift: of the 31st, a period begins on the last day
    /// of a shorter month, and on the 31st again after that.
    async fn anchor_on(&self) -> Date {
        Date(self.anchor_on)
    }

    /// The first day of the current period. Null before the first one.
    async fn period_start(&self) -> Option<Date> {
        let begun = self.trial_ends_on.filter(|_| self.status != SubscriptionStatus::Trialing);
        // The first one may be the rest of one that began before.
        self.period_start.map(|start| Date(start.max(begun.unwrap_or(self.starts_on))))
    }

    /// The day after the last of the current period. Null before the first one.
    async fn period_end(&self) -> Option<Date> {
        self.period_end.map(Date)
    }

    /// Whether it ends with its current period.
    async fn cancel_at_period_end(&self) -> bool {
        self.cancel_at_period_end
    }

    /// The day on which it ended. Null if it has not.
    async fn canceled_on(&self) -> Option<Date> {
        self.canceled_on.map(Date)
    }

    /// Since which day it is paused. Null if it is not.
    async fn paused_on(&self) -> Option<Date> {
        self.paused_on.map(Date)
    }

    /// The day on which it goes on by itself. Null if it is not paused, or until someone resumes it.
    async fn resume_on(&self) -> Option<Date> {
        self.resume_on.map(Date)
    }

    /// The price that it pays from its next period on, if that was decided.
    async fn next_price(&self, ctx: &Context<'_>) -> Nullable<PlanPrice> {
        nullable(ctx.load::<plan::PriceById>(self.next_price_id).await)
    }

    /// How many of it from its next period on, if that was decided.
    async fn next_quantity(&self) -> Option<i32> {
        self.next_quantity
    }

    /// The day on which something is to be done next: a period to be charged for, a pause or the subscription to be
    /// ended. Null if nothing is.
    async fn due_on(&self) -> Option<Date> {
        self.due_on.map(Date)
    }

    /// Whether it is exempt from dunning: nobody is reminded of its invoices, or suspended for them.
    async fn dunning_held(&self) -> bool {
        self.dunning_held
    }

    /// The last day of that. Null if it is not exempt, or until it is released.
    async fn dunning_held_until(&self) -> Option<Date> {
        self.dunning_held_until.map(Date)
    }

    /// Why that could not be done; it is tried again. For the staff: null with an error for others.
    async fn error(&self, ctx: &Context<'_>) -> Nullable<&str> {
        permitted(ctx, Permission::NotesRead, async { Ok(self.error.as_deref()) }).await
    }

    /// What happened to it, oldest first. Null with an error for those who may not read it.
    async fn events(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Nullable<Connection<Event>> {
        permitted(ctx, Permission::CustomerAuditRead, async {
            let page = PageArgs { first, after, last, before, offset }.page(events::LOG)?;
            page_of::<events::OfSubscription, events::CountOfSubscription, _, _>(ctx, self.id, page).await.map(Some)
        })
        .await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// What is charged or given back for days of a subscription.
#[Object]
impl SubscriptionLine {
    /// What it is for, as the customer's account says it.
    async fn description(&self) -> String {
        self.text()
    }

    /// How many of the plan.
    async fn quantity(&self) -> i32 {
        self.quantity
    }

    /// The first day.
    async fn from(&self) -> Date {
        Date(self.days.start)
    }

    /// The last day.
    async fn to(&self) -> Date {
        Date(self.days.last())
    }

    /// How many days that are.
    async fn days(&self) -> i64 {
        self.days.days()
    }

    /// How many days the whole period has.
    async fn days_of_period(&self) -> i64 {
        self.of.days()
    }

    /// What the whole period costs.
    async fn period_amount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.whole))
    }

    /// What the days cost: the amount of the period × days ÷ days of the period, rounded half up. Below zero if it is
    /// given back.
    /// Without tax or with it, as the business has its prices.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.amount))
    }

    /// The rate of tax on it, in percent.
    async fn tax_rate(&self) -> Exact {
        self.tax_rate.percent()
    }

    /// The tax. Below zero if it is given back.
    async fn tax(&self, ctx: &Context<'_>) -> Result<Money> {
        let viewer = &ctx.read().await?.viewer;
        Ok(viewer.money(self.taxed(viewer.business.tax_mode).tax))
    }

    /// What it comes to with tax. Below zero if it is given back.
    async fn total(&self, ctx: &Context<'_>) -> Result<Money> {
        let viewer = &ctx.read().await?.viewer;
        Ok(viewer.money(self.taxed(viewer.business.tax_mode).gross))
    }
}

/// What a mutation of a subscription would do at this moment.
#[Object]
impl SubscriptionPreview {
    /// The subscription as it is now.
    async fn subscription(&self, ctx: &Context<'_>) -> Result<PlanSubscription> {
        let subscription = ctx.load::<super::ById>(self.subscription).await?;
        subscription.ok_or_else(|| Error::internal("a preview without a subscription"))
    }

    /// The day from which it would count. Null if it is one that nobody has decided yet.
    async fn effective_on(&self) -> Option<Date> {
        self.effective_on.map(Date)
    }

    /// How a change would take effect. Null of a pause, of its end and of a cancellation.
    async fn mode(&self) -> Option<SubscriptionChangeMode> {
        self.mode
    }

    /// What would be given back and charged at once. Empty if nothing is.
    async fn lines(&self) -> &[SubscriptionLine] {
        &self.lines
    }

    /// What the lines come to with tax. Below zero if more is given back than charged. Null if it would be refused.
    async fn total(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        let viewer = &ctx.read().await?.viewer;
        Ok(self.total.map(|total| viewer.money(total)))
    }

    /// Why it would be refused. Empty if it would be done.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}
