//! Rolling differences up, so that the sums of figures stay short.

use super::store;
use crate::app::App;
use crate::db::{Mode, Scope, Transaction};
use crate::error::Result;
use crate::id::BusinessId;

/// Differences that one transaction rolls up.
const BATCH: i64 = 10_000;

/// Rolls up what there is of all businesses. How many differences that were.
pub async fn run(app: &App) -> Result<i64> {
    let transaction = Transaction::begin(&app.pool, Scope::System, Mode::Read).await?;
    let businesses = store::with_deltas(&transaction).await?;
    transaction.commit().await?;
    let mut rolled = 0;
    for business in businesses {
        rolled += run_business(app, business).await?;
    }
    Ok(rolled)
}

/// Rolls up what there is of a business, but for what someone else is at.
pub async fn run_business(app: &App, business: BusinessId) -> Result<i64> {
    let mut rolled = 0;
    loop {
        let transaction = Transaction::begin(&app.pool, Scope::Business(business, None), Mode::Write).await?;
        let count = store::roll(&transaction, business, BATCH).await?;
        transaction.commit().await?;
        rolled += count;
        if count < BATCH {
            return Ok(rolled);
        }
    }
}
