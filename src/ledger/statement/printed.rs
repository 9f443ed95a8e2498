//! A statement on paper.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::loader;
use super::model::{Period, StatementLine};
use crate::accounts::business;
use crate::auth::Tenant;
use crate::clock::Clock;
use crate::customers::customer::{self, Customer};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::id::{BusinessId, ChargeId, CustomerId, PaymentId};
use crate::ledger::charge::{self, Charge, ChargeKind};
use crate::ledger::entry::EntryKind;
use crate::ledger::payment::{self, Payment, PaymentKind, PaymentMethod};
use crate::money::Amount;
use crate::print::{Align, Column, Document, Fact, Party, Row, Table, is_printable};

/// The account of a customer over a period, to be printed. Nothing if there is no such customer.
pub async fn document(
    conn: &Conn,
    clock: &Clock,
    business: BusinessId,
    customer: CustomerId,
    period: Period,
) -> Result<Option<Document>> {
    let (businesses, customers) = ([business], [customer]);
    let (mut businesses, found, mut statements) = tokio::try_join!(
        business::store::by_ids(conn, &businesses),
        customer::store::find(conn, business, customer),
        loader::of_customers(conn, business, &customers, period),
    )?;
    let (Some(business), Some(customer)) = (businesses.remove(&business), found) else { return Ok(None) };
    let statement = statements.remove(&customer.id).ok_or_else(|| Error::internal("a customer without a statement"))?;
    let charges: Vec<ChargeId> = statement.lines.iter().filter_map(|line| line.entry.charge_id).collect();
    let payments: Vec<PaymentId> = statement.lines.iter().filter_map(|line| line.entry.payment_id).collect();
    let (charges, payments) = tokio::try_join!(
        charge::store::by_ids(conn, business.id, &charges),
        payment::store::by_ids(conn, business.id, &payments),
    )?;

    let tenant = business.tenant();
    let today = tenant.today(clock);
    let lines = Lines { tenant: &tenant, customer: &customer, charges, payments };
    let column = |heading: &str, align, share| Column { heading: heading.into(), align, share };
    let mut rows = Vec::with_capacity(statement.lines.len() + 2);
    rows.push(lines.balance("Opening balance", statement.opening)?);
    for line in &statement.lines {
        rows.push(lines.row(line)?);
    }
    rows.push(lines.balance("Closing balance", statement.closing)?);
    let mut facts = vec![Fact::new("Customer", &customer.code), Fact::new("Period", written(period))];
    match period.as_of {
        Some(at) => facts.push(Fact::new("As known at", at.with_timezone(&tenant.time_zone.0).to_string())),
        None => facts.push(Fact::new("Made on", today.to_string())),
    }
    let totals = vec![
        Fact::new("Opening balance", lines.money(statement.opening)?),
        Fact::new("Charged", lines.money(statement.charged)?),
        Fact::new("Paid", lines.money(statement.paid)?),
        Fact::new("Closing balance", lines.money(statement.closing)?),
    ];
    let note = match statement.closing {
        Amount::ZERO => "Nothing is owed.".to_owned(),
        owed if owed > Amount::ZERO => format!("{} is to be paid.", lines.money(owed)?),
        credit => format!("{} is left as credit.", lines.money(Amount::ZERO.minus(credit)?)?),
    };
    let days = [period.from, period.to].into_iter().flatten().map(|day| day.to_string());
    let name: Vec<String> = ["statement".to_owned(), customer.code.clone()].into_iter().chain(days).collect();
    Ok(Some(Document {
        // That of the words above; names and reasons are in whatever language they were written in.
        language: "en".into(),
        title: "Statement".into(),
        issuer: Party { name: business.name.clone(), lines: Vec::new() },
        recipient: recipient(&customer),
        facts,
        table: Table {
            columns: vec![
                column("Date", Align::Start, 62),
                column("Description", Align::Start, 193),
                column("Charges", Align::End, 80),
                column("Payments", Align::End, 80),
                column("Balance", Align::End, 80),
            ],
            rows,
        },
        totals,
        notes: vec![note],
        file_name: name.join(" "),
    }))
}

/// To whom documents for a customer are addressed.
pub fn recipient(customer: &Customer) -> Party {
    let name = customer.billing_name.as_ref().unwrap_or(&customer.name).clone();
    let address = customer.billing_address.as_ref().or(customer.address.as_ref()).cloned();
    let tax_id = customer.tax_id.as_ref().map(|id| format!("Tax ID: {id}"));
    Party { name, lines: address.into_iter().chain(tax_id).collect() }
}

