//! Root query fields of plans.

use async_graphql::{Context, Object};

use super::model::{Plan, PlanFilter, PlanSort};
use super::store;
use crate::auth::{Can, Permission};
use crate::error::{Error, Result};
use crate::graphql::{Connection, ContextExt as _, Nullable, PageArgs, permitted};
use crate::id::PlanId;

/// Queries of plans.
#[derive(Default)]
pub struct PlanQuery;

#[Object]
impl PlanQuery {
    /// The plan of an id or of a code: give one of the two. Null if there is none.
    async fn plan(&self, ctx: &Context<'_>, id: Option<PlanId>, code: Option<String>) -> Nullable<Plan> {
        permitted(ctx, Permission::SubscriptionsRead, async {
            let snapshot = ctx.read().await?;
            let business = snapshot.viewer.business.id;
            match (id, code) {
                (Some(id), None) => snapshot.load::<super::ById>(id).await,
                (None, Some(code)) if code.contains('\0') => Ok(None),
                (None, Some(code)) => store::find_by_code(&snapshot, business, &code).await,
                _ => Err(Error::BadInput("give `id` or `code`, and not both".into())),
            }
        })
        .await
    }

    /// The plans of the business, by name unless said otherwise. Archived ones are left out unless the filter asks
    /// for them. Customers see those that they have subscribed to.
    #[graphql(guard = "Can(Permission::SubscriptionsRead)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    async fn plans(
        &self,
        ctx: &Context<'_>,
        filter: Option<PlanFilter>,
        #[graphql(default)] sort: PlanSort,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Plan>> {
        let page = PageArgs { first, after, last, before, offset }.page(sort.order())?;
        let filter = filter.unwrap_or_default();
        let snapshot = ctx.read().await?;
        let business = snapshot.viewer.business.id;
        let total = async {
            if ctx.wants_total() { store::count(&snapshot, business, &filter).await.map(Some) } else { Ok(None) }
        };
        let (rows, total) = tokio::try_join!(store::list(&snapshot, business, &filter, &page), total)?;
        Ok(Connection::new(page, rows, total))
    }
}
