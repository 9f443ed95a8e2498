//! The only file that queries `dunnings`, but for `check`, and for what billing asks of them together with its own tables.

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use crate::db::Conn;
use crate::db::tables::dunnings;
use crate::error::Result;
use crate::id::{BusinessId, ChargeId, CustomerId};

/// How far the dunning of an invoice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Insertable)]
#[diesel(table_name = dunnings)]
pub struct Dunning {
    /// Whose.
    pub business_id: BusinessId,
    /// Of which invoice, whose id is that of its charge.
    pub invoice_id: ChargeId,
    /// Who owes it.
    pub customer_id: CustomerId,
    /// When to look at it next.
    pub dunning_on: Option<NaiveDate>,
    /// The day of the newest reminder that was made.
    pub reminded_on: Option<NaiveDate>,
    /// The day on which its customer was suspended for it.
    pub suspended_on: Option<NaiveDate>,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Begins to dun what a locked customer owes.
pub async fn insert(mut conn: &Conn, dunning: &Dunning) -> Result<()> {
    diesel::insert_into(dunnings::table).values(dunning).execute(&mut conn).await?;
    Ok(())
}

/// Whether anything is still owed, and not given up on, for which a locked customer was suspended.
pub async fn is_in_arrears(mut conn: &Conn, business: BusinessId, customer: CustomerId) -> Result<bool> {
    let found: Answer = diesel::sql_query(
        "SELECT EXISTS (SELECT FROM dunnings d
                        JOIN charges c ON c.business_id = d.business_id AND c.id = d.invoice_id
                        JOIN invoices i ON i.business_id = d.business_id AND i.id = d.invoice_id
                        WHERE d.business_id = $1 AND d.customer_id = $2 AND d.suspended_on IS NOT NULL
                            AND c.voided_at IS NULL AND c.paid < c.amount AND i.uncollectible_at IS NULL) AS answer",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<SqlUuid, _>(customer)
    .get_result(&mut conn)
    .await?;
    Ok(found.answer)
}

/// Notes that charges of locked customers may be owed again, from a day on. Those for which they are suspended stay what
/// they are; for others, they may be suspended anew.
pub async fn owe_again(mut conn: &Conn, business: BusinessId, charges: &[ChargeId], today: NaiveDate) -> Result<()> {
    diesel::sql_query(
        "UPDATE dunnings d SET dunning_on = $3,
             suspended_on = CASE WHEN c.suspended_by_dunning THEN d.suspended_on END
         FROM customers c
         WHERE d.business_id = $1 AND d.invoice_id = ANY ($2) AND c.business_id = d.business_id AND c.id = d.customer_id",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<SqlUuid>, _>(charges)
    .bind::<Date, _>(today)
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// Lets the engine look at everything of a business that is owed, because its rules have changed. Locks all who are dunned.
pub async fn revise(mut conn: &Conn, business: BusinessId, today: NaiveDate) -> Result<()> {
    // In the order in which all lock customers.
    diesel::sql_query(
        "SELECT FROM customers c WHERE c.business_id = $1
             AND EXISTS (SELECT FROM dunnings d WHERE d.business_id = c.business_id AND d.customer_id = c.id)
         ORDER BY c.id FOR UPDATE",
    )
    .bind::<SqlUuid, _>(business)
    .execute(&mut conn)
    .await?;
    diesel::sql_query(
        "UPDATE dunnings d SET dunning_on = $2 FROM charges c
         WHERE d.business_id = $1 AND c.business_id = d.business_id AND c.id = d.invoice_id
             AND c.voided_at IS NULL AND c.paid < c.amount",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Date, _>(today)
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// Forgets for which invoices locked customers were suspended.
pub async fn forget_suspensions(mut conn: &Conn, business: BusinessId, customers: &[CustomerId]) -> Result<()> {
    diesel::update(dunnings::table)
        .filter(dunnings::business_id.eq(business).and(dunnings::customer_id.eq_any(customers)))
        .filter(dunnings::suspended_on.is_not_null())
        .set(dunnings::suspended_on.eq(None::<NaiveDate>))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Writes how far dunnings of locked customers are.
pub async fn update(mut conn: &Conn, business: BusinessId, rows: &[Dunning]) -> Result<()> {
    let ids: Vec<ChargeId> = rows.iter().map(|row| row.invoice_id).collect();
    let dunning: Vec<_> = rows.iter().map(|row| row.dunning_on).collect();
    let reminded: Vec<_> = rows.iter().map(|row| row.reminded_on).collect();
    let suspended: Vec<_> = rows.iter().map(|row| row.suspended_on).collect();
    diesel::sql_query(
        "UPDATE dunnings d SET dunning_on = n.dunning_on, reminded_on = n.reminded_on, suspended_on = n.suspended_on
         FROM unnest($2, $3, $4, $5) AS n (id, dunning_on, reminded_on, suspended_on)
         WHERE d.business_id = $1 AND d.invoice_id = n.id",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<Nullable<Date>>, _>(dunning)
    .bind::<Array<Nullable<Date>>, _>(reminded)
    .bind::<Array<Nullable<Date>>, _>(suspended)
    .execute(&mut conn)
    .await?;
    Ok(())
}
