//! Voiding a charge, and what deleting a record shares with that.

use async_graphql::{Context, InputObject, Object};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};

use super::lock::lock;
use super::model::{Charge, ChargeKind, ChargeRow};
use super::store;
use crate::auth::Permission;
use crate::customers::customer::Customer;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::ChargeId;
use crate::ledger::entry::{self, EntryKind, Line, Of};
use crate::ledger::purchase::{self, Delta};
use crate::ledger::{allocation, dunning, idempotency};
use crate::money::Amount;
use crate::text::Checks;

const MAX_REASON: usize = 500;

payload! {
    /// The answer of mutations of a charge of any kind.
    ChargePayload {
        /// The charge as it is now.
        charge: Charge,
    }
}

/// Why a charge is voided.
#[derive(Debug, Clone, InputObject)]
pub struct ChargeVoidInput {
    /// Why, at most 500 characters. It stands in the customer's account.
    pub reason: String,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

#[derive(Serialize)]
struct Request<'a> {
    charge: ChargeId,
    reason: &'a str,
}

/// Mutations of charges of any kind.
#[derive(Default)]
pub struct ChargeMutation;

#[Object]
impl ChargeMutation {
    /// Voids a charge: it is owed no more, and what was paid of it becomes the customer's credit. The charge is kept
    /// and marked.
    async fn charge_void(&self, ctx: &Context<'_>, id: ChargeId, input: ChargeVoidInput) -> Nullable<ChargePayload> {
        mutate(ctx, Permission::LedgerCorrect, void_one(ctx, id, input)).await
    }
}

async fn void_one(ctx: &Context<'_>, id: ChargeId, input: ChargeVoidInput) -> Result<ChargePayload> {
    let write = ctx.write().await?;
    let mut checks = Checks::default();
    let key = idempotency::read(input.idempotency_key.as_deref(), &mut checks);
    let reason = checks.text("reason", &input.reason, MAX_REASON);
    checks.finish()?;
    let (mut customer, charge) = lock(&write, id).await?;
    let request = Request { charge: id, reason: &reason };
    if idempotency::claim(&write, key.as_deref(), "chargeVoid", &request, id.0).await?.is_none() {
        charge.require_live()?;
        if charge.kind == ChargeKind::Invoice {
            let message = "this is what is owed of an invoice: void that with invoiceVoid";
            return Err(Error::user(UserErrorCode::Invalid, "id", message));
        }
        let data = json!({ "amount": charge.amount.0, "reason": reason });
        void(&write, &mut customer, &charge, EventKind::ChargeVoided, data, reason).await?;
    }
    write.commit().await?;
    Ok(ChargePayload { charge: ctx.load::<super::ById>(id).await?, ..Default::default() })
}

/// Voids a charge of a locked customer today: what was paid of it becomes credit.
pub async fn void(
    write: &Write,
    customer: &mut Customer,
    charge: &ChargeRow,
    event: EventKind,
    data: Value,
    reason: String,
) -> Result<()> {
    allocation::release_to_credit(write, &[charge.id]).await?;
    // Not before the charge itself.
    let occurred_on = write.today().max(charge.occurred_on);
    end_charge(write, customer, charge, End { event, data, occurred_on, reason: Some(reason), delete: false }).await
}

/// How a charge ends.
pub struct End {
    /// What it is called in the log.
    pub event: EventKind,
    /// What else there is to know.
    pub data: Value,
    /// Its day in the account.
    pub occurred_on: NaiveDate,
    /// Why.
    pub reason: Option<String>,
    /// Whether the charge is shown nowhere any more.
    pub delete: bool,
}

/// Ends a charge of a locked customer of which nothing is paid: it is void from then on.
pub async fn end_charge(write: &Write, customer: &mut Customer, charge: &ChargeRow, end: End) -> Result<()> {
    let business = write.viewer.business.id;
    store::set_void(write, business, charge.id, write.now(), end.delete).await?;
    let less = Amount(-charge.amount.0);
    let line = Line {
        kind: EntryKind::Void,
        of: Of::Charge(charge.id),
        amount: less,
        occurred_on: end.occurred_on,
        reason: end.reason,
    };
    let event = NewEvent::of_customer(end.event, customer.id, charge.id.0, end.data);
    let delta = [Delta::of_value(customer.id, less)];
    tokio::try_join!(entry::book(write, customer, vec![line], event), purchase::store::add(write, business, &delta),)?;
    if charge.kind == ChargeKind::Sale {
        purchase::store::recount(write, business, charge.customer_id).await?;
    }
    dunning::reactivate(write, customer).await
}
