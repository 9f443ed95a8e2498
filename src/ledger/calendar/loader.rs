//! Calendars of customers.

use std::collections::HashMap;

use super::model::Calendar;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::{Month, Relation};
use crate::id::CustomerId;

/// The records of a customer in a month. Every customer has a calendar, if an empty one.
pub struct OfCustomer;

impl Relation for OfCustomer {
    type Key = (CustomerId, Month);
    type Value = Calendar;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Calendar>> {
        let business = viewer.business.id;
        let mut by_month: HashMap<Month, Vec<CustomerId>> = HashMap::new();
        for (customer, month) in keys {
            by_month.entry(*month).or_default().push(*customer);
        }
        let mut found = HashMap::new();
        for (month, customers) in by_month {
            let (days, around) = tokio::try_join!(
                store::days(conn, business, &customers, month),
                store::neighbours(conn, business, &customers, month),
            )?;
            for customer in customers {
                let days = days.get(&customer).map_or(&[][..], Vec::as_slice);
                let (previous, next) = around.get(&customer).copied().unwrap_or_default();
                found.insert((customer, month), Calendar::new(month, days, previous, next));
            }
        }
        Ok(found)
    }
}
