//! The GraphQL objects `LoyaltyMetrics`, `LifetimeValues` and `CustomerLifetimeValue`.

use async_graphql::{Context, Object};
use chrono::NaiveDate;

use super::loader::{LifetimeValuesAsOf, PurchasesAsOf};
use super::model::{FrequencyCount, LifetimeValue, LifetimeValues, LoyaltyMetrics, Purchases};
use super::store;
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::graphql::{ContextExt as _, Nullable, nullable};
use crate::ledger::purchase::Frequency;
use crate::metrics::customers::CountsAsOf;
use crate::metrics::revenue::rate;
use crate::metrics::series::share;
use crate::money::{Exact, Money};

/// The most customers of one list.
const MOST: i64 = 100;

/// How often customers come again and what they are worth, as of the end of a day. Purchases are sales at the till that
/// were not void then.
#[Object]
impl LoyaltyMetrics {
    /// How many customers bought something.
    async fn customers(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.purchases(ctx).await?.customers)
    }

    /// How many of them came again: from the second purchase on.
    async fn repeat_customers(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.purchases(ctx).await?.repeat)
    }

    /// Those who came again, of all who bought something: `0.4888` is 48.88 %. Null if nobody bought.
    async fn repeat_share(&self, ctx: &Context<'_>) -> Result<Option<Exact>> {
        let purchases = self.purchases(ctx).await?;
        Ok(rate(purchases.repeat, purchases.customers))
    }

    /// How many customers are of each tier, by the bounds that the business has now.
    async fn tiers(&self, ctx: &Context<'_>) -> Result<Vec<FrequencyCount>> {
        let tiers = self.purchases(ctx).await?.tiers;
        let frequencies = [Frequency::OneTime, Frequency::Occasional, Frequency::Regular, Frequency::Frequent];
        let of = |(frequency, count)| FrequencyCount { frequency, count };
        Ok(frequencies.into_iter().zip(tiers).map(of).collect())
    }

    /// How many customers were members, without the archived.
    async fn members(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(ctx.load::<CountsAsOf>(self.as_of).await?.unwrap_or_default().members(true))
    }

    /// How many customers were not members, without the archived.
    async fn non_members(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(ctx.load::<CountsAsOf>(self.as_of).await?.unwrap_or_default().members(false))
    }

    /// How what customers are worth is spread.
    async fn lifetime_value(&self, ctx: &Context<'_>) -> Result<LifetimeValues> {
        let key = self.key(ctx).await?;
        Ok(ctx.load::<LifetimeValuesAsOf>(key).await?.unwrap_or_default())
    }

    /// Those who are worth the most, the most first, and of equals who was added first: 10 of them, or as many as `count`
    /// says, at most 100. Nobody who is worth nothing.
    async fn top_by_lifetime_value(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10)] count: i64,
    ) -> Result<Vec<LifetimeValue>> {
        if !(1..=MOST).contains(&count) {
            return Err(Error::BadInput(format!("`count` is {count}: give a number from 1 to {MOST}")));
        }
        let (as_of, now) = self.key(ctx).await?;
        let snapshot = ctx.read().await?;
        store::most_valuable(&snapshot, &snapshot.viewer.business, as_of, now, count).await
    }
}

impl LoyaltyMetrics {
    async fn key(&self, ctx: &Context<'_>) -> Result<(NaiveDate, bool)> {
        let today = ctx.read().await?.viewer.business.today(&ctx.app().clock);
        Ok((self.as_of, self.as_of == today))
    }

    async fn purchases(&self, ctx: &Context<'_>) -> Result<Purchases> {
        let key = self.key(ctx).await?;
        Ok(ctx.load::<PurchasesAsOf>(key).await?.unwrap_or_default())
    }
}

/// How what customers are worth is spread: what each was charged in all, less what was voided or credited. Of those who
/// were charged anything.
#[Object]
impl LifetimeValues {
    /// How many were charged anything.
    async fn customers(&self) -> i64 {
        self.customers
    }

    /// What they are worth in all.
    async fn total(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.total))
    }

    /// What each is worth on average, rounded half up. Null if there is nobody.
    async fn average(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        let viewer = &ctx.read().await?.viewer;
        Ok(share(self.total, self.customers).map(|amount| viewer.money(amount)))
    }

    /// The lowest. Null if there is nobody.
    async fn lowest(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        self.at(ctx, 0).await
    }

    /// The lowest that a quarter of them do not exceed. Null if there is nobody.
    async fn lower_quartile(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        self.at(ctx, 1).await
    }

    /// The lowest that half of them do not exceed. Null if there is nobody.
    async fn median(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        self.at(ctx, 2).await
    }

    /// The lowest that three quarters of them do not exceed. Null if there is nobody.
    async fn upper_quartile(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        self.at(ctx, 3).await
    }

    /// The highest. Null if there is nobody.
    async fn highest(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        self.at(ctx, 4).await
    }
}

impl LifetimeValues {
    async fn at(&self, ctx: &Context<'_>, place: usize) -> Result<Option<Money>> {
        let viewer = &ctx.read().await?.viewer;
        Ok(self.spread.map(|spread| viewer.money(spread[place])))
    }
}

/// What a customer is worth: what they were charged in all, less what was voided or credited.
#[Object(name = "CustomerLifetimeValue")]
impl LifetimeValue {
    /// Who. Null if you may not read customers.
    async fn customer(&self, ctx: &Context<'_>) -> Nullable<Customer> {
        nullable(ctx.load::<customer::ById>(self.customer).await)
    }

    /// How much.
    async fn value(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.value))
    }
}
