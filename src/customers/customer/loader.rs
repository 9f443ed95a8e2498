//! Customers for whoever names them.

use std::collections::HashMap;

use super::model::Customer;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;
use crate::id::CustomerId;

/// The customer of an id.
pub struct ById;

impl Relation for ById {
    type Key = CustomerId;
    type Value = Customer;

    const NEEDS: Option<Permission> = Some(Permission::CustomersRead);

    async fn load(conn: &Conn, viewer: &Viewer, ids: &[CustomerId]) -> Result<HashMap<CustomerId, Customer>> {
        store::by_ids(conn, viewer.business.id, ids).await
    }
}
