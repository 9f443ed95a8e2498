//! Loyalty for the fields that show it. The key of each is a day, and whether that is today, whose end is not yet.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::model::{LifetimeValues, Purchases};
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;

/// How many customers bought how often.
pub struct PurchasesAsOf;

impl Relation for PurchasesAsOf {
    type Key = (NaiveDate, bool);
    type Value = Purchases;

    const NEEDS: Option<Permission> = Some(Permission::MetricsRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Purchases>> {
        let mut found = HashMap::new();
        // An operation has few of them.
        for (day, now) in keys {
            found.insert((*day, *now), store::purchases(conn, &viewer.business, *day, *now).await?);
        }
        Ok(found)
    }
}

/// What customers are worth.
pub struct LifetimeValuesAsOf;

impl Relation for LifetimeValuesAsOf {
    type Key = (NaiveDate, bool);
    type Value = LifetimeValues;

    const NEEDS: Option<Permission> = Some(Permission::MetricsRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, LifetimeValues>> {
        let mut found = HashMap::new();
        for (day, now) in keys {
            found.insert((*day, *now), store::lifetime_values(conn, &viewer.business, *day, *now).await?);
        }
        Ok(found)
    }
}
