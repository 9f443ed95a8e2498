//! What is said of subscriptions, and the checks of it.

use async_graphql::InputObject;
use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::life::{SubscriptionCancelMode, SubscriptionChangeMode};
use super::model::{PlanSubscription, SubscriptionStatus};
use crate::billing::plan::{Plan, Terms};
use crate::error::{Error, Result, UserErrorCode};
use crate::graphql::{Date, Write};
use crate::id::{CustomerId, PlanId, PlanSubscriptionId};
use crate::ledger::idempotency;
use crate::money::Amount;
use crate::tax::TaxRate;
use crate::text::Checks;

const MAX_QUANTITY: i32 = 1_000_000;
const MAX_TRIAL_DAYS: i32 = 730;
/// How far from today a subscription may begin, either way, in days: ten years.
const MAX_DISTANCE: i64 = 3_653;

/// A subscription to be made.
#[derive(Debug, Clone, InputObject)]
pub struct SubscriptionCreateInput {
    /// Whose.
    pub customer_id: CustomerId,
    /// To which plan, at its price of now.
    pub plan_id: PlanId,
    /// How many of it, from 1 to 1,000,000; 1 if absent.
    pub quantity: Option<i32>,
    /// The first day, at most ten years from today; today if absent. Periods of the past are charged for at once, with
    /// their own dates.
    pub starts_on: Option<Date>,
    /// A day on which a period begins, such as the first of a month: the first period is the rest of the one in which
    /// the subscription begins. The first day, or the one after the trial, if absent.
    pub anchor_on: Option<Date>,
    /// How many days are free at the start, at most 730. The plan's if absent.
    pub trial_days: Option<i32>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// A subscription that was checked.
#[derive(Debug, Clone, Serialize)]
pub struct NewSubscription {
    /// Whose.
    pub customer: CustomerId,
    /// To which plan.
    pub plan: PlanId,
    /// How many of it.
    pub quantity: i32,
    /// The first day. Not settled here, so that the same request is the same tomorrow.
    pub starts_on: Option<NaiveDate>,
    /// From which day periods are counted.
    pub anchor_on: Option<NaiveDate>,
    /// How many days are free.
    pub trial_days: Option<i32>,
}

impl SubscriptionCreateInput {
    /// The subscription, and its idempotency key.
    pub fn check(self, today: NaiveDate) -> Result<(NewSubscription, Option<String>)> {
        let mut checks = Checks::default();
        let key = idempotency::read(self.idempotency_key.as_deref(), &mut checks);
        let near = |field: &str, day: Option<Date>, checks: &mut Checks| {
            let day = day?.0;
            if (day - today).num_days().abs() > MAX_DISTANCE {
                let message = format!("{field} is {day}; it must be at most ten years from today, {today}");
                checks.add(UserErrorCode::Invalid, field, message);
            }
            Some(day)
        };
        let new = NewSubscription {
            customer: self.customer_id,
            plan: self.plan_id,
            quantity: check_quantity(self.quantity.unwrap_or(1), &mut checks),
            starts_on: near("startsOn", self.starts_on, &mut checks),
            anchor_on: near("anchorOn", self.anchor_on, &mut checks),
            trial_days: self.trial_days,
        };
        if let Some(days) = self.trial_days.filter(|days| !(0..=MAX_TRIAL_DAYS).contains(days)) {
            let message = format!("trialDays is {days}; it must be between 0 and {MAX_TRIAL_DAYS}");
            checks.add(UserErrorCode::Invalid, "trialDays", message);
        }
        checks.finish()?;
        Ok((new, key))
    }
}

impl NewSubscription {
    /// The subscription to that plan, of which nothing has happened yet.
    pub fn row(&self, id: PlanSubscriptionId, plan: &Plan, write: &Write) -> Result<PlanSubscription> {
        refuse_archived(plan)?;
        require_fitting(&plan.terms(), self.quantity)?;
        let tenant = &write.viewer.business;
        let starts_on = self.starts_on.unwrap_or_else(|| write.today());
        let trial = u64::try_from(self.trial_days.unwrap_or(plan.row.trial_days)).unwrap_or_default();
        let charged_from = starts_on + Days::new(trial);
        let now = write.now();
        Ok(PlanSubscription {
            business_id: tenant.id,
            id,
            customer_id: self.customer,
            plan_id: plan.row.id,
            price_id: plan.price.id,
            quantity: self.quantity,
            status: if trial > 0 { SubscriptionStatus::Trialing } else { SubscriptionStatus::Active },
            starts_on,
            trial_ends_on: (trial > 0).then_some(charged_from),
            anchor_on: self.anchor_on.unwrap_or(charged_from),
            period_start: None,
            period_end: None,
            period_amount: Amount::ZERO,
            cancel_at_period_end: false,
            canceled_on: None,
            paused_on: None,
            resume_on: None,
            next_price_id: None,
            next_quantity: None,
            due_on: Some(starts_on),
            error: None,
            failures: 0,
            retry_at: None,
            created_at: now,
            updated_at: now,
            dunning_held: false,
            dunning_held_until: None,
            period_tax_rate: TaxRate::default(),
            period_tax_mode: tenant.tax_mode,
            period_price_id: None,
            period_quantity: None,
        })
    }
}

/// A pause.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SubscriptionPauseInput {
    /// The day on which it goes on by itself, after today. When it is resumed if absent.
    pub resume_on: Option<Date>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// An exemption from dunning.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SubscriptionDunningHoldInput {
    /// The last day of it, today or later. Until it is released if absent.
    pub until: Option<Date>,
}

