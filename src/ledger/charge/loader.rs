//! Charges of customers and for whoever names them.

use std::collections::HashMap;

use super::model::{Charge, ChargeKind};
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::db::page::{Page, Rows};
use crate::error::Result;
use crate::graphql::{Relation, children};
use crate::id::{ChargeId, CustomerId};

/// The charge of an id.
pub struct ById;

impl Relation for ById {
    type Key = ChargeId;
    type Value = Charge;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, ids: &[ChargeId]) -> Result<HashMap<ChargeId, Charge>> {
        store::by_ids(conn, viewer.business.id, ids).await
    }
}

/// A customer, and the kind of charges that is wanted, or all.
pub type OfKind = (CustomerId, Option<ChargeKind>);

/// A page of the charges of a customer.
pub struct OfCustomer;

impl Relation for OfCustomer {
    type Key = (OfKind, Page);
    type Value = Rows<Charge>;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let business = viewer.business.id;
        let keys: Vec<_> = keys.iter().map(|((customer, kind), page)| (*customer, (*kind, page.clone()))).collect();
        let list = |ids: Vec<CustomerId>, (kind, page): (Option<ChargeKind>, Page)| async move {
            store::by_customers(conn, business, &ids, kind, &page).await
        };
        let found = children(
            &keys,
            |(_, page)| page,
            list,
            |charge: &Charge| charge.row().customer_id,
            |charge: &Charge| charge.row().id.0,
        );
        Ok(found.await?.into_iter().map(|((customer, (kind, page)), rows)| (((customer, kind), page), rows)).collect())
    }
}

/// How many charges a customer has.
pub struct CountOfCustomer;

impl Relation for CountOfCustomer {
    type Key = OfKind;
    type Value = i64;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[OfKind]) -> Result<HashMap<OfKind, i64>> {
        let customers: Vec<_> = keys.iter().map(|(customer, _)| *customer).collect();
        let mut counts = HashMap::new();
        for (customer, kind, count) in store::count_by_customers(conn, viewer.business.id, &customers).await? {
            counts.insert((customer, Some(kind)), count);
            *counts.entry((customer, None)).or_default() += count;
        }
        Ok(counts)
    }
}
