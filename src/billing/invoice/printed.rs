//! An invoice on paper.

use super::model::{Invoice, InvoiceStatus};
use super::store;
use crate::accounts::business;
use crate::auth::Tenant;
use crate::clock::Clock;
use crate::customers::customer;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::id::{BusinessId, InvoiceId};
use crate::ledger::statement::{recipient, written_amount};
use crate::print::{Align, Column, Document, Fact, Party, Row, Table};

/// An invoice that is final, to be printed as it stands now. Nothing if there is no such invoice.
pub async fn document(conn: &Conn, clock: &Clock, business: BusinessId, id: InvoiceId) -> Result<Option<Document>> {
    let businesses = [business];
    let (mut businesses, invoice) =
        tokio::try_join!(business::store::by_ids(conn, &businesses), store::find(conn, business, id))?;
    let (Some(business), Some(invoice)) = (businesses.remove(&business), invoice) else { return Ok(None) };
    let Some(number) = invoice.row.number.clone() else { return Ok(None) };
    let customer = customer::store::find(conn, business.id, invoice.row.customer_id).await?;
    let customer = customer.ok_or_else(|| Error::internal("an invoice without a customer"))?;
    let tenant = business.tenant();
    let column = |heading: &str, align, share| Column { heading: heading.into(), align, share };
    let mut facts = vec![
        Fact::new("Number", &number),
        Fact::new("Date", invoice.row.issued_on.to_string()),
        Fact::new("Customer", &customer.code),
    ];
    facts.extend(invoice.row.due_on.map(|day| Fact::new("Due on", day.to_string())));
    if let (Some(start), Some(end)) = (invoice.row.period_start, invoice.row.period_end) {
        let last = end.pred_opt().unwrap_or(end);
        facts.push(Fact::new("Period", format!("{start} to {last}")));
    }
    Ok(Some(Document {
        // That of the words here; descriptions are in whatever language they were written in.
        language: "en".into(),
        title: "Invoice".into(),
        issuer: Party { name: business.name.clone(), lines: Vec::new() },
        recipient: recipient(&customer),
        facts,
        table: Table {
            columns: vec![
                column("Description", Align::Start, 195),
                column("Quantity", Align::End, 60),
                column("Price", Align::End, 75),
                column("Tax rate", Align::End, 55),
                column("Net", Align::End, 80),
                column("Amount", Align::End, 80),
            ],
            rows: rows(&invoice, &tenant)?,
        },
        totals: totals(&invoice, &tenant)?,
        notes: notes(&invoice, &tenant, clock)?,
        file_name: format!("invoice {number}"),
    }))
}

fn rows(invoice: &Invoice, tenant: &Tenant) -> Result<Vec<Row>> {
    let row = |line: &super::InvoiceLine| {
        let cells = vec![
            line.description.clone(),
            line.quantity.normalize().to_string(),
            line.unit_price.normalize().to_string(),
            format!("{} %", line.tax_rate.percent().0),
            written_amount(tenant, line.taxed.net)?,
            written_amount(tenant, line.taxed.gross)?,
        ];
        Ok(Row { cells, strong: false })
    };
    invoice.row.lines.0.iter().map(row).collect()
}

fn totals(invoice: &Invoice, tenant: &Tenant) -> Result<Vec<Fact>> {
    let charge = invoice.charge()?;
    Ok(vec![
        Fact::new("Net", written_amount(tenant, invoice.row.net)?),
        Fact::new("Tax", written_amount(tenant, invoice.row.tax)?),
        Fact::new("Amount", written_amount(tenant, invoice.row.total)?),
        Fact::new("Paid and credited", written_amount(tenant, charge.paid)?),
        Fact::new("To be paid", written_amount(tenant, charge.outstanding())?),
    ])
}

fn notes(invoice: &Invoice, tenant: &Tenant, clock: &Clock) -> Result<Vec<String>> {
    let charge = invoice.charge()?;
    let owed = written_amount(tenant, charge.outstanding())?;
    let stands = match invoice.status() {
        InvoiceStatus::Void => "This invoice is void: nothing of it is owed.".to_owned(),
        InvoiceStatus::Paid => "This invoice is paid.".to_owned(),
        _ if charge.overdue(tenant.today(clock)) => format!("{owed} was to be paid by {}.", charge.due_on),
        _ => format!("{owed} is to be paid by {}.", charge.due_on),
    };
    Ok(invoice.row.memo.iter().cloned().chain([stands]).collect())
}
