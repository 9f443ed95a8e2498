//! Links to statements, which need no sign-in: what they say is signed, and they expire.

use async_graphql::SimpleObject;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::Period;
use super::printed;
use crate::app::App;
use crate::db::{Mode, Scope, Transaction};
use crate::error::{Error, Result};
use crate::id::{BusinessId, CustomerId};
use crate::print::{Format, Found};

/// What stands in the address, and what is signed with it.
pub const KIND: &str = "statement";
/// How long a link can be used.
const LIFE: Duration = Duration::days(7);

/// A link to a statement, for whoever has it.
#[derive(Debug, Clone, SimpleObject)]
pub struct StatementLink {
    /// The address. Whoever has it can read the statement without signing in, as it is then: send it to nobody else.
    url: String,
    /// How the statement is written there.
    format: Format,
    /// Until when it can be used: for seven days.
    expires_at: DateTime<Utc>,
}

/// What a link says. The names are short, for they stand in the address.
#[derive(Serialize, Deserialize)]
struct Said {
    b: Uuid,
    c: Uuid,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    from: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    to: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    at: Option<DateTime<Utc>>,
    f: Format,
    /// In seconds since 1970.
    exp: i64,
}

/// A link to the account of a customer over a period.
pub fn link(
    app: &App,
    business: BusinessId,
    customer: CustomerId,
    period: Period,
    format: Format,
) -> Result<StatementLink> {
    let exp = (app.clock.now() + LIFE).timestamp();
    let Period { from, to, as_of } = period;
    let said = Said { b: business.0, c: customer.0, from, to, at: as_of, f: format, exp };
    let sealed = app.tokens.seals().seal(KIND, &said)?;
    let expires_at = DateTime::from_timestamp(exp, 0).ok_or_else(|| Error::internal("a clock beyond all dates"))?;
    Ok(StatementLink { url: format!("{}/documents/{KIND}/{sealed}", app.public_url), format, expires_at })
}

/// The statement behind a link, read as its customer may read it.
pub async fn behind(app: &App, sealed: &str) -> Result<Found> {
    let Some(said) = app.tokens.seals().open::<Said>(KIND, sealed) else { return Ok(Found::Nothing) };
    if said.exp <= app.clock.now().timestamp() {
        return Ok(Found::Expired);
    }
    let (business, customer) = (BusinessId(said.b), CustomerId(said.c));
    let period = Period::new(said.from, said.to, said.at)?;
    let transaction = Transaction::begin(&app.pool, Scope::Customer(business, customer), Mode::Read).await?;
    let document = printed::document(&transaction, &app.clock, business, customer, period).await?;
    transaction.commit().await?;
    Ok(document.map_or(Found::Nothing, |document| Found::Document(Box::new(document), said.f)))
}
