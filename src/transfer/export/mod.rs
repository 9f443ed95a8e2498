//! Exporting as CSV: all rows of a kind, as they are in one snapshot, written while they are read.
//!
//! The columns are those that an import reads. What is void, deleted or reversed is left out, and of a payment that was
//! refunded in part there is what is left. Charges and payments are named by what they were imported as, or else by their
//! ids, so that nothing is booked twice where a file comes back.

mod store;

use std::io::Write as _;

use async_stream::try_stream;
use csv::Writer;
use futures_util::Stream;
use rust_decimal::Decimal;

use self::store::After;
use crate::auth::Tenant;
use crate::db::Transaction;
use crate::error::{Error, Result};
use crate::ledger::charge::ChargeKind;
use crate::money::Amount;
use crate::transfer::import::{written_lines, written_tags};
use crate::transfer::{Kind, cell};

/// Rows that are in memory at once.
const PAGE: usize = 1_000;

/// The bytes of a file with all rows of a kind, in parts. `transaction` is one snapshot of the business; it ends with
/// the stream, also when that is dropped before its end.
pub fn export(transaction: Transaction, tenant: Tenant, kind: Kind) -> impl Stream<Item = Result<Vec<u8>>> + Send {
    try_stream! {
        let mut sheet = Writer::from_writer(Vec::new());
        sheet.write_record(kind.columns().iter().map(|column| column.name)).map_err(Error::internal)?;
        let mut after = After::default();
        loop {
            let count = page(&transaction, &tenant, kind, &mut after, &mut sheet).await?;
            yield taken(&mut sheet)?;
            if count < PAGE {
                break;
            }
        }
        transaction.commit().await?;
    }
}

/// What was written so far.
fn taken(sheet: &mut Writer<Vec<u8>>) -> Result<Vec<u8>> {
    sheet.flush().map_err(Error::internal)?;
    let full = std::mem::replace(sheet, Writer::from_writer(Vec::new()));
    let mut bytes = full.into_inner().map_err(|error| Error::internal(error.to_string()))?;
    bytes.flush().map_err(Error::internal)?;
    Ok(bytes)
}

/// Writes the next rows; how many they were.
async fn page(
    transaction: &Transaction,
    tenant: &Tenant,
    kind: Kind,
    after: &mut After,
    sheet: &mut Writer<Vec<u8>>,
) -> Result<usize> {
    let rows: Vec<Vec<String>> = match kind {
        Kind::Customers => customers(transaction, tenant, after).await?,
        Kind::Contacts => contacts(transaction, tenant, after).await?,
        Kind::Records => charges(transaction, tenant, ChargeKind::Record, after).await?,
        Kind::Sales => charges(transaction, tenant, ChargeKind::Sale, after).await?,
        Kind::Payments => payments(transaction, tenant, after).await?,
    };
    for row in &rows {
        let cells = row.iter().map(|text| cell::guard(text).into_owned());
        sheet.write_record(cells).map_err(Error::internal)?;
    }
    Ok(rows.len())
}

async fn customers(transaction: &Transaction, tenant: &Tenant, after: &mut After) -> Result<Vec<Vec<String>>> {
    let found = store::customers(transaction, tenant.id, after, PAGE).await?;
    let row = |customer: &crate::customers::customer::Customer| {
        let metadata = customer.metadata.as_object().filter(|data| !data.is_empty());
        vec![
            customer.code.clone(),
            customer.name.clone(),
            text(customer.email.as_ref().map(|email| &email.0)),
            text(customer.phone.as_ref().map(|phone| &phone.0)),
            text(customer.whatsapp_phone.as_ref().map(|phone| &phone.0)),
            text(customer.address.as_ref()),
            <&str>::from(customer.kind).to_owned(),
            <&str>::from(customer.status_unless_archived).to_owned(),
            customer.joined_on.to_string(),
            customer.member_since.map(|day| day.to_string()).unwrap_or_default(),
            written_tags(&customer.tags.0),
            text(customer.billing_name.as_ref()),
            text(customer.billing_address.as_ref()),
            text(customer.tax_id.as_ref()),
            metadata.map(|_| customer.metadata.to_string()).unwrap_or_default(),
            customer.archived_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
        ]
    };
    Ok(found.iter().map(row).collect())
}

async fn contacts(transaction: &Transaction, tenant: &Tenant, after: &mut After) -> Result<Vec<Vec<String>>> {
    let found = store::contacts(transaction, tenant.id, after, PAGE).await?;
    Ok(found
        .into_iter()
        .map(|(contact, code)| {
            vec![
                code,
                contact.name,
                text(contact.email.as_ref().map(|email| &email.0)),
                text(contact.phone.as_ref().map(|phone| &phone.0)),
                <&str>::from(contact.role).to_owned(),
                contact.is_primary.to_string(),
            ]
        })
        .collect())
}

async fn charges(
    transaction: &Transaction,
    tenant: &Tenant,
    kind: ChargeKind,
    after: &mut After,
) -> Result<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    for (charge, code) in store::charges(transaction, tenant.id, kind, after, PAGE).await? {
        let row = charge.row().clone();
        let reference = row.external_ref.unwrap_or_else(|| crate::id::encode(kind.prefix(), row.id.0));
        rows.push(match kind {
            ChargeKind::Sale => {
                let sale = charge.into_sale()?.detail;
                vec![
                    code,
                    row.occurred_on.to_string(),
                    sale.items.to_string(),
                    amount(row.amount, tenant),
                    text(sale.reference.as_ref()),
                    written_lines(&sale.lines.0),
                    reference,
                ]
            }
            _ => {
                let record = charge.into_record()?.detail;
                vec![
                    code,
                    row.occurred_on.to_string(),
                    record.product,
                    exact(record.quantity),
                    text(record.unit.as_ref()),
                    exact(record.unit_price),
                    record.shift.map(<&str>::from).unwrap_or_default().to_owned(),
                    reference,
                ]
            }
        });
    }
    Ok(rows)
}

async fn payments(transaction: &Transaction, tenant: &Tenant, after: &mut After) -> Result<Vec<Vec<String>>> {
    let found = store::payments(transaction, tenant.id, after, PAGE).await?;
    Ok(found
        .into_iter()
        .map(|(payment, code)| {
            let reference = payment.external_ref.clone().unwrap_or_else(|| payment.id.to_string());
            vec![
                code,
                amount(payment.remaining(), tenant),
                <&str>::from(payment.method).to_owned(),
                payment.received_at.to_rfc3339(),
                text(payment.reference.as_ref()),
                // What it paid may not be in the file, such as an invoice.
                "true".to_owned(),
                reference,
            ]
        })
        .collect())
}

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

fn amount(amount: Amount, tenant: &Tenant) -> String {
    amount.decimal(tenant.currency).to_string()
}

fn exact(number: Decimal) -> String {
    number.normalize().to_string()
}
