//! What becomes of a subscription: pure rules, by the day.
//!
//! Each function moves a life on and tells what that comes to. Money of a period is settled for its days: what was
//! charged for days that are not used is given back, and what begins within a period costs its share of the whole.

use async_graphql::Enum;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::model::{PlanSubscription, SubscriptionStatus};
use crate::billing::period::Period;
use crate::billing::plan::Terms;
use crate::billing::proration::prorate;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::EventKind;
use crate::id::PlanPriceId;
use crate::money::Amount;
use crate::tax::{TaxMode, TaxRate, Taxed};

/// When a change of plan or quantity takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, serde::Serialize)]
pub enum SubscriptionChangeMode {
    /// At once: the unused days of the old terms are given back, and the same days are charged at the new ones. A plan
    /// with periods of another length begins its first one at once.
    Now,
    /// When the current period ends.
    PeriodEnd,
    /// At once, and paid from the next period on.
    NowWithoutProration,
}

/// When a subscription ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum, serde::Serialize)]
pub enum SubscriptionCancelMode {
    /// When the current period ends.
    #[default]
    PeriodEnd,
    /// At once. What was charged stays.
    Now,
    /// At once. Unused days, from today on, are given back.
    NowWithCredit,
}

/// A subscription with what it pays.
#[derive(Debug, Clone)]
pub struct Life {
    /// The subscription.
    pub row: PlanSubscription,
    /// What it pays.
    pub terms: Terms,
    /// What the current period is charged at. After a change without proration, that is not what it pays now.
    pub charged: Terms,
    /// What it pays after the current period, if that was decided.
    pub next: Option<Terms>,
}

/// What is charged or given back for some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionLine {
    /// What the plan is called.
    pub name: String,
    /// How many of it.
    pub quantity: i32,
    /// The days.
    pub days: Period,
    /// The whole period.
    pub of: Period,
    /// What the whole period costs.
    pub whole: Amount,
    /// What the days cost; below zero if that is given back.
    pub amount: Amount,
    /// The rate of tax on it.
    pub tax_rate: TaxRate,
    /// Whether the amount is without tax or with it, where it was charged before. Else as the business has it.
    pub tax_mode: Option<TaxMode>,
}

impl SubscriptionLine {
    /// What it comes to without tax and with it, where the business has its prices so.
    pub fn taxed(&self, mode: TaxMode) -> Taxed {
        self.tax_mode.unwrap_or(mode).split(self.amount, self.tax_rate)
    }

    /// What it is for, as an account says it: `Home 50 × 3, 2026-03-02 to 2026-04-01`.
    pub fn text(&self) -> String {
        let times = if self.quantity == 1 { String::new() } else { format!(" × {}", self.quantity) };
        format!("{}{times}, {} to {}", self.name, self.days.start, self.days.last())
    }
}

/// Days that are charged for from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// The first one.
    pub from: NaiveDate,
    /// The whole period.
    pub period: Period,
    /// What that costs.
    pub whole: Amount,
    /// What the days to its end cost.
    pub amount: Amount,
    /// At which price.
    pub price: PlanPriceId,
    /// How many of it.
    pub quantity: i32,
}

/// What a period is charged at.
struct Price {
    terms: Terms,
    quantity: i32,
    whole: Amount,
    tax_rate: TaxRate,
}

/// What a step of a life comes to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its day.
    pub on: NaiveDate,
    /// What is given back for days that are not used.
    pub credit: Option<SubscriptionLine>,
    /// Whether the days that were charged for end today.
    pub cut: bool,
    /// What is charged for.
    pub charge: Option<SubscriptionLine>,
    /// The days that begin.
    pub begun: Option<Begun>,
    /// What it is called in the log.
    pub event: Option<EventKind>,
}

impl Outcome {
    fn of(on: NaiveDate, event: EventKind) -> Self {
        Self { on, credit: None, cut: false, charge: None, begun: None, event: Some(event) }
    }

    /// What is given back and charged, in that order.
    pub fn lines(&self) -> impl Iterator<Item = &SubscriptionLine> {
        self.credit.iter().chain(&self.charge)
    }

