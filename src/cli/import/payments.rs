//! Importing payments: one by one, in the order in which they were received.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use indicatif::ProgressBar;
use rust_decimal::Decimal;

use super::Outcome;
use super::problems::Problems;
use super::reference::References;
use super::rows::{self, CHUNK, Named, choice, drop_known, lock_customers};
use super::sheet::{Column, Row, Sheet, optional, required};
use crate::auth::Tenant;
use crate::customers::customer::{self, Customer};
use crate::error::Result;
use crate::graphql::{Date, Write};
use crate::id::PaymentId;
use crate::ledger::payment::{self, NewPayment, PaymentMethod, PaymentRecordInput};
use crate::money::{Amount, Exact};

/// The columns of a file with payments.
pub const COLUMNS: &[Column] = &[
    required("customer_code"),
    required("amount"),
    required("method"),
    required("received_at"),
    optional("reference"),
    optional("allow_credit"),
    optional("external_ref"),
];

/// Books the payments of a file.
pub async fn import(write: &Write, sheet: &Sheet, problems: &mut Problems, bar: &ProgressBar) -> Result<Outcome> {
    let business = write.viewer.business.id;
    let customers = lock_customers(write, sheet).await?;
    let mut new = read(write, sheet, &customers, problems)?;
    let mut booked = HashMap::new();
    for chunk in new.chunks(CHUNK) {
        let references: Vec<&str> = chunk.iter().map(|row| row.reference.as_str()).collect();
        let found = payment::store::known_refs(write, business, &references).await?;
        booked.extend(found.into_iter().map(|(name, customer, amount)| (name, (customer, amount))));
    }
    let known = drop_known(&mut new, &booked, |payment| (payment.customer, payment.amount), problems);
    new.sort_by_key(|row| row.item.received_at);

    let mut sum = Amount::ZERO;
    bar.set_length(u64::try_from(new.len()).unwrap_or_default());
    for row in &mut new {
        row.item.external_ref = Some(row.reference.clone());
        sum = sum.plus(row.item.amount)?;
        // Only booking it tells whether it is more than what is outstanding by then. After another problem nothing
        // will be kept, but other payments of that kind are found all the same.
        let customer = customer::store::lock(write, business, row.item.customer, "customerId").await;
        let posted = match customer {
            Ok(mut customer) => {
                let id = PaymentId(write.app.clock.id());
                // Nobody received it: it comes from a file.
                payment::post(write, &mut customer, id, &row.item, None).await.map(drop)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = posted {
            problems.refuse(row.line, error)?;
        }
        bar.inc(1);
    }
    Ok(Outcome { new: new.len(), known, sum: Some(write.viewer.business.write(sum)) })
}

/// The rows, checked.
fn read(
    write: &Write,
    sheet: &Sheet,
    customers: &HashMap<String, Customer>,
    problems: &mut Problems,
) -> Result<Vec<Named<NewPayment>>> {
    let tenant = &write.viewer.business;
    let now = write.app.clock.now();
    let mut references = References::default();
    let mut named = Vec::with_capacity(sheet.len());
    for row in sheet.rows() {
        let received_at = row.needed("received_at", now, |text| received_at(text, tenant), problems);
        // What came in this morning is in the file before noon.
        let received_today = row.text("received_at").is_some_and(is_date)
            && received_at.with_timezone(&tenant.time_zone.0).date_naive() == tenant.today(&write.app.clock);
        let settled = if received_today { received_at.min(now) } else { received_at };
        let payment = match input(&row, customers, settled, problems).check(tenant, now) {
            Ok((payment, _)) => payment,
            Err(error) => {
                problems.refuse(row.line, error)?;
                continue;
            }
        };
        let values = [
            payment.customer.to_string(),
            payment.amount.0.to_string(),
            <&str>::from(payment.method).to_owned(),
            received_at.to_rfc3339(),
            payment.reference.clone().unwrap_or_default(),
        ];
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        if let Some(reference) = references.name(&row, &values, problems) {
            named.push(Named { line: row.line, reference, item: payment });
        }
    }
    // A row whose customer is unknown cannot be booked.
    named.retain(|row| !row.item.customer.0.is_nil());
    Ok(named)
}

fn input(
    row: &Row<'_>,
    customers: &HashMap<String, Customer>,
    received_at: DateTime<Utc>,
    problems: &mut Problems,
) -> PaymentRecordInput {
    PaymentRecordInput {
        customer_id: rows::customer(row, customers, problems),
        amount: row.needed("amount", Exact(Decimal::ONE), str::parse, problems),
        method: row.needed("method", PaymentMethod::Other, choice, problems),
        payment_method_id: None,
        reference: row.text("reference").map(String::from),
        received_at: Some(received_at),
        charges: None,
        allow_credit: row.value("allow_credit", yes_or_no, problems).unwrap_or(false),
        idempotency_key: None,
    }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("`{text}` is neither true nor false")),
    }
}

fn is_date(text: &str) -> bool {
    text.parse::<Date>().is_ok()
}

/// A time, or the noon of a day in the zone of the business.
fn received_at(text: &str, tenant: &Tenant) -> Result<DateTime<Utc>, String> {
    let noon = |Date(day): Date| -> Option<DateTime<Utc>> {
        let noon = NaiveDate::and_time(&day, NaiveTime::from_hms_opt(12, 0, 0)?);
        // A zone that once skipped a noon, or had it twice, has none that is better.
        Some(noon.and_local_timezone(tenant.time_zone.0).earliest().map_or(noon.and_utc(), |noon| noon.to_utc()))
    };
    let day = text.parse().ok().and_then(noon);
    day.or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())).ok_or_else(|| {
        format!("`{text}` is neither a day such as 2026-03-31 nor a time such as 2026-03-31T18:30:00+05:30")
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::dunning::DunningRules;
    use crate::id::BusinessId;
    use crate::tax::TaxMode;

    #[test]
    fn a_day_is_its_noon_where_the_business_is_and_a_time_is_itself() {
        let tenant = Tenant {
            id: BusinessId(Uuid::nil()),
            currency: "INR".parse().unwrap(),
            time_zone: "Asia/Kolkata".parse().unwrap(),
            locale: "en-IN".into(),
            country: "IN".parse().unwrap(),
            days_until_due: 0,
            use_credit_automatically: true,
            test_clock: None,
            tax_mode: TaxMode::Exclusive,
            invoice_prefix: "INV".into(),
            credit_note_prefix: "CN".into(),
            dunning: DunningRules::default(),
            member_at_sale: false,
        };
        let read = |text: &str| received_at(text, &tenant).map(|time| time.to_rfc3339());
        assert_eq!(read("2026-03-31").unwrap(), "2026-03-31T06:30:00+00:00");
        assert_eq!(read("2026-03-31T18:30:00+05:30").unwrap(), "2026-03-31T13:00:00+00:00");
        assert!(read("31.03.2026").unwrap_err().starts_with("`31.03.2026` is neither a day"));
    }
}
