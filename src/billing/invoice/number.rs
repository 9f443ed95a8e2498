//! Numbers of documents: a prefix, the year, and a place among those of that year without gaps.

use chrono::{Datelike as _, NaiveDate};

use crate::accounts::business;
use crate::error::{Error, Result};
use crate::graphql::Write;

/// The number of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// As it is written, such as `INV-2026-000123`.
    pub text: String,
    /// The year of its day of issue.
    pub year: i32,
    /// Its place among the documents of its series and that year, from 1.
    pub sequence: i32,
}

impl Number {
    /// The next number of a series for a document of a day. Whoever else takes one waits until this transaction ends; if
    /// it fails, the number is free again.
    ///
    /// The customer is locked before, and no other afterwards: so nobody waits in a circle.
    pub async fn take(write: &Write, series: &str, prefix: &str, issued_on: NaiveDate) -> Result<Self> {
        let year = issued_on.year();
        let series = format!("{series}:{year}");
        let next = business::store::next_number(write, write.viewer.business.id, &series).await?;
        let sequence = i32::try_from(next).map_err(Error::internal)?;
        Ok(Self { text: format!("{prefix}-{year:04}-{sequence:06}"), year, sequence })
    }
}
