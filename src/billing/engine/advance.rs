//! The clock of a sandbox, which its owner moves: what is due on the way happens before the mutation returns.

use std::time::Duration;

use async_graphql::{Context, InputObject, Object};
use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::run::{begin_of, run_business};
use crate::accounts::business::{self, Business};
use crate::app::App;
use crate::auth::{Permission, Tenant, Viewer};
use crate::billing::{dunning, standing_order, subscription};
use crate::db::Mode;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};

/// How long one mutation goes on: an operation has ten seconds.
const PATIENCE: Duration = Duration::from_secs(7);
/// How long it waits for those who are at what is due.
const PAUSE: Duration = Duration::from_millis(20);
/// How far one mutation may move a clock, in days: ten years.
const MAX_DISTANCE: i64 = 3_653;

/// Where a clock is moved.
#[derive(Debug, Clone, InputObject)]
pub struct TestClockAdvanceInput {
    /// To which time: later than the clock's, and at most ten years.
    pub to: DateTime<Utc>,
}

payload! {
    /// The answer of `testClockAdvance`.
    TestClockPayload {
        /// The business with its clock as it stands now.
        business: Business,
        /// Whether the clock came where it was moved. If not, there was more to do on the way than fits into one
        /// operation: everything before the clock has happened, and the same mutation goes on from there.
        done: bool,
    }
}

/// Mutations of the clock of a sandbox.
#[derive(Default)]
pub struct TestClockMutation;

#[Object]
impl TestClockMutation {
    /// Moves the clock of a sandbox forward. Everything that is due on the way happens in order, each on its own day,
    /// before the mutation returns.
    async fn test_clock_advance(&self, ctx: &Context<'_>, input: TestClockAdvanceInput) -> Nullable<TestClockPayload> {
        mutate(ctx, Permission::TestClock, advance(ctx, input)).await
    }
}

async fn advance(ctx: &Context<'_>, input: TestClockAdvanceInput) -> Result<TestClockPayload> {
    let viewer = ctx.read().await?.viewer.clone();
    let Some(from) = viewer.business.test_clock else {
        let message = "the business is no sandbox: only one that was opened as such has a clock of its own";
        return Err(Error::user(UserErrorCode::Invalid, "", message));
    };
    if input.to < from || (input.to - from).num_days() > MAX_DISTANCE {
        let message = format!("to is {}; it must be between the clock's {from} and ten years later", input.to);
        return Err(Error::user(UserErrorCode::Invalid, "to", message));
    }
    // No operation holds two connections.
    ctx.session().close().await?;
    let done = go(ctx.app(), &viewer, from, input.to).await?;
    let snapshot = ctx.read().await?;
    let id = snapshot.viewer.business.id;
    let business = business::store::by_ids(&snapshot, &[id]).await?.remove(&id);
    Ok(TestClockPayload { business, done: Some(done), ..Default::default() })
}

/// Moves the clock from day to day on which something is due, and then to its end; whether it came there.
async fn go(app: &App, viewer: &Viewer, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<bool> {
    let until = Instant::now() + PATIENCE;
    let mut tenant = viewer.business.clone();
    let mut clock = from;
    loop {
        tenant.test_clock = Some(clock);
        run_business(app, &tenant, usize::MAX, Some(until)).await?;
        if Instant::now() >= until {
            return Ok(false);
        }
        if clock == to {
            return Ok(true);
        }
        match next(app, viewer, &tenant).await? {
            // It is due already: others are at its customer.
            Some(next) if next <= clock => sleep(PAUSE).await,
            next => {
                clock = next.map_or(to, |next| next.min(to));
                set(app, viewer, clock, clock == to).await?;
            }
        }
    }
}

/// The time at which something is due next.
async fn next(app: &App, viewer: &Viewer, tenant: &Tenant) -> Result<Option<DateTime<Utc>>> {
    let now = tenant.now(&app.clock);
    let write = Write::begin(app, viewer.clone(), Mode::Read).await?;
    // What could not be done is tried again when its time comes, as far as the clock is moved at all.
    let (charged, recorded, dunned) = tokio::try_join!(
        subscription::store::next_due(&write, tenant.id, now),
        standing_order::store::next_due(&write, tenant.id, now),
        dunning::store::next_due(&write, tenant.id),
    )?;
    write.rollback().await?;
    let day = charged.into_iter().chain(recorded).chain(dunned).min();
    Ok(day.map(|day| begin_of(day, tenant)))
}

async fn set(app: &App, viewer: &Viewer, to: DateTime<Utc>, last: bool) -> Result<()> {
    let write = Write::begin(app, viewer.clone(), Mode::Write).await?;
    business::store::set_test_clock(&write, viewer.business.id, to).await?;
    if last {
        let data = json!({ "to": to });
        let subject = viewer.business.id.0;
        events::record(&write, NewEvent { kind: EventKind::TestClockAdvanced, customer: None, subject, data }).await?;
    }
    write.commit().await
}
