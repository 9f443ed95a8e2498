//! What dunning would do, if nobody paid anything.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::hold::free_from;
use super::store::Due;
use crate::billing::subscription::PlanSubscription;
use crate::customers::customer::{Customer, CustomerStatus};
use crate::dunning::{Claim, DunningRules};
use crate::id::CustomerId;
use crate::money::Amount;

/// An invoice that nobody pays.
#[derive(Debug, Clone)]
pub struct Unpaid {
    /// What it is called.
    name: String,
    /// Whose.
    customer: CustomerId,
    /// As the rules see it.
    claim: Claim,
    /// Whether its customer may be suspended for it.
    suspendable: bool,
    /// When it is looked at first.
    from: NaiveDate,
}

/// What is done about an invoice.
#[derive(Debug, Clone)]
pub struct Deed {
    /// On which day.
    pub on: NaiveDate,
    /// Whose it is.
    pub customer: CustomerId,
    /// What.
    pub what: String,
    /// Whether that is to suspend its customer.
    suspends: bool,
}

impl Unpaid {
    /// One that is there, unless nothing is done about it.
    pub fn of(due: &Due, today: NaiveDate) -> Option<Self> {
        let is_dunned = due.outstanding != Amount::ZERO && !due.archived;
        let from = free_from(today, due.held, due.held_until).filter(|_| is_dunned)?;
        let (name, customer, claim) = (due.number.clone(), due.customer_id, due.claim());
        Some(Self { name, customer, claim, suspendable: due.suspendable, from })
    }

    /// One that a subscription makes, unless that is exempt.
    pub fn to_come(name: String, row: &PlanSubscription, customer: &Customer, claim: Claim) -> Option<Self> {
        let from = free_from(claim.made_on, row.dunning_held, row.dunning_held_until)?;
        let suspendable = customer.status() == CustomerStatus::Active || customer.suspended_by_dunning;
        Some(Self { name, customer: customer.id, claim, suspendable, from })
    }

    /// What is done about it up to a day.
    fn deeds(mut self, rules: &DunningRules, until: NaiveDate) -> Vec<Deed> {
        let (mut deeds, mut next) = (Vec::new(), Some(self.from));
        while let Some(on) = next.filter(|on| *on <= until) {
            let dunned = rules.dun(&mut self.claim, on, self.suspendable);
            let deed = |what, suspends| Deed { on, customer: self.customer, what, suspends };
            let remind = |(_, days): (NaiveDate, i32)| deed(format!("reminder at {days:+} days: {}", self.name), false);
            deeds.extend(dunned.reminder.map(remind));
            deeds.extend(dunned.suspends.then(|| deed(format!("suspended: {}", self.name), true)));
            next = dunned.next;
        }
        deeds
    }
}

/// What is done about those invoices up to a day, in order; whom dunning has suspended already is suspended no more.
pub fn ahead(
    unpaid: Vec<Unpaid>,
    rules: &DunningRules,
    until: NaiveDate,
    mut suspended: HashSet<CustomerId>,
) -> Vec<Deed> {
    let mut deeds: Vec<_> = unpaid.into_iter().flat_map(|unpaid| unpaid.deeds(rules, until)).collect();
    deeds.sort_by_key(|deed| deed.on);
    deeds.retain(|deed| !deed.suspends || suspended.insert(deed.customer));
    deeds
}
