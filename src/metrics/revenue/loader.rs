//! Recurring revenue for the fields that show it.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::model::Revenue;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;

/// The revenue as of a day.
pub struct RevenueAsOf;

impl Relation for RevenueAsOf {
    type Key = NaiveDate;
    type Value = Revenue;

    const NEEDS: Option<Permission> = Some(Permission::MetricsRead);

    async fn load(conn: &Conn, viewer: &Viewer, days: &[NaiveDate]) -> Result<HashMap<NaiveDate, Revenue>> {
        let mut found = HashMap::new();
        // An operation has few of them.
        for day in days {
            found.insert(*day, store::revenue(conn, viewer.business.id, *day).await?);
        }
        Ok(found)
    }
}
