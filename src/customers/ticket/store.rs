//! The only file that queries `tickets` and `ticket_messages`.

use std::collections::HashMap;

use async_graphql::{Enum, InputObject};
use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{NEWEST_FIRST, Ticket, TicketChanges, TicketMessage, TicketPriority, TicketStatus};
use crate::db::Conn;
use crate::db::page::{Beyond, Key, OnPageOf, Order, Page, Rows, Sorted};
use crate::db::tables::{ticket_messages, tickets};
use crate::error::{Error, Result, UserErrorCode};
use crate::id::{BusinessId, CustomerId, TicketId, TicketMessageId, UserId};

/// Which tickets are wanted. All conditions must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct TicketFilter {
    /// Of this customer.
    pub customer_id: Option<CustomerId>,
    /// Any of these.
    pub status: Option<Vec<TicketStatus>>,
    /// Any of these.
    pub priority: Option<Vec<TicketPriority>>,
    /// Of which this member takes care.
    pub assignee_id: Option<UserId>,
    /// Those that have an assignee, or those that have none.
    pub assigned: Option<bool>,
}

/// The orders of a list of tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub enum TicketSort {
    /// By when they were opened, oldest first.
    CreatedAtAsc,
    /// By when they were opened, newest first.
    #[default]
    CreatedAtDesc,
    /// By when they last changed, longest ago first.
    UpdatedAtAsc,
    /// By when they last changed, latest first.
    UpdatedAtDesc,
}

impl TicketSort {
    /// The order of rows.
    pub fn order(self) -> Order {
        let updated = |name, descending| Order {
            name,
            key: "tickets.updated_at",
            key_type: "timestamptz",
            id: "tickets.id",
            descending,
        };
        match self {
            Self::CreatedAtAsc => Order { name: "TICKETS_ASC", descending: false, ..NEWEST_FIRST },
            Self::CreatedAtDesc => NEWEST_FIRST,
            Self::UpdatedAtAsc => updated("TICKETS_UPDATED_AT_ASC", false),
            Self::UpdatedAtDesc => updated("TICKETS_UPDATED_AT_DESC", true),
        }
    }
}

fn narrow<'a, T>(
    mut query: tickets::BoxedQuery<'a, Pg, T>,
    filter: &'a TicketFilter,
) -> tickets::BoxedQuery<'a, Pg, T> {
    if let Some(customer) = filter.customer_id {
        query = query.filter(tickets::customer_id.eq(customer));
    }
    if let Some(status) = &filter.status {
        query = query.filter(tickets::status.eq_any(status));
    }
    if let Some(priority) = &filter.priority {
        query = query.filter(tickets::priority.eq_any(priority));
    }
    if let Some(assignee) = filter.assignee_id {
        query = query.filter(tickets::assignee_id.eq(assignee));
    }
    match filter.assigned {
        Some(true) => query.filter(tickets::assignee_id.is_not_null()),
        Some(false) => query.filter(tickets::assignee_id.is_null()),
        None => query,
    }
}

/// A page of the tickets of a business.
pub async fn list(mut conn: &Conn, business: BusinessId, filter: &TicketFilter, page: &Page) -> Result<Rows<Ticket>> {
    let query = tickets::table
        .filter(tickets::business_id.eq(business))
        .filter(Beyond(page))
        .order(Sorted(page))
        .limit(page.fetch())
        .offset(page.skip())
        .select((Ticket::as_select(), Key(page.order)))
        .into_boxed();
    let fetched = narrow(query, filter).load(&mut conn).await?;
    Ok(page.rows(fetched, |ticket: &Ticket| ticket.id.0))
}

/// How many tickets of a business there are.
pub async fn count(mut conn: &Conn, business: BusinessId, filter: &TicketFilter) -> Result<i64> {
    let query = tickets::table.filter(tickets::business_id.eq(business)).select(count_star()).into_boxed();
    Ok(narrow(query, filter).first(&mut conn).await?)
}

