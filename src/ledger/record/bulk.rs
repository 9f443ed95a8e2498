//! Entering the records of a day for many customers at once.

use async_graphql::InputObject;
use uuid::Uuid;

use super::model::{NewRecord, RecordCreateInput, Shift};
use crate::customers::customer;
use crate::error::{Error, Result, UserError, UserErrorCode};
use crate::graphql::{Date, Write};
use crate::id::CustomerId;
use crate::ledger::charge::{self, Booking, NewDetail};
use crate::ledger::idempotency;
use crate::money::{Currency, Exact};
use crate::text::Checks;

/// The most records of one mutation.
const MAX_RECORDS: usize = 1_000;

/// The deliveries of a day.
#[derive(Debug, Clone, InputObject)]
pub struct RecordsCreateInput {
    /// On which day; today if absent.
    pub occurred_on: Option<Date>,
    /// What was delivered, to those for whom their row does not say.
    pub product: Option<String>,
    /// How much of it, likewise.
    pub quantity: Option<Exact>,
    /// In which unit, likewise.
    pub unit: Option<String>,
    /// What one unit costs, likewise.
    pub unit_price: Option<Exact>,
    /// When on the day, likewise.
    pub shift: Option<Shift>,
    /// One for each delivery: at least one, at most 1,000.
    pub records: Vec<RecordsCreateRowInput>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// One delivery of the day. What is absent is as it is for all.
#[derive(Debug, Clone, InputObject)]
pub struct RecordsCreateRowInput {
    /// To whom.
    pub customer_id: CustomerId,
    /// What, at most 200 characters.
    pub product: Option<String>,
    /// How much of it, above zero, to three decimals.
    pub quantity: Option<Exact>,
    /// In which unit, at most 20 characters.
    pub unit: Option<String>,
    /// What one unit costs, to six decimals.
    pub unit_price: Option<Exact>,
    /// When on the day.
    pub shift: Option<Shift>,
}

impl RecordsCreateInput {
    /// The rows, each with what is wrong with it, and the idempotency key. An error if there are none or too many.
    fn check(&self, currency: Currency) -> Result<(Vec<Result<NewRecord>>, Option<String>)> {
        let mut checks = Checks::default();
        let key = idempotency::read(self.idempotency_key.as_deref(), &mut checks);
        let count = self.records.len();
        if count == 0 {
            checks.add(UserErrorCode::Required, "records", "records must have at least one row");
        }
        if count > MAX_RECORDS {
            let message =
                format!("{count} records; at most {MAX_RECORDS} are allowed at once: send the rest after them");
            checks.add(UserErrorCode::TooLong, "records", message);
        }
        checks.finish()?;
        let check = |(place, row)| Ok(self.row(row, place)?.check(currency)?.0);
        Ok((self.records.iter().enumerate().map(check).collect(), key))
    }

    /// The record of a row, with what it leaves to the rest of the input.
    fn row(&self, row: &RecordsCreateRowInput, place: usize) -> Result<RecordCreateInput> {
        let needed = |field: &str| {
            let message = format!("{field} is given neither for row {place} nor for all");
            UserError::new(UserErrorCode::Required, field, message)
        };
        let (quantity, unit_price) = (row.quantity.or(self.quantity), row.unit_price.or(self.unit_price));
        let missing = [("quantity", quantity.is_none()), ("unitPrice", unit_price.is_none())];
        let missing = missing.into_iter().filter_map(|(field, missing)| missing.then(|| needed(field)));
        let (Some(quantity), Some(unit_price)) = (quantity, unit_price) else {
            return Err(Error::User(missing.collect()));
        };
        Ok(RecordCreateInput {
            customer_id: row.customer_id,
            occurred_on: self.occurred_on,
            product: row.product.as_ref().or(self.product.as_ref()).cloned().unwrap_or_default(),
            quantity,
            unit: row.unit.as_ref().or(self.unit.as_ref()).cloned(),
            unit_price,
            shift: row.shift.or(self.shift),
            idempotency_key: None,
        })
    }
}

/// Records all of them, or none. The batch that they are. What is wrong with any row is told at once.
pub async fn create(write: &Write, input: RecordsCreateInput) -> Result<Uuid> {
    let tenant = &write.viewer.business;
    let (rows, key) = input.check(tenant.currency)?;
    let ids: Vec<CustomerId> = input.records.iter().map(|row| row.customer_id).collect();
    let customers = customer::store::lock_all(write, tenant.id, &ids).await?;
    let (mut records, mut errors, mut archived) = (Vec::with_capacity(rows.len()), Vec::new(), Vec::new());
    for (place, (row, id)) in rows.into_iter().zip(&ids).enumerate() {
        let within =
            |found: Vec<UserError>| found.into_iter().map(move |error| error.within(&format!("records.{place}")));
        match row {
            Ok(record) => records.push(record),
            Err(Error::User(found)) => errors.extend(within(found)),
            Err(error) => return Err(error),
        }
        match customers.get(id).map(charge::refuse_archived) {
            Some(Ok(())) => {}
            Some(Err(Error::User(found))) => archived.extend(within(found)),
            Some(Err(error)) => return Err(error),
            None => {
                let message = format!("there is no customer {id}");
                errors.extend(within(vec![UserError::new(UserErrorCode::NotFound, "customerId", message)]));
            }
        }
    }
    if !errors.is_empty() {
        errors.extend(archived);
        return Err(Error::User(errors));
    }
    // Not before this: who was archived since then may ask again what was done for them.
    let batch = write.app.clock.id();
    if let Some(done) = idempotency::claim(write, key.as_deref(), "recordsCreate", &records, batch).await? {
        return Ok(done);
    }
    if !archived.is_empty() {
        return Err(Error::User(archived));
    }
    let booking = |record| Booking { detail: NewDetail::Record(record), external_ref: None, batch_id: Some(batch) };
    let bookings: Vec<Booking> = records.into_iter().map(booking).collect();
    charge::post_all(write, &bookings, |_| ()).await?;
    Ok(batch)
}
