//! Importing records and sales.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::problems::Problems;
use super::reference::Reference;
use super::rows::{self, choice};
use super::sheet::Row;
use super::stage::{self, NewStaged, Place, Staged, Unique};
use super::{Progress, Sums};
use crate::customers::customer;
use crate::error::{Error, Result};
use crate::graphql::{Date, Write};
use crate::id::{ChargeId, CustomerId};
use crate::ledger::charge::{self, Booking, ChargeKind, NewDetail};
use crate::ledger::record::RecordCreateInput;
use crate::ledger::sale::{SaleCreateInput, SaleLine, SaleLineInput};
use crate::money::{Amount, Exact};
use crate::transfer::Kind;

/// A charge that was checked.
struct Checked {
    customer: CustomerId,
    occurred_on: NaiveDate,
    amount: Amount,
    items: i64,
    detail: NewDetail,
}

/// What tells a charge from another one.
type Content = (CustomerId, NaiveDate, Amount);

/// A line of a sale, as a file has it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    product: String,
    quantity: Decimal,
    unit_price: Decimal,
}

impl Checked {
    fn content(&self) -> Content {
        (self.customer, self.occurred_on, self.amount)
    }

    /// All that it says, of which its reference is made if the file gives none.
    fn values(&self) -> Vec<String> {
        let mut values = vec![self.customer.to_string(), self.occurred_on.to_string(), self.amount.0.to_string()];
        match &self.detail {
            NewDetail::Record(record) => values.extend([
                record.product.clone(),
                record.quantity.to_string(),
                record.unit.clone().unwrap_or_default(),
                record.unit_price.to_string(),
                record.shift.map(<&str>::from).unwrap_or_default().to_owned(),
            ]),
            NewDetail::Sale(sale) => {
                values.extend([sale.items.to_string(), sale.reference.clone().unwrap_or_default()]);
                // Nothing without lines, of which there were none once: those files keep their references.
                values.extend((!sale.lines.is_empty()).then(|| written(&sale.lines.0)));
            }
        }
        values
    }
}

/// The rows, checked.
pub async fn check(write: &Write, kind: ChargeKind, rows: &[Row], problems: &mut Problems) -> Result<Vec<NewStaged>> {
    let customers = rows::customers(write, rows).await?;
    let mut staged = Vec::with_capacity(rows.len());
    for row in rows {
        let customer = rows::customer(row, &customers, problems);
        let checked = match read(write, kind, row, customer, problems) {
            Ok(checked) => checked,
            Err(error) => {
                problems.refuse(row.line, error)?;
                continue;
            }
        };
        let values = checked.values();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        if let Some(reference) = Reference::of(row, &values, problems) {
            staged.push(NewStaged {
                line: row.line,
                customer: Some(customer),
                reference,
                other: None,
                // Credit goes to what was bought first.
                at: NaiveDate::and_time(&checked.occurred_on, NaiveTime::MIN).and_utc(),
                cells: row.cells()?,
            });
        }
    }
    Ok(staged)
}

/// Leaves out what was imported before, how much that is, and notes what only all rows together tell.
pub async fn compare(write: &Write, kind: ChargeKind, problems: &mut Problems) -> Result<u64> {
    let business = write.viewer.business.id;
    let twice = |line| format!("line {line} has this external_ref too; each row needs its own");
    stage::refuse_equal(write, Unique::Reference, Some("external_ref"), twice, problems).await?;
    let (mut known, mut from) = (0, Place::FIRST);
    loop {
        let page = stage::page(write, &mut from).await?;
        if page.is_empty() {
            return Ok(known);
        }
        let references: Vec<&str> = page.iter().map(|row| row.reference.as_str()).collect();
        let found = charge::store::known_refs(write, business, kind, &references).await?;
        let mut booked: HashMap<String, Content> =
            found.into_iter().map(|(name, customer, day, amount)| (name, (customer, day, amount))).collect();
        // An export names by its id what has no other name.
        let ids: Vec<ChargeId> = references.iter().filter_map(|name| name.parse().ok()).collect();
        let found = charge::store::known_ids(write, business, kind, &ids).await?;
        booked.extend(
            found
                .into_iter()
                .map(|(id, customer, day, amount)| (crate::id::encode(kind.prefix(), id.0), (customer, day, amount))),
        );
        let rows = contents(write, kind, page)?;
        let lines = rows::known(&rows, &booked, problems);
        stage::remove(write, &lines).await?;
        known += lines.len() as u64;
        refuse_archived(write, rows.iter().filter(|(row, _)| !lines.contains(&row.line)), problems).await?;
    }
}

fn contents(write: &Write, kind: ChargeKind, page: Vec<Staged>) -> Result<Vec<(Staged, Content)>> {
    page.into_iter()
        .map(|staged| {
            let content = reread(write, kind, &staged)?.content();
            Ok((staged, content))
        })
        .collect()
}

