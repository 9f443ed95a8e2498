//! The only file that queries `credit_notes`, but for `check`. They are read with their credits.

use std::collections::HashMap;

use diesel::dsl::{auto_type, count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use super::model::{CreditNote, CreditNoteRow};
use crate::db::Conn;
use crate::db::page::{Key, OnPageOf, Page, Sorted};
use crate::db::tables::{credit_notes, payments};
use crate::error::Result;
use crate::id::{BusinessId, CreditNoteId, InvoiceId};
use crate::money::Amount;
use crate::tax::Taxed;

#[auto_type(no_type_alias)]
fn with_credit() -> _ {
    credit_notes::table.inner_join(
        payments::table.on(payments::business_id.eq(credit_notes::business_id).and(payments::id.eq(credit_notes::id))),
    )
}

/// The credit notes of those ids.
pub async fn by_ids(
    mut conn: &Conn,
    business: BusinessId,
    ids: &[CreditNoteId],
) -> Result<HashMap<CreditNoteId, CreditNote>> {
    let found: Vec<CreditNote> = with_credit()
        .filter(credit_notes::business_id.eq(business).and(credit_notes::id.eq_any(ids)))
        .select(CreditNote::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|note| (note.row.id, note)).collect())
}

/// The credit note of that number.
pub async fn find_by_number(mut conn: &Conn, business: BusinessId, number: &str) -> Result<Option<CreditNote>> {
    Ok(with_credit()
        .filter(credit_notes::business_id.eq(business).and(credit_notes::number.eq(number)))
        .select(CreditNote::as_select())
        .first(&mut conn)
        .await
        .optional()?)
}

/// The credit notes on the page of each of these invoices.
pub async fn by_invoices(
    mut conn: &Conn,
    business: BusinessId,
    invoices: &[InvoiceId],
    page: &Page,
) -> Result<Vec<(CreditNote, String)>> {
    let parents = invoices.iter().map(|id| id.0).collect();
    Ok(with_credit()
        .filter(credit_notes::business_id.eq(business))
        .filter(OnPageOf::new("credit_notes", "invoice_id", business, parents, page))
        .order(Sorted(page))
        .select((CreditNote::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?)
}

/// How many credit notes there are on each of these invoices.
pub async fn count_by_invoices(
    mut conn: &Conn,
    business: BusinessId,
    invoices: &[InvoiceId],
) -> Result<HashMap<InvoiceId, i64>> {
    let counts: Vec<(InvoiceId, i64)> = credit_notes::table
        .filter(credit_notes::business_id.eq(business).and(credit_notes::invoice_id.eq_any(invoices)))
        .group_by(credit_notes::invoice_id)
        .select((credit_notes::invoice_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// How much of each of these invoices was credited, and not taken back. Of a locked customer, this stays so.
pub async fn credited(
    mut conn: &Conn,
    business: BusinessId,
    invoices: &[InvoiceId],
) -> Result<HashMap<InvoiceId, Taxed>> {
    let sum = |column: &str| sql::<BigInt>(&format!("sum(credit_notes.{column})::bigint"));
    let sums: Vec<(InvoiceId, Amount, Amount, Amount)> = with_credit()
        .filter(credit_notes::business_id.eq(business).and(credit_notes::invoice_id.eq_any(invoices)))
        .filter(payments::reversed_at.is_null())
        .group_by(credit_notes::invoice_id)
        .select((credit_notes::invoice_id, sum("net"), sum("tax"), sum("total")))
        .load(&mut conn)
        .await?;
    Ok(sums.into_iter().map(|(id, net, tax, gross)| (id, Taxed { net, tax, gross })).collect())
}

/// Makes a credit note of a locked customer.
pub async fn insert(mut conn: &Conn, row: &CreditNoteRow) -> Result<()> {
    diesel::insert_into(credit_notes::table).values(row).execute(&mut conn).await?;
    Ok(())
}
