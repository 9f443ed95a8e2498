//! The only file that queries `charges` and reads what each kind has beside it, but for `check`.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{auto_type, count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::filter::{ChargeFilter, Conditions};
use super::model::{Charge, ChargeKind, ChargeRow, Details, OpenCharge};
use crate::db::Conn;
use crate::db::page::{Beyond, Key, OnPageOf, Page, Rows, Sorted};
use crate::db::tables::{adjustments, charges, customers, records, sales};
use crate::error::Result;
use crate::id::{BusinessId, ChargeId, CustomerId};
use crate::money::Amount;

type Keyed = (ChargeRow, Details, String);

#[auto_type(no_type_alias)]
fn with_details() -> _ {
    charges::table
        .left_join(records::table.on(records::business_id.eq(charges::business_id).and(records::id.eq(charges::id))))
        .left_join(sales::table.on(sales::business_id.eq(charges::business_id).and(sales::id.eq(charges::id))))
        .left_join(
            adjustments::table
                .on(adjustments::business_id.eq(charges::business_id).and(adjustments::id.eq(charges::id))),
        )
}

/// A page of the charges of one kind.
pub async fn list(
    mut conn: &Conn,
    business: BusinessId,
    kind: ChargeKind,
    filter: &ChargeFilter,
    today: NaiveDate,
    page: &Page,
) -> Result<Rows<Charge>> {
    let fetched: Vec<Keyed> = with_details()
        .filter(charges::business_id.eq(business).and(charges::kind.eq(kind)))
        .filter(Conditions { filter, today })
        .filter(Beyond(page))
        .order(Sorted(page))
        .limit(page.fetch())
        .offset(page.skip())
        .select((ChargeRow::as_select(), Details::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?;
    Ok(page.rows(assemble(fetched)?, |charge| charge.row().id.0))
}

/// How many charges of one kind there are.
pub async fn count(
    mut conn: &Conn,
    business: BusinessId,
    kind: ChargeKind,
    filter: &ChargeFilter,
    today: NaiveDate,
) -> Result<i64> {
    Ok(charges::table
        .filter(charges::business_id.eq(business).and(charges::kind.eq(kind)))
        .filter(Conditions { filter, today })
        .select(count_star())
        .first(&mut conn)
        .await?)
}

fn assemble(fetched: Vec<Keyed>) -> Result<Vec<(Charge, String)>> {
    fetched.into_iter().map(|(row, details, key)| Ok((Charge::new(row, details)?, key))).collect()
}

/// The charges, of one kind or all, on the page of each of these customers.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    kind: Option<ChargeKind>,
    page: &Page,
) -> Result<Vec<(Charge, String)>> {
    let parents = customers.iter().map(|id| id.0).collect();
    let on_page = OnPageOf::new("charges", "customer_id", business, parents, page).when(match kind {
        None => "deleted_at IS NULL",
        Some(ChargeKind::Record) => "deleted_at IS NULL AND kind = 'RECORD'",
        Some(ChargeKind::Sale) => "deleted_at IS NULL AND kind = 'SALE'",
        Some(ChargeKind::Fee) => "deleted_at IS NULL AND kind = 'FEE'",
        Some(ChargeKind::Adjustment) => "deleted_at IS NULL AND kind = 'ADJUSTMENT'",
        Some(ChargeKind::Invoice) => "deleted_at IS NULL AND kind = 'INVOICE'",
    });
    let fetched: Vec<Keyed> = with_details()
        .filter(charges::business_id.eq(business))
        .filter(on_page)
        .order(Sorted(page))
        .select((ChargeRow::as_select(), Details::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?;
    assemble(fetched)
}

/// How many charges of each kind each of these customers has.
pub async fn count_by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<Vec<(CustomerId, ChargeKind, i64)>> {
    Ok(charges::table
        .filter(charges::business_id.eq(business).and(charges::customer_id.eq_any(customers)))
        .filter(charges::deleted_at.is_null())
        .group_by((charges::customer_id, charges::kind))
        .select((charges::customer_id, charges::kind, count_star()))
        .load(&mut conn)
        .await?)
}

/// The charges of those ids.
pub async fn by_ids(mut conn: &Conn, business: BusinessId, ids: &[ChargeId]) -> Result<HashMap<ChargeId, Charge>> {
    let fetched: Vec<(ChargeRow, Details)> = with_details()
        .filter(charges::business_id.eq(business).and(charges::id.eq_any(ids)))
        .filter(charges::deleted_at.is_null())
        .select((ChargeRow::as_select(), Details::as_select()))
        .load(&mut conn)
        .await?;
    fetched.into_iter().map(|(row, details)| Ok((row.id, Charge::new(row, details)?))).collect()
}

/// What was entered in one mutation, in its order.
pub async fn by_batch(mut conn: &Conn, business: BusinessId, batch: Uuid) -> Result<Vec<Charge>> {
    let fetched: Vec<(ChargeRow, Details)> = with_details()
        .filter(charges::business_id.eq(business).and(charges::batch_id.eq(batch)))
        .filter(charges::deleted_at.is_null())
        .order(charges::id)
        .select((ChargeRow::as_select(), Details::as_select()))
        .load(&mut conn)
        .await?;
    fetched.into_iter().map(|(row, details)| Charge::new(row, details)).collect()
}

/// What all charges have, of the charge of that id. It may be deleted.
pub async fn find(mut conn: &Conn, business: BusinessId, id: ChargeId) -> Result<Option<ChargeRow>> {
    Ok(charges::table.find((business, id)).select(ChargeRow::as_select()).first(&mut conn).await.optional()?)
}

/// The records of a customer that are owed or paid, of those ids, in the order in which payments go.
pub async fn records_by_ids(
    mut conn: &Conn,
    business: BusinessId,
    customer: CustomerId,
    ids: &[ChargeId],
) -> Result<Vec<ChargeRow>> {
    Ok(records_of(business, customer)
        .filter(charges::id.eq_any(ids))
        .order((charges::occurred_on, charges::id))
        .select(ChargeRow::as_select())
        .load(&mut conn)
        .await?)
}

/// The records of a customer that are owed or paid, of the days `from` to `to`, in the order in which payments go.
pub async fn records_of_days(
    mut conn: &Conn,
    business: BusinessId,
    customer: CustomerId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<ChargeRow>> {
    Ok(records_of(business, customer)
        .filter(charges::occurred_on.between(from, to))
        .order((charges::occurred_on, charges::id))
        .select(ChargeRow::as_select())
        .load(&mut conn)
        .await?)
}

#[auto_type(no_type_alias)]
fn records_of(business: BusinessId, customer: CustomerId) -> _ {
    let record: ChargeKind = ChargeKind::Record;
    charges::table
        .filter(charges::business_id.eq(business))
        .filter(charges::customer_id.eq(customer))
        .filter(charges::kind.eq(record))
        .filter(charges::voided_at.is_null())
}

/// What a customer has not paid, in the order in which payments go: oldest day first, then by id.
pub async fn open(mut conn: &Conn, business: BusinessId, customer: CustomerId) -> Result<Vec<OpenCharge>> {
    Ok(charges::table
        .filter(charges::business_id.eq(business).and(charges::customer_id.eq(customer)))
        .filter(charges::paid.lt(charges::amount).and(charges::voided_at.is_null()))
        .order((charges::occurred_on, charges::id))
        .select((charges::id, charges::amount - charges::paid))
        .load(&mut conn)
        .await?)
}

/// What these customers have not paid, each in the order in which payments go.
pub async fn open_of(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, Vec<OpenCharge>>> {
    let found: Vec<(CustomerId, OpenCharge)> = charges::table
        .filter(charges::business_id.eq(business).and(charges::customer_id.eq_any(customers)))
        .filter(charges::paid.lt(charges::amount).and(charges::voided_at.is_null()))
        .order((charges::customer_id, charges::occurred_on, charges::id))
        .select((charges::customer_id, (charges::id, charges::amount - charges::paid)))
        .load(&mut conn)
        .await?;
    let mut open: HashMap<CustomerId, Vec<OpenCharge>> = HashMap::new();
    for (customer, charge) in found {
        open.entry(customer).or_default().push(charge);
    }
    Ok(open)
}

/// Makes charges, of locked customers.
pub async fn insert(mut conn: &Conn, rows: &[ChargeRow]) -> Result<()> {
    diesel::insert_into(charges::table).values(rows).execute(&mut conn).await?;
    Ok(())
}

/// Those of these names that were imported before, as charges of a kind.
pub async fn known_refs(
    mut conn: &Conn,
    business: BusinessId,
    kind: ChargeKind,
    refs: &[&str],
) -> Result<Vec<(String, CustomerId, NaiveDate, Amount)>> {
    Ok(charges::table
        .filter(charges::business_id.eq(business).and(charges::kind.eq(kind)))
        .filter(charges::external_ref.eq_any(refs))
        .select((charges::external_ref.assume_not_null(), charges::customer_id, charges::occurred_on, charges::amount))
        .load(&mut conn)
        .await?)
}

/// Those of these ids that are charges of a kind, deleted ones too.
pub async fn known_ids(
    mut conn: &Conn,
    business: BusinessId,
    kind: ChargeKind,
    ids: &[ChargeId],
) -> Result<Vec<(ChargeId, CustomerId, NaiveDate, Amount)>> {
    Ok(charges::table
        .filter(charges::business_id.eq(business).and(charges::kind.eq(kind)))
        .filter(charges::id.eq_any(ids))
        .select((charges::id, charges::customer_id, charges::occurred_on, charges::amount))
        .load(&mut conn)
        .await?)
}

/// Charges of a kind that are not void, with the codes of their customers, by day and id, behind one of these.
pub async fn live_after(
    mut conn: &Conn,
    business: BusinessId,
    kind: ChargeKind,
    after: Option<(NaiveDate, Uuid)>,
    limit: usize,
) -> Result<Vec<(Charge, String)>> {
    let mut query = with_details()
        .inner_join(
            customers::table
                .on(customers::business_id.eq(charges::business_id).and(customers::id.eq(charges::customer_id))),
        )
        .filter(charges::business_id.eq(business).and(charges::kind.eq(kind)))
        .filter(charges::voided_at.is_null())
        .order((charges::occurred_on, charges::id))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((ChargeRow::as_select(), Details::as_select(), customers::code))
        .into_boxed();
    if let Some((day, id)) = after {
        let behind = sql::<Bool>("(charges.occurred_on, charges.id) > (")
            .bind::<Date, _>(day)
            .sql(", ")
            .bind::<SqlUuid, _>(id)
            .sql(")");
        query = query.filter(behind);
    }
    assemble(query.load(&mut conn).await?)
}

/// What all customers of a business have not paid.
pub async fn total_outstanding(mut conn: &Conn, business: BusinessId) -> Result<Amount> {
    Ok(charges::table
        .filter(charges::business_id.eq(business).and(charges::paid.lt(charges::amount)))
        .filter(charges::voided_at.is_null())
        .select(sql::<BigInt>("coalesce(sum(amount - paid), 0)::bigint"))
        .first(&mut conn)
        .await?)
}

/// Moves a charge of a locked customer to a day and an amount.
pub async fn update(mut conn: &Conn, charge: &ChargeRow) -> Result<()> {
    diesel::update(charges::table.find((charge.business_id, charge.id)))
        .set((
            charges::occurred_on.eq(charge.occurred_on),
            charges::due_on.eq(charge.due_on),
            charges::amount.eq(charge.amount),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Voids a charge of a locked customer, of which nothing is paid, or with `delete` makes it gone.
pub async fn set_void(
    mut conn: &Conn,
    business: BusinessId,
    id: ChargeId,
    at: DateTime<Utc>,
    delete: bool,
) -> Result<()> {
    diesel::update(charges::table.find((business, id)))
        .set((charges::voided_at.eq(at), charges::deleted_at.eq(delete.then_some(at))))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Adds to what is paid of charges of a locked customer, or takes away what is below zero. No charge stands twice.
pub async fn pay(mut conn: &Conn, business: BusinessId, parts: &[(ChargeId, Amount)]) -> Result<()> {
    let (ids, amounts): (Vec<ChargeId>, Vec<Amount>) = parts.iter().copied().unzip();
    diesel::sql_query(
        "UPDATE charges SET paid = paid + part.amount FROM unnest($2, $3) AS part (id, amount) \
         WHERE charges.business_id = $1 AND charges.id = part.id",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<BigInt>, _>(amounts)
    .execute(&mut conn)
    .await?;
    Ok(())
}
