//! The only file that queries `purchase_histories`, but for `check`.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::model::{Delta, Figures};
use crate::accounts::business::LoyaltyTiers;
use crate::db::Conn;
use crate::db::tables::{businesses, purchase_histories};
use crate::error::Result;
use crate::id::{BusinessId, CustomerId};

/// The figures of these customers, and the bounds of the tiers of the business. A customer who was never charged has
/// no figures.
pub async fn by_customers(
    conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<(HashMap<CustomerId, Figures>, LoyaltyTiers)> {
    let (mut one, mut other) = (conn, conn);
    let figures = purchase_histories::table
        .filter(purchase_histories::business_id.eq(business).and(purchase_histories::id.eq_any(customers)))
        .select((purchase_histories::id, Figures::as_select()))
        .load(&mut one);
    let tiers = businesses::table.find(business).select(LoyaltyTiers::as_select()).first(&mut other);
    let (figures, tiers): (Vec<(CustomerId, Figures)>, LoyaltyTiers) = tokio::try_join!(figures, tiers)?;
    Ok((figures.into_iter().collect(), tiers))
}

/// Moves the figures of locked customers, each of whom stands there once.
pub async fn add(mut conn: &Conn, business: BusinessId, deltas: &[Delta]) -> Result<()> {
    if deltas.is_empty() {
        return Ok(());
    }
    let of = |figure: fn(&Figures) -> i64| deltas.iter().map(|delta| figure(&delta.figures)).collect::<Vec<_>>();
    diesel::sql_query(
        "INSERT INTO purchase_histories AS old
             (business_id, id, purchases, spent, items, first_on, last_on, lifetime_value)
         SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (business_id, id) DO UPDATE SET
             purchases = old.purchases + excluded.purchases, spent = old.spent + excluded.spent,
             items = old.items + excluded.items, first_on = least(old.first_on, excluded.first_on),
             last_on = greatest(old.last_on, excluded.last_on),
             lifetime_value = old.lifetime_value + excluded.lifetime_value",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<SqlUuid>, _>(deltas.iter().map(|delta| delta.customer).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(of(|figures| figures.purchases))
    .bind::<Array<BigInt>, _>(of(|figures| figures.spent.0))
    .bind::<Array<BigInt>, _>(of(|figures| figures.items))
    .bind::<Array<Nullable<Date>>, _>(deltas.iter().map(|delta| delta.figures.first_on).collect::<Vec<_>>())
    .bind::<Array<Nullable<Date>>, _>(deltas.iter().map(|delta| delta.figures.last_on).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(of(|figures| figures.lifetime_value.0))
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// Counts the purchases of a locked customer anew: one of them is gone, and it may have been the first or the last.
pub async fn recount(mut conn: &Conn, business: BusinessId, customer: CustomerId) -> Result<()> {
    diesel::sql_query(
        "UPDATE purchase_histories SET (purchases, spent, items, first_on, last_on) =
             (SELECT count(*), coalesce(sum(c.amount), 0), coalesce(sum(s.items), 0), min(c.occurred_on),
                  max(c.occurred_on)
              FROM charges c JOIN sales s ON s.business_id = c.business_id AND s.id = c.id
              WHERE c.business_id = $1 AND c.customer_id = $2 AND c.voided_at IS NULL)
         WHERE business_id = $1 AND id = $2",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<SqlUuid, _>(customer)
    .execute(&mut conn)
    .await?;
    Ok(())
}
