//! Importing records and sales.

use std::collections::HashMap;

use chrono::NaiveDate;
use indicatif::ProgressBar;
use rust_decimal::Decimal;

use super::Outcome;
use super::problems::Problems;
use super::reference::References;
use super::rows::{self, CHUNK, Named, choice, drop_known, lock_customers};
use super::sheet::{Column, Row, Sheet, optional, required};
use crate::customers::customer::Customer;
use crate::error::{Error, Result};
use crate::graphql::{Date, Write};
use crate::id::CustomerId;
use crate::ledger::charge::{self, Booking, ChargeKind, NewDetail};
use crate::ledger::record::RecordCreateInput;
use crate::ledger::sale::SaleCreateInput;
use crate::money::{Amount, Exact};

/// The columns of a file with records.
pub const RECORD_COLUMNS: &[Column] = &[
    required("customer_code"),
    required("occurred_on"),
    required("product"),
    required("quantity"),
    optional("unit"),
    required("unit_price"),
    optional("shift"),
    optional("external_ref"),
];

/// The columns of a file with sales.
pub const SALE_COLUMNS: &[Column] = &[
    required("customer_code"),
    required("occurred_on"),
    optional("items"),
    required("amount"),
    optional("reference"),
    optional("external_ref"),
];

/// A charge that was checked.
struct Checked {
    customer: CustomerId,
    occurred_on: NaiveDate,
    amount: Amount,
    items: i64,
    detail: NewDetail,
}

impl Checked {
    /// What tells it from another charge.
    fn content(&self) -> (CustomerId, NaiveDate, Amount) {
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
            }
        }
        values
    }
}

/// Books the records or sales of a file.
pub async fn import(
    write: &Write,
    sheet: &Sheet,
    kind: ChargeKind,
    problems: &mut Problems,
    bar: &ProgressBar,
) -> Result<Outcome> {
    let customers = lock_customers(write, sheet).await?;
    let mut new = read(write, sheet, kind, &customers, problems)?;
    let mut booked = HashMap::new();
    for chunk in new.chunks(CHUNK) {
        let references: Vec<&str> = chunk.iter().map(|row| row.reference.as_str()).collect();
        let found = charge::store::known_refs(write, write.viewer.business.id, kind, &references).await?;
        booked.extend(found.into_iter().map(|(name, customer, day, amount)| (name, (customer, day, amount))));
    }
    let known = drop_known(&mut new, &booked, Checked::content, problems);
    refuse_archived(&new, &customers, problems)?;
    // Credit goes to what was bought first.
    new.sort_by_key(|row| row.item.occurred_on);

    let (mut sum, mut items) = (Amount::ZERO, 0);
    for row in &new {
        sum = sum.plus(row.item.amount)?;
        items += row.item.items;
    }
    let count = new.len();
    if problems.is_empty() {
        bar.set_length(u64::try_from(count).unwrap_or_default());
        let bookings: Vec<Booking> = new
            .into_iter()
            .map(|row| Booking { detail: row.item.detail, external_ref: Some(row.reference), batch_id: None })
            .collect();
        charge::post_all(write, &bookings, |count| bar.inc(u64::try_from(count).unwrap_or_default())).await?;
    }
    let sum = write.viewer.business.write(sum);
    let sum = if kind == ChargeKind::Sale { format!("{items} items, {sum}") } else { sum };
    Ok(Outcome { new: count, known, sum: Some(sum) })
}

/// The rows, checked.
fn read(
    write: &Write,
    sheet: &Sheet,
    kind: ChargeKind,
    customers: &HashMap<String, Customer>,
    problems: &mut Problems,
) -> Result<Vec<Named<Checked>>> {
    let mut references = References::default();
    let mut named = Vec::with_capacity(sheet.len());
    for row in sheet.rows() {
        let customer = rows::customer(&row, customers, problems);
        // Needed, although the API takes today if it is absent: the file would say something else tomorrow.
        let occurred_on = row.needed("occurred_on", Date(NaiveDate::default()), str::parse, problems);
        let currency = write.viewer.business.currency;
        let checked = match kind {
            ChargeKind::Record => {
                let checked = record(&row, customer, occurred_on, problems).check(currency);
                checked.map(|(record, _)| (record.amount, 0, NewDetail::Record(record)))
            }
            ChargeKind::Sale => {
                let checked = sale(&row, customer, occurred_on, problems).check(currency);
                checked.map(|(sale, _)| (sale.amount, i64::from(sale.items), NewDetail::Sale(sale)))
            }
            ChargeKind::Fee | ChargeKind::Adjustment | ChargeKind::Invoice => {
                Err(Error::internal("files have records and sales alone"))
            }
        };
        let (amount, items, detail) = match checked {
            Ok(checked) => checked,
            Err(error) => {
                problems.refuse(row.line, error)?;
                continue;
            }
        };
        let item = Checked { customer, occurred_on: occurred_on.0, amount, items, detail };
        let values = item.values();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        if let Some(reference) = references.name(&row, &values, problems) {
            named.push(Named { line: row.line, reference, item });
        }
    }
    Ok(named)
}

fn record(row: &Row<'_>, customer_id: CustomerId, occurred_on: Date, problems: &mut Problems) -> RecordCreateInput {
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

fn sale(row: &Row<'_>, customer_id: CustomerId, occurred_on: Date, problems: &mut Problems) -> SaleCreateInput {
    let whole = |text: &str| text.parse().map_err(|_| format!("`{text}` is not a whole number such as 3"));
    SaleCreateInput {
        customer_id,
        occurred_on: Some(occurred_on),
        amount: row.needed("amount", Exact(Decimal::ONE), str::parse, problems),
        lines: None,
        items: row.value("items", whole, problems),
        reference: row.text("reference").map(String::from),
        payment: None,
        idempotency_key: None,
    }
}

/// Only new charges are refused: what archived customers bought before can come again.
fn refuse_archived(
    new: &[Named<Checked>],
    customers: &HashMap<String, Customer>,
    problems: &mut Problems,
) -> Result<()> {
    let by_id: HashMap<CustomerId, &Customer> = customers.values().map(|customer| (customer.id, customer)).collect();
    for row in new {
        if let Some(customer) = by_id.get(&row.item.customer)
            && let Err(error) = charge::refuse_archived(customer)
        {
            problems.refuse(row.line, error)?;
        }
    }
    Ok(())
}
