//! Marking records as paid or unpaid: some of them, or those of a day or a month.

use async_graphql::InputObject;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::json;

use crate::customers::customer;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{Date, Month, Write};
use crate::id::{BusinessId, ChargeId, CustomerId, PaymentId};
use crate::ledger::allocation::{self, Named};
use crate::ledger::charge::{self, ChargeRow};
use crate::ledger::idempotency;
use crate::ledger::payment::{self, NewPayment, PaymentMethod, PaymentRecordInput};
use crate::money::{Amount, Exact};
use crate::text::Checks;

/// The most records that one mutation names.
const MAX_RECORDS: usize = 500;

/// Records to be marked as paid: give `recordIds`, `day` or `month`.
#[derive(Debug, Clone, InputObject)]
pub struct RecordsMarkPaidInput {
    /// Whose.
    pub customer_id: CustomerId,
    /// These, at most 500.
    pub record_ids: Option<Vec<ChargeId>>,
    /// All of this day.
    pub day: Option<Date>,
    /// All of this month.
    pub month: Option<Month>,
    /// How the money came in; `CASH` if absent.
    pub method: Option<PaymentMethod>,
    /// The payment's name at the bank or provider, at most 100 characters.
    pub reference: Option<String>,
    /// When it was received, not in the future; now if absent.
    pub received_at: Option<DateTime<Utc>>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// Records to be marked as unpaid: give `recordIds`, `day` or `month`.
#[derive(Debug, Clone, InputObject)]
pub struct RecordsMarkUnpaidInput {
    /// Whose.
    pub customer_id: CustomerId,
    /// These, at most 500.
    pub record_ids: Option<Vec<ChargeId>>,
    /// All of this day.
    pub day: Option<Date>,
    /// All of this month.
    pub month: Option<Month>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// Which records of a customer are meant.
#[derive(Debug, Clone, Serialize)]
enum Which {
    Ids(Vec<ChargeId>),
    Days(NaiveDate, NaiveDate),
}

impl Which {
    fn read(ids: Option<Vec<ChargeId>>, day: Option<Date>, month: Option<Month>) -> Result<Self> {
        match (ids, day, month) {
            (Some(ids), None, None) if ids.len() > MAX_RECORDS => {
                let message = format!("{} records are named; at most {MAX_RECORDS} are allowed", ids.len());
                Err(Error::user(UserErrorCode::TooLong, "recordIds", message))
            }
            (Some(ids), None, None) if !ids.is_empty() => Ok(Self::Ids(ids)),
            (None, Some(Date(day)), None) => Ok(Self::Days(day, day)),
            (None, None, Some(month)) => Ok(Self::Days(month.first(), month.last())),
            _ => {
                let message = "give one of recordIds, day and month, and not more than one";
                Err(Error::user(UserErrorCode::Required, "recordIds", message))
            }
        }
    }

    /// The records that are meant. A user error at the place of an id that is none of the customer's.
    async fn find(&self, write: &Write, business: BusinessId, customer: CustomerId) -> Result<Vec<ChargeRow>> {
        let ids = match self {
            Self::Days(from, to) => {
                return charge::store::records_of_days(write, business, customer, (*from, *to)).await;
            }
            Self::Ids(ids) => ids,
        };
        let found = charge::store::records_by_ids(write, business, customer, ids).await?;
        for (place, id) in ids.iter().enumerate() {
            if !found.iter().any(|charge| charge.id == *id) {
                let message = "this is no record of the customer, or it is void";
                return Err(Error::user(UserErrorCode::NotFound, &format!("recordIds.{place}"), message));
            }
        }
        Ok(found)
    }
}

/// Pays exactly what is outstanding of records. The payment; none is made if nothing is outstanding.
pub async fn mark_paid(write: &Write, input: RecordsMarkPaidInput) -> Result<PaymentId> {
    let tenant = &write.viewer.business;
    let which = Which::read(input.record_ids, input.day, input.month)?;
    // Checked like a payment; how much it is and what it is for stands in the records.
    let payment = PaymentRecordInput {
        customer_id: input.customer_id,
        amount: Exact(1.into()),
        method: input.method.unwrap_or(PaymentMethod::Cash),
        payment_method_id: None,
        reference: input.reference,
        received_at: input.received_at,
        charges: None,
        allow_credit: false,
        idempotency_key: input.idempotency_key,
    };
    let (mut new, key) = payment.check(tenant, write.now())?;
    let mut customer = customer::store::lock(write, tenant.id, new.customer, "customerId").await?;
    let id = PaymentId(write.app.clock.id());
    if let Some(done) = idempotency::claim(write, key.as_deref(), "recordsMarkPaid", &(&new, &which), id.0).await? {
        return Ok(PaymentId(done));
    }
    let open: Vec<ChargeRow> = which.find(write, tenant.id, customer.id).await?;
    let open: Vec<&ChargeRow> = open.iter().filter(|charge| charge.outstanding() > Amount::ZERO).collect();
    if !open.is_empty() {
        new.amount = open.iter().map(|charge| charge.outstanding()).sum();
        new.charges = open.iter().map(|charge| Named { charge: charge.id, amount: None }).collect();
        post(write, &mut customer, id, &new).await?;
    }
    Ok(id)
}

async fn post(write: &Write, customer: &mut customer::Customer, id: PaymentId, new: &NewPayment) -> Result<()> {
    payment::post(write, customer, id, new, write.viewer.user()).await.map(drop)
}

/// Releases what pays records: it becomes the customer's credit.
pub async fn mark_unpaid(write: &Write, input: RecordsMarkUnpaidInput) -> Result<()> {
    let business = write.viewer.business.id;
    let mut checks = Checks::default();
    let key = idempotency::read(input.idempotency_key.as_deref(), &mut checks);
    checks.finish()?;
    let which = Which::read(input.record_ids, input.day, input.month)?;
    let customer = customer::store::lock(write, business, input.customer_id, "customerId").await?;
    let request = (customer.id, &which);
    if idempotency::claim(write, key.as_deref(), "recordsMarkUnpaid", &request, customer.id.0).await?.is_some() {
        return Ok(());
    }
    let mut paid = which.find(write, business, customer.id).await?;
    paid.retain(|charge| charge.paid > Amount::ZERO);
    let ids: Vec<ChargeId> = paid.iter().map(|charge| charge.id).collect();
    allocation::release_to_credit(write, &ids).await?;
    let event = |charge: &ChargeRow| {
        let data = json!({ "amount": charge.paid.0 });
        NewEvent::of_customer(EventKind::RecordMarkedUnpaid, customer.id, charge.id.0, data)
    };
    let events = paid.iter().map(event).collect();
    events::record_all(write, &write.app.clock, business, Some(write.viewer.actor), events).await
}