/// The tickets on the page of each of these customers.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    page: &Page,
) -> Result<Vec<(Ticket, String)>> {
    let parents = customers.iter().map(|id| id.0).collect();
    Ok(tickets::table
        .filter(tickets::business_id.eq(business))
        .filter(OnPageOf::new("tickets", "customer_id", business, parents, page))
        .order(Sorted(page))
        .select((Ticket::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?)
}

/// How many tickets each of these customers has.
pub async fn count_by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, i64>> {
    let counts: Vec<(CustomerId, i64)> = tickets::table
        .filter(tickets::business_id.eq(business).and(tickets::customer_id.eq_any(customers)))
        .group_by(tickets::customer_id)
        .select((tickets::customer_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// The tickets of those ids.
pub async fn by_ids(mut conn: &Conn, business: BusinessId, ids: &[TicketId]) -> Result<HashMap<TicketId, Ticket>> {
    let found: Vec<Ticket> = tickets::table
        .filter(tickets::business_id.eq(business).and(tickets::id.eq_any(ids)))
        .select(Ticket::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|ticket| (ticket.id, ticket)).collect())
}

/// The messages on the page of each of these tickets, with internal ones or without.
pub async fn messages_by_tickets(
    mut conn: &Conn,
    business: BusinessId,
    tickets: &[TicketId],
    internal: bool,
    page: &Page,
) -> Result<Vec<(TicketMessage, String)>> {
    let parents = tickets.iter().map(|id| id.0).collect();
    let shown = if internal { "TRUE" } else { "NOT internal" };
    Ok(ticket_messages::table
        .filter(ticket_messages::business_id.eq(business))
        .filter(OnPageOf::new("ticket_messages", "ticket_id", business, parents, page).when(shown))
        .order(Sorted(page))
        .select((TicketMessage::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?)
}

/// How many messages each of these tickets has, with internal ones or without.
pub async fn count_messages_by_tickets(
    mut conn: &Conn,
    business: BusinessId,
    tickets: &[TicketId],
    internal: bool,
) -> Result<HashMap<TicketId, i64>> {
    let counts: Vec<(TicketId, i64)> = ticket_messages::table
        .filter(ticket_messages::business_id.eq(business).and(ticket_messages::ticket_id.eq_any(tickets)))
        .filter(ticket_messages::internal.eq(false).or(ticket_messages::internal.eq(internal)))
        .group_by(ticket_messages::ticket_id)
        .select((ticket_messages::ticket_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// The messages of those ids, with internal ones or without.
pub async fn messages_by_ids(
    mut conn: &Conn,
    business: BusinessId,
    ids: &[TicketMessageId],
    internal: bool,
) -> Result<HashMap<TicketMessageId, TicketMessage>> {
    let found: Vec<TicketMessage> = ticket_messages::table
        .filter(ticket_messages::business_id.eq(business).and(ticket_messages::id.eq_any(ids)))
        .filter(ticket_messages::internal.eq(false).or(ticket_messages::internal.eq(internal)))
        .select(TicketMessage::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|message| (message.id, message)).collect())
}

/// Locks a ticket; a user error at `field` if there is none.
pub async fn lock(mut conn: &Conn, business: BusinessId, id: TicketId, field: &str) -> Result<Ticket> {
    let found = tickets::table
        .find((business, id))
        .select(Ticket::as_select())
        .for_update()
        .first(&mut conn)
        .await
        .optional()?;
    found.ok_or_else(|| Error::user(UserErrorCode::NotFound, field, format!("there is no ticket {id}")))
}

/// Opens a ticket of a locked customer.
pub async fn insert(mut conn: &Conn, ticket: &Ticket) -> Result<()> {
    diesel::insert_into(tickets::table).values(ticket).execute(&mut conn).await?;
    Ok(())
}

/// Writes a message on a locked ticket.
pub async fn insert_message(mut conn: &Conn, message: &TicketMessage) -> Result<()> {
    diesel::insert_into(ticket_messages::table).values(message).execute(&mut conn).await?;
    Ok(())
}

/// Changes a locked ticket, or only notes that something was said.
pub async fn update(
    mut conn: &Conn,
    business: BusinessId,
    id: TicketId,
    changes: &TicketChanges,
    now: DateTime<Utc>,
) -> Result<Ticket> {
    Ok(diesel::update(tickets::table.find((business, id)))
        .set((changes, tickets::updated_at.eq(now)))
        .returning(Ticket::as_returning())
        .get_result(&mut conn)
        .await?)
}
