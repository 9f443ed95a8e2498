//! The GraphQL objects `Calendar` and `CalendarDay`.

use async_graphql::{Context, Object};

use super::model::{Calendar, CalendarDay, DayStatus};
use crate::error::Result;
use crate::graphql::{ContextExt as _, Date, Month};
use crate::money::{Exact, Money};

/// The deliveries to a customer in a month. Void ones do not count.
#[Object]
impl Calendar {
    /// Which month.
    async fn month(&self) -> Month {
        self.month
    }

    /// All days of the month, also those without deliveries.
    async fn days(&self) -> &[CalendarDay] {
        &self.days
    }

    /// How much was delivered in the month, whatever its units.
    async fn quantity(&self) -> Exact {
        Exact(self.total().quantity.normalize())
    }

    /// What it came to.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.total().amount))
    }

    /// What is paid of it.
    async fn paid(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.total().paid))
    }

    /// What of it is still to be paid.
    async fn remaining(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.total().remaining()))
    }

    /// How much of it is paid.
    async fn status(&self) -> DayStatus {
        self.total().status()
    }

    /// The last month before this one that has deliveries. Null if none has.
    async fn previous_month(&self) -> Option<Month> {
        self.previous
    }

    /// The first month after this one that has deliveries. Null if none has.
    async fn next_month(&self) -> Option<Month> {
        self.next
    }
}

/// A day of a calendar.
#[Object]
impl CalendarDay {
    /// Which day.
    async fn date(&self) -> Date {
        Date(self.date)
    }

    /// How many deliveries.
    async fn records(&self) -> i64 {
        self.figures.records
    }

    /// How much was delivered, whatever its units.
    async fn quantity(&self) -> Exact {
        Exact(self.figures.quantity.normalize())
    }

    /// What it came to.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.figures.amount))
    }

    /// What is paid of it.
    async fn paid(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.figures.paid))
    }

    /// What of it is still to be paid.
    async fn remaining(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(ctx.read().await?.viewer.money(self.figures.remaining()))
    }

    /// How much of it is paid.
    async fn status(&self) -> DayStatus {
        self.figures.status()
    }
}
