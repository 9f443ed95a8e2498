//! What the engine would do: the same steps, and nothing is written.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use chrono::NaiveDate;

use crate::auth::Tenant;
use crate::billing::standing_order::{self, StandingOrder};
use crate::billing::subscription::{self, Life};
use crate::customers::customer;
use crate::db::Conn;
use crate::error::{Error, Result};
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

/// What the engine would do in a business up to a day, in order.
pub async fn foresee(conn: &Conn, tenant: &Tenant, until: NaiveDate) -> Result<Vec<Foreseen>> {
    let rows = subscription::store::due(conn, tenant.id, until).await?;
    let orders = standing_order::store::due(conn, tenant.id, until).await?;
    let customers: Vec<_> =
        rows.iter().map(|row| row.customer_id).chain(orders.iter().map(|order| order.customer_id)).collect();
    let customers: HashMap<_, _> = customer::store::by_ids(conn, tenant.id, &customers).await?;
    let named = |id| {
        let known = customers.get(&id);
        known.map(|known: &customer::Customer| (known.code.clone(), known.name.clone())).unwrap_or_default()
    };
    let mut lives: Vec<Life> = subscription::store::lives(conn, tenant.id, rows).await?;
    let mut due: BinaryHeap<_> = lives
        .iter()
        .enumerate()
        .filter_map(|(place, life)| Some(Reverse((life.due(until)?, life.row.id, place))))
        .collect();
    let mut foreseen = Vec::new();
    while let Some(Reverse((on, id, place))) = due.pop() {
        let life = &mut lives[place];
        let outcome = life.step(on);
        let what = match outcome.charge.as_ref() {
            Some(line) => line.text(),
            None => format!("{}: {}", life.terms.name, <&str>::from(life.row.status)),
        };
        foreseen.push(Foreseen {
            on,
            customer: named(life.row.customer_id),
            what,
            amount: outcome.lines().map(|line| line.taxed(tenant.tax_mode).gross).sum(),
        });
        if let Some(next) = life.due(until) {
            due.push(Reverse((next, id, place)));
        }
    }
    for order in orders {
        let customer = named(order.customer_id);
        foreseen.extend(days(order, until, tenant, &customer)?);
    }
    // On the same day, subscriptions come first.
    foreseen.sort_by_key(|step| step.on);
    Ok(foreseen)
}

/// The days of a standing order that would be recorded.
fn days(
    mut order: StandingOrder,
    until: NaiveDate,
    tenant: &Tenant,
    customer: &(String, String),
) -> Result<Vec<Foreseen>> {
    let amount = Amount::of(order.quantity, order.unit_price, tenant.currency).map_err(Error::internal)?;
    let unit = order.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let what = format!("{} × {}{unit}", order.product, order.quantity.normalize());
    let mut foreseen = Vec::new();
    while let Some(on) = order.next_on.filter(|day| *day <= until) {
        foreseen.push(Foreseen { on, customer: customer.clone(), what: what.clone(), amount });
        order.made_on = Some(on);
        order.settle(until);
    }
    Ok(foreseen)
}
