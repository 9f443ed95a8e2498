//! Purchase histories of customers.

use std::collections::HashMap;

use super::model::{Frequency, PurchaseHistory};
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;
use crate::id::CustomerId;

/// What a customer bought. Every customer has a history, if an empty one.
pub struct OfCustomer;

impl Relation for OfCustomer {
    type Key = CustomerId;
    type Value = PurchaseHistory;

    const NEEDS: Option<Permission> = Some(Permission::LoyaltyRead);

    async fn load(
        conn: &Conn,
        viewer: &Viewer,
        customers: &[CustomerId],
    ) -> Result<HashMap<CustomerId, PurchaseHistory>> {
        let (mut found, tiers) = store::by_customers(conn, viewer.business.id, customers).await?;
        let history = |customer: &CustomerId| {
            let figures = found.remove(customer).unwrap_or_default();
            (*customer, PurchaseHistory { frequency: Frequency::of(figures.purchases, tiers), figures })
        };
        Ok(customers.iter().map(history).collect())
    }
}
