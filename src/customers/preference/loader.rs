//! Preferences of customers.

use std::collections::HashMap;

use super::model::Preferences;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;
use crate::id::CustomerId;

/// What a customer prefers. Every customer has preferences, if unsaid ones.
pub struct OfCustomer;

impl Relation for OfCustomer {
    type Key = CustomerId;
    type Value = Preferences;

    const NEEDS: Option<Permission> = Some(Permission::CustomersRead);

    async fn load(
        conn: &Conn,
        viewer: &Viewer,
        customers: &[CustomerId],
    ) -> Result<HashMap<CustomerId, Preferences>> {
        let business = viewer.business.id;
        let mut found = store::by_customers(conn, business, customers).await?;
        let of = |id: &CustomerId| (*id, found.remove(id).unwrap_or_else(|| Preferences::unsaid(business, *id)));
        Ok(customers.iter().map(of).collect())
    }
}
