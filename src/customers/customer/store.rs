//! The only file that queries `customers`.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::filter::{Wanted, narrow};
use super::model::{Customer, CustomerChanges, NewCustomer};
use crate::auth::Tenant;
use crate::db::Conn;
use crate::db::page::{Beyond, Key, Page, Rows, Sorted};
use crate::db::tables::{charges, customers, invoices, payments, plan_subscriptions, tickets};
use crate::error::{Error, Result, UserErrorCode};
use crate::id::{BusinessId, CustomerId};
use crate::money::Amount;

diesel::define_sql_function! {
    /// Lower case, by the rules of the data base.
    fn lower(value: Text) -> Text;
}

/// A page of the customers of a business.
pub async fn list(mut conn: &Conn, tenant: &Tenant, wanted: &Wanted, page: &Page) -> Result<Rows<Customer>> {
    let query = customers::table
        .filter(customers::business_id.eq(tenant.id))
        .filter(Beyond(page))
        .order(Sorted(page))
        .limit(page.fetch())
        .offset(page.skip())
        .select((Customer::as_select(), Key(page.order)))
        .into_boxed();
    let fetched = narrow(query, tenant, wanted)?.load(&mut conn).await?;
    Ok(page.rows(fetched, |customer: &Customer| customer.id.0))
}

/// How many customers of a business there are.
pub async fn count(mut conn: &Conn, tenant: &Tenant, wanted: &Wanted) -> Result<i64> {
    let query = customers::table.filter(customers::business_id.eq(tenant.id)).select(count_star()).into_boxed();
    Ok(narrow(query, tenant, wanted)?.first(&mut conn).await?)
}

/// The customer of that id.
pub async fn find(mut conn: &Conn, business: BusinessId, id: CustomerId) -> Result<Option<Customer>> {
    Ok(customers::table.find((business, id)).select(Customer::as_select()).first(&mut conn).await.optional()?)
}

/// The customer of that code.
pub async fn find_by_code(mut conn: &Conn, business: BusinessId, code: &str) -> Result<Option<Customer>> {
    Ok(customers::table
        .filter(customers::business_id.eq(business).and(customers::code.eq(code)))
        .select(Customer::as_select())
        .first(&mut conn)
        .await
        .optional()?)
}

/// The customers of those ids.
pub async fn by_ids(
    mut conn: &Conn,
    business: BusinessId,
    ids: &[CustomerId],
) -> Result<HashMap<CustomerId, Customer>> {
    let found: Vec<Customer> = customers::table
        .filter(customers::business_id.eq(business).and(customers::id.eq_any(ids)))
        .select(Customer::as_select())
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|customer| (customer.id, customer)).collect())
}

/// Locks the customers of those codes, always in the same order, so that two who do this at once cannot block
/// each other.
pub async fn lock_by_codes(mut conn: &Conn, business: BusinessId, codes: &[&str]) -> Result<HashMap<String, Customer>> {
    let found: Vec<Customer> = customers::table
        .filter(customers::business_id.eq(business).and(customers::code.eq_any(codes)))
        .order(customers::id)
        .select(Customer::as_select())
        .for_update()
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|customer| (customer.code.clone(), customer)).collect())
}

/// The codes of the customers of those e-mail addresses, which are in lower case.
pub async fn codes_by_emails(
    mut conn: &Conn,
    business: BusinessId,
    emails: &[String],
) -> Result<HashMap<String, String>> {
    let address = lower(customers::email.assume_not_null());
    let found: Vec<(String, String)> = customers::table
        .filter(customers::business_id.eq(business).and(address.eq_any(emails)))
        .select((address, customers::code))
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().collect())
}

/// Locks a customer. Whoever changes their money or contacts does this first, so that one does so at a time.
/// A user error at `field` if there is no such customer.
pub async fn lock(mut conn: &Conn, business: BusinessId, id: CustomerId, field: &str) -> Result<Customer> {
    let found = customers::table
        .find((business, id))
        .select(Customer::as_select())
        .for_update()
        .first(&mut conn)
        .await
        .optional()?;
    found.ok_or_else(|| Error::user(UserErrorCode::NotFound, field, format!("there is no customer {id}")))
}

/// Locks many customers, always in the same order, so that two who do this at once cannot block each other.
/// Those who exist.
pub async fn lock_all(
    mut conn: &Conn,
    business: BusinessId,
    ids: &[CustomerId],
) -> Result<HashMap<CustomerId, Customer>> {
    let found: Vec<Customer> = customers::table
        .filter(customers::business_id.eq(business).and(customers::id.eq_any(ids)))
        .order(customers::id)
        .select(Customer::as_select())
        .for_update()
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|customer| (customer.id, customer)).collect())
}

