//! Payment methods of customers.

use std::collections::HashMap;

use super::model::SavedPaymentMethod;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;
use crate::id::{CustomerId, PaymentMethodId};

/// The payment method of an id.
pub struct ById;

impl Relation for ById {
    type Key = PaymentMethodId;
    type Value = SavedPaymentMethod;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(
        conn: &Conn,
        viewer: &Viewer,
        ids: &[PaymentMethodId],
    ) -> Result<HashMap<PaymentMethodId, SavedPaymentMethod>> {
        store::by_ids(conn, viewer.business.id, ids).await
    }
}

/// What a customer pays with.
pub struct OfCustomer;

impl Relation for OfCustomer {
    type Key = CustomerId;
    type Value = Vec<SavedPaymentMethod>;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(
        conn: &Conn,
        viewer: &Viewer,
        customers: &[CustomerId],
    ) -> Result<HashMap<CustomerId, Vec<SavedPaymentMethod>>> {
        store::by_customers(conn, viewer.business.id, customers).await
    }
}
