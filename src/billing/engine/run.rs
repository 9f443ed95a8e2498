//! Doing what is due.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use serde_json::json;
use tokio::time::Instant;

use super::store;
use crate::accounts::business;
use crate::app::App;
use crate::auth::{Tenant, Viewer};
use crate::billing::subscription::{self, PlanSubscription, post};
use crate::billing::{dunning, standing_order};
use crate::customers::customer;
use crate::db::{Mode, Scope, Transaction};
use crate::error::{Error, Result};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::Write;
use crate::id::PlanSubscriptionId;

/// How many steps one business gets before the next has its turn.
const TURN: usize = 200;
/// The longest wait before another try.
const LONGEST_WAIT: Duration = Duration::hours(6);

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Steps: periods that began or ended.
    pub steps: usize,
    /// Steps that failed, to be tried again later.
    pub failures: usize,
    /// Records that standing orders made.
    pub records: usize,
    /// Invoices that dunning looked at.
    pub dunned: usize,
}

impl Report {
    fn add(&mut self, other: Self) {
        self.steps += other.steps;
        self.failures += other.failures;
        self.records += other.records;
        self.dunned += other.dunned;
    }
}

/// Does everything that is due in all businesses.
pub async fn run(app: &App) -> Result<Report> {
    let mut report = Report::default();
    loop {
        let transaction = Transaction::begin(&app.pool, Scope::System, Mode::Read).await?;
        let businesses = store::with_work(&transaction, app.clock.now()).await?;
        transaction.commit().await?;
        let mut done = Report::default();
        for tenant in &businesses {
            match run_business(app, tenant, TURN, None).await {
                Ok(part) => done.add(part),
                Err(error) => tracing::warn!(%error, business = %tenant.id, "the billing of a business failed"),
            }
        }
        report.add(done);
        // Nothing is due, or others are at it.
        if done == Report::default() {
            return Ok(report);
        }
    }
}

/// Does what is due in a business, at most so many steps of each kind, and begins none after a moment.
pub async fn run_business(app: &App, tenant: &Tenant, most: usize, until: Option<Instant>) -> Result<Report> {
    let mut report = Report::default();
    while report.steps + report.failures < most && until.is_none_or(|until| Instant::now() < until) {
        match step(app, tenant).await? {
            Some(true) => report.steps += 1,
            Some(false) => report.failures += 1,
            None => break,
        }
    }
    let mut orders = Report::default();
    while orders.records + orders.failures < most && until.is_none_or(|until| Instant::now() < until) {
        match standing_order::step(app, tenant, wait).await? {
            Some(true) => orders.records += 1,
            Some(false) => orders.failures += 1,
            None => break,
        }
    }
    report.add(orders);
    // After what is charged for on the same day.
    report.dunned = dunning::run(app, tenant, most, until).await?;
    if report != Report::default() {
        let write = Write::begin(app, Viewer::daybook(tenant.clone()), Mode::Write).await?;
        business::store::set_billing_ran(&write, tenant.id, app.clock.now()).await?;
        write.commit().await?;
    }
    Ok(report)
}

/// Does what is due first in a business; whether it could be done. `None` if nothing is due that nobody else is at.
async fn step(app: &App, tenant: &Tenant) -> Result<Option<bool>> {
    let now = tenant.now(&app.clock);
    let today = tenant.today(&app.clock);
    let write = Write::begin(app, Viewer::daybook(tenant.clone()), Mode::Write).await?;
    let Some(row) = subscription::store::lock_due(&write, tenant.id, today, now).await? else {
        write.rollback().await?;
        return Ok(None);
    };
    let (id, failures) = (row.id, row.failures);
    match book(&write, row).await {
        Ok(()) => {
            write.commit().await?;
            Ok(Some(true))
        }
        Err(error) => {
            write.rollback().await?;
            tracing::warn!(%error, business = %tenant.id, subscription = %id, "a subscription could not be charged for");
            note(app, tenant, id, failures + 1, &error).await?;
            Ok(Some(false))
        }
    }
}

/// Books what is due first of a locked subscription.
pub async fn book(write: &Write, row: PlanSubscription) -> Result<()> {
    let business = write.viewer.business.id;
    let (customer, life) = tokio::try_join!(
        customer::store::lock(write, business, row.customer_id, "customerId"),
        subscription::store::lives(write, business, vec![row]),
    )?;
    let (mut customer, life) = (customer, life.into_iter().next());
    let mut life = life.ok_or_else(|| Error::internal("a subscription without terms"))?;
    post::catch_up(write, &mut customer, &mut life, write.today(), 1).await.map(drop)
}

/// Notes in a transaction of its own that a subscription could not be charged for.
async fn note(app: &App, tenant: &Tenant, id: PlanSubscriptionId, failures: i32, error: &Error) -> Result<()> {
    let write = Write::begin(app, Viewer::daybook(tenant.clone()), Mode::Write).await?;
    if let Some(row) = subscription::store::find(&write, tenant.id, id).await? {
        customer::store::lock(&write, tenant.id, row.customer_id, "customerId").await?;
        let error = error.to_string();
        let retry_at = write.now() + wait(failures);
        subscription::store::set_failed(&write, tenant.id, id, &error, failures, retry_at).await?;
        // Once, and not at each try.
        if row.error.is_none() {
            let data = json!({ "on": row.due_on, "error": error });
            let event = NewEvent::of_customer(EventKind::SubscriptionFailed, row.customer_id, id.0, data);
            events::record(&write, event).await?;
        }
    }
    write.commit().await
}

/// How long to wait after so many failures: a minute, two, four, up to six hours.
fn wait(failures: i32) -> Duration {
    let doublings = u32::try_from(failures - 1).unwrap_or_default().min(10);
    Duration::minutes(1_i64 << doublings).min(LONGEST_WAIT)
}

/// The first moment of a day in the zone of a business, which need not be midnight.
pub fn begin_of(day: NaiveDate, tenant: &Tenant) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    // Clocks that are put forward at midnight skip at most some hours.
    let moments = (0..=24 * 4).map(|quarter| midnight + Duration::minutes(15 * quarter));
    let first = moments.filter_map(|moment| moment.and_local_timezone(tenant.time_zone.0).earliest()).next();
    first.map_or_else(|| midnight.and_utc(), |moment| moment.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_at_longer_and_longer_intervals() {
        let minutes: Vec<_> = [1, 2, 3, 8, 9, 10, 11, 1_000].map(|failures| wait(failures).num_minutes()).to_vec();
        assert_eq!(minutes, [1, 2, 4, 128, 256, 360, 360, 360]);
    }
}
