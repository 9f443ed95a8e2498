//! A business and the checks of a new one.

use async_graphql::{InputObject, MaybeUndefined, SimpleObject};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use icu_locale_core::Locale;

use crate::auth::Tenant;
use crate::db::tables::businesses;
use crate::dunning::{DunningRules, Offsets};
use crate::error::{Result, UserErrorCode};
use crate::id::BusinessId;
use crate::money::{Amount, Currency, Exact};
use crate::tax::TaxMode;
use crate::text::{Checks, Country, TimeZone, changed};

const MAX_NAME: usize = 100;
const MAX_DAYS_UNTIL_DUE: i32 = 365;
const MAX_REMINDERS: usize = 10;
const MAX_DAYS_OF_GRACE: i32 = 365;
/// The largest bound of a tier.
const MAX_PURCHASES: i32 = 1_000_000;

/// From how many purchases on a customer is what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = businesses)]
pub struct LoyaltyTiers {
    /// `OCCASIONAL`.
    pub occasional_from: i32,
    /// `REGULAR`.
    pub regular_from: i32,
    /// `FREQUENT`.
    pub frequent_from: i32,
}

/// When a customer is to be a member: from so many purchases on, or from so much spent on them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = businesses, treat_none_as_null = true)]
pub struct MembershipRule {
    /// So many purchases.
    #[diesel(column_name = member_from_purchases)]
    pub purchases_from: Option<i64>,
    /// So much spent.
    #[diesel(column_name = member_from_spent)]
    pub spent_from: Option<Amount>,
    /// Whether the sale that reaches it makes them one.
    #[diesel(column_name = member_at_sale)]
    pub at_sale: bool,
}

/// A business.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = businesses)]
pub struct Business {
    /// Its id.
    pub id: BusinessId,
    /// What it is called.
    pub name: String,
    /// Its name in addresses and commands.
    pub slug: String,
    /// The currency of all its money.
    pub currency: Currency,
    /// The zone that decides which day it is.
    pub time_zone: TimeZone,
    /// How it writes numbers (BCP 47).
    pub locale: String,
    /// Whose phone numbers need no country code.
    pub country: Country,
    /// Days from a charge to its due date.
    pub days_until_due: i32,
    /// Whether a new charge takes the customer's credit at once.
    pub use_credit_automatically: bool,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When its settings were last changed.
    pub updated_at: DateTime<Utc>,
    /// The time of a sandbox, which its owner moves.
    pub test_clock: Option<DateTime<Utc>>,
    /// What the numbers of its invoices begin with.
    pub invoice_prefix: String,
    /// What the numbers of its credit notes begin with.
    pub credit_note_prefix: String,
    /// Whether the prices on its invoices are without tax or with it.
    pub tax_mode: TaxMode,
    /// From how many purchases on a customer is what.
    #[diesel(embed)]
    pub loyalty_tiers: LoyaltyTiers,
    /// How it goes after what is owed to it.
    #[diesel(embed)]
    pub dunning: DunningRules,
    /// When a customer is to be a member.
    #[diesel(embed)]
    pub membership_rule: MembershipRule,
}

impl Business {
    /// What operations need to know of it.
    pub fn tenant(&self) -> Tenant {
        Tenant {
            id: self.id,
            currency: self.currency,
            time_zone: self.time_zone,
            locale: self.locale.clone(),
            country: self.country,
            days_until_due: self.days_until_due,
            use_credit_automatically: self.use_credit_automatically,
            test_clock: self.test_clock,
            tax_mode: self.tax_mode,
            invoice_prefix: self.invoice_prefix.clone(),
            credit_note_prefix: self.credit_note_prefix.clone(),
            dunning: self.dunning.clone(),
            member_at_sale: self.membership_rule.at_sale,
        }
    }
}

