//! The pages of the exports, each behind the last row of the one before.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::customers::contact::Contact;
use crate::customers::customer::Customer;
use crate::db::Conn;
use crate::db::tables::{contacts, customers, payments};
use crate::error::Result;
use crate::id::BusinessId;
use crate::ledger::charge::{self, Charge, ChargeKind};
use crate::ledger::payment::{Payment, PaymentKind};

/// The last row of the page before.
#[derive(Debug, Default)]
pub struct After {
    id: Uuid,
    day: Option<NaiveDate>,
    time: Option<DateTime<Utc>>,
}

/// Customers, in the order in which they were added.
pub async fn customers(
    mut conn: &Conn,
    business: BusinessId,
    after: &mut After,
    limit: usize,
) -> Result<Vec<Customer>> {
    let found: Vec<Customer> = customers::table
        .filter(customers::business_id.eq(business).and(customers::id.gt(after.id)))
        .order(customers::id)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(Customer::as_select())
        .load(&mut conn)
        .await?;
    if let Some(last) = found.last() {
        after.id = last.id.0;
    }
    Ok(found)
}

/// Contacts with the codes of their customers, in the order in which they were added.
pub async fn contacts(
    mut conn: &Conn,
    business: BusinessId,
    after: &mut After,
    limit: usize,
) -> Result<Vec<(Contact, String)>> {
    let found: Vec<(Contact, String)> = contacts::table
        .inner_join(
            customers::table
                .on(customers::business_id.eq(contacts::business_id).and(customers::id.eq(contacts::customer_id))),
        )
        .filter(contacts::business_id.eq(business).and(contacts::id.gt(after.id)))
        .order(contacts::id)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((Contact::as_select(), customers::code))
        .load(&mut conn)
        .await?;
    if let Some((last, _)) = found.last() {
        after.id = last.id.0;
    }
    Ok(found)
}

/// Charges of a kind that are not void, with the codes of their customers, by day.
pub async fn charges(
    conn: &Conn,
    business: BusinessId,
    kind: ChargeKind,
    after: &mut After,
    limit: usize,
) -> Result<Vec<(Charge, String)>> {
    let from = after.day.map(|day| (day, after.id));
    let found = charge::store::live_after(conn, business, kind, from, limit).await?;
    if let Some((last, _)) = found.last() {
        let last = last.row();
        (after.day, after.id) = (Some(last.occurred_on), last.id.0);
    }
    Ok(found)
}

/// Payments that were received and of which something remains, with the codes of their customers, by time.
pub async fn payments(
    mut conn: &Conn,
    business: BusinessId,
    after: &mut After,
    limit: usize,
) -> Result<Vec<(Payment, String)>> {
    let mut query = payments::table
        .inner_join(
            customers::table
                .on(customers::business_id.eq(payments::business_id).and(customers::id.eq(payments::customer_id))),
        )
        .filter(payments::business_id.eq(business).and(payments::kind.eq(PaymentKind::Payment)))
        .filter(payments::reversed_at.is_null().and(payments::refunded.lt(payments::amount)))
        .order((payments::received_at, payments::id))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((Payment::as_select(), customers::code))
        .into_boxed();
    if let Some(time) = after.time {
        let behind = sql::<Bool>("(payments.received_at, payments.id) > (")
            .bind::<Timestamptz, _>(time)
            .sql(", ")
            .bind::<SqlUuid, _>(after.id)
            .sql(")");
        query = query.filter(behind);
    }
    let found: Vec<(Payment, String)> = query.load(&mut conn).await?;
    if let Some((last, _)) = found.last() {
        (after.time, after.id) = (Some(last.received_at), last.id.0);
    }
    Ok(found)
}
