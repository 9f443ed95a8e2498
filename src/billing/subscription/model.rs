//! A subscription as it is kept, and the days that it was charged for.

use async_graphql::{Enum, InputObject};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use strum::{EnumString, IntoStaticStr};

use crate::billing::period::Period;
use crate::db::page::Order;
use crate::db::tables::{plan_subscriptions, subscription_periods};
use crate::id::{BusinessId, ChargeId, CustomerId, PlanId, PlanPriceId, PlanSubscriptionId, SubscriptionPeriodId};
use crate::money::Amount;
use crate::tax::{TaxMode, TaxRate};

/// The oldest first.
pub const BY_AGE: Order = Order {
    name: "SUBSCRIPTIONS",
    key: "plan_subscriptions.id",
    key_type: "uuid",
    id: "plan_subscriptions.id",
    descending: false,
};

/// Where a subscription stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Enum,
    EnumString,
    IntoStaticStr,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum SubscriptionStatus {
    /// In its free days, or before them.
    Trialing,
    /// Charged for, or about to begin.
    Active,
    /// Not charged for until it is resumed.
    Paused,
    /// Ended for good.
    Canceled,
}

crate::db::enum_column!(SubscriptionStatus);

/// A subscription of a customer to a plan.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, QueryableByName, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = plan_subscriptions, primary_key(business_id, id), treat_none_as_null = true)]
pub struct PlanSubscription {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: PlanSubscriptionId,
    /// Whose subscription.
    pub customer_id: CustomerId,
    /// To which plan.
    pub plan_id: PlanId,
    /// At which version of its price.
    pub price_id: PlanPriceId,
    /// How many of it.
    pub quantity: i32,
    /// Where it stands.
    pub status: SubscriptionStatus,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The day after the last free one, if it has free ones.
    pub trial_ends_on: Option<NaiveDate>,
    /// The day from which periods are counted.
    pub anchor_on: NaiveDate,
    /// The first day of the current period; none before the first.
    pub period_start: Option<NaiveDate>,
    /// The day after the last of the current period.
    pub period_end: Option<NaiveDate>,
    /// What the whole of the current period costs, as it was charged.
    pub period_amount: Amount,
    /// Whether it ends with its period.
    pub cancel_at_period_end: bool,
    /// The day on which it ended.
    pub canceled_on: Option<NaiveDate>,
    /// Since which day it is paused.
    pub paused_on: Option<NaiveDate>,
    /// The day on which it goes on by itself.
    pub resume_on: Option<NaiveDate>,
    /// At which price it goes on after the current period, if that was decided.
    pub next_price_id: Option<PlanPriceId>,
    /// How many of it then.
    pub next_quantity: Option<i32>,
    /// The day on which something is to be done.
    pub due_on: Option<NaiveDate>,
    /// Why that could not be done.
    pub error: Option<String>,
    /// How often that failed.
    pub failures: i32,
    /// When it is tried again.
    pub retry_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Whether it is exempt from dunning.
    pub dunning_held: bool,
    /// To which day, if not until it is released.
    pub dunning_held_until: Option<NaiveDate>,
    /// The rate of tax by which the current period was charged.
    pub period_tax_rate: TaxRate,
    /// Whether that was without tax or with it.
    pub period_tax_mode: TaxMode,
    /// At which price it was charged, which may not be that of now: a change without proration counts from the next one.
    pub period_price_id: Option<PlanPriceId>,
    /// How many of it.
    pub period_quantity: Option<i32>,
}

impl PlanSubscription {
    /// The current period, if it has one: the whole of it, of which its first days may not be the subscription's.
    pub fn period(&self) -> Option<Period> {
        Some(Period { start: self.period_start?, end: self.period_end? })
    }
}

/// Days that a subscription was charged for.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = subscription_periods)]
pub struct SubscriptionPeriod {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: SubscriptionPeriodId,
    /// Of which subscription.
    pub subscription_id: PlanSubscriptionId,
    /// Whose that is.
    pub customer_id: CustomerId,
    /// At which price.
    pub price_id: PlanPriceId,
    /// How many of it.
    pub quantity: i32,
    /// The first day.
    pub starts_on: NaiveDate,
    /// The day after the last one that was not given back.
    pub ends_on: NaiveDate,
    /// The first day of the whole period.
    pub period_start: NaiveDate,
    /// The day after the last of the whole period, and of what was charged.
    pub period_end: NaiveDate,
    /// What the whole period costs.
    pub period_amount: Amount,
    /// What was charged.
    pub amount: Amount,
    /// By which charge, if it was something.
    pub charge_id: Option<ChargeId>,
    /// What was given back of it.
    pub credited: Amount,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Which subscriptions are wanted. All conditions must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SubscriptionFilter {
    /// Of this customer.
    pub customer_id: Option<CustomerId>,
    /// To this plan.
    pub plan_id: Option<PlanId>,
    /// Any of these.
    pub status: Option<Vec<SubscriptionStatus>>,
    /// Those that could not be charged for, or those that could.
    pub failing: Option<bool>,
}
