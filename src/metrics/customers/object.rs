//! The GraphQL objects `CustomerMetrics` and `CustomerBalance`.

use async_graphql::{Context, Object};
use strum::IntoEnumIterator as _;

use super::loader::CountsAsOf;
use super::model::{Counts, CustomerMetrics, CustomerStatusCount, CustomerTypeCount, NewCustomers};
use super::store::{self, Balance};
use crate::customers::customer::{self, Customer, CustomerStatus, CustomerType};
use crate::error::{Error, Result};
use crate::graphql::{ContextExt as _, Date, Nullable, nullable};
use crate::metrics::figures::{self, store::Kind};
use crate::metrics::series::{Interval, place, share, spans};
use crate::money::{Amount, Money};

/// The most customers of a list of those who owe the most.
const MOST: i64 = 100;

/// How many customers there are, as of a day: those who had joined by its end. Status and type are those of now, for
/// what they were is not kept; membership and archive are those of the day.
#[Object]
impl CustomerMetrics {
    /// How many there are, without the archived.
    async fn total(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.counts(ctx).await?.total())
    }

    /// How many have each status. The archived stand here alone.
    async fn by_status(&self, ctx: &Context<'_>) -> Result<Vec<CustomerStatusCount>> {
        let counts = self.counts(ctx).await?;
        let of = |status| CustomerStatusCount { status, count: counts.of(|alike| alike.status == status) };
        Ok(CustomerStatus::iter().map(of).collect())
    }

    /// How many are of each type, without the archived.
    async fn by_type(&self, ctx: &Context<'_>) -> Result<Vec<CustomerTypeCount>> {
        let counts = self.counts(ctx).await?;
        let of = |kind| CustomerTypeCount {
            kind,
            count: counts.of(|alike| alike.status != CustomerStatus::Archived && alike.kind == kind),
        };
        Ok(CustomerType::iter().map(of).collect())
    }

    /// How many are members, without the archived.
    async fn members(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.counts(ctx).await?.members(true))
    }

    /// How many are not members, without the archived.
    async fn non_members(&self, ctx: &Context<'_>) -> Result<i64> {
        Ok(self.counts(ctx).await?.members(false))
    }

    /// How many joined, by the day, the week (from Monday) or the month: at most 400 points, of which the first and the
    /// last are cut to the days asked for. `to` is the day of these metrics if absent, and `from` 30 days, 12 weeks or 12
    /// months. Days after that of these metrics have nobody.
    async fn joined(
        &self,
        ctx: &Context<'_>,
        from: Option<Date>,
        to: Option<Date>,
        #[graphql(default_with = "Interval::Month")] by: Interval,
    ) -> Result<Vec<NewCustomers>> {
        let spans = spans(from, to, self.as_of, by)?;
        let snapshot = ctx.read().await?;
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Ok(Vec::new()) };
        let days = (first.from, last.to.min(self.as_of));
        let found = figures::store::by_day(&snapshot, snapshot.viewer.business.id, &[Kind::Customers], days).await?;
        let mut series: Vec<_> =
            spans.iter().map(|span| NewCustomers { from: Date(span.from), to: Date(span.to), count: 0 }).collect();
        for figure in found {
            if let Some(place) = place(&spans, figure.day) {
                series[place].count += figure.amount;
            }
        }
        Ok(series)
    }

    /// What all customers together owed at the end of the day, less their credit, for each customer that is not
    /// archived, rounded half up. Null if there is none.
    async fn average_balance(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        let snapshot = ctx.read().await?;
        let viewer = &snapshot.viewer;
        let (counts, balance) =
            tokio::try_join!(self.counts(ctx), figures::store::balance(&snapshot, viewer.business.id, self.as_of))?;
        Ok(share(Amount(balance), counts.total()).map(|amount| viewer.money(amount)))
    }

    /// Those who owed the most at the end of the day, the most first: 10 of them, or as many as `count` says, at most
    /// 100. Nobody who owed nothing.
    async fn top_by_balance(&self, ctx: &Context<'_>, #[graphql(default = 10)] count: i64) -> Result<Vec<Balance>> {
        if !(1..=MOST).contains(&count) {
            return Err(Error::BadInput(format!("`count` is {count}: give a number from 1 to {MOST}")));
        }
        let snapshot = ctx.read().await?;
        let tenant = &snapshot.viewer.business;
        if self.as_of == tenant.today(&ctx.app().clock) {
            store::top_now(&snapshot, tenant.id, count).await
        } else {
            store::top(&snapshot, tenant.id, self.as_of, count).await
        }
    }
}

impl CustomerMetrics {
    async fn counts(&self, ctx: &Context<'_>) -> Result<Counts> {
        Ok(ctx.load::<CountsAsOf>(self.as_of).await?.unwrap_or_default())
    }
}

/// What a customer owed.
#[Object(name = "CustomerBalance")]
impl Balance {
    /// Who. Null if you may not read customers.
    async fn customer(&self, ctx: &Context<'_>) -> Nullable<Customer> {
        nullable(ctx.load::<customer::ById>(self.customer_id).await)
    }

    /// How much.
    async fn balance(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.balance))
    }
}
