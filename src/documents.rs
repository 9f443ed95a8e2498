//! The documents behind signed links, put together: what stands in an address after `/documents/` names one of these.

use crate::app::App;
use crate::billing::invoice;
use crate::error::Result;
use crate::ledger::statement;
use crate::print::Found;

/// What the link leads to.
pub async fn find(app: &App, kind: &str, sealed: &str) -> Result<Found> {
    match kind {
        statement::KIND => statement::behind(app, sealed).await,
        invoice::KIND => invoice::behind(app, sealed).await,
        _ => Ok(Found::Nothing),
    }
}
