//! A plan, its price, the checks of new ones and of changes.

use async_graphql::{Enum, InputObject, Json, MaybeUndefined};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;

use crate::auth::Tenant;
use crate::billing::period::{Cadence, Interval};
use crate::db::page::Order;
use crate::db::tables::{plan_prices, plans};
use crate::error::{Result, UserErrorCode};
use crate::graphql::Tags;
use crate::id::{BusinessId, PlanId, PlanPriceId};
use crate::money::{Amount, Exact};
use crate::tax::TaxRate;
use crate::text::{Checks, changed};

const MAX_CODE: usize = 50;
const MAX_NAME: usize = 200;
const MAX_DESCRIPTION: usize = 2_000;
const MAX_FEATURES: usize = 50;
const MAX_FEATURE: usize = 200;
const MAX_TRIAL_DAYS: i32 = 730;

/// Prices of a plan, the newest first.
pub const BY_VERSION: Order =
    Order { name: "PLAN_PRICES", key: "plan_prices.id", key_type: "uuid", id: "plan_prices.id", descending: true };

/// What plans have beside their price.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = plans)]
pub struct PlanRow {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: PlanId,
    /// What the business calls it in lists.
    pub code: String,
    /// What customers call it.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// What its periods are measured in.
    pub interval_unit: Interval,
    /// How many intervals a period has.
    pub interval_count: i32,
    /// How many days are free at the start.
    pub trial_days: i32,
    /// What one gets, in order.
    pub features: Tags,
    /// Free data: a JSON object.
    pub attributes: Value,
    /// The version of its price.
    pub version: i32,
    /// When it was archived, if it is.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A version of the price of a plan.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = plan_prices)]
pub struct PlanPrice {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: PlanPriceId,
    /// Of which plan.
    pub plan_id: PlanId,
    /// Which version, from 1.
    pub version: i32,
    /// What a period costs.
    pub amount: Amount,
    /// Since when it is the price.
    pub created_at: DateTime<Utc>,
    /// The rate of tax on it.
    pub tax_rate: TaxRate,
}

/// A plan with its price of now.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = plans)]
pub struct Plan {
    /// What it is.
    #[diesel(embed)]
    pub row: PlanRow,
    /// What it costs.
    #[diesel(embed)]
    pub price: PlanPrice,
}

/// What a subscription pays, and how often: a version of a price, and what to know of its plan.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Terms {
    /// The version of the price.
    pub price: PlanPriceId,
    /// The plan.
    pub plan: PlanId,
    /// What that is called.
    pub name: String,
    /// What a period costs.
    pub amount: Amount,
    /// What periods are measured in.
    pub interval: Interval,
    /// How many intervals a period has.
    pub count: i32,
    /// The rate of tax on it.
    pub tax_rate: TaxRate,
}

impl Terms {
    /// How long periods are.
    pub fn cadence(&self) -> Cadence {
        Cadence { interval: self.interval, count: self.count }
    }
}

impl Plan {
    /// What who subscribes now pays.
    pub fn terms(&self) -> Terms {
        Terms {
            price: self.price.id,
            plan: self.row.id,
            name: self.row.name.clone(),
            amount: self.price.amount,
            interval: self.row.interval_unit,
            count: self.row.interval_count,
            tax_rate: self.price.tax_rate,
        }
    }
}

/// Which plans are wanted. All conditions must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct PlanFilter {
    /// Those that are archived, rather than those that are not.
    #[graphql(default)]
    pub archived: bool,
    /// Those whose periods are measured so.
    pub interval: Option<Interval>,
}

/// The orders of a list of plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub enum PlanSort {
    /// By name, from A.
    #[default]
    NameAsc,
    /// By name, from Z.
    NameDesc,
}

impl PlanSort {
    /// The order of rows.
    pub fn order(self) -> Order {
        let order =
            |name, descending| Order { name, key: "lower(plans.name)", key_type: "text", id: "plans.id", descending };
        match self {
            Self::NameAsc => order("PLAN_NAME_ASC", false),
            Self::NameDesc => order("PLAN_NAME_DESC", true),
        }
    }
}

