//! Links to statements.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::model::Period;
use super::printed;
use crate::app::App;
use crate::error::Result;
use crate::id::{BusinessId, CustomerId};
use crate::print::{DocumentLink, Format, Found, Linked};

/// What stands in the address.
pub const KIND: &str = "statement";
/// How long a link can be used.
const LIFE: Duration = Duration::days(7);

/// Which statement.
#[derive(Serialize, Deserialize)]
struct Which {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    from: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    to: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    at: Option<DateTime<Utc>>,
}

/// A link to the account of a customer over a period, for seven days.
pub fn link(
    app: &App,
    business: BusinessId,
    customer: CustomerId,
    period: Period,
    format: Format,
) -> Result<DocumentLink> {
    let Period { from, to, as_of } = period;
    Linked { business, customer, which: Which { from, to, at: as_of }, format }.link(app, KIND, LIFE)
}

/// The statement behind a link.
pub async fn behind(app: &App, sealed: &str) -> Result<Found> {
    let linked: Linked<Which> = match Linked::open(app, KIND, sealed) {
        Ok(linked) => linked,
        Err(found) => return Ok(found),
    };
    let Which { from, to, at } = linked.which;
    let period = Period::new(from, to, at)?;
    let transaction = linked.read(app).await?;
    let document = printed::document(&transaction, &app.clock, linked.business, linked.customer, period).await?;
    transaction.commit().await?;
    Ok(linked.found(document))
}
