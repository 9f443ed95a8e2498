//! The only file that queries `customers`.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::Error as DieselError;
use diesel::sql_types::{Array, BigInt, Bool, Date as SqlDate, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

use super::bulk::Change;
use super::filter::{IsDue, Wanted, narrow};
use super::model::{Customer, CustomerChanges, CustomerStatus, NewCustomer};
use crate::auth::Tenant;
use crate::db::Conn;
use crate::db::page::{Beyond, Counted, Key, Page, Rows, Sorted, SortedApart};
use crate::db::tables::{charges, customers, invoices, payments, plan_subscriptions, plans, standing_orders, tickets};
use crate::error::{Error, Result, UserErrorCode};
use crate::id::{BusinessId, CustomerId, PlanId};
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
        .limit(page.fetch())
        .offset(page.skip())
        .select((Customer::as_select(), Key(page.order)))
        .into_boxed();
    let query = if wanted.are_few() { query.order(SortedApart(page)) } else { query.order(Sorted(page)) };
    let fetched = narrow(query, tenant, wanted)?.load(&mut conn).await?;
    Ok(page.rows(fetched, |customer: &Customer| customer.id.0))
}

/// How many customers of a business there are.
pub async fn count(mut conn: &Conn, tenant: &Tenant, wanted: &Wanted) -> Result<i64> {
    let query = customers::table.filter(customers::business_id.eq(tenant.id)).select(count_star()).into_boxed();
    Ok(narrow(query, tenant, wanted)?.first(&mut conn).await?)
}

/// How many of those customers there are, counted up to so many.
pub async fn count_up_to(mut conn: &Conn, tenant: &Tenant, wanted: &Wanted, most: i64) -> Result<i64> {
    let query =
        customers::table.filter(customers::business_id.eq(tenant.id)).select(customers::id).limit(most).into_boxed();
    Ok(Counted(narrow(query, tenant, wanted)?).get_result(&mut conn).await?)
}

/// How many of those customers a change would change.
pub async fn count_others(mut conn: &Conn, tenant: &Tenant, wanted: &Wanted, change: &Change) -> Result<i64> {
    let query = customers::table
        .filter(customers::business_id.eq(tenant.id))
        .filter(IsOther(change.clone()))
        .select(count_star())
        .into_boxed();
    Ok(narrow(query, tenant, wanted)?.first(&mut conn).await?)
}

/// Those customers whom a change would change, at most so many.
pub async fn others(
    mut conn: &Conn,
    tenant: &Tenant,
    wanted: &Wanted,
    change: &Change,
    most: usize,
) -> Result<Vec<CustomerId>> {
    let query = customers::table
        .filter(customers::business_id.eq(tenant.id))
        .filter(IsOther(change.clone()))
        .order(customers::id)
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select(customers::id)
        .into_boxed();
    Ok(narrow(query, tenant, wanted)?.load(&mut conn).await?)
}

/// Those of these ids who are customers of the business.
pub async fn known(mut conn: &Conn, business: BusinessId, ids: &[CustomerId]) -> Result<HashSet<CustomerId>> {
    let found: Vec<CustomerId> = customers::table
        .filter(customers::business_id.eq(business).and(customers::id.eq_any(ids)))
        .select(customers::id)
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().collect())
}

/// Those of these ids that are plans of the business.
pub async fn known_plans(mut conn: &Conn, business: BusinessId, ids: &[PlanId]) -> Result<HashSet<PlanId>> {
    let found: Vec<PlanId> = plans::table
        .filter(plans::business_id.eq(business).and(plans::id.eq_any(ids)))
        .select(plans::id)
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().collect())
}

