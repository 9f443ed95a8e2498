//! Tickets and their messages.

use std::collections::HashMap;

use super::model::{Ticket, TicketMessage};
use super::store;
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::db::page::{Page, Rows};
use crate::error::Result;
use crate::graphql::{Relation, children};
use crate::id::{CustomerId, TicketId, TicketMessageId};

/// Whether internal messages are shown: they are notes of the staff.
fn internal(viewer: &Viewer) -> bool {
    viewer.may(Permission::NotesRead)
}

/// The ticket of an id.
pub struct ById;

impl Relation for ById {
    type Key = TicketId;
    type Value = Ticket;

    const NEEDS: Option<Permission> = Some(Permission::TicketsRead);

    async fn load(conn: &Conn, viewer: &Viewer, ids: &[TicketId]) -> Result<HashMap<TicketId, Ticket>> {
        store::by_ids(conn, viewer.business.id, ids).await
    }
}

/// A page of the tickets of a customer.
pub struct OfCustomer;

impl Relation for OfCustomer {
    type Key = (CustomerId, Page);
    type Value = Rows<Ticket>;

    const NEEDS: Option<Permission> = Some(Permission::TicketsRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let business = viewer.business.id;
        let list =
            |ids: Vec<CustomerId>, page: Page| async move { store::by_customers(conn, business, &ids, &page).await };
        children(keys, |page| page, list, |ticket| ticket.customer_id, |ticket| ticket.id.0).await
    }
}

/// How many tickets a customer has.
pub struct CountOfCustomer;

impl Relation for CountOfCustomer {
    type Key = CustomerId;
    type Value = i64;

    const NEEDS: Option<Permission> = Some(Permission::TicketsRead);

    async fn load(conn: &Conn, viewer: &Viewer, customers: &[CustomerId]) -> Result<HashMap<CustomerId, i64>> {
        store::count_by_customers(conn, viewer.business.id, customers).await
    }
}

/// The message of an id, if it is not internal or the viewer may read those.
pub struct MessageById;

impl Relation for MessageById {
    type Key = TicketMessageId;
    type Value = TicketMessage;

    const NEEDS: Option<Permission> = Some(Permission::TicketsRead);

    async fn load(
        conn: &Conn,
        viewer: &Viewer,
        ids: &[TicketMessageId],
    ) -> Result<HashMap<TicketMessageId, TicketMessage>> {
        store::messages_by_ids(conn, viewer.business.id, ids, internal(viewer)).await
    }
}

/// A page of the messages of a ticket that the viewer may read.
pub struct OfTicket;

impl Relation for OfTicket {
    type Key = (TicketId, Page);
    type Value = Rows<TicketMessage>;

    const NEEDS: Option<Permission> = Some(Permission::TicketsRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Self::Value>> {
        let (business, internal) = (viewer.business.id, internal(viewer));
        let list = |ids: Vec<TicketId>, page: Page| async move {
            store::messages_by_tickets(conn, business, &ids, internal, &page).await
        };
        children(keys, |page| page, list, |message| message.ticket_id, |message| message.id.0).await
    }
}

/// How many messages of a ticket the viewer may read.
pub struct CountOfTicket;

impl Relation for CountOfTicket {
    type Key = TicketId;
    type Value = i64;

    const NEEDS: Option<Permission> = Some(Permission::TicketsRead);

    async fn load(conn: &Conn, viewer: &Viewer, tickets: &[TicketId]) -> Result<HashMap<TicketId, i64>> {
        store::count_messages_by_tickets(conn, viewer.business.id, tickets, internal(viewer)).await
    }
}