/// A plan to be made.
#[derive(Debug, Clone, InputObject)]
pub struct PlanCreateInput {
    /// What the business calls it in lists, at most 50 characters, unique.
    pub code: String,
    /// What customers call it, at most 200 characters.
    pub name: String,
    /// What it is, at most 2,000 characters.
    pub description: Option<String>,
    /// What one period costs, zero or more, without tax or with it as the business has set for its invoices.
    pub price: Exact,
    /// The rate of tax on it in percent, 0 to 100, to four decimals; none if absent.
    pub tax_rate: Option<Exact>,
    /// What its periods are measured in. Fixed from then on.
    pub interval: Interval,
    /// How many intervals a period has, 1 if absent. A period is at most ten years long. Fixed from then on.
    pub interval_count: Option<i32>,
    /// How many days are free at the start, at most 730; none if absent.
    pub trial_days: Option<i32>,
    /// What one gets, in order: at most 50 of 200 characters.
    pub features: Option<Vec<String>>,
    /// Free data such as `{"speed": "50 Mbit/s"}`: a JSON object of at most 8 KB.
    pub attributes: Option<Json<Value>>,
}

impl PlanCreateInput {
    /// The plan to make.
    pub fn check(self, tenant: &Tenant, (id, price): (PlanId, PlanPriceId), now: DateTime<Utc>) -> Result<Plan> {
        let mut checks = Checks::default();
        let amount = check_price(self.price, tenant, &mut checks);
        let tax_rate = check_rate(self.tax_rate, &mut checks).unwrap_or_default();
        let row = PlanRow {
            business_id: tenant.id,
            id,
            code: checks.text("code", &self.code, MAX_CODE),
            name: checks.text("name", &self.name, MAX_NAME),
            description: checks.optional("description", self.description.as_deref(), MAX_DESCRIPTION),
            interval_unit: self.interval,
            interval_count: check_count(self.interval, self.interval_count.unwrap_or(1), &mut checks),
            trial_days: check_trial(self.trial_days.unwrap_or_default(), &mut checks),
            features: check_features(self.features.unwrap_or_default(), &mut checks),
            attributes: checks.object("attributes", self.attributes.map_or_else(nothing, |json| json.0)),
            version: 1,
            archived_at: None,
            created_at: now,
            updated_at: now,
        };
        checks.finish()?;
        let price =
            PlanPrice { business_id: tenant.id, id: price, plan_id: id, version: 1, amount, created_at: now, tax_rate };
        Ok(Plan { row, price })
    }
}

/// A change of a plan. What is absent stays as it is; null clears. For its price, use `planPriceChange`.
#[derive(Debug, Clone, Default, InputObject)]
pub struct PlanUpdateInput {
    /// What the business calls it in lists, at most 50 characters, unique.
    pub code: MaybeUndefined<String>,
    /// What customers call it, at most 200 characters.
    pub name: MaybeUndefined<String>,
    /// What it is, at most 2,000 characters.
    pub description: MaybeUndefined<String>,
    /// How many days are free at the start for who subscribes from now on, at most 730.
    pub trial_days: Option<i32>,
    /// What one gets, in order: at most 50 of 200 characters. Replaces all of it.
    pub features: MaybeUndefined<Vec<String>>,
    /// Free data: a JSON object of at most 8 KB. Replaces all of it.
    pub attributes: MaybeUndefined<Json<Value>>,
}

/// A change of a plan: `None` leaves a value as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = plans)]
pub struct PlanChanges {
    code: Option<String>,
    name: Option<String>,
    description: Option<Option<String>>,
    trial_days: Option<i32>,
    features: Option<Tags>,
    attributes: Option<Value>,
}