/// A business to be opened.
#[derive(Debug, Clone, InputObject)]
#[graphql(name = "BusinessInput")]
pub struct NewBusiness {
    /// What it is called, at most 100 characters.
    pub name: String,
    /// Its name in addresses and commands: lower-case letters, digits and hyphens, at most 63, unique.
    pub slug: String,
    /// The currency of all its money (ISO 4217), fixed from then on.
    pub currency: String,
    /// The time zone that decides which day it is (IANA), such as `Asia/Kolkata`.
    pub time_zone: String,
    /// The country (ISO 3166-1, two letters) whose phone numbers need no country code.
    pub country: String,
    /// How it writes numbers (BCP 47). `en-` and the country if absent.
    pub locale: Option<String>,
    /// Whether it is a sandbox: a business to try things out, with a clock of its own that stands still until its owner
    /// moves it with `testClockAdvance`. It stays one.
    #[graphql(default)]
    pub sandbox: bool,
}

impl NewBusiness {
    /// The business, opened at `now`; what is wrong goes to `checks`.
    pub fn check(&self, id: BusinessId, now: DateTime<Utc>, checks: &mut Checks) -> Option<Business> {
        let name = checks.text("business.name", &self.name, MAX_NAME);
        let slug = checks.text("business.slug", &self.slug, 63);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !slug.chars().all(plain) || slug.starts_with('-') || slug.ends_with('-') {
            let message = format!("`{slug}` may have lower-case letters, digits and hyphens between them");
            checks.add(UserErrorCode::Invalid, "business.slug", message);
        }
        let currency = checks.take("business.currency", self.currency.parse());
        let time_zone = checks.take("business.timeZone", self.time_zone.parse());
        let country = checks.take("business.country", self.country.parse());
        if let Some(locale) = &self.locale
            && locale.parse::<Locale>().is_err()
        {
            checks.add(UserErrorCode::Invalid, "business.locale", format!("`{locale}` is not a locale such as en-IN"));
        }
        let locale = self.locale.clone().unwrap_or_else(|| format!("en-{}", self.country));
        Some(Business {
            id,
            name,
            slug,
            currency: currency?,
            time_zone: time_zone?,
            locale,
            country: country?,
            days_until_due: 0,
            use_credit_automatically: true,
            created_at: now,
            updated_at: now,
            test_clock: self.sandbox.then_some(now),
            invoice_prefix: "INV".into(),
            credit_note_prefix: "CN".into(),
            tax_mode: TaxMode::Exclusive,
            loyalty_tiers: LoyaltyTiers { occasional_from: 2, regular_from: 5, frequent_from: 10 },
            dunning: DunningRules::default(),
            membership_rule: MembershipRule::default(),
        })
    }
}

/// From how many purchases on a customer is what. Each bound is above the one before.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct LoyaltyTiersInput {
    /// `OCCASIONAL`, at least 2: those who bought less often bought once.
    pub occasional_from: i32,
    /// `REGULAR`, above `occasionalFrom`.
    pub regular_from: i32,
    /// `FREQUENT`, above `regularFrom` and at most 1,000,000.
    pub frequent_from: i32,
}

impl LoyaltyTiersInput {
    fn check(self, checks: &mut Checks) -> LoyaltyTiers {
        let Self { occasional_from, regular_from, frequent_from } = self;
        let mut bound = |field: &str, value: i32, least: i32, why: &str| {
            if value < least || value > MAX_PURCHASES {
                let message = format!("{field} is {value}; it must be {why}, and at most {MAX_PURCHASES}");
                checks.add(UserErrorCode::Invalid, &format!("loyaltyTiers.{field}"), message);
            }
        };
        bound("occasionalFrom", occasional_from, 2, "at least 2");
        let above = |below: i32| below.saturating_add(1);
        bound("regularFrom", regular_from, above(occasional_from), "above occasionalFrom");
        bound("frequentFrom", frequent_from, above(regular_from), "above regularFrom");
        LoyaltyTiers { occasional_from, regular_from, frequent_from }
    }
}

