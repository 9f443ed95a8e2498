//! Links to invoices.

use chrono::Duration;

use super::model::InvoiceRow;
use super::printed;
use crate::app::App;
use crate::error::Result;
use crate::id::InvoiceId;
use crate::print::{DocumentLink, Format, Found, Linked};

/// What stands in the address.
pub const KIND: &str = "invoice";
/// How long a link can be used.
const LIFE: Duration = Duration::days(30);

/// A link to an invoice, for thirty days. None for a draft.
pub fn link(app: &App, row: &InvoiceRow, format: Format) -> Result<Option<DocumentLink>> {
    if row.sequence.is_none() {
        return Ok(None);
    }
    let linked = Linked { business: row.business_id, customer: row.customer_id, which: row.id.0, format };
    linked.link(app, KIND, LIFE).map(Some)
}

/// The invoice behind a link.
pub async fn behind(app: &App, sealed: &str) -> Result<Found> {
    let linked = match Linked::open(app, KIND, sealed) {
        Ok(linked) => linked,
        Err(found) => return Ok(found),
    };
    let transaction = linked.read(app).await?;
    let document = printed::document(&transaction, &app.clock, linked.business, InvoiceId(linked.which)).await?;
    transaction.commit().await?;
    Ok(linked.found(document))
}
