//! The GraphQL objects `RevenueMetrics` and `PlanRevenue`.

use async_graphql::{Context, Object};

use super::loader::RevenueAsOf;
use super::model::{PlanRevenue, Revenue, RevenueMetrics, RevenueMovement, series};
use super::store;
use crate::billing::plan::{self, Plan};
use crate::error::Result;
use crate::graphql::{ContextExt as _, Date, Nullable, nullable};
use crate::metrics::series::{Interval, share, spans};
use crate::money::{Amount, Money};

/// The recurring revenue of the business, as of the end of a day: of subscriptions that are charged for, not of those in a
/// trial or a pause. A price counts for a month of a year that has 12 months, 52 weeks and 365 days, times the quantity,
/// rounded half up for each subscription.
#[Object]
impl RevenueMetrics {
    /// Monthly recurring revenue.
    async fn mrr(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.revenue(ctx).await?.total.mrr))
    }

    /// Annual recurring revenue: twelve times the monthly one.
    async fn arr(&self, ctx: &Context<'_>) -> Result<Money> {
        let mrr = self.revenue(ctx).await?.total.mrr;
        Ok(ctx.read().await?.viewer.money(Amount(mrr.0.saturating_mul(12))))
    }

    /// Average revenue per user: the monthly recurring revenue of each customer who pays, rounded half up. Null if nobody
    /// does.
    async fn arpu(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        let total = self.revenue(ctx).await?.total;
        let viewer = &ctx.read().await?.viewer;
        Ok(share(total.mrr, total.customers).map(|amount| viewer.money(amount)))
    }

    /// How many customers pay for subscriptions.
    async fn customers(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.revenue(ctx).await?.total.customers)
    }

    /// How many subscriptions are paid for.
    async fn subscriptions(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.revenue(ctx).await?.total.subscriptions)
    }

    /// The same by plan, the one that brings the most first.
    async fn by_plan(&self, ctx: &Context<'_>) -> Result<Vec<PlanRevenue>> {
        Ok(self.revenue(ctx).await?.plans)
    }

    /// How the monthly recurring revenue moved, by the day, the week (from Monday) or the month: at most 400 points, of
    /// which the first and the last are cut to the days asked for. `to` is the day of these metrics if absent, and `from`
    /// 30 days, 12 weeks or 12 months. Nothing moves on days after that of these metrics.
    async fn movements(
        &self,
        ctx: &Context<'_>,
        from: Option<Date>,
        to: Option<Date>,
        #[graphql(default_with = "Interval::Month")] by: Interval,
    ) -> Result<Vec<RevenueMovement>> {
        let spans = spans(from, to, self.as_of, by)?;
        let snapshot = ctx.read().await?;
        let tenant = &snapshot.viewer.business;
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Ok(Vec::new()) };
        let movements = store::movements(&snapshot, tenant.id, first.from, last.to.min(self.as_of)).await?;
        Ok(series(tenant, &spans, &movements))
    }
}

impl RevenueMetrics {
    async fn revenue(&self, ctx: &Context<'_>) -> Result<Revenue> {
        Ok(ctx.load::<RevenueAsOf>(self.as_of).await?.unwrap_or_default())
    }
}

/// What the subscriptions to a plan bring.
#[Object]
impl PlanRevenue {
    /// The plan. Null if you may not read plans.
    async fn plan(&self, ctx: &Context<'_>) -> Nullable<Plan> {
        nullable(ctx.load::<plan::ById>(self.plan).await)
    }

    /// How many subscriptions to it are paid for.
    async fn subscriptions(&self) -> i64 {
        self.sum.subscriptions
    }

    /// How many of it they are for.
    async fn quantity(&self) -> i64 {
        self.sum.quantity
    }

    /// How many customers pay for it.
    async fn customers(&self) -> i64 {
        self.sum.customers
    }

    /// Its monthly recurring revenue.
    async fn mrr(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.sum.mrr))
    }
}