    /// Whether it was only decided on, and is done later.
    pub fn is_scheduled(&self) -> bool {
        use EventKind::{SubscriptionCancelScheduled, SubscriptionChangeScheduled, SubscriptionResumeScheduled};
        let scheduled = [SubscriptionCancelScheduled, SubscriptionChangeScheduled, SubscriptionResumeScheduled];
        self.event.is_some_and(|event| scheduled.contains(&event))
    }

    /// What the log says of it.
    pub fn data(&self, life: &Life) -> Value {
        let of = |line: &SubscriptionLine| json!({ "from": line.days.start, "to": line.days.last(), "amount": line.amount.0 });
        let row = &life.row;
        json!({
            "on": self.on, "status": <&str>::from(row.status), "plan": life.terms.name, "quantity": row.quantity,
            "lines": self.lines().map(of).collect::<Vec<_>>(),
        })
    }
}

impl Life {
    /// The day of what is due by `today`, if anything is.
    pub fn due(&self, today: NaiveDate) -> Option<NaiveDate> {
        self.row.due_on.filter(|day| *day <= today)
    }

    /// What a whole period costs.
    pub fn whole(&self) -> Amount {
        whole(&self.terms, self.row.quantity)
    }

    /// What a period costs that is charged at the terms of now.
    fn price(&self) -> Price {
        let terms = self.terms.clone();
        Price { quantity: self.row.quantity, whole: self.whole(), tax_rate: terms.tax_rate, terms }
    }

    /// What the current period costs.
    fn period_price(&self) -> Price {
        let row = &self.row;
        Price {
            terms: self.charged.clone(),
            quantity: row.period_quantity.unwrap_or(row.quantity),
            whole: row.period_amount,
            tax_rate: row.period_tax_rate,
        }
    }

    /// Does what is due on a day: the subscription begins, goes on, ends its trial, its pause or itself.
    pub fn step(&mut self, day: NaiveDate) -> Outcome {
        let mut outcome = match (self.row.status, self.row.period()) {
            (SubscriptionStatus::Paused, _) => self.go_on(day),
            (SubscriptionStatus::Trialing, None) => {
                self.row.period_start = Some(day);
                self.row.period_end = self.row.trial_ends_on;
                // It was created, and that stands in the log.
                Outcome { event: None, ..Outcome::of(day, EventKind::SubscriptionCreated) }
            }
            (_, Some(_)) if self.row.cancel_at_period_end => self.end(day),
            _ => {
                self.row.status = SubscriptionStatus::Active;
                self.begin_next(day, EventKind::SubscriptionRenewed)
            }
        };
        outcome.on = day;
        self.settle();
        outcome
    }

    /// Pauses it: the unused days, from today on, are given back.
    pub fn pause(&mut self, today: NaiveDate, resume_on: Option<NaiveDate>) -> Result<Outcome> {
        let refuse = |message: &str| Err(Error::user(UserErrorCode::Invalid, "id", message));
        match (self.row.status, self.row.period()) {
            (SubscriptionStatus::Active, None) => return refuse("the subscription has not begun: cancel it instead"),
            (SubscriptionStatus::Active, _) if self.row.cancel_at_period_end => {
                return refuse("the subscription ends with its period: resume it first, or cancel it now");
            }
            (SubscriptionStatus::Active, _) => {}
            (SubscriptionStatus::Trialing, _) => return refuse("the subscription is in its trial: cancel it instead"),
            (SubscriptionStatus::Paused, _) => return refuse("the subscription is paused already"),
            (SubscriptionStatus::Canceled, _) => return refuse(CANCELED),
        }
        check_resume(today, resume_on)?;
        let mut outcome = Outcome::of(today, EventKind::SubscriptionPaused);
        outcome.credit = self.unused(today);
        outcome.cut = true;
        self.row.status = SubscriptionStatus::Paused;
        self.row.paused_on = Some(today);
        self.row.resume_on = resume_on;
        self.settle();
        Ok(outcome)
    }

    /// Lets it go on: today, or on a day that is still to come. Of one that was to end with its period, withdraws that.
    pub fn resume(&mut self, today: NaiveDate, on: Option<NaiveDate>) -> Result<Outcome> {
        let refuse = |message: &str| Err(Error::user(UserErrorCode::Invalid, "id", message));
        let outcome = match self.row.status {
            SubscriptionStatus::Canceled => return refuse(CANCELED),
            SubscriptionStatus::Paused => {
                let on = on.filter(|on| *on != today);
                check_resume(today, on)?;
                match on {
                    None => self.go_on(today),
                    Some(on) => {
                        self.row.resume_on = Some(on);
                        Outcome::of(today, EventKind::SubscriptionResumeScheduled)
                    }
                }
            }
            _ if self.row.cancel_at_period_end => {
                self.row.cancel_at_period_end = false;
                Outcome::of(today, EventKind::SubscriptionResumed)
            }
            _ => return refuse("the subscription is not paused"),
        };
        self.settle();
        Ok(outcome)
    }

