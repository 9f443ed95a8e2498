//! Counts of customers for the fields that show them.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::model::Counts;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;

/// The counts as of a day.
pub struct CountsAsOf;

impl Relation for CountsAsOf {
    type Key = NaiveDate;
    type Value = Counts;

    const NEEDS: Option<Permission> = Some(Permission::MetricsRead);

    async fn load(conn: &Conn, viewer: &Viewer, days: &[NaiveDate]) -> Result<HashMap<NaiveDate, Counts>> {
        let mut found = HashMap::new();
        // An operation has few of them.
        for day in days {
            found.insert(*day, store::counts(conn, &viewer.business, *day).await?);
        }
        Ok(found)
    }
}
