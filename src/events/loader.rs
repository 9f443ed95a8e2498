//! Events by their ids, those of customers and those of subscriptions.

use std::collections::HashMap;

use super::model::Event;
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::db::page::{Page, Rows};
use crate::error::{Error, Result};
use crate::graphql::{Relation, children};
use crate::id::{CustomerId, EventId, PlanSubscriptionId};

/// The event of an id.
pub struct ById;

impl Relation for ById {
    type Key = EventId;
    type Value = Event;

    const NEEDS: Option<Permission> = Some(Permission::CustomerAuditRead);

    async fn load(conn: &Conn, viewer: &Viewer, ids: &[EventId]) -> Result<HashMap<EventId, Event>> {
        store::by_ids(conn, viewer.business.id, ids).await
    }
}

/// A page of the events about a customer.
pub struct OfCustomer;

impl Relation for OfCustomer {
    type Key = (CustomerId, Page);
    type Value = Rows<Event>;

    const NEEDS: Option<Permission> = Some(Permission::CustomerAuditRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let business = viewer.business.id;
        let list =
            |ids: Vec<CustomerId>, page: Page| async move { store::by_customers(conn, business, &ids, &page).await };
        let keys: Vec<_> = keys.iter().map(|(customer, page)| (Some(*customer), page.clone())).collect();
        let found = children(
            &keys,
            |page| page,
            |ids, page| list(ids.into_iter().flatten().collect(), page),
            |event: &Event| event.customer_id,
            |event: &Event| event.id.0,
        );
        let about = |((customer, page), rows): ((Option<CustomerId>, Page), _)| {
            let customer = customer.ok_or_else(|| Error::internal("a key without a customer"))?;
            Ok(((customer, page), rows))
        };
        found.await?.into_iter().map(about).collect()
    }
}

/// How many events there are about a customer.
pub struct CountOfCustomer;

impl Relation for CountOfCustomer {
    type Key = CustomerId;
    type Value = i64;

    const NEEDS: Option<Permission> = Some(Permission::CustomerAuditRead);

    async fn load(conn: &Conn, viewer: &Viewer, customers: &[CustomerId]) -> Result<HashMap<CustomerId, i64>> {
        store::count_by_customers(conn, viewer.business.id, customers).await
    }
}

/// A page of the events about a subscription.
pub struct OfSubscription;

impl Relation for OfSubscription {
    type Key = (PlanSubscriptionId, Page);
    type Value = Rows<Event>;

    const NEEDS: Option<Permission> = Some(Permission::CustomerAuditRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let business = viewer.business.id;
        let list = |ids: Vec<PlanSubscriptionId>, page: Page| async move {
            store::by_subscriptions(conn, business, &ids, &page).await
        };
        children(keys, |page| page, list, |event| PlanSubscriptionId(event.subject_id), |event| event.id.0).await
    }
}

/// How many events there are about a subscription.
pub struct CountOfSubscription;

impl Relation for CountOfSubscription {
    type Key = PlanSubscriptionId;
    type Value = i64;

    const NEEDS: Option<Permission> = Some(Permission::CustomerAuditRead);

    async fn load(
        conn: &Conn,
        viewer: &Viewer,
        subscriptions: &[PlanSubscriptionId],
    ) -> Result<HashMap<PlanSubscriptionId, i64>> {
        store::count_by_subscriptions(conn, viewer.business.id, subscriptions).await
    }
}