/// When a customer is to be a member: one of the two is enough. Without any, nobody is by rule.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct MembershipRuleInput {
    /// From so many purchases on: 1 to 1,000,000.
    pub purchases_from: Option<i64>,
    /// From so much spent on purchases: above zero.
    pub spent_from: Option<Exact>,
    /// Whether the sale that reaches it makes a customer a member at once. Not if absent: then `membershipActivate` does.
    #[graphql(default)]
    pub at_sale: bool,
}

impl MembershipRuleInput {
    fn check(self, currency: Currency, checks: &mut Checks) -> MembershipRule {
        if let Some(from) = self.purchases_from.filter(|from| !(1..=i64::from(MAX_PURCHASES)).contains(from)) {
            let message = format!("purchasesFrom is {from}; it must be from 1 to {MAX_PURCHASES}");
            checks.add(UserErrorCode::Invalid, "membershipRule.purchasesFrom", message);
        }
        let spent_from = self.spent_from.map(|from| checks.positive("membershipRule.spentFrom", from, currency));
        MembershipRule { purchases_from: self.purchases_from, spent_from, at_sale: self.at_sale }
    }
}

/// A change of the settings of a business. What is absent stays as it is.
#[derive(Debug, Clone, InputObject)]
pub struct BusinessUpdateInput {
    /// What it is called, at most 100 characters.
    pub name: MaybeUndefined<String>,
    /// Days from a charge to its due date, 0 to 365. Charges that are there keep theirs.
    pub days_until_due: Option<i32>,
    /// Whether a new charge takes the customer's credit at once.
    pub use_credit_automatically: Option<bool>,
    /// What the numbers of its invoices begin with, such as `INV`: 1 to 10 capital letters and digits. Another one counts
    /// on where the one before ended.
    pub invoice_prefix: Option<String>,
    /// What the numbers of its credit notes begin with: 1 to 10 capital letters and digits, others than those of invoices.
    pub credit_note_prefix: Option<String>,
    /// Whether the prices on its invoices are without tax or with it. What is drafted keeps its mode.
    pub tax_mode: Option<TaxMode>,
    /// From how many purchases on a customer is what. Counts at once, for past purchases too.
    pub loyalty_tiers: Option<LoyaltyTiersInput>,
    /// On which days around the due date of an invoice its customer is reminded of it, such as `[-3, 0, 7]`: at most 10
    /// days, from 90 before (below zero) to 365 after. None if empty. Counts for invoices that are out too.
    pub reminder_offsets: Option<Vec<i32>>,
    /// How many days after its due date a recurring invoice may be unpaid before its customer is suspended, 0 to 365.
    /// Counts for invoices that are out too.
    pub days_of_grace: Option<i32>,
    /// Whether customers are suspended at all for recurring invoices that they do not pay. Who is suspended when this
    /// ends stays so until they pay.
    pub suspends_overdue: Option<bool>,
    /// When a customer is to be a member. Replaces all of it; who is a member stays one.
    pub membership_rule: Option<MembershipRuleInput>,
}

/// A change of a business: `None` leaves a value as it is.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = businesses)]
pub struct BusinessChanges {
    name: Option<String>,
    days_until_due: Option<i32>,
    use_credit_automatically: Option<bool>,
    invoice_prefix: Option<String>,
    credit_note_prefix: Option<String>,
    tax_mode: Option<TaxMode>,
    #[diesel(embed)]
    loyalty_tiers: Option<LoyaltyTiers>,
    reminder_offsets: Option<Offsets>,
    days_of_grace: Option<i32>,
    suspends_overdue: Option<bool>,
    dunning_revised: Option<bool>,
    #[diesel(embed)]
    membership_rule: Option<MembershipRule>,
    updated_at: DateTime<Utc>,
}

