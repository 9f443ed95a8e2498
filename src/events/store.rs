//! The only file that queries `events`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use serde_json::Value;
use uuid::Uuid;

use super::model::{Cursor, Event, EventKind, LOG, NewEvent, Txid};
use crate::auth::Actor;
use crate::clock::Clock;
use crate::db::Conn;
use crate::db::page::{Beyond, Key, OnPageOf, Page, Rows, Sorted};
use crate::db::sql_types::Xid8;
use crate::db::tables::events;
use crate::error::Result;
use crate::graphql::Write;
use crate::id::{ApiKeyId, BusinessId, CustomerId, EventId, PlanSubscriptionId, UserId};

diesel::define_sql_function! {
    /// The transaction below which all have ended.
    fn pg_snapshot_xmin(snapshot: PgSnapshot) -> Xid8;
}
diesel::define_sql_function! {
    /// What is visible now.
    fn pg_current_snapshot() -> PgSnapshot;
}
/// PostgreSQL's `pg_snapshot`, which only passes from one function to the other.
#[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
#[diesel(postgres_type(oid = 5038, array_oid = 5039))]
pub struct PgSnapshot;

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Only of these kinds.
    pub kinds: Option<Vec<EventKind>>,
    /// Only about this customer.
    pub customer: Option<CustomerId>,
    /// Only about some customer: the rest is the audit log of the business.
    pub about_customers: bool,
}

impl EventFilter {
    /// Whether `event` is wanted.
    pub fn wants(&self, event: &Event) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&event.kind))
            && self.customer.is_none_or(|customer| event.customer_id == Some(customer))
            && (!self.about_customers || event.customer_id.is_some())
    }
}

#[derive(Insertable)]
#[diesel(table_name = events)]
struct Row {
    business_id: BusinessId,
    id: EventId,
    kind: EventKind,
    customer_id: Option<CustomerId>,
    subject_id: Uuid,
    actor_id: Option<UserId>,
    actor_key_id: Option<ApiKeyId>,
    actor_customer_id: Option<CustomerId>,
    data: Value,
    occurred_at: DateTime<Utc>,
}

/// Records an event of a mutation in its transaction.
pub async fn record(write: &Write, event: NewEvent) -> Result<()> {
    record_batch(write, vec![event]).await
}

/// Records events of a mutation in its transaction.
pub async fn record_batch(write: &Write, new: Vec<NewEvent>) -> Result<()> {
    let viewer = &write.viewer;
    insert(write, &write.app.clock, write.now(), viewer.business.id, Some(viewer.actor), new).await
}

/// Records events in the transaction of `conn`, where nobody's mutation is.
pub async fn record_all(
    conn: &Conn,
    clock: &Clock,
    business: BusinessId,
    actor: Option<Actor>,
    new: Vec<NewEvent>,
) -> Result<()> {
    insert(conn, clock, clock.now(), business, actor, new).await
}

async fn insert(
    mut conn: &Conn,
    clock: &Clock,
    occurred_at: DateTime<Utc>,
    business: BusinessId,
    actor: Option<Actor>,
    new: Vec<NewEvent>,
) -> Result<()> {
    let rows: Vec<Row> = new
        .into_iter()
        .map(|event| Row {
            business_id: business,
            id: EventId(clock.id()),
            kind: event.kind,
            customer_id: event.customer,
            subject_id: event.subject,
            actor_id: actor.and_then(|actor| if let Actor::User(user) = actor { Some(user) } else { None }),
            actor_key_id: actor.and_then(|actor| if let Actor::ApiKey(key) = actor { Some(key) } else { None }),
            actor_customer_id: actor.and_then(|actor| if let Actor::Customer(own) = actor { Some(own) } else { None }),
            data: event.data,
            occurred_at,
        })
        .collect();
    diesel::insert_into(events::table).values(rows).execute(&mut conn).await?;
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn settled() -> _ {
    events::txid.lt(pg_snapshot_xmin(pg_current_snapshot()))
}

/// The events that a live reader gets after `from`, in order: those behind every transaction that could
/// still commit. For the relay (no business) in [`crate::db::Scope::System`].
pub async fn after(
    mut conn: &Conn,
    business: Option<BusinessId>,
    customer: Option<CustomerId>,
    from: Cursor,
    limit: usize,
) -> Result<Vec<Event>> {
    let page = Page { limit, ..page_after(from) };
    let mut query = events::table
        .filter(settled())
        .filter(Beyond(&page))
        .order(Sorted(&page))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(Event::as_select())
        .into_boxed();
    if let Some(business) = business {
        query = query.filter(events::business_id.eq(business));
    }
    if let Some(customer) = customer {
        query = query.filter(events::customer_id.eq(customer));
    }
    Ok(query.load(&mut conn).await?)
}

fn page_after(from: Cursor) -> Page {
    let from = crate::db::page::Position { key: from.txid.0.to_string(), id: from.id };
    Page { order: LOG, limit: 0, backward: false, from: Some(from), offset: 0 }
}

/// A page of the log of one business.
pub async fn list(mut conn: &Conn, business: BusinessId, filter: &EventFilter, page: &Page) -> Result<Rows<Event>> {
    let query = events::table
        .filter(events::business_id.eq(business))
        .filter(settled())
        .filter(Beyond(page))
        .order(Sorted(page))
        .limit(page.fetch())
        .offset(page.skip())
        .select((Event::as_select(), Key(LOG)))
        .into_boxed();
    let fetched = narrow(query, filter).load(&mut conn).await?;
    Ok(page.rows(fetched, |event: &Event| event.id.0))
}

/// How many events of one business there are.
pub async fn count(mut conn: &Conn, business: BusinessId, filter: &EventFilter) -> Result<i64> {
    let query =
        events::table.filter(events::business_id.eq(business)).filter(settled()).select(count_star()).into_boxed();
    Ok(narrow(query, filter).first(&mut conn).await?)
}

fn narrow<'a, T>(mut query: events::BoxedQuery<'a, Pg, T>, filter: &'a EventFilter) -> events::BoxedQuery<'a, Pg, T> {
    if let Some(kinds) = &filter.kinds {
        query = query.filter(events::kind.eq_any(kinds));
    }
    if let Some(customer) = filter.customer {
        query = query.filter(events::customer_id.eq(customer));
    }
    if filter.about_customers {
        query = query.filter(events::customer_id.is_not_null());
    }
    query
}

/// The events of these ids, if the log has them: what it does not list yet is not found either.
pub async fn by_ids(mut conn: &Conn, business: BusinessId, ids: &[EventId]) -> Result<HashMap<EventId, Event>> {
    let found: Vec<Event> = events::table
        .filter(events::business_id.eq(business).and(events::id.eq_any(ids)))
        .filter(settled())
        .select(Event::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|event| (event.id, event)).collect())
}