impl PlanUpdateInput {
    /// The change, and the names of the fields that it touches.
    pub fn check(self) -> Result<(PlanChanges, Vec<&'static str>)> {
        let mut checks = Checks::default();
        let required = |field: &str, value: &MaybeUndefined<String>, max, checks: &mut Checks| {
            changed(value).map(|value| checks.text(field, value.map_or("", String::as_str), max))
        };
        let changes = PlanChanges {
            code: required("code", &self.code, MAX_CODE, &mut checks),
            name: required("name", &self.name, MAX_NAME, &mut checks),
            description: checks.change("description", &self.description, MAX_DESCRIPTION),
            trial_days: self.trial_days.map(|days| check_trial(days, &mut checks)),
            features: changed(&self.features)
                .map(|features| check_features(features.cloned().unwrap_or_default(), &mut checks)),
            attributes: changed(&self.attributes)
                .map(|attributes| attributes.map_or_else(nothing, |json| json.0.clone()))
                .map(|attributes| checks.object("attributes", attributes)),
        };
        checks.finish()?;
        let touched = [
            (changes.code.is_some(), "code"),
            (changes.name.is_some(), "name"),
            (changes.description.is_some(), "description"),
            (changes.trial_days.is_some(), "trialDays"),
            (changes.features.is_some(), "features"),
            (changes.attributes.is_some(), "attributes"),
        ];
        let fields = touched.into_iter().filter_map(|(touched, name)| touched.then_some(name)).collect();
        Ok((changes, fields))
    }
}

/// A new price of a plan.
#[derive(Debug, Clone, InputObject)]
pub struct PlanPriceChangeInput {
    /// What one period costs for who subscribes from now on, zero or more.
    pub price: Exact,
    /// The rate of tax on it in percent, 0 to 100, to four decimals; that of now if absent.
    pub tax_rate: Option<Exact>,
}

impl PlanPriceChangeInput {
    /// The amount, and the rate of tax if it changes.
    pub fn check(self, tenant: &Tenant) -> Result<(Amount, Option<TaxRate>)> {
        let mut checks = Checks::default();
        let amount = check_price(self.price, tenant, &mut checks);
        let tax_rate = check_rate(self.tax_rate, &mut checks);
        checks.finish()?;
        Ok((amount, tax_rate))
    }
}

fn check_price(price: Exact, tenant: &Tenant, checks: &mut Checks) -> Amount {
    let amount = checks.take("price", Amount::from_decimal(price.0, tenant.currency)).unwrap_or_default();
    if amount < Amount::ZERO {
        checks.add(UserErrorCode::Invalid, "price", "price must be zero or more");
    }
    amount
}

fn check_rate(rate: Option<Exact>, checks: &mut Checks) -> Option<TaxRate> {
    rate.map(|rate| checks.take("taxRate", TaxRate::from_decimal(rate.0)).unwrap_or_default())
}

fn check_count(interval: Interval, count: i32, checks: &mut Checks) -> i32 {
    let most = match interval {
        Interval::Day => 3_650,
        Interval::Week => 520,
        Interval::Month => 120,
        Interval::Year => 10,
    };
    if !(1..=most).contains(&count) {
        let interval: &str = interval.into();
        let message = format!("intervalCount is {count}; of {interval} it must be between 1 and {most}");
        checks.add(UserErrorCode::Invalid, "intervalCount", message);
    }
    count
}

fn check_trial(days: i32, checks: &mut Checks) -> i32 {
    if !(0..=MAX_TRIAL_DAYS).contains(&days) {
        let message = format!("trialDays is {days}; it must be between 0 and {MAX_TRIAL_DAYS}");
        checks.add(UserErrorCode::Invalid, "trialDays", message);
    }
    days
}

fn check_features(features: Vec<String>, checks: &mut Checks) -> Tags {
    if features.len() > MAX_FEATURES {
        let message = format!("{} features; at most {MAX_FEATURES} are allowed", features.len());
        checks.add(UserErrorCode::TooLong, "features", message);
    }
    let check = |(place, feature): (usize, &String)| checks.text(&format!("features.{place}"), feature, MAX_FEATURE);
    Tags(features.iter().enumerate().map(check).collect())
}

fn nothing() -> Value {
    Value::Object(Default::default())
}