    /// Ends it.
    pub fn cancel(&mut self, today: NaiveDate, mode: SubscriptionCancelMode) -> Result<Outcome> {
        if self.row.status == SubscriptionStatus::Canceled {
            return Err(Error::user(UserErrorCode::Invalid, "id", CANCELED));
        }
        let runs = self.row.status != SubscriptionStatus::Paused && self.row.period().is_some();
        let outcome = if mode == SubscriptionCancelMode::PeriodEnd && runs {
            self.row.cancel_at_period_end = true;
            Outcome::of(today, EventKind::SubscriptionCancelScheduled)
        } else {
            let credit = match mode {
                SubscriptionCancelMode::NowWithCredit if runs => self.unused(today),
                _ => None,
            };
            let cut = mode == SubscriptionCancelMode::NowWithCredit && runs;
            Outcome { credit, cut, ..self.end(today) }
        };
        self.settle();
        Ok(outcome)
    }

    /// How a change takes effect if nobody says: at once, but at the end of the period where it comes to less a month.
    pub fn default_mode(&self, terms: &Terms, quantity: i32) -> SubscriptionChangeMode {
        let monthly = |terms: &Terms, quantity| terms.cadence().over(whole(terms, quantity), 1);
        if monthly(terms, quantity) < monthly(&self.terms, self.row.quantity) {
            SubscriptionChangeMode::PeriodEnd
        } else {
            SubscriptionChangeMode::Now
        }
    }

    /// Moves it to other terms. While nothing is charged, in a trial or a pause, that is done at once by any mode.
    pub fn change(
        &mut self,
        today: NaiveDate,
        terms: Terms,
        quantity: i32,
        mode: SubscriptionChangeMode,
    ) -> Result<Outcome> {
        let mut outcome = Outcome::of(today, EventKind::SubscriptionChanged);
        let other_cadence = terms.cadence() != self.terms.cadence();
        match (self.row.status, self.row.period(), mode) {
            (SubscriptionStatus::Canceled, _, _) => {
                return Err(Error::user(UserErrorCode::Invalid, "id", CANCELED));
            }
            (SubscriptionStatus::Paused, _, _) => {
                self.take_on(terms, quantity);
                self.set_price(self.price());
                if other_cadence {
                    // What it goes on with is a period of the new plan.
                    (self.row.period_start, self.row.period_end) = (None, None);
                }
            }
            (SubscriptionStatus::Trialing, _, _) | (_, None, _) => self.take_on(terms, quantity),
            (_, Some(_), SubscriptionChangeMode::PeriodEnd) => {
                self.row.next_price_id = Some(terms.price);
                self.row.next_quantity = Some(quantity);
                self.next = Some(terms);
                outcome.event = Some(EventKind::SubscriptionChangeScheduled);
            }
            (_, Some(period), SubscriptionChangeMode::NowWithoutProration) => {
                if other_cadence {
                    self.row.anchor_on = period.end;
                }
                self.take_on(terms, quantity);
            }
            (_, Some(period), SubscriptionChangeMode::Now) => {
                outcome.credit = self.unused(today);
                self.take_on(terms, quantity);
                let period = if other_cadence {
                    self.row.anchor_on = today;
                    self.terms.cadence().period(today, today)
                } else {
                    period
                };
                let begun = self.begin(today, period, self.price(), EventKind::SubscriptionChanged);
                outcome = Outcome { credit: outcome.credit, cut: true, ..begun };
            }
        }
        self.settle();
        Ok(outcome)
    }

    /// Begins to charge for a period, or for the rest of one that began before.
    fn begin(&mut self, from: NaiveDate, period: Period, price: Price, event: EventKind) -> Outcome {
        let (whole, quantity, id) = (price.whole, price.quantity, price.terms.price);
        let days = Period { start: from, end: period.end };
        let amount = prorate(whole, days.days(), period.days());
        self.row.period_start = Some(period.start);
        self.row.period_end = Some(period.end);
        self.set_price(price);
        Outcome {
            charge: self.line(days, period, amount),
            begun: Some(Begun { from, period, whole, amount, price: id, quantity }),
            ..Outcome::of(from, event)
        }
    }

