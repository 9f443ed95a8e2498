//! Invoices by their ids, and of customers.

use std::collections::HashMap;

use super::model::Invoice;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::db::page::{Page, Rows};
use crate::error::Result;
use crate::graphql::{Relation, children};
use crate::id::{CustomerId, InvoiceId};

/// The invoice of an id.
pub struct ById;

impl Relation for ById {
    type Key = InvoiceId;
    type Value = Invoice;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, ids: &[InvoiceId]) -> Result<HashMap<InvoiceId, Invoice>> {
        store::by_ids(conn, viewer.business.id, ids).await
    }
}

/// A page of the invoices of a customer.
pub struct OfCustomer;

impl Relation for OfCustomer {
    type Key = (CustomerId, Page);
    type Value = Rows<Invoice>;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let business = viewer.business.id;
        let list =
            |ids: Vec<CustomerId>, page: Page| async move { store::by_customers(conn, business, &ids, &page).await };
        children(keys, |page| page, list, |invoice| invoice.row.customer_id, |invoice| invoice.row.id.0).await
    }
}

/// How many invoices a customer has.
pub struct CountOfCustomer;

impl Relation for CountOfCustomer {
    type Key = CustomerId;
    type Value = i64;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, customers: &[CustomerId]) -> Result<HashMap<CustomerId, i64>> {
        store::count_by_customers(conn, viewer.business.id, customers).await
    }
}
