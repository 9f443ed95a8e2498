//! Links to invoices, which need no sign-in: what they say is signed, and they expire.

use async_graphql::SimpleObject;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::InvoiceRow;
use super::printed;
use crate::app::App;
use crate::db::{Mode, Scope, Transaction};
use crate::error::{Error, Result};
use crate::id::{BusinessId, CustomerId, InvoiceId};
use crate::print::{Format, Found};

/// What stands in the address, and what is signed with it.
pub const KIND: &str = "invoice";
/// How long a link can be used.
const LIFE: Duration = Duration::days(30);

/// A link to an invoice, for whoever has it.
#[derive(Debug, Clone, SimpleObject)]
pub struct InvoiceLink {
    /// The address. Whoever has it can read the invoice without signing in, as it stands then: send it to nobody else.
    url: String,
    /// How the invoice is written there.
    format: Format,
    /// Until when it can be used: for thirty days.
    expires_at: DateTime<Utc>,
}

/// What a link says. The names are short, for they stand in the address.
#[derive(Serialize, Deserialize)]
struct Said {
    b: Uuid,
    c: Uuid,
    i: Uuid,
    f: Format,
    /// In seconds since 1970.
    exp: i64,
}

/// A link to an invoice. None for a draft.
pub fn link(app: &App, row: &InvoiceRow, format: Format) -> Result<Option<InvoiceLink>> {
    if row.sequence.is_none() {
        return Ok(None);
    }
    let exp = (app.clock.now() + LIFE).timestamp();
    let said = Said { b: row.business_id.0, c: row.customer_id.0, i: row.id.0, f: format, exp };
    let sealed = app.tokens.seals().seal(KIND, &said)?;
    let expires_at = DateTime::from_timestamp(exp, 0).ok_or_else(|| Error::internal("a clock beyond all dates"))?;
    Ok(Some(InvoiceLink { url: format!("{}/documents/{KIND}/{sealed}", app.public_url), format, expires_at }))
}

/// The invoice behind a link, read as its customer may read it.
pub async fn behind(app: &App, sealed: &str) -> Result<Found> {
    let Some(said) = app.tokens.seals().open::<Said>(KIND, sealed) else { return Ok(Found::Nothing) };
    if said.exp <= app.clock.now().timestamp() {
        return Ok(Found::Expired);
    }
    let (business, customer) = (BusinessId(said.b), CustomerId(said.c));
    let transaction = Transaction::begin(&app.pool, Scope::Customer(business, customer), Mode::Read).await?;
    let document = printed::document(&transaction, &app.clock, business, InvoiceId(said.i)).await?;
    transaction.commit().await?;
    Ok(document.map_or(Found::Nothing, |document| Found::Document(Box::new(document), said.f)))
}
