//! The only file that queries `payments`, but for `check`.

use std::collections::HashMap;

use async_graphql::{Enum, InputObject};
use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, max};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::model::{NEWEST_FIRST, Payment, PaymentKind};
use crate::db::Conn;
use crate::db::page::{Beyond, Key, OnPageOf, Order, Page, Rows, Sorted};
use crate::db::tables::payments;
use crate::error::Result;
use crate::id::{BusinessId, CustomerId, PaymentId};
use crate::money::{Amount, PaymentMethod};

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
    /// What was received, or credits that were given; what was received if absent.
    pub kind: Option<PaymentKind>,
    /// Those that were reversed, or those that stand.
    pub reversed: Option<bool>,
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
    query = query.filter(payments::kind.eq(filter.kind.unwrap_or(PaymentKind::Payment)));
    match filter.reversed {
        Some(true) => query = query.filter(payments::reversed_at.is_not_null()),
        Some(false) => query = query.filter(payments::reversed_at.is_null()),
        None => {}
    }
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
        .filter(OnPageOf::new("payments", "customer_id", business, parents, page).when("kind = 'PAYMENT'"))
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
        .filter(payments::kind.eq(PaymentKind::Payment))
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

/// The payment of that id.
pub async fn find(mut conn: &Conn, business: BusinessId, id: PaymentId) -> Result<Option<Payment>> {
    Ok(payments::table.find((business, id)).select(Payment::as_select()).first(&mut conn).await.optional()?)
}

/// When the last payment of a customer was received that was not reversed.
pub async fn latest(mut conn: &Conn, business: BusinessId, customer: CustomerId) -> Result<Option<DateTime<Utc>>> {
    Ok(payments::table
        .filter(payments::business_id.eq(business).and(payments::customer_id.eq(customer)))
        .filter(payments::kind.eq(PaymentKind::Payment).and(payments::reversed_at.is_null()))
        .select(max(payments::received_at))
        .first(&mut conn)
        .await?)
}

/// The number of the last receipt of a locked customer; 0 if there is none.
pub async fn last_receipt(mut conn: &Conn, business: BusinessId, customer: CustomerId) -> Result<i32> {
    let last: Option<i32> = payments::table
        .filter(payments::business_id.eq(business).and(payments::customer_id.eq(customer)))
        .select(max(payments::receipt))
        .first(&mut conn)
        .await?;
    Ok(last.unwrap_or_default())
}

/// The numbers of the last receipts of locked customers, of those who have any.
pub async fn last_receipts(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, i32>> {
    let last: Vec<(CustomerId, Option<i32>)> = payments::table
        .filter(payments::business_id.eq(business).and(payments::customer_id.eq_any(customers)))
        .group_by(payments::customer_id)
        .select((payments::customer_id, max(payments::receipt)))
        .load(&mut conn)
        .await?;
    Ok(last.into_iter().map(|(customer, last)| (customer, last.unwrap_or_default())).collect())
}

/// Those payments of these customers of which something is left, oldest first.
pub async fn with_credit(mut conn: &Conn, business: BusinessId, customers: &[CustomerId]) -> Result<Vec<Payment>> {
    Ok(payments::table
        .filter(payments::business_id.eq(business).and(payments::customer_id.eq_any(customers)))
        .filter(payments::unallocated.gt(Amount::ZERO))
        .order((payments::received_at, payments::id))
        .select(Payment::as_select())
        .load(&mut conn)
        .await?)
}

/// Writes a payment of a locked customer.
pub async fn insert(mut conn: &Conn, payment: &Payment) -> Result<()> {
    diesel::insert_into(payments::table).values(payment).execute(&mut conn).await?;
    Ok(())
}

/// Writes payments of locked customers.
pub async fn insert_all(mut conn: &Conn, rows: &[Payment]) -> Result<()> {
    diesel::insert_into(payments::table).values(rows).execute(&mut conn).await?;
    Ok(())
}

/// Marks a payment of a locked customer as reversed: it has nothing left.
pub async fn set_reversed(mut conn: &Conn, business: BusinessId, id: PaymentId, at: DateTime<Utc>) -> Result<()> {
    diesel::update(payments::table.find((business, id)))
        .set((payments::reversed_at.eq(at), payments::unallocated.eq(Amount::ZERO)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Notes that so much of a payment of a locked customer was given back, of which so much had been left.
pub async fn refund(
    mut conn: &Conn,
    business: BusinessId,
    id: PaymentId,
    amount: Amount,
    from_credit: Amount,
) -> Result<()> {
    diesel::update(payments::table.find((business, id)))
        .set((
            payments::refunded.eq(payments::refunded + amount),
            payments::unallocated.eq(payments::unallocated - from_credit),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Takes from what payments of locked customers have left, or gives back what is below zero. No payment stands twice.
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
