//! What the engine would do: the same steps, and nothing is written.

use std::mem::take;

use chrono::NaiveDate;

use crate::auth::Tenant;
use crate::billing::dunning::{self, Unpaid};
use crate::billing::standing_order::{self, StandingOrder};
use crate::billing::subscription::{self, Life};
use crate::customers::customer::{self, Customer};
use crate::db::Conn;
use crate::dunning::Claim;
use crate::error::{Error, Result};
use crate::id::CustomerId;
use crate::money::Amount;

/// A step that the engine would take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen {
    /// On which day.
    pub on: NaiveDate,
    /// Of which customer: code and name.
    pub customer: (String, String),
    /// What is charged for, or what happens.
    pub what: String,
    /// How much is charged.
    pub amount: Amount,
}

/// What the engine would do in a business up to a day, if nobody paid anything, in order.
pub async fn foresee(conn: &Conn, tenant: &Tenant, today: NaiveDate, until: NaiveDate) -> Result<Vec<Foreseen>> {
    let rows = subscription::store::due(conn, tenant.id, until).await?;
    let orders = standing_order::store::due(conn, tenant.id, until).await?;
    let owed = dunning::store::due_until(conn, tenant.id, until).await?;
    let who = rows.iter().map(|row| row.customer_id).chain(orders.iter().map(|order| order.customer_id));
    let who: Vec<CustomerId> = who.chain(owed.iter().map(|due| due.customer_id)).collect();
    let customers = customer::store::by_ids(conn, tenant.id, &who).await?;
    let get = |id| customers.get(&id).ok_or_else(|| Error::internal("what is due of a customer who is not there"));

    let unpaid = owed.iter().filter_map(|due| Unpaid::of(due, today)).collect();
    let mut ahead = Ahead { tenant, today, until, steps: Vec::new(), unpaid };
    for life in subscription::store::lives(conn, tenant.id, rows).await? {
        ahead.charge(get(life.row.customer_id)?, life);
    }
    for order in orders {
        ahead.record(get(order.customer_id)?, order)?;
    }
    let suspended = customers.values().filter(|customer| customer.suspended_by_dunning).map(|customer| customer.id);
    for deed in dunning::ahead(take(&mut ahead.unpaid), &tenant.dunning, until, suspended.collect()) {
        ahead.push(deed.on, get(deed.customer)?, deed.what, Amount::ZERO);
    }
    // On the same day, subscriptions come first, and dunning last.
    ahead.steps.sort_by_key(|step| step.on);
    Ok(ahead.steps)
}

/// What was foreseen so far.
struct Ahead<'a> {
    tenant: &'a Tenant,
    today: NaiveDate,
    until: NaiveDate,
    steps: Vec<Foreseen>,
    unpaid: Vec<Unpaid>,
}

impl Ahead<'_> {
    /// The steps of a subscription, and the invoices that they make.
    fn charge(&mut self, customer: &Customer, mut life: Life) {
        while let Some(on) = life.due(self.until) {
            let outcome = life.step(on);
            let what = match outcome.charge.as_ref() {
                Some(line) => line.text(),
                None => format!("{}: {}", life.terms.name, <&str>::from(life.row.status)),
            };
            if outcome.charge.is_some() {
                let claim = Claim {
                    issued_on: on,
                    due_on: self.tenant.due_on(on),
                    made_on: on.max(self.today),
                    recurring: true,
                    reminded_on: None,
                    suspended: false,
                };
                self.unpaid.extend(Unpaid::to_come(what.clone(), &life.row, customer, claim));
            }
            let amount = outcome.lines().map(|line| line.taxed(self.tenant.tax_mode).gross).sum();
            self.push(on, customer, what, amount);
        }
    }

    /// The days of a standing order.
    fn record(&mut self, customer: &Customer, mut order: StandingOrder) -> Result<()> {
        let amount = Amount::of(order.quantity, order.unit_price, self.tenant.currency).map_err(Error::internal)?;
        let unit = order.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
        let what = format!("{} × {}{unit}", order.product, order.quantity.normalize());
        while let Some(on) = order.next_on.filter(|day| *day <= self.until) {
            self.push(on, customer, what.clone(), amount);
            order.made_on = Some(on);
            order.settle(self.until);
        }
        Ok(())
    }

    fn push(&mut self, on: NaiveDate, customer: &Customer, what: String, amount: Amount) {
        let customer = (customer.code.clone(), customer.name.clone());
        self.steps.push(Foreseen { on, customer, what, amount });
    }
}
