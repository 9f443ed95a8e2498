//! What dunning asks of invoices together with their subscriptions.

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use crate::db::Conn;
use crate::dunning::Claim;
use crate::error::Result;
use crate::id::{BusinessId, ChargeId, CustomerId, PlanSubscriptionId};
use crate::money::Amount;

/// An invoice that is to be looked at.
#[derive(Debug, Clone, QueryableByName)]
pub struct Due {
    /// The invoice.
    #[diesel(sql_type = SqlUuid)]
    pub invoice_id: ChargeId,
    /// Whose.
    #[diesel(sql_type = SqlUuid)]
    pub customer_id: CustomerId,
    /// The day of the newest reminder that was made.
    #[diesel(sql_type = Nullable<Date>)]
    pub reminded_on: Option<NaiveDate>,
    /// The day on which its customer was suspended for it.
    #[diesel(sql_type = Nullable<Date>)]
    pub suspended_on: Option<NaiveDate>,
    /// Its number.
    #[diesel(sql_type = Text)]
    pub number: String,
    /// Its day of issue.
    #[diesel(sql_type = Date)]
    pub issued_on: NaiveDate,
    /// By which day it is to be paid.
    #[diesel(sql_type = Date)]
    pub due_on: NaiveDate,
    /// The day on which it was made, in the zone of the business.
    #[diesel(sql_type = Date)]
    pub made_on: NaiveDate,
    /// Whether a subscription made it.
    #[diesel(sql_type = Bool)]
    pub recurring: bool,
    /// What is owed of it; nothing if the business gave up on it or voided it.
    #[diesel(sql_type = BigInt)]
    pub outstanding: Amount,
    /// Whether its customer is archived.
    #[diesel(sql_type = Bool)]
    pub archived: bool,
    /// Whether its customer is served, or suspended by dunning: not pending, and not suspended by hand.
    #[diesel(sql_type = Bool)]
    pub suspendable: bool,
    /// Whether its customer is suspended by dunning.
    #[diesel(sql_type = Bool)]
    pub suspended: bool,
    /// Whether its subscription is exempt.
    #[diesel(sql_type = Bool)]
    pub held: bool,
    /// To which day, if not until it is released.
    #[diesel(sql_type = Nullable<Date>)]
    pub held_until: Option<NaiveDate>,
}

impl Due {
    /// As the rules see it.
    pub fn claim(&self) -> Claim {
        Claim {
            issued_on: self.issued_on,
            due_on: self.due_on,
            made_on: self.made_on,
            recurring: self.recurring,
            reminded_on: self.reminded_on,
            suspended: self.suspended_on.is_some(),
        }
    }
}

/// Invoices that are to be looked at by a day, but for their order.
const DUE: &str = "SELECT d.invoice_id, d.customer_id, d.reminded_on, d.suspended_on, i.number, i.issued_on, i.due_on,
        (c.created_at AT TIME ZONE b.time_zone)::date AS made_on, i.recurring,
        CASE WHEN c.voided_at IS NULL AND i.uncollectible_at IS NULL THEN c.amount - c.paid ELSE 0 END AS outstanding,
        k.archived_at IS NOT NULL AS archived,
        k.status = 'ACTIVE' OR k.status = 'SUSPENDED' AND k.suspended_by_dunning AS suspendable,
        k.status = 'SUSPENDED' AND k.suspended_by_dunning AS suspended,
        coalesce(s.dunning_held, false) AS held, s.dunning_held_until AS held_until
    FROM dunnings d
    JOIN businesses b ON b.id = d.business_id
    JOIN customers k ON k.business_id = d.business_id AND k.id = d.customer_id
    JOIN invoices i ON i.business_id = d.business_id AND i.id = d.invoice_id
    JOIN charges c ON c.business_id = d.business_id AND c.id = d.invoice_id
    LEFT JOIN plan_subscriptions s ON s.business_id = i.business_id AND s.id = i.subscription_id
    WHERE d.business_id = $1 AND d.dunning_on <= $2";

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = SqlUuid)]
    invoice_id: ChargeId,
}

