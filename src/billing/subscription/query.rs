//! Root query fields of subscriptions.

use async_graphql::{Context, Object};

use super::act::Act;
use super::input::SubscriptionChangeInput;
use super::life::SubscriptionCancelMode;
use super::model::{BY_AGE, PlanSubscription, SubscriptionFilter};
use super::preview::{SubscriptionPreview, preview};
use super::store;
use crate::auth::{Can, Permission};
use crate::error::Result;
use crate::graphql::{Connection, ContextExt as _, Date, Nullable, PageArgs, permitted};
use crate::id::PlanSubscriptionId;

/// Queries of subscriptions.
#[derive(Default)]
pub struct SubscriptionQuery;

#[Object]
impl SubscriptionQuery {
    /// The subscription of an id. Null if there is none.
    async fn subscription(&self, ctx: &Context<'_>, id: PlanSubscriptionId) -> Nullable<PlanSubscription> {
        permitted(ctx, Permission::SubscriptionsRead, ctx.load::<super::ById>(id)).await
    }

    /// The subscriptions of the business, the oldest first.
    #[graphql(guard = "Can(Permission::SubscriptionsRead)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    async fn subscriptions(
        &self,
        ctx: &Context<'_>,
        filter: Option<SubscriptionFilter>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<PlanSubscription>> {
        let page = PageArgs { first, after, last, before, offset }.page(BY_AGE)?;
        let mut filter = filter.unwrap_or_default();
        let snapshot = ctx.read().await?;
        // Row-level security shows a customer no others; this lets the index find theirs.
        filter.customer_id = filter.customer_id.or(snapshot.viewer.customer());
        let business = snapshot.viewer.business.id;
        let total = async {
            if ctx.wants_total() { store::count(&snapshot, business, &filter).await.map(Some) } else { Ok(None) }
        };
        let (rows, total) = tokio::try_join!(store::list(&snapshot, business, &filter, &page), total)?;
        Ok(Connection::new(page, rows, total))
    }

    /// What `subscriptionChange` would do with the same input at this moment. Nothing is written. Null if there is none
    /// of that id.
    async fn subscription_change_preview(
        &self,
        ctx: &Context<'_>,
        id: PlanSubscriptionId,
        input: SubscriptionChangeInput,
    ) -> Nullable<SubscriptionPreview> {
        let act = input.check().map(|(change, _)| Act::Change(change));
        permitted(ctx, Permission::SubscriptionsRead, preview(ctx, id, act)).await
    }

    /// What `subscriptionPause` would do at this moment. Nothing is written. Null if there is none
    /// of that id.
    async fn subscription_pause_preview(
        &self,
        ctx: &Context<'_>,
        id: PlanSubscriptionId,
        resume_on: Option<Date>,
    ) -> Nullable<SubscriptionPreview> {
        permitted(ctx, Permission::SubscriptionsRead, preview(ctx, id, Ok(Act::Pause(resume_on.map(|date| date.0)))))
            .await
    }

    /// What `subscriptionResume` would do at this moment. Nothing is written. Null if there is none
    /// of that id.
    async fn subscription_resume_preview(
        &self,
        ctx: &Context<'_>,
        id: PlanSubscriptionId,
        resume_on: Option<Date>,
    ) -> Nullable<SubscriptionPreview> {
        permitted(ctx, Permission::SubscriptionsRead, preview(ctx, id, Ok(Act::Resume(resume_on.map(|date| date.0)))))
            .await
    }

    /// What `subscriptionCancel` would do at this moment. Nothing is written. Null if there is none
    /// of that id.
    async fn subscription_cancel_preview(
        &self,
        ctx: &Context<'_>,
        id: PlanSubscriptionId,
        #[graphql(default)] mode: SubscriptionCancelMode,
    ) -> Nullable<SubscriptionPreview> {
        permitted(ctx, Permission::SubscriptionsRead, preview(ctx, id, Ok(Act::Cancel(mode)))).await
    }
}