/// The events on the page of each of these customers.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    page: &Page,
) -> Result<Vec<(Event, String)>> {
    let parents = customers.iter().map(|id| id.0).collect();
    let settled = "events.txid < pg_snapshot_xmin(pg_current_snapshot())";
    Ok(events::table
        .filter(events::business_id.eq(business))
        .filter(OnPageOf::new("events", "customer_id", business, parents, page).when(settled))
        .order(Sorted(page))
        .select((Event::as_select(), Key(LOG)))
        .load(&mut conn)
        .await?)
}

/// The condition of the index that serves them.
const OF_SUBSCRIPTIONS: &str = "events.kind LIKE 'SUBSCRIPTION%'";

/// The events on the page of each of these subscriptions.
pub async fn by_subscriptions(
    mut conn: &Conn,
    business: BusinessId,
    subscriptions: &[PlanSubscriptionId],
    page: &Page,
) -> Result<Vec<(Event, String)>> {
    let parents = subscriptions.iter().map(|id| id.0).collect();
    let settled = "events.kind LIKE 'SUBSCRIPTION%' AND events.txid < pg_snapshot_xmin(pg_current_snapshot())";
    Ok(events::table
        .filter(events::business_id.eq(business))
        .filter(OnPageOf::new("events", "subject_id", business, parents, page).when(settled))
        .order(Sorted(page))
        .select((Event::as_select(), Key(LOG)))
        .load(&mut conn)
        .await?)
}

/// How many events there are about each of these subscriptions.
pub async fn count_by_subscriptions(
    mut conn: &Conn,
    business: BusinessId,
    subscriptions: &[PlanSubscriptionId],
) -> Result<HashMap<PlanSubscriptionId, i64>> {
    let subjects: Vec<Uuid> = subscriptions.iter().map(|id| id.0).collect();
    let counts: Vec<(Uuid, i64)> = events::table
        .filter(events::business_id.eq(business).and(events::subject_id.eq_any(subjects)))
        .filter(sql::<Bool>(OF_SUBSCRIPTIONS))
        .filter(settled())
        .group_by(events::subject_id)
        .select((events::subject_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().map(|(subject, count)| (PlanSubscriptionId(subject), count)).collect())
}

/// How many events there are about each of these customers.
pub async fn count_by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, i64>> {
    let counts: Vec<(Option<CustomerId>, i64)> = events::table
        .filter(events::business_id.eq(business).and(events::customer_id.eq_any(customers)))
        .filter(settled())
        .group_by(events::customer_id)
        .select((events::customer_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().filter_map(|(customer, count)| Some((customer?, count))).collect())
}

/// The end of the log as the snapshot of `conn` sees it: everything before it has been delivered or is
/// visible. What commits later comes after it.
pub async fn position(mut conn: &Conn) -> Result<Cursor> {
    let xmin: Txid = diesel::select(pg_snapshot_xmin(pg_current_snapshot())).get_result(&mut conn).await?;
    Ok(Cursor { txid: Txid(xmin.0.saturating_sub(1)), id: Uuid::max() })
}

/// Makes a log that came from another server (`pg_dump | psql`) the past of this one.
///
/// Transaction ids are the server's own. Events with ids that this server has not reached would be taken for
/// the future, and new ones would sort before them. They get the id 1, before all others, where their own ids
/// keep them in the order of time. Cursors from the old server are refused after that.
pub async fn adopt(mut conn: &Conn) -> Result<usize> {
    let foreign = sql::<diesel::sql_types::Bool>("txid >= pg_snapshot_xmax(pg_current_snapshot())");
    let count: i64 = events::table.filter(foreign).count().get_result(&mut conn).await?;
    if count > 0 {
        (&mut conn)
            .batch_execute(
                "ALTER TABLE events DISABLE TRIGGER events_append_only; \
                 UPDATE events SET txid = '1'; \
                 ALTER TABLE events ENABLE TRIGGER events_append_only",
            )
            .await?;
    }
    Ok(usize::try_from(count).unwrap_or_default())
}
