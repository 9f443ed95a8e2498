//! Exempting a subscription from dunning.

use chrono::NaiveDate;
use serde_json::json;

use super::store;
use crate::billing::subscription::{self, PlanSubscription};
use crate::customers::customer::Customer;
use crate::error::Result;
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::Write;
use crate::ledger::dunning::reactivate;

/// Exempts the subscription of a locked customer to a day, that day too, or with `None` until it is released. If they were
/// suspended for its invoices alone, they are served again.
pub async fn hold(
    write: &Write,
    customer: &mut Customer,
    row: &mut PlanSubscription,
    until: Option<NaiveDate>,
) -> Result<()> {
    (row.dunning_held, row.dunning_held_until) = (true, until);
    store::hold(write, row.business_id, row.id, until.and_then(|last| last.succ_opt())).await?;
    set(write, row, EventKind::SubscriptionDunningHeld).await?;
    reactivate(write, customer).await
}

/// Lets the subscription of a locked customer be dunned again, from today on.
pub async fn release(write: &Write, row: &mut PlanSubscription) -> Result<()> {
    (row.dunning_held, row.dunning_held_until) = (false, None);
    store::hold(write, row.business_id, row.id, Some(write.today())).await?;
    set(write, row, EventKind::SubscriptionDunningReleased).await
}

/// The first day from `day` on on which an invoice may be looked at, of a subscription that is exempt or is not: to a day,
/// or with `None` until it is released.
pub fn free_from(day: NaiveDate, held: bool, until: Option<NaiveDate>) -> Option<NaiveDate> {
    if held { until?.succ_opt().map(|free| free.max(day)) } else { Some(day) }
}

async fn set(write: &Write, row: &mut PlanSubscription, kind: EventKind) -> Result<()> {
    row.updated_at = write.now();
    subscription::store::update(write, row).await?;
    let data = json!({ "until": row.dunning_held_until });
    events::record(write, NewEvent::of_customer(kind, row.customer_id, row.id.0, data)).await
}
