//! Plans, and the versions of their prices.

use std::collections::HashMap;

use super::model::{Plan, PlanPrice};
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::db::page::{Page, Rows};
use crate::error::Result;
use crate::graphql::{Relation, children};
use crate::id::{PlanId, PlanPriceId};

/// The plan of an id.
pub struct ById;

impl Relation for ById {
    type Key = PlanId;
    type Value = Plan;

    const NEEDS: Option<Permission> = Some(Permission::SubscriptionsRead);

    async fn load(conn: &Conn, viewer: &Viewer, ids: &[PlanId]) -> Result<HashMap<PlanId, Plan>> {
        store::by_ids(conn, viewer.business.id, ids).await
    }
}

/// The version of a price of an id.
pub struct PriceById;

impl Relation for PriceById {
    type Key = PlanPriceId;
    type Value = PlanPrice;

    const NEEDS: Option<Permission> = Some(Permission::SubscriptionsRead);

    async fn load(conn: &Conn, viewer: &Viewer, ids: &[PlanPriceId]) -> Result<HashMap<PlanPriceId, PlanPrice>> {
        store::prices_by_ids(conn, viewer.business.id, ids).await
    }
}

/// A page of the prices that a plan has had.
pub struct PricesOf;

impl Relation for PricesOf {
    type Key = (PlanId, Page);
    type Value = Rows<PlanPrice>;

    const NEEDS: Option<Permission> = Some(Permission::SubscriptionsRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let business = viewer.business.id;
        let list =
            |ids: Vec<PlanId>, page: Page| async move { store::prices_by_plans(conn, business, &ids, &page).await };
        children(keys, |page| page, list, |price| price.plan_id, |price| price.id.0).await
    }
}

/// How many prices a plan has had.
pub struct CountOfPricesOf;

impl Relation for CountOfPricesOf {
    type Key = PlanId;
    type Value = i64;

    const NEEDS: Option<Permission> = Some(Permission::SubscriptionsRead);

    async fn load(conn: &Conn, viewer: &Viewer, plans: &[PlanId]) -> Result<HashMap<PlanId, i64>> {
        store::count_prices_by_plans(conn, viewer.business.id, plans).await
    }
}
