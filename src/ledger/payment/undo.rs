//! Undoing a payment: a reversal makes it as if it had never been, a refund gives money back.

use async_graphql::InputObject;
use serde::Serialize;
use serde_json::json;

use super::model::{Payment, PaymentKind};
use super::store;
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{EventKind, NewEvent};
use crate::graphql::Write;
use crate::id::{AllocationId, PaymentId};
use crate::ledger::allocation::{self, Allocation};
use crate::ledger::entry::{self, EntryKind, Line, Of};
use crate::ledger::idempotency;
use crate::ledger::purchase::{self, Delta};
use crate::money::{Amount, Exact};
use crate::text::Checks;

const MAX_REASON: usize = 500;

/// Why a payment is reversed.
#[derive(Debug, Clone, InputObject)]
pub struct PaymentReverseInput {
    /// Why, such as a bounced cheque: at most 500 characters. It stands in the customer's account.
    pub reason: String,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// How much of a payment is given back, and why.
#[derive(Debug, Clone, InputObject)]
pub struct PaymentRefundInput {
    /// How much, above zero. All that remains if absent.
    pub amount: Option<Exact>,
    /// Why, at most 500 characters. It stands in the customer's account.
    pub reason: String,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// What makes two requests the same.
#[derive(Serialize)]
struct Request<'a> {
    payment: PaymentId,
    amount: Option<Amount>,
    reason: &'a str,
}

/// Reverses a payment or takes back a credit: its allocations are released, so that the charges owe again, and the
/// balance is what it was without it. The payment is kept and marked.
pub async fn reverse(write: &Write, id: PaymentId, input: PaymentReverseInput) -> Result<()> {
    let mut checks = Checks::default();
    let key = idempotency::read(input.idempotency_key.as_deref(), &mut checks);
    let reason = checks.text("reason", &input.reason, MAX_REASON);
    checks.finish()?;
    let (mut customer, payment) = lock(write, id).await?;
    let request = Request { payment: id, amount: None, reason: &reason };
    if idempotency::claim(write, key.as_deref(), "paymentReverse", &request, id.0).await?.is_some() {
        return Ok(());
    }
    require_standing(&payment)?;
    let business = write.viewer.business.id;
    let parts = allocations(write, id).await?;
    tokio::try_join!(allocation::release(write, &parts), store::set_reversed(write, business, id, write.now()),)?;
    let amount = payment.remaining();
    let (event, delta) = match payment.kind {
        PaymentKind::Payment => {
            customer.last_payment_at = store::latest(write, business, customer.id).await?;
            (EventKind::PaymentReversed, Vec::new())
        }
        PaymentKind::Credit => (EventKind::CreditReversed, vec![Delta::of_value(customer.id, amount)]),
    };
    let event = NewEvent::of_customer(event, customer.id, id.0, json!({ "amount": amount.0, "reason": reason }));
    let line = line(write, EntryKind::Reversal, id, amount, reason);
    tokio::try_join!(
        entry::book(write, &mut customer, vec![line], event),
        purchase::store::add(write, business, &delta),
    )?;
    Ok(())
}

/// Gives back a part of a payment, or all of it: what no charge has taken first, then the newest allocations.
pub async fn refund(write: &Write, id: PaymentId, input: PaymentRefundInput) -> Result<()> {
    let tenant = &write.viewer.business;
    let mut checks = Checks::default();
    let key = idempotency::read(input.idempotency_key.as_deref(), &mut checks);
    let wanted = input.amount.map(|amount| checks.positive("amount", amount, tenant.currency));
    let reason = checks.text("reason", &input.reason, MAX_REASON);
    checks.finish()?;
    let (mut customer, payment) = lock(write, id).await?;
    let request = Request { payment: id, amount: wanted, reason: &reason };
    if idempotency::claim(write, key.as_deref(), "paymentRefund", &request, id.0).await?.is_some() {
        return Ok(());
    }
    require_standing(&payment)?;
    if payment.kind == PaymentKind::Credit {
        let message = "nothing was received for a credit: reverse it instead of refunding it";
        return Err(Error::user(UserErrorCode::Invalid, "id", message));
    }
    let amount = wanted.unwrap_or(payment.remaining());
    if amount > payment.remaining() || amount == Amount::ZERO {
        let message = format!("only {} of the payment remains to be refunded", tenant.write(payment.remaining()));
        return Err(Error::user(UserErrorCode::Overpayment, "amount", message));
    }
    let from_credit = amount.min(payment.unallocated);
    let (released, kept) = take_newest(write, allocations(write, id).await?, amount.minus(from_credit)?)?;
    allocation::release(write, &released).await?;
    allocation::retake(write, &kept).await?;
    store::refund(write, tenant.id, id, amount, from_credit).await?;
    let data = json!({ "amount": amount.0, "reason": reason });
    let event = NewEvent::of_customer(EventKind::PaymentRefunded, customer.id, id.0, data);
    entry::book(write, &mut customer, vec![line(write, EntryKind::Refund, id, amount, reason)], event).await
}

/// The newest allocations that have `amount` in them, to be released, and what is to be taken again of the last.
fn take_newest(
    write: &Write,
    mut parts: Vec<Allocation>,
    amount: Amount,
) -> Result<(Vec<Allocation>, Vec<Allocation>)> {
    let (mut wanted, mut released, mut kept) = (amount, Vec::new(), Vec::new());
    while wanted > Amount::ZERO {
        let part = parts.pop().ok_or_else(|| Error::internal("a payment with less in its allocations than it paid"))?;
        let taken = wanted.min(part.amount);
        wanted = wanted.minus(taken)?;
        let rest = part.amount.minus(taken)?;
        if rest > Amount::ZERO {
            let id = AllocationId(write.app.clock.id());
            kept.push(Allocation { id, amount: rest, created_at: write.now(), ..part.clone() });
        }
        released.push(part);
    }
    Ok((released, kept))
}

async fn allocations(write: &Write, id: PaymentId) -> Result<Vec<Allocation>> {
    let mut found = allocation::store::by_payments(write, write.viewer.business.id, &[id]).await?;
    Ok(found.remove(&id).unwrap_or_default())
}

/// Locks the customer of a payment. The two as they are from then on.
async fn lock(write: &Write, id: PaymentId) -> Result<(Customer, Payment)> {
    let business = write.viewer.business.id;
    let absent = || Error::user(UserErrorCode::NotFound, "id", format!("there is no payment {id}"));
    let found = store::find(write, business, id).await?.ok_or_else(absent)?;
    let customer = customer::store::lock(write, business, found.customer_id, "id").await?;
    // What stood there before the lock may have changed meanwhile.
    let payment = store::find(write, business, id).await?.ok_or_else(absent)?;
    Ok((customer, payment))
}

fn require_standing(payment: &Payment) -> Result<()> {
    if payment.reversed_at.is_none() {
        return Ok(());
    }
    Err(Error::user(UserErrorCode::Reversed, "id", "the payment is reversed: record it anew if it came in after all"))
}

fn line(write: &Write, kind: EntryKind, id: PaymentId, amount: Amount, reason: String) -> Line {
    let today = write.today();
    Line { kind, of: Of::Payment(id), amount, occurred_on: today, reason: Some(reason) }
}