#[derive(QueryableByName)]
struct First {
    #[diesel(sql_type = Nullable<Date>)]
    day: Option<NaiveDate>,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Locks the customers of invoices that are to be looked at by a day, the longest due first: those whom nobody else has
/// locked. Their invoices.
pub async fn lock_due(mut conn: &Conn, business: BusinessId, today: NaiveDate, most: i32) -> Result<Vec<ChargeId>> {
    let found: Vec<Locked> = diesel::sql_query(
        "SELECT d.invoice_id FROM dunnings d
         JOIN customers c ON c.business_id = d.business_id AND c.id = d.customer_id
         WHERE d.business_id = $1 AND d.dunning_on <= $2
         ORDER BY d.dunning_on, d.invoice_id LIMIT $3 FOR UPDATE OF c SKIP LOCKED",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Date, _>(today)
    .bind::<Integer, _>(most)
    .load(&mut conn)
    .await?;
    Ok(found.into_iter().map(|locked| locked.invoice_id).collect())
}

/// Of invoices of locked customers, those that are still to be looked at, as they are now, in order.
pub async fn due(mut conn: &Conn, business: BusinessId, ids: &[ChargeId], today: NaiveDate) -> Result<Vec<Due>> {
    Ok(diesel::sql_query(format!("{DUE} AND d.invoice_id = ANY ($3) ORDER BY d.dunning_on, d.invoice_id"))
        .bind::<SqlUuid, _>(business)
        .bind::<Date, _>(today)
        .bind::<Array<SqlUuid>, _>(ids)
        .load(&mut conn)
        .await?)
}

/// All invoices that are to be looked at by a day, in order.
pub async fn due_until(mut conn: &Conn, business: BusinessId, until: NaiveDate) -> Result<Vec<Due>> {
    Ok(diesel::sql_query(format!("{DUE} ORDER BY d.dunning_on, d.invoice_id"))
        .bind::<SqlUuid, _>(business)
        .bind::<Date, _>(until)
        .load(&mut conn)
        .await?)
}

/// How many invoices of a business are to be looked at by a day.
pub async fn lag(mut conn: &Conn, business: BusinessId, today: NaiveDate) -> Result<(i64, Option<NaiveDate>)> {
    let found: First = diesel::sql_query(
        "SELECT min(dunning_on) AS day, count(*) AS count FROM dunnings WHERE business_id = $1 AND dunning_on <= $2",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Date, _>(today)
    .get_result(&mut conn)
    .await?;
    Ok((found.count, found.day))
}

/// The first day on which an invoice of a business is to be looked at.
pub async fn next_due(mut conn: &Conn, business: BusinessId) -> Result<Option<NaiveDate>> {
    let found: First = diesel::sql_query(
        "SELECT min(dunning_on) AS day, 0::bigint AS count FROM dunnings
         WHERE business_id = $1 AND dunning_on IS NOT NULL",
    )
    .bind::<SqlUuid, _>(business)
    .get_result(&mut conn)
    .await?;
    Ok(found.day)
}

/// Exempts the invoices of a subscription of a locked customer to a day, or with `None` until it is released: nobody is
/// suspended for them any more.
pub async fn hold(
    mut conn: &Conn,
    business: BusinessId,
    subscription: PlanSubscriptionId,
    next: Option<NaiveDate>,
) -> Result<()> {
    diesel::sql_query(
        "UPDATE dunnings d SET dunning_on = $3, suspended_on = NULL FROM invoices i
         WHERE d.business_id = $1 AND i.business_id = d.business_id AND i.id = d.invoice_id AND i.subscription_id = $2",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<SqlUuid, _>(subscription)
    .bind::<Nullable<Date>, _>(next)
    .execute(&mut conn)
    .await?;
    Ok(())
}
