//! Links to documents of customers, which need no sign-in: what they say is signed, and they expire.

use async_graphql::SimpleObject;
use chrono::{DateTime, Duration, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Document, Format};
use crate::app::App;
use crate::db::{Mode, Scope, Transaction};
use crate::error::{Error, Result};
use crate::id::{BusinessId, CustomerId};

/// A link to a document, for whoever has it.
#[derive(Debug, Clone, SimpleObject)]
pub struct DocumentLink {
    /// The address. Whoever has it can read the document without signing in, as it is then: send it to nobody else.
    url: String,
    /// How the document is written there.
    format: Format,
    /// Until when it can be used.
    expires_at: DateTime<Utc>,
}

/// What a signed link leads to.
#[derive(Debug)]
pub enum Found {
    /// This, written that way.
    Document(Box<Document>, Format),
    /// Nothing any more.
    Expired,
    /// Nothing at all: it was changed, or what it was about is gone.
    Nothing,
}

/// A document of a customer, as a link says it.
#[derive(Debug)]
pub struct Linked<T> {
    /// Of which business.
    pub business: BusinessId,
    /// Whose it is.
    pub customer: CustomerId,
    /// Which one of its kind.
    pub which: T,
    /// How it is written.
    pub format: Format,
}

/// What stands in the address. The names are short for that.
#[derive(Serialize, Deserialize)]
struct Said<T> {
    b: Uuid,
    c: Uuid,
    d: T,
    f: Format,
    /// In seconds since 1970.
    exp: i64,
}

impl<T: Serialize> Linked<T> {
    /// A link to it, which can be used for so long. `kind` stands in the address, and is signed with the rest.
    pub fn link(self, app: &App, kind: &str, life: Duration) -> Result<DocumentLink> {
        let (format, exp) = (self.format, (app.clock.now() + life).timestamp());
        let said = Said { b: self.business.0, c: self.customer.0, d: self.which, f: format, exp };
        let sealed = app.tokens.seals().seal(kind, &said)?;
        let expires_at = DateTime::from_timestamp(exp, 0).ok_or_else(|| Error::internal("a clock beyond all dates"))?;
        Ok(DocumentLink { url: format!("{}/documents/{kind}/{sealed}", app.public_url), format, expires_at })
    }
}

impl<T: DeserializeOwned> Linked<T> {
    /// What a link of that kind says; what to answer if it cannot be used.
    pub fn open(app: &App, kind: &str, sealed: &str) -> Result<Self, Found> {
        let Said { b, c, d, f, exp } = app.tokens.seals().open(kind, sealed).ok_or(Found::Nothing)?;
        if exp <= app.clock.now().timestamp() {
            return Err(Found::Expired);
        }
        Ok(Self { business: BusinessId(b), customer: CustomerId(c), which: d, format: f })
    }

    /// To read it as its customer may read it.
    pub async fn read(&self, app: &App) -> Result<Transaction> {
        Transaction::begin(&app.pool, Scope::Customer(self.business, self.customer), Mode::Read).await
    }

    /// The answer, with what was read.
    pub fn found(&self, document: Option<Document>) -> Found {
        document.map_or(Found::Nothing, |document| Found::Document(Box::new(document), self.format))
    }
}