/// An amount as people of the business write it; with the letters of its currency where the fonts lack its symbol or
/// digits.
pub fn written_amount(tenant: &Tenant, amount: Amount) -> Result<String> {
    let written = amount.format(tenant.currency, &tenant.locale)?;
    Ok(if is_printable(&written) { written } else { tenant.write(amount) })
}

fn written(period: Period) -> String {
    match (period.from, period.to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(to)) => format!("until {to}"),
        (None, None) => "all".into(),
    }
}

/// What the lines of a statement are about.
struct Lines<'a> {
    tenant: &'a Tenant,
    customer: &'a Customer,
    charges: HashMap<ChargeId, Charge>,
    payments: HashMap<PaymentId, Payment>,
}

impl Lines<'_> {
    fn money(&self, amount: Amount) -> Result<String> {
        written_amount(self.tenant, amount)
    }

    fn balance(&self, label: &str, balance: Amount) -> Result<Row> {
        let cells = vec![String::new(), label.into(), String::new(), String::new(), self.money(balance)?];
        Ok(Row { cells, strong: true })
    }

    fn row(&self, line: &StatementLine) -> Result<Row> {
        let entry = &line.entry;
        let (mut charged, mut paid) = (String::new(), String::new());
        if entry.kind.is_of_charge() {
            charged = self.money(entry.amount)?;
        } else {
            paid = self.money(Amount::ZERO.minus(entry.amount)?)?;
        }
        let day: NaiveDate = entry.occurred_on;
        let cells = vec![day.to_string(), self.description(line), charged, paid, self.money(line.balance)?];
        Ok(Row { cells, strong: false })
    }

    fn description(&self, line: &StatementLine) -> String {
        let entry = &line.entry;
        let charge = entry.charge_id.map(|id| self.charges.get(&id).map_or("a deleted charge".into(), of_charge));
        let payment = entry.payment_id.and_then(|id| self.payments.get(&id)).map(|payment| self.of_payment(payment));
        let what = charge.or(payment).unwrap_or_default();
        let done = match entry.kind {
            EntryKind::Charge | EntryKind::Payment | EntryKind::Credit => return sentence(&what),
            EntryKind::Change => "Changed",
            EntryKind::Void => "Voided",
            EntryKind::Refund => "Refunded",
            EntryKind::Reversal => "Reversed",
        };
        match &entry.reason {
            Some(reason) => format!("{done}: {what} ({reason})"),
            None => format!("{done}: {what}"),
        }
    }

    fn of_payment(&self, payment: &Payment) -> String {
        if payment.kind == PaymentKind::Credit {
            return payment.reason.as_ref().map_or("credit".into(), |reason| format!("credit: {reason}"));
        }
        let reference = payment.reference.clone();
        let receipt = payment.receipt.map(|number| format!("receipt {}/{number}", self.customer.code));
        let parts = [Some(format!("payment, {}", method(payment.method))), reference, receipt];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

fn of_charge(charge: &Charge) -> String {
    match charge {
        Charge::InvoiceCharge(owed) => match &owed.charge.external_ref {
            Some(number) => format!("invoice {number}"),
            None => "invoice".into(),
        },
        Charge::Record(record) => {
            let detail = &record.detail;
            let unit = detail.unit.as_ref().map_or(String::new(), |unit| format!("\u{a0}{unit}"));
            let (quantity, price) = (detail.quantity.normalize(), detail.unit_price.normalize());
            // No line breaks within it.
            format!("{}, {quantity}{unit}\u{a0}×\u{a0}{price}", detail.product)
        }
        Charge::Sale(sale) => {
            sale.detail.reference.as_ref().map_or("purchase".into(), |reference| format!("purchase, {reference}"))
        }
        Charge::Adjustment(adjustment) => match adjustment.charge.kind {
            ChargeKind::Fee => format!("fee: {}", adjustment.detail.reason),
            _ => format!("correction: {}", adjustment.detail.reason),
        },
    }
}

fn method(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Cash => "cash",
        PaymentMethod::Card => "card",
        PaymentMethod::BankTransfer => "bank transfer",
        PaymentMethod::MobileMoney => "mobile money",
        PaymentMethod::Upi => "UPI",
        PaymentMethod::Cheque => "cheque",
        PaymentMethod::Other => "other",
    }
}

/// With a capital at the beginning.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or(String::new(), |first| first.to_uppercase().chain(rest).collect())
}