/// Adds to the balances of locked customers.
pub async fn add_balances(mut conn: &Conn, business: BusinessId, amounts: &BTreeMap<CustomerId, Amount>) -> Result<()> {
    let (ids, sums): (Vec<CustomerId>, Vec<Amount>) = amounts.iter().unzip();
    diesel::sql_query(
        "UPDATE customers SET balance = balance + part.amount FROM unnest($2, $3) AS part (id, amount) \
         WHERE customers.business_id = $1 AND customers.id = part.id",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<BigInt>, _>(sums)
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// Adds a customer.
pub async fn insert(mut conn: &Conn, customer: &NewCustomer) -> Result<Customer> {
    diesel::insert_into(customers::table)
        .values(customer)
        .returning(Customer::as_returning())
        .get_result(&mut conn)
        .await
        .map_err(taken)
}

/// Adds many customers.
pub async fn insert_all(mut conn: &Conn, new: &[NewCustomer]) -> Result<()> {
    diesel::insert_into(customers::table).values(new).execute(&mut conn).await.map_err(taken)?;
    Ok(())
}

/// Whether the code is taken.
pub async fn has_code(mut conn: &Conn, business: BusinessId, code: &str) -> Result<bool> {
    let taken = customers::table.filter(customers::business_id.eq(business).and(customers::code.eq(code)));
    Ok(diesel::select(diesel::dsl::exists(taken)).get_result(&mut conn).await?)
}

/// Changes a customer.
pub async fn update(
    mut conn: &Conn,
    business: BusinessId,
    id: CustomerId,
    changes: &CustomerChanges,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(customers::table.find((business, id)))
        .set((changes, customers::updated_at.eq(now)))
        .execute(&mut conn)
        .await
        .map_err(taken)?;
    Ok(())
}

/// Archives a customer, or with `None` restores them.
pub async fn set_archived(
    mut conn: &Conn,
    business: BusinessId,
    id: CustomerId,
    at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(customers::table.find((business, id)))
        .set((customers::archived_at.eq(at), customers::updated_at.eq(now)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Moves a locked customer's balance, and notes when they last paid.
pub async fn move_balance(
    mut conn: &Conn,
    business: BusinessId,
    id: CustomerId,
    balance: Amount,
    last_payment_at: Option<DateTime<Utc>>,
) -> Result<()> {
    diesel::update(customers::table.find((business, id)))
        .set((customers::balance.eq(balance), customers::last_payment_at.eq(last_payment_at)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// How many charges, payments, subscriptions, invoices, drafts too, and tickets hang on a customer.
pub async fn history(mut conn: &Conn, business: BusinessId, id: CustomerId) -> Result<[i64; 5]> {
    let (mut also, mut too, mut then, mut last) = (conn, conn, conn, conn);
    let charges = charges::table
        .filter(charges::business_id.eq(business).and(charges::customer_id.eq(id)))
        .count()
        .get_result(&mut conn);
    let payments = payments::table
        .filter(payments::business_id.eq(business).and(payments::customer_id.eq(id)))
        .count()
        .get_result(&mut also);
    let subscriptions = plan_subscriptions::table
        .filter(plan_subscriptions::business_id.eq(business).and(plan_subscriptions::customer_id.eq(id)))
        .count()
        .get_result(&mut too);
    let invoices = invoices::table
        .filter(invoices::business_id.eq(business).and(invoices::customer_id.eq(id)))
        .count()
        .get_result(&mut then);
    let tickets = tickets::table
        .filter(tickets::business_id.eq(business).and(tickets::customer_id.eq(id)))
        .count()
        .get_result(&mut last);
    let (charges, payments, subscriptions, invoices, tickets) =
        tokio::try_join!(charges, payments, subscriptions, invoices, tickets)?;
    Ok([charges, payments, subscriptions, invoices, tickets])
}

/// Removes a customer without history, with contacts and notes.
pub async fn delete(mut conn: &Conn, business: BusinessId, id: CustomerId) -> Result<()> {
    diesel::delete(customers::table.find((business, id))).execute(&mut conn).await?;
    Ok(())
}

fn taken(error: DieselError) -> Error {
    let (field, what) = match Error::taken(&error) {
        Some("customers_code_key") => ("code", "code"),
        Some("customers_email_key") => ("email", "e-mail address"),
        _ => return error.into(),
    };
    let message = format!("another customer has this {what}; it must be unique (archived customers count)");
    Error::user(UserErrorCode::Taken, field, message)
}
