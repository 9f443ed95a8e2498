//! The engine's part: recording a day when it has begun.

use chrono::{Duration, NaiveDate};
use serde_json::json;

use super::model::StandingOrder;
use super::store;
use crate::app::App;
use crate::auth::{Tenant, Viewer};
use crate::customers::customer::{self, Customer};
use crate::db::Mode;
use crate::error::{Error, Result};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::Write;
use crate::id::{ChargeId, StandingOrderId};
use crate::ledger::charge::{self, ChargeKind, NewCharge};
use crate::ledger::record::{self, RecordDetail};
use crate::money::Amount;

/// Records the day that is due first in a business; whether that could be done. `None` if nothing is due that nobody else
/// is at. `wait` says how long to wait after so many failures.
pub async fn step(app: &App, tenant: &Tenant, wait: fn(i32) -> Duration) -> Result<Option<bool>> {
    let (now, today) = (tenant.now(&app.clock), tenant.today(&app.clock));
    let write = Write::begin(app, Viewer::daybook(tenant.clone()), Mode::Write).await?;
    let Some(mut row) = store::lock_due(&write, tenant.id, today, now).await? else {
        write.rollback().await?;
        return Ok(None);
    };
    let (id, failures) = (row.id, row.failures);
    let booked = async {
        let mut customer = customer::store::lock(&write, tenant.id, row.customer_id, "customerId").await?;
        catch_up(&write, &mut customer, &mut row, today, 1).await
    };
    match booked.await {
        Ok(_) => {
            write.commit().await?;
            Ok(Some(true))
        }
        Err(error) => {
            write.rollback().await?;
            tracing::warn!(%error, business = %tenant.id, order = %id, "a day of a standing order could not be recorded");
            note(app, tenant, id, failures + 1, wait, &error).await?;
            Ok(Some(false))
        }
    }
}

/// Records the days of an order of a locked customer up to a day, but at most so many; whether those were all.
pub async fn catch_up(
    write: &Write,
    customer: &mut Customer,
    row: &mut StandingOrder,
    until: NaiveDate,
    most: usize,
) -> Result<bool> {
    let due = |row: &StandingOrder| row.next_on.filter(|day| *day <= until);
    for _ in 0..most {
        let Some(day) = due(row) else { return Ok(true) };
        book(write, customer, row, day).await?;
    }
    Ok(due(row).is_none())
}

/// Records the next day of an order of a locked customer.
async fn book(write: &Write, customer: &mut Customer, row: &mut StandingOrder, day: NaiveDate) -> Result<()> {
    let tenant = &write.viewer.business;
    let amount = Amount::of(row.quantity, row.unit_price, tenant.currency).map_err(Error::internal)?;
    let id = ChargeId(write.app.clock.id());
    let new = NewCharge {
        kind: ChargeKind::Record,
        occurred_on: day,
        due_on: None,
        amount,
        items: 0,
        external_ref: None,
        batch_id: None,
    };
    let data = json!({ "amount": amount.0, "standingOrder": row.id.to_string() });
    let mut charge = charge::post_as(write, customer, id, new, data).await?;
    let detail = RecordDetail {
        business_id: tenant.id,
        id,
        product: row.product.clone(),
        quantity: row.quantity,
        unit: row.unit.clone(),
        unit_price: row.unit_price,
        shift: row.shift,
    };
    record::store::insert(write, &[detail]).await?;
    charge::settle(write, &mut charge).await?;
    store::insert_day(write, row, day, id).await?;
    row.made_on = Some(day);
    row.settle(write.today());
    store::update(write, row).await
}

/// Notes in a transaction of its own that a day could not be recorded.
async fn note(
    app: &App,
    tenant: &Tenant,
    id: StandingOrderId,
    failures: i32,
    wait: fn(i32) -> Duration,
    error: &Error,
) -> Result<()> {
    let write = Write::begin(app, Viewer::daybook(tenant.clone()), Mode::Write).await?;
    if let Some(found) = store::find(&write, tenant.id, id).await? {
        customer::store::lock(&write, tenant.id, found.customer_id, "customerId").await?;
        // What stood there before the lock may have changed meanwhile.
        if let Some(mut row) = store::find(&write, tenant.id, id).await? {
            // Once, and not at each try.
            if row.error.is_none() {
                let data = json!({ "on": row.next_on, "error": error.to_string() });
                let event = NewEvent::of_customer(EventKind::StandingOrderFailed, row.customer_id, id.0, data);
                events::record(&write, event).await?;
            }
            (row.error, row.failures) = (Some(error.to_string()), failures);
            row.retry_at = Some(write.now() + wait(failures));
            store::update(&write, &row).await?;
        }
    }
    write.commit().await
}
