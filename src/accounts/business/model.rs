//! A business and the checks of a new one.

use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use icu_locale_core::Locale;

use crate::auth::Tenant;
use crate::db::tables::businesses;
use crate::error::UserErrorCode;
use crate::id::BusinessId;
use crate::money::Currency;
use crate::tax::TaxMode;
use crate::text::{Checks, Country, TimeZone};

/// A business.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = businesses)]
pub struct Business {
    /// Its id.
    pub id: BusinessId,
    /// What it is called.
    pub name: String,
    /// Its name in addresses and commands.
    pub slug: String,
    /// The currency of all its money.
    pub currency: Currency,
    /// The zone that decides which day it is.
    pub time_zone: TimeZone,
    /// How it writes numbers (BCP 47).
    pub locale: String,
    /// Whose phone numbers need no country code.
    pub country: Country,
    /// Days from a charge to its due date.
    pub days_until_due: i32,
    /// Whether a new charge takes the customer's credit at once.
    pub use_credit_automatically: bool,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When its settings were last changed.
    pub updated_at: DateTime<Utc>,
    /// The time of a sandbox, which its owner moves.
    pub test_clock: Option<DateTime<Utc>>,
    /// What the numbers of its invoices begin with.
    pub invoice_prefix: String,
    /// What the numbers of its credit notes begin with.
    pub credit_note_prefix: String,
    /// Whether the prices on its invoices are without tax or with it.
    pub tax_mode: TaxMode,
}

impl Business {
    /// What operations need to know of it.
    pub fn tenant(&self) -> Tenant {
        Tenant {
            id: self.id,
            currency: self.currency,
            time_zone: self.time_zone,
            locale: self.locale.clone(),
            country: self.country,
            days_until_due: self.days_until_due,
            use_credit_automatically: self.use_credit_automatically,
            test_clock: self.test_clock,
            tax_mode: self.tax_mode,
            invoice_prefix: self.invoice_prefix.clone(),
            credit_note_prefix: self.credit_note_prefix.clone(),
        }
    }
}

/// A business to be opened.
#[derive(Debug, Clone, InputObject)]
#[graphql(name = "BusinessInput")]
pub struct NewBusiness {
    /// What it is called, at most 100 characters.
    pub name: String,
    /// Its name in addresses and commands: lower-case letters, digits and hyphens, at most 63, unique.
    pub slug: String,
    /// The currency of all its money (ISO 4217), fixed from then on.
    pub currency: String,
    /// The time zone that decides which day it is (IANA), such as `Asia/Kolkata`.
    pub time_zone: String,
    /// The country (ISO 3166-1, two letters) whose phone numbers need no country code.
    pub country: String,
    /// How it writes numbers (BCP 47). `en-` and the country if absent.
    pub locale: Option<String>,
    /// Whether it is a sandbox: a business to try things out, with a clock of its own that stands still until its owner
    /// moves it with `testClockAdvance`. It stays one.
    #[graphql(default)]
    pub sandbox: bool,
}

impl NewBusiness {
    /// The business, opened at `now`; what is wrong goes to `checks`.
    pub fn check(&self, id: BusinessId, now: DateTime<Utc>, checks: &mut Checks) -> Option<Business> {
        let name = checks.text("business.name", &self.name, 100);
        let slug = checks.text("business.slug", &self.slug, 63);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !slug.chars().all(plain) || slug.starts_with('-') || slug.ends_with('-') {
            let message = format!("`{slug}` may have lower-case letters, digits and hyphens between them");
            checks.add(UserErrorCode::Invalid, "business.slug", message);
        }
        let currency = checks.take("business.currency", self.currency.parse());
        let time_zone = checks.take("business.timeZone", self.time_zone.parse());
        let country = checks.take("business.country", self.country.parse());
        if let Some(locale) = &self.locale
            && locale.parse::<Locale>().is_err()
        {
            checks.add(UserErrorCode::Invalid, "business.locale", format!("`{locale}` is not a locale such as en-IN"));
        }
        let locale = self.locale.clone().unwrap_or_else(|| format!("en-{}", self.country));
        Some(Business {
            id,
            name,
            slug,
            currency: currency?,
            time_zone: time_zone?,
            locale,
            country: country?,
            days_until_due: 0,
            use_credit_automatically: true,
            created_at: now,
            updated_at: now,
            test_clock: self.sandbox.then_some(now),
            invoice_prefix: "INV".into(),
            credit_note_prefix: "CN".into(),
            tax_mode: TaxMode::Exclusive,
        })
    }
}