/// Only new charges are refused: what archived customers bought before can come again.
async fn refuse_archived(
    write: &Write,
    new: impl Iterator<Item = &(Staged, Content)>,
    problems: &mut Problems,
) -> Result<()> {
    let new: Vec<(u64, CustomerId)> = new.map(|(row, content)| (row.line, content.0)).collect();
    let ids: Vec<CustomerId> = new.iter().map(|(_, customer)| *customer).collect();
    let customers = customer::store::by_ids(write, write.viewer.business.id, &ids).await?;
    for (line, customer) in new {
        if let Some(customer) = customers.get(&customer)
            && let Err(error) = charge::refuse_archived(customer)
        {
            problems.refuse(line, error)?;
        }
    }
    Ok(())
}

/// Books them.
pub async fn book(write: &Write, kind: ChargeKind, progress: &impl Fn(Progress)) -> Result<Sums> {
    let (mut sums, mut from) = (Sums::default(), Place::FIRST);
    loop {
        let page = stage::page(write, &mut from).await?;
        if page.is_empty() {
            return Ok(sums);
        }
        let mut bookings = Vec::with_capacity(page.len());
        for staged in page {
            let checked = reread(write, kind, &staged)?;
            sums.amount = sums.amount.plus(checked.amount)?;
            sums.items += checked.items;
            bookings.push(Booking { detail: checked.detail, external_ref: Some(staged.reference), batch_id: None });
        }
        charge::post_all(write, &bookings, |_| ()).await?;
        sums.count += bookings.len() as u64;
        progress(Progress::Booked(sums.count));
    }
}

/// What was checked once.
fn reread(write: &Write, kind: ChargeKind, staged: &Staged) -> Result<Checked> {
    let columns = if kind == ChargeKind::Sale { Kind::Sales } else { Kind::Records }.columns();
    let row = Row::of(staged.line, columns, &staged.cells)?;
    read(write, kind, &row, staged.customer.unwrap_or(CustomerId(Uuid::nil())), &mut Problems::default())
}

/// What a row says, checked like what comes through the API.
fn read(write: &Write, kind: ChargeKind, row: &Row, customer: CustomerId, problems: &mut Problems) -> Result<Checked> {
    // Needed, although the API takes today if it is absent: the file would say something else tomorrow.
    let occurred_on = row.needed("occurred_on", Date(NaiveDate::default()), str::parse, problems);
    let currency = write.viewer.business.currency;
    let (amount, items, detail) = match kind {
        ChargeKind::Record => {
            let (record, _) = record(row, customer, occurred_on, problems).check(currency)?;
            (record.amount, 0, NewDetail::Record(record))
        }
        ChargeKind::Sale => {
            let (sale, _) = sale(row, customer, occurred_on, problems).check(currency)?;
            (sale.amount, i64::from(sale.items), NewDetail::Sale(sale))
        }
        ChargeKind::Fee | ChargeKind::Adjustment | ChargeKind::Invoice => {
            return Err(Error::internal("files have records and sales alone"));
        }
    };
    Ok(Checked { customer, occurred_on: occurred_on.0, amount, items, detail })
}

fn record(row: &Row, customer_id: CustomerId, occurred_on: Date, problems: &mut Problems) -> RecordCreateInput {
    RecordCreateInput {
        customer_id,
        occurred_on: Some(occurred_on),
        product: row.text("product").unwrap_or_default().to_owned(),
        quantity: row.needed("quantity", Exact(Decimal::ONE), str::parse, problems),
        unit: row.text("unit").map(String::from),
        unit_price: row.needed("unit_price", Exact(Decimal::ONE), str::parse, problems),
        shift: row.value("shift", choice, problems),
        idempotency_key: None,
    }
}

fn sale(row: &Row, customer_id: CustomerId, occurred_on: Date, problems: &mut Problems) -> SaleCreateInput {
    let whole = |text: &str| text.parse().map_err(|_| format!("`{text}` is not a whole number such as 3"));
    let amount = row.needed("amount", Exact(Decimal::ONE), str::parse, problems);
    SaleCreateInput {
        customer_id,
        occurred_on: Some(occurred_on),
        amount,
        lines: row.value("lines", lines, problems),
        items: row.value("items", whole, problems),
        reference: row.text("reference").map(String::from),
        payment: None,
        idempotency_key: None,
    }
}

fn lines(text: &str) -> Result<Vec<SaleLineInput>, String> {
    let lines: Vec<Line> = serde_json::from_str(text).map_err(|error| {
        let example = r#"[{"product": "Milk", "quantity": "2", "unit_price": "1.50"}]"#;
        format!("lines must be like {example}: {error}")
    })?;
    let line = |line: Line| SaleLineInput {
        product: line.product,
        quantity: Some(Exact(line.quantity)),
        unit_price: Exact(line.unit_price),
    };
    Ok(lines.into_iter().map(line).collect())
}

/// The lines of a sale as a file has them; nothing where there are none.
pub fn written(lines: &[SaleLine]) -> String {
    let line = |line: &SaleLine| Line {
        product: line.product.clone(),
        quantity: line.quantity.normalize(),
        unit_price: line.unit_price.normalize(),
    };
    let lines: Vec<Line> = lines.iter().map(line).collect();
    if lines.is_empty() { String::new() } else { serde_json::to_string(&lines).unwrap_or_default() }
}