/// Changes many locked customers.
pub async fn change_all(
    mut conn: &Conn,
    business: BusinessId,
    ids: &[CustomerId],
    change: &Change,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::sql_query(
        "UPDATE customers SET
             tags = ARRAY(SELECT tag FROM unnest(tags || $3) WITH ORDINALITY AS all_tags (tag, place)
                          WHERE tag <> ALL ($4) GROUP BY tag ORDER BY min(place)),
             type = coalesce($5, type), status = coalesce($6, status),
             suspended_by_dunning = suspended_by_dunning AND $6 IS NULL,
             member_since = CASE WHEN $7 THEN coalesce(member_since, $8) WHEN NOT $7 THEN NULL ELSE member_since END,
             member_by_rule = CASE WHEN $7 IS NULL OR member_since IS NOT NULL THEN member_by_rule ELSE $9 END,
             updated_at = $10
         WHERE business_id = $1 AND id = ANY ($2)",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<Text>, _>(&change.add)
    .bind::<Array<Text>, _>(&change.remove)
    .bind::<Nullable<Text>, _>(change.kind)
    .bind::<Nullable<Text>, _>(change.status)
    .bind::<Nullable<Bool>, _>(change.member)
    .bind::<SqlDate, _>(change.today)
    .bind::<Bool, _>(change.by_rule)
    .bind::<Timestamptz, _>(now)
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// Makes those of these locked customers members whom the rule of the business makes members; who they are.
pub async fn activate_due(
    mut conn: &Conn,
    business: BusinessId,
    ids: &[CustomerId],
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Vec<CustomerId>> {
    Ok(diesel::update(customers::table)
        .filter(customers::business_id.eq(business).and(customers::id.eq_any(ids)))
        .filter(IsDue)
        .set((customers::member_since.eq(today), customers::member_by_rule.eq(true), customers::updated_at.eq(now)))
        .returning(customers::id)
        .get_results(&mut conn)
        .await?)
}

/// The condition that a change would change a customer.
struct IsOther(Change);

impl QueryFragment<Pg> for IsOther {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let change = &self.0;
        out.push_sql("(NOT customers.tags @> ");
        out.push_bind_param::<Array<Text>, _>(&change.add)?;
        out.push_sql(" OR customers.tags && ");
        out.push_bind_param::<Array<Text>, _>(&change.remove)?;
        if let Some(kind) = &change.kind {
            out.push_sql(" OR customers.type <> ");
            out.push_bind_param::<Text, _>(kind)?;
        }
        if let Some(status) = &change.status {
            out.push_sql(" OR customers.status <> ");
            out.push_bind_param::<Text, _>(status)?;
            // Who is suspended by hand stays so, whatever they pay.
            out.push_sql(" OR customers.suspended_by_dunning");
        }
        out.push_sql(match change.member {
            Some(true) => " OR customers.member_since IS NULL)",
            Some(false) => " OR customers.member_since IS NOT NULL)",
            None => ")",
        });
        Ok(())
    }
}

crate::db::sql_expression!(IsOther, Bool);

/// The words by which customers are found that are most like each of these.
pub async fn words_like(
    mut conn: &Conn,
    business: BusinessId,
    words: &[String],
) -> Result<HashMap<String, Vec<String>>> {
    #[derive(QueryableByName)]
    struct Near {
        #[diesel(sql_type = Text)]
        typed: String,
        #[diesel(sql_type = Text)]
        word: String,
    }
    let found: Vec<Near> = diesel::sql_query(
        "SELECT typed.word AS typed, near.word FROM unnest($2) AS typed (word) CROSS JOIN LATERAL (
             SELECT s.word FROM search_words s WHERE s.business_id = $1 AND s.word % typed.word
             GROUP BY s.word ORDER BY similarity(s.word, typed.word) DESC, s.word LIMIT 20) AS near",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<Text>, _>(words)
    .load(&mut conn)
    .await?;
    let mut near: HashMap<String, Vec<String>> = HashMap::new();
    for Near { typed, word } in found {
        near.entry(typed).or_default().push(word);
    }
    Ok(near)
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

/// The ids of the customers of those codes.
pub async fn ids_by_codes(
    mut conn: &Conn,
    business: BusinessId,
    codes: &[&str],
) -> Result<HashMap<String, CustomerId>> {
    let found: Vec<(String, CustomerId)> = customers::table
        .filter(customers::business_id.eq(business).and(customers::code.eq_any(codes)))
        .select((customers::code, customers::id))
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().collect())
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

/// Notes when locked customers last paid, unless they paid later.
pub async fn note_payments(
    mut conn: &Conn,
    business: BusinessId,
    times: &BTreeMap<CustomerId, DateTime<Utc>>,
) -> Result<()> {
    let (ids, times): (Vec<CustomerId>, Vec<DateTime<Utc>>) = times.iter().unzip();
    diesel::sql_query(
        "UPDATE customers SET last_payment_at = greatest(last_payment_at, paid.at) FROM unnest($2, $3) AS paid (id, at) \
         WHERE customers.business_id = $1 AND customers.id = paid.id",
    )
    .bind::<SqlUuid, _>(business)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<Timestamptz>, _>(times)
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
