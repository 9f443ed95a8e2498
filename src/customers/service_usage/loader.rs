//! Service usage of customers.

use std::collections::HashMap;

use super::model::ServiceUsage;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;
use crate::id::CustomerId;

/// How much a customer uses, if it was reported.
pub struct OfCustomer;

impl Relation for OfCustomer {
    type Key = CustomerId;
    type Value = ServiceUsage;

    const NEEDS: Option<Permission> = Some(Permission::CustomersRead);

    async fn load(conn: &Conn, viewer: &Viewer, customers: &[CustomerId]) -> Result<HashMap<CustomerId, ServiceUsage>> {
        store::by_customers(conn, viewer.business.id, customers).await
    }
}
