//! Which customers a list has, and in which order.

use async_graphql::{Enum, InputObject, Json};
use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::Bool;
use serde_json::Value;

use super::model::{CustomerStatus, CustomerType};
use super::search::{Matches, misspelt};
use super::store;
use crate::auth::{Permission, Tenant, Viewer};
use crate::customers::segment;
use crate::db::Conn;
use crate::db::page::Order;
use crate::db::tables::{customers, plan_subscriptions, preferences, purchase_histories, service_usages};
use crate::error::{Error, Result, UserErrorCode};
use crate::graphql::{Date, Tags};
use crate::id::{BusinessId, CustomerId, PlanId, SegmentId};
use crate::money::{Amount, Exact};
use crate::text::Checks;

/// Up to so many who were searched for are found first and then sorted.
const FEW: i64 = 20_000;
/// The longest search.
const MAX_SEARCH: usize = 200;

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
    /// Free data that has all of this: a JSON object.
    pub metadata: Option<Json<Value>>,
    /// Those who are to be left alone, or those who are not.
    pub do_not_contact: Option<bool>,
    /// Those who may be sent offers, all considered, or those who may not.
    pub offers_allowed: Option<bool>,
    /// Those with a subscription to any of these plans that has not ended: in its trial, running or paused.
    pub plan_ids: Option<Vec<PlanId>>,
    /// Those who use at least so many percent of what they may, by the last report.
    pub service_usage_min: Option<i32>,
    /// Those with at least so many purchases.
    pub purchases_min: Option<i32>,
    /// Those who spent at least this on purchases.
    pub spent_min: Option<Exact>,
    /// Those whom the membership rule of the business would make members: who are none, reach a threshold of the rule,
    /// and take part in the loyalty programme. False: all others.
    pub due_for_membership: Option<bool>,
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
    fn is_of_money(&self) -> bool {
        let balance = self.balance_min.is_some() || self.balance_max.is_some();
        balance || self.last_payment_from.is_some() || self.last_payment_to.is_some()
    }

    /// Whether it asks what they bought.
    fn is_of_purchases(&self) -> bool {
        self.purchases_min.is_some() || self.spent_min.is_some() || self.due_for_membership.is_some()
    }

    /// A user error if it names a plan that the business does not have. A list of nobody would not show that.
    pub async fn require_plans(&self, conn: &Conn, business: BusinessId) -> Result<()> {
        let Some(plans) = &self.plan_ids else { return Ok(()) };
        let known = store::known_plans(conn, business, plans).await?;
        match plans.iter().find(|plan| !known.contains(plan)) {
            Some(plan) => {
                let message = format!("there is no plan {plan}");
                Err(Error::user(UserErrorCode::NotFound, "filter.planIds", message))
            }
            None => Ok(()),
        }
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
    /// What someone typed.
    search: Option<String>,
    /// What is looked for by it.
    matches: Option<Matches>,
    /// Further conditions.
    filter: CustomerFilter,
    /// Among these only.
    ids: Option<Vec<CustomerId>>,
    /// Who is wanted here as well: those of a segment.
    also: Option<Box<Self>>,
    /// Whether they were searched for and found to be few.
    few: bool,
}

impl Wanted {
    /// Those who have all that was typed in name, code, e-mail address or phone number, of their own or of a contact's,
    /// and for whom the conditions hold.
    pub fn new(search: Option<String>, filter: CustomerFilter) -> Self {
        let matches = search.as_deref().and_then(Matches::exactly);
        Self { search, matches, filter, ids: None, also: None, few: false }
    }

    /// The same, among these only.
    pub fn among(self, ids: Option<Vec<CustomerId>>) -> Self {
        Self { ids, ..self }
    }

    /// The same, in this segment too. None if there is no such segment.
    pub async fn within(mut self, conn: &Conn, viewer: &Viewer, id: Option<SegmentId>) -> Result<Option<Self>> {
        let Some(id) = id else { return Ok(Some(self)) };
        viewer.require(Permission::NotesRead)?;
        let found = segment::store::by_ids(conn, viewer.business.id, &[id]).await?.remove(&id);
        let Some(segment) = found else { return Ok(None) };
        let also = segment.wanted()?;
        also.check(viewer)?;
        self.also = Some(Box::new(also));
        Ok(Some(self))
    }

    /// The same, but that typing errors are forgiven where nobody has what was typed; and it is known whether they are few.
    pub async fn forgiving(mut self, conn: &Conn, tenant: &Tenant) -> Result<Self> {
        let Some(typed) = self.search.as_deref() else { return Ok(self) };
        // Else there is no quick way to count them, nor a word that may have an error.
        if !self.matches.as_ref().is_some_and(Matches::is_indexed) {
            return Ok(self);
        }
        let count = store::count_up_to(conn, tenant, &self, FEW + 1).await?;
        self.few = count <= FEW;
        let words = misspelt(typed);
        if count == 0 && !words.is_empty() {
            let near = store::words_like(conn, tenant.id, &words).await?;
            self.matches = Some(Matches::forgiving(typed, &near));
        }
        Ok(self)
    }

    /// Whether to look for them first and then to sort them, rather than to meet them in their order.
    pub fn are_few(&self) -> bool {
        self.few
    }