    /// Goes on after a pause: the days to the next period are charged for.
    fn go_on(&mut self, day: NaiveDate) -> Outcome {
        self.row.status = SubscriptionStatus::Active;
        self.row.paused_on = None;
        self.row.resume_on = None;
        match self.row.period() {
            // Within the period in which it was paused, at what that cost.
            Some(period) if day < period.end => {
                self.begin(day, period, self.period_price(), EventKind::SubscriptionResumed)
            }
            _ => self.begin_next(day, EventKind::SubscriptionResumed),
        }
    }

    /// Begins with another period, at the terms that were decided for that.
    fn begin_next(&mut self, day: NaiveDate, event: EventKind) -> Outcome {
        if let Some(terms) = self.next.take() {
            let quantity = self.row.next_quantity.unwrap_or(self.row.quantity);
            if terms.cadence() != self.terms.cadence() {
                self.row.anchor_on = day;
            }
            self.take_on(terms, quantity);
        }
        let period = self.terms.cadence().period(self.row.anchor_on, day);
        self.begin(day, period, self.price(), event)
    }

    /// Notes what the current period costs.
    fn set_price(&mut self, price: Price) {
        let row = &mut self.row;
        (row.period_amount, row.period_tax_rate) = (price.whole, price.tax_rate);
        (row.period_price_id, row.period_quantity) = (Some(price.terms.price), Some(price.quantity));
        self.charged = price.terms;
    }

    fn end(&mut self, day: NaiveDate) -> Outcome {
        self.row.status = SubscriptionStatus::Canceled;
        self.row.canceled_on = Some(day);
        self.row.cancel_at_period_end = false;
        (self.row.paused_on, self.row.resume_on) = (None, None);
        (self.row.next_price_id, self.row.next_quantity, self.next) = (None, None, None);
        Outcome::of(day, EventKind::SubscriptionCanceled)
    }

    fn take_on(&mut self, terms: Terms, quantity: i32) {
        self.row.plan_id = terms.plan;
        self.row.price_id = terms.price;
        self.row.quantity = quantity;
        self.terms = terms;
        (self.row.next_price_id, self.row.next_quantity, self.next) = (None, None, None);
    }

    /// What is given back for the days of the current period from `today` on.
    fn unused(&self, today: NaiveDate) -> Option<SubscriptionLine> {
        let period = self.row.period()?;
        let days = Period { start: today.max(period.start), end: period.end };
        let amount = prorate(self.row.period_amount, days.days(), period.days());
        let line = self.line(days, period, Amount(-amount.0))?;
        Some(SubscriptionLine { tax_mode: Some(self.row.period_tax_mode), ..line })
    }

    /// A line of the current period, unless it comes to nothing.
    fn line(&self, days: Period, of: Period, amount: Amount) -> Option<SubscriptionLine> {
        let Price { terms, quantity, whole, tax_rate } = self.period_price();
        let line = SubscriptionLine { name: terms.name, quantity, days, of, whole, amount, tax_rate, tax_mode: None };
        (amount != Amount::ZERO).then_some(line)
    }

    /// Notes when there is something to do again.
    fn settle(&mut self) {
        let row = &mut self.row;
        row.due_on = match (row.status, row.period_end) {
            (SubscriptionStatus::Canceled, _) => None,
            (SubscriptionStatus::Paused, _) => row.resume_on,
            (_, None) => Some(row.starts_on),
            (_, Some(end)) => Some(end),
        };
    }
}

const CANCELED: &str = "the subscription is canceled: make a new one";

/// What a whole period costs. Quantities are checked for that it fits.
pub fn whole(terms: &Terms, quantity: i32) -> Amount {
    Amount(terms.amount.0.saturating_mul(quantity.into()))
}

fn check_resume(today: NaiveDate, on: Option<NaiveDate>) -> Result<()> {
    match on {
        Some(on) if on <= today => {
            let message = format!("resumeOn is {on}; it must be after today, {today}");
            Err(Error::user(UserErrorCode::Invalid, "resumeOn", message))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
