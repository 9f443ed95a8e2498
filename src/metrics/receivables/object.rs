//! The GraphQL object `ReceivableMetrics`.

use async_graphql::{Context, Object};

use super::loader::PositionAsOf;
use super::model::{Ageing, Position, ReceivableMetrics, ReceivablePeriod, by_method};
use crate::error::Result;
use crate::graphql::{ContextExt as _, Date};
use crate::metrics::figures::store::{DayFigure, Kind, by_day};
use crate::metrics::series::{Interval, Span, place, spans};
use crate::money::{Amount, Money};

/// What is owed to the business, as of a day. Later payments, reversals and changes do not count; what was written down
/// later and belongs to an earlier day does. For today: what is unpaid now.
#[Object]
impl ReceivableMetrics {
    /// What charges still wanted.
    async fn outstanding(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.position(ctx).await?.outstanding()))
    }

    /// What of that was late: due before the day.
    async fn overdue(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.position(ctx).await?.overdue()))
    }

    /// What payments and credits had left that no charge had taken.
    async fn credit(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.position(ctx).await?.credit()))
    }

    /// What was outstanding less that credit: the sum of all balances.
    async fn balance(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(Amount(self.position(ctx).await?.balance)))
    }

    /// What was outstanding, by how many days it was late.
    async fn ageing(&self, ctx: &Context<'_>) -> Result<Ageing> {
        let position = self.position(ctx).await?;
        Ok(position.ageing(&ctx.read().await?.viewer.business))
    }

    /// What was charged and collected, by the day, the week (from Monday) or the month: at most 400 points, of which the
    /// first and the last are cut to the days asked for. `to` is the day of these metrics if absent, and `from` 30 days, 12
    /// weeks or 12 months. Days after that of these metrics have nothing.
    async fn flows(
        &self,
        ctx: &Context<'_>,
        from: Option<Date>,
        to: Option<Date>,
        #[graphql(default_with = "Interval::Month")] by: Interval,
    ) -> Result<Vec<ReceivablePeriod>> {
        let spans = spans(from, to, self.as_of, by)?;
        let snapshot = ctx.read().await?;
        let tenant = &snapshot.viewer.business;
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Ok(Vec::new()) };
        let days = (first.from, last.to.min(self.as_of));
        let kinds = [Kind::Charged, Kind::Credited, Kind::Collected];
        let mut found: Vec<Vec<DayFigure>> = vec![Vec::new(); spans.len()];
        for figure in by_day(&snapshot, tenant.id, &kinds, days).await? {
            if let Some(place) = place(&spans, figure.day) {
                found[place].push(figure);
            }
        }
        let period = |(span, figures): (_, Vec<DayFigure>)| {
            let Span { from, to } = span;
            let of = |kind| figures.iter().filter(move |figure| figure.kind == kind);
            let sum = |kind| tenant.money(Amount(of(kind).map(|figure| figure.amount).sum()));
            ReceivablePeriod {
                from: Date(from),
                to: Date(to),
                charged: sum(Kind::Charged),
                credited: sum(Kind::Credited),
                collected: sum(Kind::Collected),
                collected_by_method: by_method(
                    tenant,
                    of(Kind::Collected).map(|figure| (figure.key.as_str(), figure.amount)),
                ),
            }
        };
        Ok(spans.into_iter().zip(found).map(period).collect())
    }
}

impl ReceivableMetrics {
    async fn position(&self, ctx: &Context<'_>) -> Result<Position> {
        let today = ctx.read().await?.viewer.business.today(&ctx.app().clock);
        Ok(ctx.load::<PositionAsOf>((self.as_of, self.as_of == today)).await?.unwrap_or_default())
    }
}
