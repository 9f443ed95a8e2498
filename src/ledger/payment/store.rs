//! The only file that queries `payments`, but for `check`.

use std::collections::HashMap;

use async_graphql::{Enum, InputObject};
use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::model::{NEWEST_FIRST, Payment, PaymentMethod};
use crate::db::Conn;
use crate::db::page::{Beyond, Key, OnPageOf, Order, Page, Rows, Sorted};
use crate::db::tables::payments;
use crate::error::Result;
use crate::id::{BusinessId, CustomerId, PaymentId};
use crate::money::Amount;

/// Which payments are wanted. All conditions must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct PaymentFilter {
    /// By this customer.
    pub customer_id: Option<CustomerId>,
    /// By any of these.
    pub method: Option<Vec<PaymentMethod>>,
    /// Received at this time or later.
    pub received_from: Option<DateTime<Utc>>,
    /// Received at this time or earlier.
    pub received_to: Option<DateTime<Utc>>,
    /// Those with something that no charge has taken, or those without.
    pub has_credit: Option<bool>,
}

/// The orders of a list of payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub enum PaymentSort {
    /// By when they were received, oldest first.
    ReceivedAtAsc,
    /// By when they were received, newest first.
    #[default]
    ReceivedAtDesc,
}

impl PaymentSort {
    /// The order of rows.
    pub fn order(self) -> Order {
        match self {
            Self::ReceivedAtAsc => Order { name: "RECEIVED_AT_ASC", descending: false, ..NEWEST_FIRST },
            Self::ReceivedAtDesc => NEWEST_FIRST,
        }
    }
}

fn narrow<'a, T>(
    mut query: payments::BoxedQuery<'a, Pg, T>,
    filter: &'a PaymentFilter,
) -> payments::BoxedQuery<'a, Pg, T> {
    if let Some(customer) = filter.customer_id {
        query = query.filter(payments::customer_id.eq(customer));
    }
    if let Some(methods) = &filter.method {
        query = query.filter(payments::method.eq_any(methods));
    }
    if let Some(from) = filter.received_from {
        query = query.filter(payments::received_at.ge(from));
    }
    if let Some(to) = filter.received_to {
        query = query.filter(payments::received_at.le(to));
    }
    match filter.has_credit {
        Some(true) => query.filter(payments::unallocated.gt(Amount::ZERO)),
        Some(false) => query.filter(payments::unallocated.eq(Amount::ZERO)),
        None => query,
    }
}

/// A page of the payments of a business.
pub async fn list(mut conn: &Conn, business: BusinessId, filter: &PaymentFilter, page: &Page) -> Result<Rows<Payment>> {
    let query = payments::table
        .filter(payments::business_id.eq(business))
        .filter(Beyond(page))
        .order(Sorted(page))
        .limit(page.fetch())
        .offset(page.skip())
        .select((Payment::as_select(), Key(page.order)))
        .into_boxed();
    let fetched = narrow(query, filter).load(&mut conn).await?;
    Ok(page.rows(fetched, |payment: &Payment| payment.id.0))
}

/// How many payments of a business there are.
pub async fn count(mut conn: &Conn, business: BusinessId, filter: &PaymentFilter) -> Result<i64> {
    let query = payments::table.filter(payments::business_id.eq(business)).select(count_star()).into_boxed();
    Ok(narrow(query, filter).first(&mut conn).await?)
}

/// The payments on the page of each of these customers.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    page: &Page,
) -> Result<Vec<(Payment, String)>> {
    let parents = customers.iter().map(|id| id.0).collect();
    Ok(payments::table
        .filter(payments::business_id.eq(business))
        .filter(OnPageOf::new("payments", "customer_id", business, parents, page))
        .order(Sorted(page))
        .select((Payment::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?)
}

/// How many payments each of these customers made.
pub async fn count_by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, i64>> {
    let counts: Vec<(CustomerId, i64)> = payments::table
        .filter(payments::business_id.eq(business).and(payments::customer_id.eq_any(customers)))
        .group_by(payments::customer_id)
        .select((payments::customer_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// The payments of those ids.
pub async fn by_ids(mut conn: &Conn, business: BusinessId, ids: &[PaymentId]) -> Result<HashMap<PaymentId, Payment>> {
    let found: Vec<Payment> = payments::table
        .filter(payments::business_id.eq(business).and(payments::id.eq_any(ids)))
        .select(Payment::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|payment| (payment.id, payment)).collect())
}

/// Those payments of a customer of which something is left, oldest first.
pub async fn with_credit(mut conn: &Conn, business: BusinessId, customer: CustomerId) -> Result<Vec<Payment>> {
    Ok(payments::table
        .filter(payments::business_id.eq(business).and(payments::customer_id.eq(customer)))
        .filter(payments::unallocated.gt(Amount::ZERO))
        .order((payments::received_at, payments::id))
        .select(Payment::as_select())
        .load(&mut conn)
        .await?)
}

/// Those of these customers who have credit.
pub async fn customers_with_credit(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<Vec<CustomerId>> {
    Ok(payments::table
        .filter(payments::business_id.eq(business).and(payments::customer_id.eq_any(customers)))
        .filter(payments::unallocated.gt(Amount::ZERO))
        .select(payments::customer_id)
        .distinct()
        .load(&mut conn)
        .await?)
}

/// Writes a payment of a locked customer.
pub async fn insert(mut conn: &Conn, payment: &Payment) -> Result<()> {
    diesel::insert_into(payments::table).values(payment).execute(&mut conn).await?;
    Ok(())
}

/// Takes from what payments of a locked customer have left.
pub async fn take(mut conn: &Conn, business: BusinessId, parts: &[(PaymentId, Amount)]) -> Result<()> {
    let (ids, amounts): (Vec<PaymentId>, Vec<Amount>) = parts.iter().copied().unzip();
    diesel::sql_query(
        "UPDATE payments SET unallocated = unallocated - part.amount FROM unnest($2, $3) AS part (id, amount) \
         WHERE payments.business_id = $1 AND payments.id = part.id",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<BigInt>, _>(amounts)
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// Those of these names that were imported before.
pub async fn known_refs(
    mut conn: &Conn,
    business: BusinessId,
    refs: &[&str],
) -> Result<Vec<(String, CustomerId, Amount)>> {
    Ok(payments::table
        .filter(payments::business_id.eq(business).and(payments::external_ref.eq_any(refs)))
        .select((payments::external_ref.assume_not_null(), payments::customer_id, payments::amount))
        .load(&mut conn)
        .await?)
}
