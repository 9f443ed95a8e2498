//! The only file that queries `figures`, but for `check`.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use strum::{EnumString, IntoStaticStr};

use crate::db::Conn;
use crate::db::tables::figures;
use crate::error::Result;
use crate::id::BusinessId;

/// What a figure is of.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    EnumString,
    IntoStaticStr,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum Kind {
    /// What was charged, less what was voided, by the day.
    Charged,
    /// What was given as credit, less what was taken back, by the day.
    Credited,
    /// What was received, less what was given back, by the day and the method.
    Collected,
    /// What charges still want, by the day on which they are due.
    Outstanding,
    /// How many customers there are, by the day on which they joined; `ACTIVE/REGULAR/MEMBER`.
    Customers,
}

crate::db::enum_column!(Kind);

/// A figure of some days.
#[derive(Debug, Clone, QueryableByName)]
pub struct Figure {
    /// What it is of.
    #[diesel(sql_type = Text)]
    pub kind: Kind,
    /// Of what of that.
    #[diesel(sql_type = Text)]
    pub key: String,
    /// Which days: see the query.
    #[diesel(sql_type = Integer)]
    pub span: i32,
    /// How much: minor units, or how many.
    #[diesel(sql_type = BigInt)]
    pub amount: i64,
}

/// All figures as of today. Their `span` says when that was: of what is outstanding, 0 if it is not late, 1 to 4 for 1 to
/// 30, 31 to 60, 61 to 90 and more days late; of the rest, 0 for today, 1 for the month before today, 2 for any other day.
/// Customers who join on a day that is still to come are none yet.
pub async fn now(mut conn: &Conn, business: BusinessId, today: NaiveDate) -> Result<Vec<Figure>> {
    Ok(diesel::sql_query(
        "SELECT kind, key, span, sum(amount)::bigint AS amount
         FROM (SELECT kind, key, amount, CASE
                   WHEN kind = 'OUTSTANDING' THEN CASE
                       WHEN day >= $2 THEN 0 WHEN day >= $2 - 30 THEN 1 WHEN day >= $2 - 60 THEN 2
                       WHEN day >= $2 - 90 THEN 3 ELSE 4 END
                   WHEN day = $2 THEN 0
                   WHEN day < $2 AND day >= date_trunc('month', $2::timestamp)::date THEN 1
                   ELSE 2 END AS span
               FROM figures WHERE business_id = $1 AND (kind <> 'CUSTOMERS' OR day <= $2)) AS f
         GROUP BY 1, 2, 3",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Date, _>(today)
    .load(&mut conn)
    .await?)
}

/// What a figure of a day is.
#[derive(Debug, Clone, QueryableByName)]
pub struct DayFigure {
    /// What it is of.
    #[diesel(sql_type = Text)]
    pub kind: Kind,
    /// The day.
    #[diesel(sql_type = Date)]
    pub day: NaiveDate,
    /// Of what of that.
    #[diesel(sql_type = Text)]
    pub key: String,
    /// How much.
    #[diesel(sql_type = BigInt)]
    pub amount: i64,
}

/// The figures of some kinds, of the days `from` to `to`.
pub async fn by_day(
    mut conn: &Conn,
    business: BusinessId,
    kinds: &[Kind],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<DayFigure>> {
    let kinds: Vec<&str> = kinds.iter().map(|kind| <&str>::from(*kind)).collect();
    Ok(diesel::sql_query(
        "SELECT kind, day, key, sum(amount)::bigint AS amount FROM figures
         WHERE business_id = $1 AND kind = ANY($2) AND day BETWEEN $3 AND $4 GROUP BY 1, 2, 3",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<Text>, _>(kinds)
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .load(&mut conn)
    .await?)
}

/// What all customers together owed at the end of a day, less their credit: the sum of all entries by then.
pub async fn balance(mut conn: &Conn, business: BusinessId, as_of: NaiveDate) -> Result<i64> {
    #[derive(QueryableByName)]
    struct Sum {
        #[diesel(sql_type = BigInt)]
        sum: i64,
    }
    let sum: Sum = diesel::sql_query(
        "SELECT coalesce(sum(CASE kind WHEN 'CHARGED' THEN amount ELSE -amount END), 0)::bigint AS sum FROM figures
         WHERE business_id = $1 AND kind IN ('CHARGED', 'CREDITED', 'COLLECTED') AND day <= $2",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Date, _>(as_of)
    .get_result(&mut conn)
    .await?;
    Ok(sum.sum)
}

/// The businesses that have differences to roll up. In `Scope::System`.
pub async fn with_deltas(mut conn: &Conn) -> Result<Vec<BusinessId>> {
    Ok(figures::table
        .filter(figures::is_delta)
        .select(figures::business_id)
        .distinct()
        .order(figures::business_id)
        .load(&mut conn)
        .await?)
}

/// Rolls up the oldest differences of a business, at most `most`; how many there were. None if someone else is at it.
pub async fn roll(mut conn: &Conn, business: BusinessId, most: i64) -> Result<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    // Up to an id, and not by a list of ids: of a table that has grown at once the planner knows nothing, and would go
    // through the whole list for each row.
    let rolled: Count = diesel::sql_query(
        "WITH turn AS (SELECT pg_try_advisory_xact_lock(hashtextextended('figures ' || $1, 0)) AS is_mine),
         last AS (
             SELECT max(id) AS id FROM (
                 SELECT id FROM figures WHERE business_id = $1 AND is_delta ORDER BY id LIMIT $2) AS oldest),
         taken AS (
             DELETE FROM figures WHERE business_id = $1 AND is_delta
                 AND (SELECT is_mine FROM turn) AND id <= (SELECT id FROM last)
             RETURNING kind, day, key, amount),
         rolled AS (
             INSERT INTO figures AS total (business_id, kind, day, key, amount, is_delta)
             SELECT $1, kind, day, key, sum(amount), false FROM taken GROUP BY 2, 3, 4 ORDER BY 2, 3, 4
             ON CONFLICT (business_id, kind, day, key) WHERE NOT is_delta
                 DO UPDATE SET amount = total.amount + excluded.amount)
         SELECT count(*) FROM taken",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<BigInt, _>(most)
    .get_result(&mut conn)
    .await?;
    Ok(rolled.count)
}
