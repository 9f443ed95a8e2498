//! Booking many charges at once, for imports and bulk entry: the same figures as one by one, in a bounded number of statements.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::model::{ChargeKind, ChargeRow, NewCharge};
use super::post::{entry_of, event_kind};
use super::store;
use crate::customers::customer;
use crate::error::Result;
use crate::events::{self, NewEvent};
use crate::graphql::Write;
use crate::id::{ChargeId, CustomerId, EntryId};
use crate::ledger::purchase::{self, Delta};
use crate::ledger::record::{self, NewRecord};
use crate::ledger::sale::{self, NewSale};
use crate::ledger::{allocation, entry};
use crate::money::Amount;

/// Charges of one statement: thirteen values each, and a statement has at most 65,535.
const CHUNK: usize = 5_000;

/// A charge of a kind, to be booked.
#[derive(Debug, Clone)]
pub enum NewDetail {
    /// A delivery.
    Record(NewRecord),
    /// A purchase.
    Sale(NewSale),
}

/// A charge to be booked, with its name in the file that it comes from.
#[derive(Debug, Clone)]
pub struct Booking {
    /// What it is.
    pub detail: NewDetail,
    /// Its name in the file.
    pub external_ref: Option<String>,
    /// What was entered in the same mutation has the same.
    pub batch_id: Option<Uuid>,
}

impl Booking {
    fn customer(&self) -> CustomerId {
        match &self.detail {
            NewDetail::Record(record) => record.customer,
            NewDetail::Sale(sale) => sale.customer,
        }
    }

    fn charge(&self, write: &Write) -> NewCharge {
        let (kind, occurred_on, amount, items) = match &self.detail {
            NewDetail::Record(record) => (ChargeKind::Record, record.occurred_on, record.amount, 0),
            NewDetail::Sale(sale) => (ChargeKind::Sale, sale.occurred_on, sale.amount, sale.items),
        };
        let occurred_on = occurred_on.unwrap_or_else(|| write.today());
        let external_ref = self.external_ref.clone();
        NewCharge { kind, occurred_on, due_on: None, amount, items, external_ref, batch_id: self.batch_id }
    }
}

/// Books charges of customers who exist, and lets credit pay them, as if one came after the other.
/// `progress` is told how many more are done.
pub async fn post_all(write: &Write, bookings: &[Booking], progress: impl Fn(usize)) -> Result<()> {
    let tenant = &write.viewer.business;
    let ids: Vec<CustomerId> = bookings.iter().map(Booking::customer).collect();
    customer::store::lock_all(write, tenant.id, &ids).await?;
    let mut charged: BTreeMap<CustomerId, Amount> = BTreeMap::new();
    for chunk in bookings.chunks(CHUNK) {
        let mut rows = insert(write, chunk).await?;
        for row in &rows {
            let sum = charged.entry(row.customer_id).or_default();
            *sum = sum.plus(row.amount)?;
        }
        if tenant.use_credit_automatically {
            allocation::use_credit(write, &mut rows).await?;
        }
        progress(chunk.len());
    }
    customer::store::add_balances(write, tenant.id, &charged).await?;
    let of_sale = |booking: &&Booking| matches!(booking.detail, NewDetail::Sale(_));
    let bought: BTreeSet<CustomerId> = bookings.iter().filter(of_sale).map(Booking::customer).collect();
    customer::activate_at_sale(write, &bought.into_iter().collect::<Vec<_>>()).await
}

/// Writes the rows of a chunk of charges.
async fn insert(write: &Write, chunk: &[Booking]) -> Result<Vec<ChargeRow>> {
    let tenant = &write.viewer.business;
    let clock = &write.app.clock;
    let (mut rows, mut records, mut sales, mut deltas) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for booking in chunk {
        let id = ChargeId(clock.id());
        let charge = booking.charge(write);
        let items = charge.items;
        let row = charge.row(id, tenant, booking.customer(), write.now());
        deltas.push(Delta::of_charge(&row, items));
        rows.push(row);
        match &booking.detail {
            NewDetail::Record(record) => records.push(record.detail(tenant.id, id)),
            NewDetail::Sale(sale) => sales.push(sale.detail(tenant.id, id)),
        }
    }
    let entries: Vec<_> = rows.iter().map(|row| entry_of(row, EntryId(clock.id()))).collect();
    let events: Vec<_> = rows
        .iter()
        .map(|row| {
            let data = json!({ "amount": row.amount.0 });
            NewEvent::of_customer(event_kind(row.kind), row.customer_id, row.id.0, data)
        })
        .collect();
    store::insert(write, &rows).await?;
    record::store::insert(write, &records).await?;
    sale::store::insert(write, &sales).await?;
    entry::store::insert(write, &entries).await?;
    purchase::store::add(write, tenant.id, &Delta::by_customer(deltas)).await?;
    events::record_batch(write, events).await?;
    Ok(rows)
}
