//! The only file that queries `customers`.

use std::collections::{BTreeMap, HashMap};

use async_graphql::{Enum, InputObject};
use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::model::{Customer, CustomerChanges, CustomerStatus, CustomerType, NewCustomer};
use super::search::Matches;
use crate::auth::Tenant;
use crate::db::Conn;
use crate::db::page::{Beyond, Key, Order, Page, Rows, Sorted};
use crate::db::tables::{charges, customers, invoices, payments, plan_subscriptions, plans, standing_orders};
use crate::error::{Error, Result, UserErrorCode};
use crate::graphql::{Date, Tags};
use crate::id::{BusinessId, CustomerId};
use crate::money::{Amount, Exact};

diesel::define_sql_function! {
    /// Lower case, by the rules of the data base.
    fn lower(value: Text) -> Text;
}

/// Which customers are wanted. All conditions must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct CustomerFilter {
    /// Any of these. Archived customers are left out unless `ARCHIVED` is among them.
    pub status: Option<Vec<CustomerStatus>>,
    /// Any of these.
    #[graphql(name = "type")]
    pub kind: Option<Vec<CustomerType>>,
    /// Members, or those who are not.
    pub member: Option<bool>,
    /// All of these.
    pub tags: Option<Vec<String>>,
    /// Owing at least this.
    pub balance_min: Option<Exact>,
    /// Owing at most this.
    pub balance_max: Option<Exact>,
    /// A customer since this day or later.
    pub joined_from: Option<Date>,
    /// A customer since this day or earlier.
    pub joined_to: Option<Date>,
    /// Last paid at this time or later.
    pub last_payment_from: Option<DateTime<Utc>>,
    /// Last paid at this time or earlier. Those who never paid are left out.
    pub last_payment_to: Option<DateTime<Utc>>,
}

impl CustomerFilter {
    /// Whether it asks what they owe or when they paid.
    pub fn is_of_money(&self) -> bool {
        let balance = self.balance_min.is_some() || self.balance_max.is_some();
        balance || self.last_payment_from.is_some() || self.last_payment_to.is_some()
    }
}

/// The orders of a list of customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub enum CustomerSort {
    /// By name, A first.
    #[default]
    NameAsc,
    /// By name, Z first.
    NameDesc,
    /// By code, lowest first.
    CodeAsc,
    /// By code, highest first.
    CodeDesc,
    /// By what they owe, least first.
    BalanceAsc,
    /// By what they owe, most first.
    BalanceDesc,
    /// By the day they joined, longest ago first.
    JoinedOnAsc,
    /// By the day they joined, latest first.
    JoinedOnDesc,
    /// By their last payment: those who never paid, then longest ago.
    LastPaymentAtAsc,
    /// By their last payment, latest first.
    LastPaymentAtDesc,
}

impl CustomerSort {
    /// Whether it is by what they owe or when they paid.
    pub fn is_of_money(self) -> bool {
        matches!(self, Self::BalanceAsc | Self::BalanceDesc | Self::LastPaymentAtAsc | Self::LastPaymentAtDesc)
    }

    /// The order of rows.
    pub fn order(self) -> Order {
        let order = |name, key, key_type, descending| Order { name, key, key_type, id: "customers.id", descending };
        let paid = "coalesce(customers.last_payment_at, '-infinity'::timestamptz)";
        match self {
            Self::NameAsc => order("NAME_ASC", "lower(customers.name)", "text", false),
            Self::NameDesc => order("NAME_DESC", "lower(customers.name)", "text", true),
            Self::CodeAsc => order("CODE_ASC", "customers.code", "text", false),
            Self::CodeDesc => order("CODE_DESC", "customers.code", "text", true),
            Self::BalanceAsc => order("BALANCE_ASC", "customers.balance", "bigint", false),
            Self::BalanceDesc => order("BALANCE_DESC", "customers.balance", "bigint", true),
            Self::JoinedOnAsc => order("JOINED_ON_ASC", "customers.joined_on", "date", false),
            Self::JoinedOnDesc => order("JOINED_ON_DESC", "customers.joined_on", "date", true),
            Self::LastPaymentAtAsc => order("LAST_PAYMENT_AT_ASC", paid, "timestamptz", false),
            Self::LastPaymentAtDesc => order("LAST_PAYMENT_AT_DESC", paid, "timestamptz", true),
        }
    }
}

/// Which customers of a business are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Part of a name, code, e-mail address or phone number, of the customer or a contact; typing errors are
    /// forgiven.
    pub search: Option<String>,
    /// Further conditions.
    pub filter: CustomerFilter,
}

