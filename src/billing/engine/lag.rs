//! How far billing is behind.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use crate::accounts::business;
use crate::auth::{Permission, Tenant};
use crate::billing::dunning;
use crate::billing::standing_order::{self, StandingOrder};
use crate::billing::subscription::{self, PlanSubscription};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::{ContextExt as _, Date, Nullable, permitted};

/// How far the billing of a business is behind.
#[derive(Debug, Clone)]
pub struct Lag {
    /// How many subscriptions are due.
    pub due: i64,
    /// Since which day, if any.
    pub since: Option<NaiveDate>,
    /// How many standing orders have days that are to be recorded.
    pub orders: i64,
    /// How many invoices dunning is to look at.
    pub dunned: i64,
    /// Subscriptions that could not be charged for.
    pub failing: Vec<PlanSubscription>,
    /// Standing orders of which a day could not be recorded.
    pub failing_orders: Vec<StandingOrder>,
    /// When the engine last did something.
    pub ran_at: Option<DateTime<Utc>>,
}

/// How far the billing of a business is behind at a time.
pub async fn lag(conn: &Conn, tenant: &Tenant, today: NaiveDate) -> Result<Lag> {
    let ((due, since), failing, orders, failing_orders, (dunned, _), ran_at) = tokio::try_join!(
        subscription::store::lag(conn, tenant.id, today),
        subscription::store::failing(conn, tenant.id),
        standing_order::store::lag(conn, tenant.id, today),
        standing_order::store::failing(conn, tenant.id),
        dunning::store::lag(conn, tenant.id, today),
        business::store::billing_ran(conn, tenant.id),
    )?;
    Ok(Lag { due, since, orders, dunned, failing, failing_orders, ran_at })
}

/// How far the billing of the business is behind.
#[derive(Debug, SimpleObject)]
pub struct BillingStatus {
    /// How many subscriptions have something due that is not done yet: a few at the start of a day, and none soon after.
    subscriptions_due: i64,
    /// Since which day. Null if none is.
    due_since: Option<Date>,
    /// How many standing orders have days that are to be recorded: as many as deliver on a day at its start, and none soon
    /// after.
    standing_orders_due: i64,
    /// How many invoices are to be looked at for reminders and suspensions.
    dunning_due: i64,
    /// How many subscriptions could not be charged for. `subscriptions(filter: { failing: true })` shows them, and why.
    failing: usize,
    /// How many standing orders have a day that could not be recorded: their `error` says why.
    standing_orders_failing: usize,
    /// When the engine last did something. Null if it never did.
    last_run_at: Option<DateTime<Utc>>,
}

/// Queries of the engine.
#[derive(Default)]
pub struct EngineQuery;

#[Object]
impl EngineQuery {
    /// How far billing is behind. For the staff: null with an error for others.
    async fn billing_status(&self, ctx: &Context<'_>) -> Nullable<BillingStatus> {
        permitted(ctx, Permission::NotesRead, async {
            let snapshot = ctx.read().await?;
            let tenant = &snapshot.viewer.business;
            let lag = lag(&snapshot, tenant, tenant.today(&ctx.app().clock)).await?;
            Ok(Some(BillingStatus {
                subscriptions_due: lag.due,
                due_since: lag.since.map(Date),
                standing_orders_due: lag.orders,
                dunning_due: lag.dunned,
                failing: lag.failing.len(),
                standing_orders_failing: lag.failing_orders.len(),
                last_run_at: lag.ran_at,
            }))
        })
        .await
    }
}
