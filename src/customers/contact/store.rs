//! The only file that queries `contacts`, but for the search of customers.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{Contact, ContactChanges};
use crate::db::Conn;
use crate::db::page::{Key, OnPageOf, Page, Sorted};
use crate::db::tables::contacts;
use crate::error::{Error, Result, UserErrorCode};
use crate::id::{BusinessId, ContactId, CustomerId};

/// The contacts on the page of each of these customers.
pub async fn by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    page: &Page,
) -> Result<Vec<(Contact, String)>> {
    let parents = customers.iter().map(|id| id.0).collect();
    Ok(contacts::table
        .filter(contacts::business_id.eq(business))
        .filter(OnPageOf::new("contacts", "customer_id", business, parents, page))
        .order(Sorted(page))
        .select((Contact::as_select(), Key(page.order)))
        .load(&mut conn)
        .await?)
}

/// How many contacts each of these customers has.
pub async fn count_by_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, i64>> {
    let counts: Vec<(CustomerId, i64)> = contacts::table
        .filter(contacts::business_id.eq(business).and(contacts::customer_id.eq_any(customers)))
        .group_by(contacts::customer_id)
        .select((contacts::customer_id, count_star()))
        .load(&mut conn)
        .await?;
    Ok(counts.into_iter().collect())
}

/// The contacts of those ids.
pub async fn by_ids(mut conn: &Conn, business: BusinessId, ids: &[ContactId]) -> Result<HashMap<ContactId, Contact>> {
    let found: Vec<Contact> = contacts::table
        .filter(contacts::business_id.eq(business).and(contacts::id.eq_any(ids)))
        .select(Contact::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|contact| (contact.id, contact)).collect())
}

/// The contact of that id.
pub async fn find(mut conn: &Conn, business: BusinessId, id: ContactId) -> Result<Option<Contact>> {
    Ok(contacts::table.find((business, id)).select(Contact::as_select()).first(&mut conn).await.optional()?)
}

/// The contact of that id, or a user error.
pub async fn get(conn: &Conn, business: BusinessId, id: ContactId) -> Result<Contact> {
    let found = find(conn, business, id).await?;
    found.ok_or_else(|| Error::user(UserErrorCode::NotFound, "id", format!("there is no contact {id}")))
}

/// Adds a contact to a locked customer.
pub async fn insert(mut conn: &Conn, contact: &Contact) -> Result<()> {
    diesel::insert_into(contacts::table).values(contact).execute(&mut conn).await?;
    Ok(())
}

/// Adds contacts to locked customers.
pub async fn insert_all(mut conn: &Conn, contacts: &[Contact]) -> Result<()> {
    diesel::insert_into(contacts::table).values(contacts).execute(&mut conn).await?;
    Ok(())
}

/// All contacts of these customers.
pub async fn of_customers(
    mut conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, Vec<Contact>>> {
    let found: Vec<Contact> = contacts::table
        .filter(contacts::business_id.eq(business).and(contacts::customer_id.eq_any(customers)))
        .order(contacts::id)
        .select(Contact::as_select())
        .load(&mut conn)
        .await?;
    let mut of_customers: HashMap<CustomerId, Vec<Contact>> = HashMap::new();
    for contact in found {
        of_customers.entry(contact.customer_id).or_default().push(contact);
    }
    Ok(of_customers)
}

/// Changes a contact.
pub async fn update(
    mut conn: &Conn,
    business: BusinessId,
    id: ContactId,
    changes: &ContactChanges,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(contacts::table.find((business, id)))
        .set((changes, contacts::updated_at.eq(now)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Takes from whoever are the primary contacts of locked customers that they are.
pub async fn clear_primary(mut conn: &Conn, business: BusinessId, customers: &[CustomerId]) -> Result<()> {
    diesel::update(contacts::table)
        .filter(contacts::business_id.eq(business).and(contacts::customer_id.eq_any(customers)))
        .filter(contacts::is_primary)
        .set(contacts::is_primary.eq(false))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Makes a contact the primary one of a locked customer who has none.
pub async fn set_primary(mut conn: &Conn, business: BusinessId, id: ContactId) -> Result<()> {
    diesel::update(contacts::table.find((business, id))).set(contacts::is_primary.eq(true)).execute(&mut conn).await?;
    Ok(())
}

/// The contact of a customer who was added first.
pub async fn oldest(mut conn: &Conn, business: BusinessId, customer: CustomerId) -> Result<Option<ContactId>> {
    Ok(contacts::table
        .filter(contacts::business_id.eq(business).and(contacts::customer_id.eq(customer)))
        .order(contacts::id)
        .select(contacts::id)
        .first(&mut conn)
        .await
        .optional()?)
}

/// Removes a contact.
pub async fn delete(mut conn: &Conn, business: BusinessId, id: ContactId) -> Result<()> {
    diesel::delete(contacts::table.find((business, id))).execute(&mut conn).await?;
    Ok(())
}
