//! The figures of now beside every live payment.

use async_graphql::{ComplexObject, Context};

use super::model::Dashboard;
use crate::auth::Permission;
use crate::graphql::{ContextExt as _, Nullable, permitted};
use crate::ledger::payment::PaymentUpdate;

#[ComplexObject]
impl PaymentUpdate {
    /// What the business comes to with this payment. Null for whoever may not read metrics.
    async fn metrics(&self, ctx: &Context<'_>) -> Nullable<Dashboard> {
        permitted(ctx, Permission::MetricsRead, async { Dashboard::load(&*ctx.read().await?, &ctx.app().clock).await })
            .await
    }
}
