//! What is owed, for the fields that show it.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::model::Position;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;
use crate::metrics::dashboard::Now;
use crate::metrics::figures;

/// What was owed at the end of a day; the key says whether that is today, whose end is not yet: what is owed now.
pub struct PositionAsOf;

impl Relation for PositionAsOf {
    type Key = (NaiveDate, bool);
    type Value = Position;

    const NEEDS: Option<Permission> = Some(Permission::MetricsRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Position>> {
        let tenant = &viewer.business;
        let mut found = HashMap::new();
        // An operation has few of them.
        for (day, is_today) in keys {
            let position = if *is_today {
                Now::of(figures::store::now(conn, tenant.id, *day).await?).position
            } else {
                let (unpaid, balance) = tokio::try_join!(
                    store::unpaid(conn, tenant, *day),
                    figures::store::balance(conn, tenant.id, *day)
                )?;
                Position { unpaid, balance }
            };
            found.insert((*day, *is_today), position);
        }
        Ok(found)
    }
}
