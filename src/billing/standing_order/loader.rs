//! Standing orders by their ids, and of customers.

use std::collections::HashMap;

use super::model::StandingOrder;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::db::page::{Page, Rows};
use crate::error::Result;
use crate::graphql::{Relation, children};
use crate::id::{CustomerId, StandingOrderId};

/// The standing order of an id.
pub struct ById;

impl Relation for ById {
    type Key = StandingOrderId;
    type Value = StandingOrder;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(
        conn: &Conn,
        viewer: &Viewer,
        ids: &[StandingOrderId],
    ) -> Result<HashMap<StandingOrderId, StandingOrder>> {
        store::by_ids(conn, viewer.business.id, ids).await
    }
}

/// A page of the standing orders of a customer.
pub struct OfCustomer;

impl Relation for OfCustomer {
    type Key = (CustomerId, Page);
    type Value = Rows<StandingOrder>;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let business = viewer.business.id;
        let list =
            |ids: Vec<CustomerId>, page: Page| async move { store::by_customers(conn, business, &ids, &page).await };
        children(keys, |page| page, list, |order| order.customer_id, |order| order.id.0).await
    }
}

/// How many standing orders a customer has.
pub struct CountOfCustomer;

impl Relation for CountOfCustomer {
    type Key = CustomerId;
    type Value = i64;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, customers: &[CustomerId]) -> Result<HashMap<CustomerId, i64>> {
        store::count_by_customers(conn, viewer.business.id, customers).await
    }
}
