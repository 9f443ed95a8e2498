//! Root query fields of metrics.

use async_graphql::{Context, Object};

use super::dashboard::Dashboard;
use super::object::Metrics;
use crate::auth::{Can, Permission};
use crate::error::{Error, Result};
use crate::graphql::{ContextExt as _, Date};

/// Queries of metrics.
#[derive(Default)]
pub struct MetricsQuery;

#[Object]
impl MetricsQuery {
    /// What the business comes to: as of now, or as of the end of a day that is past.
    #[graphql(guard = "Can(Permission::MetricsRead)")]
    async fn metrics(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Metrics> {
        let today = ctx.read().await?.viewer.business.today(&ctx.app().clock);
        match as_of {
            Some(Date(day)) if day > today => {
                Err(Error::BadInput(format!("`asOf` is {day}, after today, {today}: give today or an earlier day")))
            }
            day => Ok(Metrics { as_of: day.map_or(today, |Date(day)| day) }),
        }
    }

    /// What the business comes to now, at once however large its books are. The subscription of the same name tells when it
    /// moves.
    #[graphql(guard = "Can(Permission::MetricsRead)")]
    async fn dashboard(&self, ctx: &Context<'_>) -> Result<Dashboard> {
        let dashboard = Dashboard::load(&*ctx.read().await?, &ctx.app().clock).await?;
        dashboard.ok_or_else(|| Error::internal("a business without figures"))
    }
}