impl BusinessUpdateInput {
    /// The change, made at `now`, and the names of the fields that it touches.
    pub fn check(self, currency: Currency, now: DateTime<Utc>) -> Result<(BusinessChanges, Vec<&'static str>)> {
        let mut checks = Checks::default();
        let dunning =
            self.reminder_offsets.is_some() || self.days_of_grace.is_some() || self.suspends_overdue.is_some();
        let changes = BusinessChanges {
            name: changed(&self.name).map(|name| checks.text("name", name.map_or("", String::as_str), MAX_NAME)),
            days_until_due: self.days_until_due,
            use_credit_automatically: self.use_credit_automatically,
            invoice_prefix: self.invoice_prefix.map(|text| check_prefix("invoicePrefix", text, &mut checks)),
            credit_note_prefix: self.credit_note_prefix.map(|text| check_prefix("creditNotePrefix", text, &mut checks)),
            tax_mode: self.tax_mode,
            loyalty_tiers: self.loyalty_tiers.map(|tiers| tiers.check(&mut checks)),
            dunning_revised: dunning.then_some(true),
            reminder_offsets: self.reminder_offsets.map(|offsets| check_offsets(offsets, &mut checks)),
            days_of_grace: self.days_of_grace,
            suspends_overdue: self.suspends_overdue,
            membership_rule: self.membership_rule.map(|rule| rule.check(currency, &mut checks)),
            updated_at: now,
        };
        if let Some(days) = self.days_until_due.filter(|days| !(0..=MAX_DAYS_UNTIL_DUE).contains(days)) {
            let message = format!("daysUntilDue is {days}; it must be from 0 to {MAX_DAYS_UNTIL_DUE}");
            checks.add(UserErrorCode::Invalid, "daysUntilDue", message);
        }
        if let Some(days) = self.days_of_grace.filter(|days| !(0..=MAX_DAYS_OF_GRACE).contains(days)) {
            let message = format!("daysOfGrace is {days}; it must be from 0 to {MAX_DAYS_OF_GRACE}");
            checks.add(UserErrorCode::Invalid, "daysOfGrace", message);
        }
        checks.finish()?;
        let fields = [
            (changes.name.is_some(), "name"),
            (changes.days_until_due.is_some(), "daysUntilDue"),
            (changes.use_credit_automatically.is_some(), "useCreditAutomatically"),
            (changes.invoice_prefix.is_some(), "invoicePrefix"),
            (changes.credit_note_prefix.is_some(), "creditNotePrefix"),
            (changes.tax_mode.is_some(), "taxMode"),
            (changes.loyalty_tiers.is_some(), "loyaltyTiers"),
            (changes.reminder_offsets.is_some(), "reminderOffsets"),
            (changes.days_of_grace.is_some(), "daysOfGrace"),
            (changes.suspends_overdue.is_some(), "suspendsOverdue"),
            (changes.membership_rule.is_some(), "membershipRule"),
        ];
        let touched = fields.into_iter().filter_map(|(touched, name)| touched.then_some(name)).collect();
        Ok((changes, touched))
    }
}

/// The days in order, each once.
fn check_offsets(mut offsets: Vec<i32>, checks: &mut Checks) -> Offsets {
    if offsets.len() > MAX_REMINDERS {
        let message = format!("{} days; at most {MAX_REMINDERS} are allowed", offsets.len());
        checks.add(UserErrorCode::TooLong, "reminderOffsets", message);
    }
    if let Some(offset) = offsets.iter().find(|offset| !(-90..=365).contains(*offset)) {
        let message = format!("reminderOffsets has {offset}; each must be from -90 to 365");
        checks.add(UserErrorCode::Invalid, "reminderOffsets", message);
    }
    offsets.sort_unstable();
    offsets.dedup();
    Offsets(offsets)
}

fn check_prefix(field: &str, text: String, checks: &mut Checks) -> String {
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    if text.is_empty() || text.len() > 10 || !text.chars().all(plain) {
        let message = format!("`{text}` must be 1 to 10 capital letters and digits");
        checks.add(UserErrorCode::Invalid, field, message);
    }
    text
}
