//! Booking a payment, and what may be refused about it.

use serde_json::json;

use super::model::{NewPayment, Payment, PaymentKind};
use super::store;
use crate::auth::Tenant;
use crate::customers::customer::Customer;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{EventKind, NewEvent};
use crate::graphql::Write;
use crate::id::{AllocationId, PaymentId, UserId};
use crate::ledger::allocation::{self, Allocation, Distribution, Refusal};
use crate::ledger::charge::{self, OpenCharge};
use crate::ledger::dunning;
use crate::ledger::entry::{self, EntryKind, Line, Of};
use crate::ledger::payment_method::{self, SavedPaymentMethod};
use crate::ledger::purchase::{self, Delta};
use crate::money::Amount;

/// How `new` is distributed over what the customer has open, or why it is refused.
pub fn distribute(new: &NewPayment, open: &[OpenCharge], tenant: &Tenant) -> Result<Distribution> {
    let overpayment = |field: &str, message| Err(Error::user(UserErrorCode::Overpayment, field, message));
    let distribution = match allocation::distribute(new.amount, open, &new.charges) {
        Ok(distribution) => distribution,
        Err(Refusal::NotOpen(place)) => {
            let message = "this is no unpaid charge of the customer, or it is named twice";
            return Err(Error::user(UserErrorCode::NotFound, &format!("charges.{place}.chargeId"), message));
        }
        Err(Refusal::MoreThanWanted(place, wanted)) => {
            let message = format!("only {} of this charge is outstanding", tenant.write(wanted));
            return overpayment(&format!("charges.{place}.amount"), message);
        }
        Err(Refusal::MoreThanPaid(given)) => {
            let message = format!("the named charges get {}, more than the payment", tenant.write(given));
            return Err(Error::user(UserErrorCode::Invalid, "charges", message));
        }
    };
    if distribution.rest > Amount::ZERO && !new.allow_credit {
        let outstanding = tenant.write(new.amount.minus(distribution.rest)?);
        let of = if new.charges.is_empty() { "" } else { " of the named charges" };
        let message = format!(
            "the payment of {} is more than the {outstanding} outstanding{of}: pay at most that, or allow credit",
            tenant.write(new.amount)
        );
        return overpayment("amount", message);
    }
    Ok(distribution)
}

/// Refuses a payment that names a method which is not on file for its customer, or by which money comes in otherwise.
pub fn check_method(new: &NewPayment, found: Option<&SavedPaymentMethod>) -> Result<()> {
    let Some(id) = new.payment_method else { return Ok(()) };
    let refused = |code, message| Err(Error::user(code, "paymentMethodId", message));
    match found.filter(|saved| saved.customer_id == new.customer) {
        None => refused(UserErrorCode::NotFound, format!("the customer has no payment method {id} on file")),
        Some(saved) if saved.method != new.method => {
            let (saved, given): (&str, &str) = (saved.method.into(), new.method.into());
            refused(UserErrorCode::Invalid, format!("this is a method of {saved}; the payment came in by {given}"))
        }
        Some(_) => Ok(()),
    }
}

/// Books a payment of a locked customer, or a credit: the payment, its allocations, what is paid of the charges, its
/// entry, the balance, the event, and serving them again who were suspended for what is paid.
pub async fn post(
    write: &Write,
    customer: &mut Customer,
    id: PaymentId,
    new: &NewPayment,
    received_by: Option<UserId>,
) -> Result<Payment> {
    let tenant = &write.viewer.business;
    let now = write.now();
    let (mut open, last_receipt, method) = tokio::try_join!(
        charge::store::open(write, tenant.id, customer.id),
        store::last_receipt(write, tenant.id, customer.id),
        async {
            match new.payment_method {
                Some(id) => payment_method::store::hold(write, tenant.id, id).await,
                None => Ok(None),
            }
        },
    )?;
    check_method(new, method.as_ref())?;
    let credit = new.credit.as_ref();
    let towards = credit.and_then(|credit| credit.towards.as_ref());
    if let Some(towards) = towards {
        open.retain(|charge| charge.id == towards.charge);
    }
    let Distribution { parts, rest } = distribute(new, &open, tenant)?;
    let received_at = new.received_at.unwrap_or(now);
    let payment = Payment {
        business_id: tenant.id,
        id,
        customer_id: customer.id,
        amount: new.amount,
        unallocated: rest,
        method: new.method,
        reference: new.reference.clone(),
        received_at,
        received_by,
        external_ref: new.external_ref.clone(),
        created_at: now,
        kind: if credit.is_some() { PaymentKind::Credit } else { PaymentKind::Payment },
        reason: credit.map(|credit| credit.reason.clone()),
        refunded: Amount::ZERO,
        reversed_at: None,
        receipt: credit.is_none().then_some(last_receipt + 1),
        payment_method_id: new.payment_method,
    };
    let allocations: Vec<Allocation> = parts
        .iter()
        .map(|(charge, amount)| Allocation {
            business_id: tenant.id,
            id: AllocationId(write.app.clock.id()),
            payment_id: id,
            charge_id: *charge,
            amount: *amount,
            created_at: now,
        })
        .collect();
    let day = received_at.with_timezone(&tenant.time_zone.0).date_naive();
    let line = Line {
        kind: if credit.is_some() { EntryKind::Credit } else { EntryKind::Payment },
        of: Of::Payment(id),
        amount: Amount(-new.amount.0),
        occurred_on: credit.map_or(day, |credit| credit.occurred_on),
        reason: payment.reason.clone(),
    };
    let (event, delta) = match credit {
        Some(_) => {
            let (kind, data) = match towards {
                Some(towards) => (towards.event, towards.data.clone()),
                None => (EventKind::AdjustmentCreated, json!({ "amount": -new.amount.0 })),
            };
            let event = NewEvent::of_customer(kind, customer.id, id.0, data);
            (event, vec![Delta::of_value(customer.id, Amount(-new.amount.0))])
        }
        None => {
            customer.last_payment_at = customer.last_payment_at.max(Some(received_at));
            let data = json!({ "amount": new.amount.0, "method": <&str>::from(new.method) });
            (NewEvent::of_customer(EventKind::PaymentRecorded, customer.id, id.0, data), Vec::new())
        }
    };

    store::insert(write, &payment).await?;
    // The rest hangs on the payment and not on each other: it is pipelined.
    tokio::try_join!(
        allocation::store::insert(write, &allocations),
        charge::store::pay(write, tenant.id, &parts),
        entry::book(write, customer, vec![line], event),
        purchase::store::add(write, tenant.id, &delta),
    )?;
    dunning::reactivate(write, customer).await?;
    Ok(payment)
}