    /// Refuses what makes no sense, and what the viewer may not read: whoever may ask for it in turn finds it out.
    pub fn check(&self, viewer: &Viewer) -> Result<()> {
        if self.search.as_ref().is_some_and(|search| search.chars().count() > MAX_SEARCH) {
            return Err(Error::BadInput(format!("`search` is longer than {MAX_SEARCH} characters")));
        }
        // PostgreSQL's text cannot have it, so that no customer has it either.
        if self.search.iter().chain(self.filter.tags.iter().flatten()).any(|text| text.contains('\0')) {
            return Err(Error::BadInput("`search` and `tags` must not contain the character NUL".into()));
        }
        if let Some(metadata) = &self.filter.metadata {
            let mut checks = Checks::default();
            checks.object("filter.metadata", metadata.0.clone());
            checks.finish()?;
        }
        if self.filter.tags.is_some() || self.filter.metadata.is_some() {
            viewer.require(Permission::NotesRead)?;
        }
        if self.filter.plan_ids.is_some() {
            viewer.require(Permission::SubscriptionsRead)?;
        }
        if self.filter.is_of_purchases() {
            viewer.require(Permission::LoyaltyRead)?;
        }
        if self.filter.is_of_money() {
            viewer.require(Permission::LedgerRead)?;
        }
        Ok(())
    }
}

type Boxed<'a, T> = customers::BoxedQuery<'a, Pg, T>;

/// `query` with the conditions.
pub fn narrow<'a, T>(mut query: Boxed<'a, T>, tenant: &Tenant, wanted: &'a Wanted) -> Result<Boxed<'a, T>> {
    let filter = &wanted.filter;
    if let Some(matches) = &wanted.matches {
        query = query.filter(matches.clone());
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
    if let Some(metadata) = &filter.metadata {
        query = query.filter(customers::metadata.contains(&metadata.0));
    }
    match filter.do_not_contact {
        Some(true) => query = query.filter(exists(preferring().filter(preferences::do_not_contact))),
        Some(false) => query = query.filter(not(exists(preferring().filter(preferences::do_not_contact)))),
        None => {}
    }
    let allowed = preferences::may_receive_offers.and(not(preferences::do_not_contact));
    match filter.offers_allowed {
        Some(true) => query = query.filter(exists(preferring().filter(allowed))),
        Some(false) => query = query.filter(not(exists(preferring().filter(allowed)))),
        None => {}
    }
    if let Some(plans) = &filter.plan_ids {
        query = query.filter(exists(subscribing().filter(plan_subscriptions::plan_id.eq_any(plans))));
    }
    if let Some(min) = filter.service_usage_min {
        query = query.filter(exists(using().filter(service_usages::percent.ge(min))));
    }
    if let Some(ids) = &wanted.ids {
        query = query.filter(customers::id.eq_any(ids));
    }
    let amount = |field: &str, bound: Option<Exact>| {
        bound
            .map(|bound| Amount::from_decimal(bound.0, tenant.currency))
            .transpose()
            .map_err(|message| Error::BadInput(format!("filter.{field}: {message}")))
    };
    if let Some(min) = filter.purchases_min {
        query = query.filter(exists(buying().filter(purchase_histories::purchases.ge(i64::from(min)))));
    }
    if let Some(min) = amount("spentMin", filter.spent_min)? {
        query = query.filter(exists(buying().filter(purchase_histories::spent.ge(min))));
    }
    match filter.due_for_membership {
        Some(true) => query = query.filter(IsDue),
        Some(false) => query = query.filter(not(IsDue)),
        None => {}
    }
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
    match &wanted.also {
        Some(also) => narrow(query, tenant, also),
        None => Ok(query),
    }
}

/// What a customer of the outer query prefers, as far as it was said.
#[diesel::dsl::auto_type(no_type_alias)]
fn preferring() -> _ {
    let own = preferences::business_id.eq(customers::business_id).and(preferences::id.eq(customers::id));
    preferences::table.filter(own).select(preferences::id)
}

/// The subscriptions of a customer of the outer query that have not ended.
#[diesel::dsl::auto_type(no_type_alias)]
fn subscribing() -> _ {
    let own = plan_subscriptions::business_id
        .eq(customers::business_id)
        .and(plan_subscriptions::customer_id.eq(customers::id))
        .and(plan_subscriptions::canceled_on.is_null());
    plan_subscriptions::table.filter(own).select(plan_subscriptions::id)
}

/// What was reported that a customer of the outer query uses, if anything.
#[diesel::dsl::auto_type(no_type_alias)]
fn using() -> _ {
    let own = service_usages::business_id.eq(customers::business_id).and(service_usages::id.eq(customers::id));
    service_usages::table.filter(own).select(service_usages::id)
}

/// What a customer of the outer query bought, if anything.
#[diesel::dsl::auto_type(no_type_alias)]
fn buying() -> _ {
    let own = purchase_histories::business_id.eq(customers::business_id).and(purchase_histories::id.eq(customers::id));
    purchase_histories::table.filter(own).select(purchase_histories::id)
}

/// The condition that the rule of the business makes a customer a member.
pub struct IsDue;

impl QueryFragment<Pg> for IsDue {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "(customers.member_since IS NULL AND EXISTS (
                 SELECT FROM purchase_histories h JOIN businesses b ON b.id = h.business_id
                 WHERE h.business_id = customers.business_id AND h.id = customers.id
                     AND (h.purchases >= b.member_from_purchases OR h.spent >= b.member_from_spent))
             AND NOT EXISTS (
                 SELECT FROM preferences p WHERE p.business_id = customers.business_id AND p.id = customers.id
                     AND NOT p.takes_part_in_loyalty))",
        );
        Ok(())
    }
}

crate::db::sql_expression!(IsDue, Bool);
