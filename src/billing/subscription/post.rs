//! Booking what a step of a subscription comes to: the credit, the charge, the days, the event.

use chrono::NaiveDate;
use serde_json::json;

use super::life::{Begun, Life, Outcome, SubscriptionLine};
use super::model::{PlanSubscription, SubscriptionPeriod};
use super::store;
use crate::billing::invoice::{self, InvoiceLine, InvoiceLines, NewInvoice};
use crate::customers::customer::Customer;
use crate::error::Result;
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::Write;
use crate::id::{ChargeId, PaymentId, SubscriptionPeriodId};
use crate::ledger::payment::{self, NewCredit, NewPayment, PaymentMethod};
use crate::money::Amount;

/// Books what a step of the subscription of a locked customer came to. Its row is written as it is then.
pub async fn book(write: &Write, customer: &mut Customer, life: &mut Life, outcome: &Outcome) -> Result<()> {
    let credited = match &outcome.credit {
        Some(line) => give_back(write, customer, outcome.on, line).await?,
        None => Amount::ZERO,
    };
    if outcome.cut {
        store::cut_period(write, &life.row, outcome.on, credited).await?;
    }
    let charge = match &outcome.charge {
        Some(line) => {
            life.row.period_tax_mode = write.viewer.business.tax_mode;
            Some(demand(write, customer, outcome.on, &life.row, line).await?)
        }
        None => None,
    };
    life.row.updated_at = write.now();
    (life.row.error, life.row.failures, life.row.retry_at) = (None, 0, None);
    let (row, period) = (&life.row, outcome.begun.as_ref().map(|begun| period(write, &life.row, begun, charge)));
    let event = outcome.event.map(|kind| NewEvent::of_customer(kind, row.customer_id, row.id.0, outcome.data(life)));
    // None of these depends on another: they are pipelined.
    tokio::try_join!(
        store::insert_periods(write, period.as_slice()),
        store::update(write, row),
        events::record_batch(write, event.into_iter().collect()),
    )?;
    Ok(())
}

/// The days that begin.
fn period(write: &Write, row: &PlanSubscription, begun: &Begun, charge: Option<ChargeId>) -> SubscriptionPeriod {
    SubscriptionPeriod {
        business_id: row.business_id,
        id: SubscriptionPeriodId(write.app.clock.id()),
        subscription_id: row.id,
        customer_id: row.customer_id,
        price_id: begun.price,
        quantity: begun.quantity,
        starts_on: begun.from,
        ends_on: begun.period.end,
        period_start: begun.period.start,
        period_end: begun.period.end,
        period_amount: begun.whole,
        amount: begun.amount,
        charge_id: charge,
        credited: Amount::ZERO,
        created_at: write.now(),
    }
}

/// Does everything that is due by `today`, but at most so many steps; whether that was all.
pub async fn catch_up(
    write: &Write,
    customer: &mut Customer,
    life: &mut Life,
    today: NaiveDate,
    most: usize,
) -> Result<bool> {
    for _ in 0..most {
        let Some(day) = life.due(today) else { return Ok(true) };
        let outcome = life.step(day);
        book(write, customer, life, &outcome).await?;
    }
    Ok(life.due(today).is_none())
}

/// Gives credit for days that are not used, with the tax on them. What they come to as the plan has its price.
async fn give_back(write: &Write, customer: &mut Customer, on: NaiveDate, line: &SubscriptionLine) -> Result<Amount> {
    let gross = line.taxed(write.viewer.business.tax_mode).gross;
    let credit = NewPayment {
        customer: customer.id,
        amount: Amount(-gross.0),
        method: PaymentMethod::Other,
        reference: None,
        received_at: None,
        charges: Vec::new(),
        allow_credit: true,
        external_ref: None,
        payment_method: None,
        credit: Some(NewCredit { reason: format!("Not used: {}", line.text()), occurred_on: on, towards: None }),
    };
    payment::post(write, customer, PaymentId(write.app.clock.id()), &credit, write.viewer.user()).await?;
    Ok(Amount(-line.amount.0))
}

/// Charges for days: an invoice of the day on which they begin.
async fn demand(
    write: &Write,
    customer: &mut Customer,
    on: NaiveDate,
    row: &PlanSubscription,
    line: &SubscriptionLine,
) -> Result<ChargeId> {
    let of = InvoiceLine::of_amount(line.text(), line.amount, line.tax_rate, &write.viewer.business);
    let new = NewInvoice {
        lines: InvoiceLines(vec![of]),
        issued_on: on,
        due_on: None,
        memo: None,
        recurring: true,
        subscription: Some(row.id),
        period: Some(line.days),
    };
    Ok(ChargeId(invoice::issue(write, customer, new).await?.row.id.0))
}

/// What a subscription is called in the log when it is made.
pub async fn record_created(write: &Write, life: &Life) -> Result<()> {
    let row = &life.row;
    let data = json!({
        "plan": life.terms.name, "quantity": row.quantity, "startsOn": row.starts_on, "anchorOn": row.anchor_on,
        "trialEndsOn": row.trial_ends_on,
    });
    let kind = EventKind::SubscriptionCreated;
    events::record(write, NewEvent::of_customer(kind, row.customer_id, row.id.0, data)).await
}
