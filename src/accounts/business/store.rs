//! The only file that queries `businesses` and `counters`, but for the viewer's look-up in `auth`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::RunQueryDsl;

use super::model::{Business, BusinessChanges};
use crate::db::Conn;
use crate::db::tables::{businesses, counters};
use crate::dunning::DunningRules;
use crate::error::{Error, Result, UserErrorCode};
use crate::id::BusinessId;

/// Opens a business. In `Scope::System`.
pub async fn insert(mut conn: &Conn, business: &Business) -> QueryResult<()> {
    diesel::insert_into(businesses::table).values(business).execute(&mut conn).await.map(drop)
}

/// The business of that slug. In `Scope::System`.
pub async fn find_by_slug(mut conn: &Conn, slug: &str) -> Result<Option<Business>> {
    Ok(businesses::table
        .filter(businesses::slug.eq(slug))
        .select(Business::as_select())
        .first(&mut conn)
        .await
        .optional()?)
}

/// What a business is called.
pub async fn name(mut conn: &Conn, business: BusinessId) -> Result<String> {
    Ok(businesses::table.find(business).select(businesses::name).first(&mut conn).await?)
}

/// All businesses, by slug. In `Scope::System`.
pub async fn all(mut conn: &Conn) -> Result<Vec<Business>> {
    Ok(businesses::table.order(businesses::slug).select(Business::as_select()).load(&mut conn).await?)
}

/// Those of `ids` that the scope can see.
pub async fn by_ids(mut conn: &Conn, ids: &[BusinessId]) -> Result<HashMap<BusinessId, Business>> {
    let found: Vec<Business> =
        businesses::table.filter(businesses::id.eq_any(ids)).select(Business::as_select()).load(&mut conn).await?;
    Ok(found.into_iter().map(|business| (business.id, business)).collect())
}

/// Changes the settings of a business; what they are then.
pub async fn update(mut conn: &Conn, id: BusinessId, changes: &BusinessChanges) -> Result<Business> {
    diesel::update(businesses::table.find(id))
        .set(changes)
        .returning(Business::as_returning())
        .get_result(&mut conn)
        .await
        .map_err(same_prefix)
}

fn same_prefix(error: DieselError) -> Error {
    match &error {
        DieselError::DatabaseError(DatabaseErrorKind::CheckViolation, info)
            if info.constraint_name() == Some("businesses_prefixes_check") =>
        {
            let message = "invoices and credit notes have the same prefix: their numbers could not be told apart";
            Error::user(UserErrorCode::Taken, "invoicePrefix", message)
        }
        _ => error.into(),
    }
}

/// The next number of a series of the business, from 1. Gapless: it waits for whoever else took one, and is
/// given back if the transaction fails.
pub async fn next_number(mut conn: &Conn, business: BusinessId, series: &str) -> Result<i64> {
    Ok(diesel::insert_into(counters::table)
        .values((counters::business_id.eq(business), counters::name.eq(series), counters::value.eq(1)))
        .on_conflict((counters::business_id, counters::name))
        .do_update()
        .set(counters::value.eq(counters::value + 1))
        .returning(counters::value)
        .get_result(&mut conn)
        .await?)
}

/// The rules of dunning of a business as they are now, which do not change before the transaction ends.
pub async fn lock_dunning(mut conn: &Conn, business: BusinessId) -> Result<DunningRules> {
    Ok(businesses::table.find(business).select(DunningRules::as_select()).for_share().first(&mut conn).await?)
}

/// Whether the rules of dunning of a business were changed; not any more after that.
pub async fn take_dunning_revised(mut conn: &Conn, business: BusinessId) -> Result<bool> {
    let revised = businesses::table.find(business).filter(businesses::dunning_revised);
    let taken = diesel::update(revised).set(businesses::dunning_revised.eq(false)).execute(&mut conn).await?;
    Ok(taken > 0)
}

/// Notes that the engine did something in a business.
pub async fn set_billing_ran(mut conn: &Conn, business: BusinessId, at: DateTime<Utc>) -> Result<()> {
    diesel::update(businesses::table.find(business)).set(businesses::billing_ran_at.eq(at)).execute(&mut conn).await?;
    Ok(())
}

/// When the engine last did something in a business.
pub async fn billing_ran(mut conn: &Conn, business: BusinessId) -> Result<Option<DateTime<Utc>>> {
    Ok(businesses::table.find(business).select(businesses::billing_ran_at).first(&mut conn).await?)
}

/// Moves the clock of a sandbox forward, never back.
pub async fn set_test_clock(mut conn: &Conn, business: BusinessId, to: DateTime<Utc>) -> Result<()> {
    diesel::update(businesses::table.find(business))
        .filter(businesses::test_clock.lt(to))
        .set(businesses::test_clock.eq(to))
        .execute(&mut conn)
        .await?;
    Ok(())
}