type Boxed<'a, T> = customers::BoxedQuery<'a, Pg, T>;

fn narrow<'a, T>(mut query: Boxed<'a, T>, tenant: &Tenant, wanted: &'a Wanted) -> Result<Boxed<'a, T>> {
    let filter = &wanted.filter;
    if let Some(search) = wanted.search.as_deref().map(str::trim).filter(|search| !search.is_empty()) {
        query = query.filter(Matches::new(tenant.id, search));
    }
    if let Some(status) = &filter.status {
        let archived = customers::archived_at.is_not_null();
        let listed = customers::archived_at.is_null().and(customers::status.eq_any(status));
        query = if status.contains(&CustomerStatus::Archived) {
            query.filter(listed.or(archived))
        } else {
            query.filter(listed)
        };
    } else {
        query = query.filter(customers::archived_at.is_null());
    }
    if let Some(kinds) = &filter.kind {
        query = query.filter(customers::type_.eq_any(kinds));
    }
    match filter.member {
        Some(true) => query = query.filter(customers::member_since.is_not_null()),
        Some(false) => query = query.filter(customers::member_since.is_null()),
        None => {}
    }
    if let Some(tags) = &filter.tags {
        query = query.filter(customers::tags.contains(Tags(tags.clone())));
    }
    let amount = |field: &str, bound: Option<Exact>| {
        bound
            .map(|bound| Amount::from_decimal(bound.0, tenant.currency))
            .transpose()
            .map_err(|message| Error::BadInput(format!("filter.{field}: {message}")))
    };
    if let Some(min) = amount("balanceMin", filter.balance_min)? {
        query = query.filter(customers::balance.ge(min));
    }
    if let Some(max) = amount("balanceMax", filter.balance_max)? {
        query = query.filter(customers::balance.le(max));
    }
    if let Some(from) = filter.joined_from {
        query = query.filter(customers::joined_on.ge(from.0));
    }
    if let Some(to) = filter.joined_to {
        query = query.filter(customers::joined_on.le(to.0));
    }
    if let Some(from) = filter.last_payment_from {
        query = query.filter(customers::last_payment_at.ge(from));
    }
    if let Some(to) = filter.last_payment_to {
        query = query.filter(customers::last_payment_at.le(to));
    }
    Ok(query)
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

/// Suspends locked customers because they did not pay, or serves them again.
pub async fn set_suspended(
    mut conn: &Conn,
    business: BusinessId,
    ids: &[CustomerId],
    suspended: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let status = if suspended { CustomerStatus::Suspended } else { CustomerStatus::Active };
    diesel::update(customers::table)
        .filter(customers::business_id.eq(business).and(customers::id.eq_any(ids)))
        .set((
            customers::status.eq(status),
            customers::suspended_by_dunning.eq(suspended),
            customers::updated_at.eq(now),
        ))
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

/// The names of the plans to which a locked customer has subscriptions that have not ended, the oldest first.
pub async fn running_subscriptions(mut conn: &Conn, business: BusinessId, id: CustomerId) -> Result<Vec<String>> {
    Ok(plan_subscriptions::table
        .inner_join(
            plans::table.on(plans::business_id
                .eq(plan_subscriptions::business_id)
                .and(plans::id.eq(plan_subscriptions::plan_id))),
        )
        .filter(plan_subscriptions::business_id.eq(business).and(plan_subscriptions::customer_id.eq(id)))
        .filter(plan_subscriptions::canceled_on.is_null())
        .order(plan_subscriptions::id)
        .select(plans::name)
        .load(&mut conn)
        .await?)
}

/// What a locked customer has standing orders of that have not ended, the oldest first.
pub async fn running_orders(mut conn: &Conn, business: BusinessId, id: CustomerId) -> Result<Vec<String>> {
    Ok(standing_orders::table
        .filter(standing_orders::business_id.eq(business).and(standing_orders::customer_id.eq(id)))
        .filter(standing_orders::next_on.is_not_null().or(standing_orders::paused))
        .filter(standing_orders::ended_at.is_null())
        .order(standing_orders::id)
        .select(standing_orders::product)
        .load(&mut conn)
        .await?)
}

/// How many charges, payments, subscriptions and invoices, drafts too, hang on a customer.
pub async fn history(mut conn: &Conn, business: BusinessId, id: CustomerId) -> Result<(i64, i64, i64, i64)> {
    let (mut also, mut too, mut last) = (conn, conn, conn);
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
        .get_result(&mut last);
    Ok(tokio::try_join!(charges, payments, subscriptions, invoices)?)
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
