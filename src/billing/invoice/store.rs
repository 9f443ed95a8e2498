//! The only file that queries `invoices`, but for `check`. They are read with their charges.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{auto_type, count_star};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{Conditions, Invoice, InvoiceFilter, InvoiceRow};
use crate::db::Conn;
use crate::db::page::{Beyond, Key, OnPageOf, Page, Rows, Sorted};
use crate::db::tables::{charges, invoices};
use crate::error::Result;
use crate::id::{BusinessId, CustomerId, InvoiceId};

#[auto_type(no_type_alias)]
fn with_charge() -> _ {
    invoices::table
        .left_join(charges::table.on(charges::business_id.eq(invoices::business_id).and(charges::id.eq(invoices::id))))
}

/// A page of the invoices of a business.
pub async fn list(
    mut conn: &Conn,
    business: BusinessId,
    filter: &InvoiceFilter,
    today: NaiveDate,
    page: &Page,
) -> Result<Rows<Invoice>> {
    let fetched: Vec<(Invoice, String)> = with_charge()
        .filter(invoices::business_id.eq(business))
        .filter(Conditions { filter, today })
        .filter(Beyond(page))
        .order(Sorted(page))
        .limit(page.fetch())
        .offset(page.skip())
        .select((Invoice::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?;
    Ok(page.rows(fetched, |invoice| invoice.row.id.0))
}

/// How many invoices of a business there are.
pub async fn count(mut conn: &Conn, business: BusinessId, filter: &InvoiceFilter, today: NaiveDate) -> Result<i64> {
    Ok(with_charge()
        .filter(invoices::business_id.eq(business))
        .filter(Conditions { filter, today })
        .select(count_star())
        .first(&mut conn)
        .await?)
}

/// The invoices of those ids.
pub async fn by_ids(mut conn: &Conn, business: BusinessId, ids: &[InvoiceId]) -> Result<HashMap<InvoiceId, Invoice>> {
    let found: Vec<Invoice> = with_charge()
        .filter(invoices::business_id.eq(business).and(invoices::id.eq_any(ids)))
        .select(Invoice::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|invoice| (invoice.row.id, invoice)).collect())
}

/// The invoice of that id.
pub async fn find(conn: &Conn, business: BusinessId, id: InvoiceId) -> Result<Option<Invoice>> {
    Ok(by_ids(conn, business, &[id]).await?.remove(&id))
}

/// The invoice of that number.
pub async fn find_by_number(mut conn: &Conn, business: BusinessId, number: &str) -> Result<Option<Invoice>> {
    Ok(with_charge()
        .filter(invoices::business_id.eq(business).and(invoices::number.eq(number)))
        .select(Invoice::as_select())
        .first(&mut conn)
        .await
        .optional()?)
}

/// The invoices on the page of each of these customers.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    page: &Page,
) -> Result<Vec<(Invoice, String)>> {
    let parents = customers.iter().map(|id| id.0).collect();
    Ok(with_charge()
        .filter(invoices::business_id.eq(business))
        .filter(OnPageOf::new("invoices", "customer_id", business, parents, page))
        .order(Sorted(page))
        .select((Invoice::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?)
}

/// How many invoices each of these customers has.
pub async fn count_by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, i64>> {
    let counts: Vec<(CustomerId, i64)> = invoices::table
        .filter(invoices::business_id.eq(business).and(invoices::customer_id.eq_any(customers)))
        .group_by(invoices::customer_id)
        .select((invoices::customer_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// Makes an invoice of a locked customer.
pub async fn insert(mut conn: &Conn, row: &InvoiceRow) -> Result<()> {
    diesel::insert_into(invoices::table).values(row).execute(&mut conn).await?;
    Ok(())
}

/// Writes what can change of a draft of a locked customer, and what it becomes when it is finalised.
pub async fn update(mut conn: &Conn, row: &InvoiceRow) -> Result<()> {
    diesel::update(invoices::table.find((row.business_id, row.id)))
        .set((
            (invoices::number.eq(&row.number), invoices::year.eq(row.year), invoices::sequence.eq(row.sequence)),
            (invoices::issued_on.eq(row.issued_on), invoices::due_on.eq(row.due_on)),
            (invoices::lines.eq(&row.lines), invoices::tax_mode.eq(row.tax_mode)),
            (invoices::net.eq(row.net), invoices::tax.eq(row.tax), invoices::total.eq(row.total)),
            (invoices::memo.eq(&row.memo), invoices::updated_at.eq(row.updated_at)),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Gives up on an invoice of a locked customer.
pub async fn set_uncollectible(mut conn: &Conn, business: BusinessId, id: InvoiceId, at: DateTime<Utc>) -> Result<()> {
    diesel::update(invoices::table.find((business, id)))
        .set((invoices::uncollectible_at.eq(at), invoices::updated_at.eq(at)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Removes a draft of a locked customer.
pub async fn delete(mut conn: &Conn, business: BusinessId, id: InvoiceId) -> Result<()> {
    diesel::delete(invoices::table.find((business, id))).execute(&mut conn).await?;
    Ok(())
}
