//! Allocations of payments and of charges.

use std::collections::HashMap;

use super::model::Allocation;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::Result;
use crate::graphql::Relation;
use crate::id::{ChargeId, PaymentId};

/// What a payment paid.
pub struct OfPayment;

impl Relation for OfPayment {
    type Key = PaymentId;
    type Value = Vec<Allocation>;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, ids: &[PaymentId]) -> Result<HashMap<PaymentId, Vec<Allocation>>> {
        store::by_payments(conn, viewer.business.id, ids).await
    }
}

/// What paid a charge.
pub struct OfCharge;

impl Relation for OfCharge {
    type Key = ChargeId;
    type Value = Vec<Allocation>;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, ids: &[ChargeId]) -> Result<HashMap<ChargeId, Vec<Allocation>>> {
        store::by_charges(conn, viewer.business.id, ids).await
    }
}