impl SubscriptionDunningHoldInput {
    /// The last day.
    pub fn check(self, today: NaiveDate) -> Result<Option<NaiveDate>> {
        match self.until {
            Some(Date(until)) if until < today => {
                let message = format!("until is {until}; it must be today, {today}, or later");
                Err(Error::user(UserErrorCode::Invalid, "until", message))
            }
            until => Ok(until.map(|date| date.0)),
        }
    }
}

/// The end of a pause.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SubscriptionResumeInput {
    /// The day on which it goes on, after today. At once if absent.
    pub resume_on: Option<Date>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// The end of a subscription.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SubscriptionCancelInput {
    /// When it ends; with its current period if absent. One that is paused or has not begun ends at once.
    #[graphql(default)]
    pub mode: SubscriptionCancelMode,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// A change of plan, price or quantity. What is absent stays as it is.
#[derive(Debug, Clone, InputObject)]
pub struct SubscriptionChangeInput {
    /// To which plan, at its price of now. Its own plan moves it to the price of now.
    pub plan_id: Option<PlanId>,
    /// How many of it, from 1 to 1,000,000.
    pub quantity: Option<i32>,
    /// When it takes effect. If absent, at once, but at the end of the period where it comes to less a month.
    pub mode: Option<SubscriptionChangeMode>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// A change that was checked.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Change {
    /// To which plan.
    pub plan: Option<PlanId>,
    /// How many of it.
    pub quantity: Option<i32>,
    /// When it takes effect.
    pub mode: Option<SubscriptionChangeMode>,
}

impl SubscriptionChangeInput {
    /// The change, and its idempotency key.
    pub fn check(self) -> Result<(Change, Option<String>)> {
        let mut checks = Checks::default();
        let key = idempotency::read(self.idempotency_key.as_deref(), &mut checks);
        if self.plan_id.is_none() && self.quantity.is_none() {
            checks.add(UserErrorCode::Required, "planId", "give planId, quantity or both");
        }
        let quantity = self.quantity.map(|quantity| check_quantity(quantity, &mut checks));
        checks.finish()?;
        Ok((Change { plan: self.plan_id, quantity, mode: self.mode }, key))
    }
}

fn check_quantity(quantity: i32, checks: &mut Checks) -> i32 {
    if !(1..=MAX_QUANTITY).contains(&quantity) {
        let message = format!("quantity is {quantity}; it must be between 1 and {MAX_QUANTITY}");
        checks.add(UserErrorCode::Invalid, "quantity", message);
    }
    quantity
}

/// A user error if nobody can subscribe to the plan any more.
pub fn refuse_archived(plan: &Plan) -> Result<()> {
    if plan.row.archived_at.is_none() {
        return Ok(());
    }
    let message = format!("the plan {} is archived: restore it first, or choose another", plan.row.name);
    Err(Error::user(UserErrorCode::Archived, "planId", message))
}

/// A user error if so many come to more than one amount can be.
pub fn require_fitting(terms: &Terms, quantity: i32) -> Result<()> {
    match terms.amount.0.checked_mul(quantity.into()).filter(|whole| *whole <= Amount::MAX.0) {
        Some(_) => Ok(()),
        None => {
            let message = format!("{quantity} of {} come to more than can be charged", terms.name);
            Err(Error::user(UserErrorCode::Invalid, "quantity", message))
        }
    }
}
