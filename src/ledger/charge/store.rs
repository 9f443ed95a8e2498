//! The only file that queries `charges` and reads what each kind has beside it, but for `check`.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::dsl::{auto_type, count_star, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Bool, Date as SqlDate, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::model::{Charge, ChargeFilter, ChargeKind, ChargeRow, ChargeStatus, OpenCharge};
use crate::db::Conn;
use crate::db::page::{Beyond, Key, OnPageOf, Page, Rows, Sorted};
use crate::db::tables::{charges, records, sales};
use crate::error::Result;
use crate::id::{BusinessId, ChargeId, CustomerId};
use crate::ledger::record::RecordDetail;
use crate::ledger::sale::SaleDetail;
use crate::money::Amount;

type Keyed = (ChargeRow, Option<RecordDetail>, Option<SaleDetail>, String);

#[auto_type(no_type_alias)]
fn with_details() -> _ {
    charges::table
        .left_join(records::table.on(records::business_id.eq(charges::business_id).and(records::id.eq(charges::id))))
        .left_join(sales::table.on(sales::business_id.eq(charges::business_id).and(sales::id.eq(charges::id))))
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
        .select((
            ChargeRow::as_select(),
            Option::<RecordDetail>::as_select(),
            Option::<SaleDetail>::as_select(),
            Key(page.order),
        ))
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

/// The conditions of a filter.
struct Conditions<'a> {
    filter: &'a ChargeFilter,
    today: NaiveDate,
}

impl QueryFragment<Pg> for Conditions<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let filter = self.filter;
        out.push_sql("TRUE");
        if let Some(customer) = &filter.customer_id {
            out.push_sql(" AND charges.customer_id = ");
            out.push_bind_param::<SqlUuid, _>(customer)?;
        }
        if let Some(from) = &filter.occurred_from {
            out.push_sql(" AND charges.occurred_on >= ");
            out.push_bind_param::<SqlDate, _>(&from.0)?;
        }
        if let Some(to) = &filter.occurred_to {
            out.push_sql(" AND charges.occurred_on <= ");
            out.push_bind_param::<SqlDate, _>(&to.0)?;
        }
        if let Some(status) = &filter.status {
            out.push_sql(" AND (FALSE");
            for status in status {
                out.push_sql(match status {
                    ChargeStatus::Unpaid => " OR charges.paid = 0 AND charges.amount > 0",
                    ChargeStatus::Partial => " OR charges.paid > 0 AND charges.paid < charges.amount",
                    ChargeStatus::Paid => " OR charges.paid = charges.amount",
                });
            }
            out.push_sql(")");
        }
        if let Some(overdue) = filter.overdue {
            out.push_sql(if overdue { " AND (" } else { " AND NOT (" });
            out.push_sql("charges.paid < charges.amount AND charges.due_on < ");
            out.push_bind_param::<SqlDate, _>(&self.today)?;
            out.push_sql(")");
        }
        Ok(())
    }
}

crate::db::sql_expression!(Conditions<'_>, Bool);

fn assemble(fetched: Vec<Keyed>) -> Result<Vec<(Charge, String)>> {
    fetched.into_iter().map(|(row, record, sale, key)| Ok((Charge::new(row, record, sale)?, key))).collect()
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
        None => "TRUE",
        Some(ChargeKind::Record) => "kind = 'RECORD'",
        Some(ChargeKind::Sale) => "kind = 'SALE'",
    });
    let fetched: Vec<Keyed> = with_details()
        .filter(charges::business_id.eq(business))
        .filter(on_page)
        .order(Sorted(page))
        .select((
            ChargeRow::as_select(),
            Option::<RecordDetail>::as_select(),
            Option::<SaleDetail>::as_select(),
            Key(page.order),
        ))
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
        .group_by((charges::customer_id, charges::kind))
        .select((charges::customer_id, charges::kind, count_star()))
        .load(&mut conn)
        .await?)
}

/// The charges of those ids.
pub async fn by_ids(mut conn: &Conn, business: BusinessId, ids: &[ChargeId]) -> Result<HashMap<ChargeId, Charge>> {
    let fetched: Vec<(ChargeRow, Option<RecordDetail>, Option<SaleDetail>)> = with_details()
        .filter(charges::business_id.eq(business).and(charges::id.eq_any(ids)))
        .select((ChargeRow::as_select(), Option::<RecordDetail>::as_select(), Option::<SaleDetail>::as_select()))
        .load(&mut conn)
        .await?;
    fetched.into_iter().map(|(row, record, sale)| Ok((row.id, Charge::new(row, record, sale)?))).collect()
}

/// What a customer has not paid, in the order in which payments go: oldest day first, then by id.
pub async fn open(mut conn: &Conn, business: BusinessId, customer: CustomerId) -> Result<Vec<OpenCharge>> {
    Ok(charges::table
        .filter(charges::business_id.eq(business).and(charges::customer_id.eq(customer)))
        .filter(charges::paid.lt(charges::amount))
        .order((charges::occurred_on, charges::id))
        .select((charges::id, charges::amount - charges::paid))
        .load(&mut conn)
        .await?)
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

/// What all customers of a business have not paid.
pub async fn total_outstanding(mut conn: &Conn, business: BusinessId) -> Result<Amount> {
    Ok(charges::table
        .filter(charges::business_id.eq(business).and(charges::paid.lt(charges::amount)))
        .select(sql::<BigInt>("coalesce(sum(amount - paid), 0)::bigint"))
        .first(&mut conn)
        .await?)
}

/// Adds to what is paid of charges of a locked customer.
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
