//! The figures of now for whatever shows them.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::model::{Dashboard, Now};
use crate::auth::{Permission, Viewer};
use crate::clock::Clock;
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::{Relation, Snapshot};
use crate::metrics::figures::store;

/// The dashboard of today, which is the key.
pub struct OfNow;

impl Relation for OfNow {
    type Key = NaiveDate;
    type Value = Dashboard;

    const NEEDS: Option<Permission> = Some(Permission::MetricsRead);

    async fn load(conn: &Conn, viewer: &Viewer, days: &[NaiveDate]) -> Result<HashMap<NaiveDate, Dashboard>> {
        let tenant = &viewer.business;
        let mut found = HashMap::new();
        // An operation has one.
        for today in days {
            let now = Now::of(store::now(conn, tenant.id, *today).await?);
            found.insert(*today, now.dashboard(tenant, *today));
        }
        Ok(found)
    }
}

impl Dashboard {
    /// That of now.
    pub async fn load(snapshot: &Snapshot, clock: &Clock) -> Result<Option<Self>> {
        snapshot.load::<OfNow>(snapshot.viewer.business.today(clock)).await
    }
}
