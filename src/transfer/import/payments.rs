//! Importing payments, in the order in which they were received.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::problems::Problems;
use super::reference::Reference;
use super::rows::{self, choice, yes_or_no};
use super::sheet::Row;
use super::stage::{self, NewStaged, Place, Staged, Unique};
use super::{Progress, Sums};
use crate::auth::Tenant;
use crate::error::Result;
use crate::graphql::{Date, Write};
use crate::id::{CustomerId, PaymentId};
use crate::ledger::payment::{self, NewPayment, PaymentMethod, PaymentRecordInput};
use crate::money::{Amount, Exact};
use crate::transfer::Kind;

/// What tells a payment from another one.
type Content = (CustomerId, Amount);

/// The rows, checked.
pub async fn check(write: &Write, rows: &[Row], problems: &mut Problems) -> Result<Vec<NewStaged>> {
    let customers = rows::customers(write, rows).await?;
    let mut staged = Vec::with_capacity(rows.len());
    for row in rows {
        let customer = rows::customer(row, &customers, problems);
        let (payment, said) = match read(write, row, customer, problems) {
            Ok(checked) => checked,
            Err(error) => {
                problems.refuse(row.line, error)?;
                continue;
            }
        };
        let values = [
            payment.customer.to_string(),
            payment.amount.0.to_string(),
            <&str>::from(payment.method).to_owned(),
            said.to_rfc3339(),
            payment.reference.clone().unwrap_or_default(),
        ];
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        if let Some(reference) = Reference::of(row, &values, problems) {
            staged.push(NewStaged {
                line: row.line,
                customer: Some(customer),
                reference,
                other: None,
                at: payment.received_at.unwrap_or(said),
                cells: row.cells()?,
            });
        }
    }
    Ok(staged)
}

/// Leaves out what was imported before, how much that is, and notes what only all rows together tell.
pub async fn compare(write: &Write, problems: &mut Problems) -> Result<u64> {
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
        let found = payment::store::known_refs(write, business, &references).await?;
        let mut booked: HashMap<String, Content> =
            found.into_iter().map(|(name, customer, amount)| (name, (customer, amount))).collect();
        // An export names by its id what has no other name, and tells what is left of what was refunded in part.
        let ids: Vec<PaymentId> = references.iter().filter_map(|name| name.parse().ok()).collect();
        let found = payment::store::by_ids(write, business, &ids).await?;
        booked.extend(found.into_values().map(|paid| (paid.id.to_string(), (paid.customer_id, paid.remaining()))));
        let rows: Result<Vec<(Staged, Content)>> = page
            .into_iter()
            .map(|staged| {
                let payment = reread(write, &staged)?;
                Ok((staged, (payment.customer, payment.amount)))
            })
            .collect();
        let lines = rows::known(&rows?, &booked, problems);
        stage::remove(write, &lines).await?;
        known += lines.len() as u64;
    }
}

/// Books them. Only that tells whether one is more than what is outstanding by then, which is a problem of its line.
pub async fn book(write: &Write, problems: &mut Problems, progress: &impl Fn(Progress)) -> Result<Sums> {
    let (mut sums, mut from) = (Sums::default(), Place::FIRST);
    loop {
        let page = stage::page(write, &mut from).await?;
        if page.is_empty() {
            return Ok(sums);
        }
        let mut payments = Vec::with_capacity(page.len());
        for staged in &page {
            let payment = NewPayment { external_ref: Some(staged.reference.clone()), ..reread(write, staged)? };
            sums.amount = sums.amount.plus(payment.amount)?;
            payments.push(payment);
        }
        for (place, error) in payment::post_all(write, &payments).await? {
            problems.refuse(page.get(place).map_or(0, |staged| staged.line), error)?;
        }
        sums.count += page.len() as u64;
        progress(Progress::Booked(sums.count));
    }
}

/// What was checked once.
fn reread(write: &Write, staged: &Staged) -> Result<NewPayment> {
    let row = Row::of(staged.line, Kind::Payments.columns(), &staged.cells)?;
    let customer = staged.customer.unwrap_or(CustomerId(Uuid::nil()));
    Ok(read(write, &row, customer, &mut Problems::default())?.0)
}

/// What a row says, checked like what comes through the API, and the time that stands in it.
fn read(
    write: &Write,
    row: &Row,
    customer_id: CustomerId,
    problems: &mut Problems,
) -> Result<(NewPayment, DateTime<Utc>)> {
    let tenant = &write.viewer.business;
    let now = write.now();
    let said = row.needed("received_at", now, |text| received_at(text, tenant), problems);
    // What came in this morning is in the file before noon.
    let received_today = row.text("received_at").is_some_and(is_date)
        && said.with_timezone(&tenant.time_zone.0).date_naive() == write.today();
    let input = PaymentRecordInput {
        customer_id,
        amount: row.needed("amount", Exact(Decimal::ONE), str::parse, problems),
        method: row.needed("method", PaymentMethod::Other, choice, problems),
        payment_method_id: None,
        reference: row.text("reference").map(String::from),
        received_at: Some(if received_today { said.min(now) } else { said }),
        charges: None,
        allow_credit: row.value("allow_credit", yes_or_no, problems).unwrap_or(false),
        idempotency_key: None,
    };
    Ok((input.check(tenant, now)?.0, said))
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
