//! Subscriptions by their ids, of customers and of plans.

use std::collections::HashMap;

use super::model::PlanSubscription;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::db::page::{Page, Rows};
use crate::error::Result;
use crate::graphql::{Relation, children};
use crate::id::{CustomerId, PlanId, PlanSubscriptionId};

/// The subscription of an id.
pub struct ById;

impl Relation for ById {
    type Key = PlanSubscriptionId;
    type Value = PlanSubscription;

    const NEEDS: Option<Permission> = Some(Permission::SubscriptionsRead);

    async fn load(
        conn: &Conn,
        viewer: &Viewer,
        ids: &[PlanSubscriptionId],
    ) -> Result<HashMap<PlanSubscriptionId, PlanSubscription>> {
        store::by_ids(conn, viewer.business.id, ids).await
    }
}

/// A page of the subscriptions of a customer.
pub struct OfCustomer;

impl Relation for OfCustomer {
    type Key = (CustomerId, Page);
    type Value = Rows<PlanSubscription>;

    const NEEDS: Option<Permission> = Some(Permission::SubscriptionsRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let business = viewer.business.id;
        let list =
            |ids: Vec<CustomerId>, page: Page| async move { store::by_customers(conn, business, &ids, &page).await };
        children(keys, |page| page, list, |row| row.customer_id, |row| row.id.0).await
    }
}

/// How many subscriptions a customer has.
pub struct CountOfCustomer;

impl Relation for CountOfCustomer {
    type Key = CustomerId;
    type Value = i64;

    const NEEDS: Option<Permission> = Some(Permission::SubscriptionsRead);

    async fn load(conn: &Conn, viewer: &Viewer, customers: &[CustomerId]) -> Result<HashMap<CustomerId, i64>> {
        store::count_by_customers(conn, viewer.business.id, customers).await
    }
}

/// A page of the subscriptions to a plan.
pub struct OfPlan;

impl Relation for OfPlan {
    type Key = (PlanId, Page);
    type Value = Rows<PlanSubscription>;

    const NEEDS: Option<Permission> = Some(Permission::SubscriptionsRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let business = viewer.business.id;
        let list = |ids: Vec<PlanId>, page: Page| async move { store::by_plans(conn, business, &ids, &page).await };
        children(keys, |page| page, list, |row| row.plan_id, |row| row.id.0).await
    }
}

/// How many subscriptions there are to a plan.
pub struct CountOfPlan;

impl Relation for CountOfPlan {
    type Key = PlanId;
    type Value = i64;

    const NEEDS: Option<Permission> = Some(Permission::SubscriptionsRead);

    async fn load(conn: &Conn, viewer: &Viewer, plans: &[PlanId]) -> Result<HashMap<PlanId, i64>> {
        store::count_by_plans(conn, viewer.business.id, plans).await
    }
}
