//! The GraphQL objects `Plan` and `PlanPrice`.

use async_graphql::{Context, Json, Object};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::loader::{CountOfPricesOf, PricesOf};
use super::model::{BY_VERSION, Plan, PlanPrice};
use crate::billing::period::Interval;
use crate::billing::subscription::{self, PlanSubscription};
use crate::error::Result;
use crate::graphql::{Connection, ContextExt as _, PageArgs, page_of};
use crate::id::{PlanId, PlanPriceId};
use crate::money::{Exact, Money};

/// What customers subscribe to.
#[Object]
impl Plan {
    /// The id of the plan.
    pub async fn id(&self) -> PlanId {
        self.row.id
    }

    /// What the business calls it in lists; unique.
    async fn code(&self) -> &str {
        &self.row.code
    }

    /// What customers call it.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// What it is.
    async fn description(&self) -> &Option<String> {
        &self.row.description
    }

    /// What one period costs for who subscribes now.
    async fn price(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.price.amount))
    }

    /// The rate of tax on that, in percent. Whether the price is without tax or with it is a setting of the business.
    async fn tax_rate(&self) -> Exact {
        self.price.tax_rate.percent()
    }

    /// The version of that price, from 1.
    async fn price_version(&self) -> i32 {
        self.price.version
    }

    /// What its periods are measured in.
    async fn interval(&self) -> Interval {
        self.row.interval_unit
    }

    /// How many intervals a period has.
    async fn interval_count(&self) -> i32 {
        self.row.interval_count
    }

    /// What it comes to in a month, to compare it with others: a yearly price ÷ 12, a weekly one × 52 ÷ 12, a daily one
    /// × 365 ÷ 12, rounded half up.
    async fn monthly_price(&self, ctx: &Context<'_>) -> Result<Money> {
        let amount = self.terms().cadence().over(self.price.amount, 1);
        Ok(ctx.read().await?.viewer.money(amount))
    }

    /// What it comes to in a year of 12 months, 52 weeks or 365 days, rounded half up, to compare it with others.
    async fn yearly_price(&self, ctx: &Context<'_>) -> Result<Money> {
        let amount = self.terms().cadence().over(self.price.amount, 12);
        Ok(ctx.read().await?.viewer.money(amount))
    }

    /// How many days are free at the start.
    async fn trial_days(&self) -> i32 {
        self.row.trial_days
    }

    /// What one gets, in order.
    async fn features(&self) -> &[String] {
        &self.row.features.0
    }

    /// Free data, such as a speed.
    async fn attributes(&self) -> Json<Value> {
        Json(self.row.attributes.clone())
    }

    /// When it was archived: nobody can subscribe to it then, and who has keeps it. Null if it is not.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }

    /// The prices that it has had, the one of now first.
    async fn prices(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<PlanPrice>> {
        let page = PageArgs { first, after, last, before, offset }.page(BY_VERSION)?;
        page_of::<PricesOf, CountOfPricesOf, _, _>(ctx, self.row.id, page).await
    }

    /// The subscriptions to it, the oldest first.
    async fn subscriptions(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<PlanSubscription>> {
        let page = PageArgs { first, after, last, before, offset }.page(subscription::BY_AGE)?;
        page_of::<subscription::OfPlan, subscription::CountOfPlan, _, _>(ctx, self.row.id, page).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
}

/// A price that a plan has or had. Who subscribed at it keeps it until they are moved.
#[Object]
impl PlanPrice {
    /// The id of the price.
    pub async fn id(&self) -> PlanPriceId {
        self.id
    }

    /// Which version it is, from 1.
    async fn version(&self) -> i32 {
        self.version
    }

    /// What one period costs.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.amount))
    }

    /// The rate of tax on it, in percent.
    async fn tax_rate(&self) -> Exact {
        self.tax_rate.percent()
    }

    /// Since when it is the price of its plan, or was.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }
}
