//! The GraphQL object `PurchaseHistory`.

use async_graphql::{Context, Object};

use super::model::{Frequency, PurchaseHistory};
use crate::error::Result;
use crate::graphql::{ContextExt as _, Date};
use crate::money::{Amount, Money};

/// What a customer bought at the till, and how often. Void sales do not count.
#[Object]
impl PurchaseHistory {
    /// How many purchases.
    async fn purchases(&self) -> i64 {
        self.figures.purchases
    }

    /// What they came to.
    async fn spent(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.figures.spent))
    }

    /// How many items they had.
    async fn items(&self) -> i64 {
        self.figures.items
    }

    /// What a purchase came to on average, rounded half up. Null before the first.
    async fn average(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        let viewer = &ctx.read().await?.viewer;
        Ok(self.average_amount().map(|amount| viewer.money(amount)))
    }

    /// The day of the first. Null before it.
    async fn first_on(&self) -> Option<Date> {
        self.figures.first_on.map(Date)
    }

    /// The day of the last. Null before the first.
    async fn last_on(&self) -> Option<Date> {
        self.figures.last_on.map(Date)
    }

    /// Days since the last, in the zone of the business. Null before the first.
    async fn days_since_last(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        let today = ctx.read().await?.viewer.business.today(&ctx.app().clock);
        Ok(self.figures.last_on.map(|last| (today - last).num_days()))
    }

    /// Whether they came again: from the second purchase on.
    async fn is_repeat(&self) -> bool {
        self.figures.purchases >= 2
    }

    /// How often they buy. Null before the first purchase.
    async fn frequency(&self) -> Option<Frequency> {
        self.frequency
    }

    /// All that they were ever charged, paid or owed, less what was voided or credited.
    async fn lifetime_value(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.figures.lifetime_value))
    }
}

impl PurchaseHistory {
    fn average_amount(&self) -> Option<Amount> {
        let count = self.figures.purchases;
        // Half up: amounts of sales are never below zero.
        (count > 0).then(|| Amount((2 * self.figures.spent.0 + count) / (2 * count)))
    }
}
