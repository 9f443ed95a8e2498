//! What the engine would do: the same steps, and nothing is written.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use chrono::NaiveDate;

use crate::auth::Tenant;
use crate::billing::subscription::{self, Life};
use crate::customers::customer;
use crate::db::Conn;
use crate::error::Result;
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
    let customers: Vec<_> = rows.iter().map(|row| row.customer_id).collect();
    let customers: HashMap<_, _> = customer::store::by_ids(conn, tenant.id, &customers).await?;
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
        let known = customers.get(&life.row.customer_id);
        let what = match outcome.charge.as_ref() {
            Some(line) => line.text(),
            None => format!("{}: {}", life.terms.name, <&str>::from(life.row.status)),
        };
        foreseen.push(Foreseen {
            on,
            customer: known.map(|known| (known.code.clone(), known.name.clone())).unwrap_or_default(),
            what,
            amount: outcome.lines().map(|line| line.taxed(tenant.tax_mode).gross).sum(),
        });
        if let Some(next) = life.due(until) {
            due.push(Reverse((next, id, place)));
        }
    }
    Ok(foreseen)
}
