//! Statements of customers.

use std::collections::HashMap;

use super::model::{Period, Statement};
use crate::auth::{Permission, Viewer};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::graphql::Relation;
use crate::id::{BusinessId, CustomerId};
use crate::ledger::entry::{self, Entry};

/// The most lines of all statements that one operation asks for at once.
const MAX_LINES: usize = 10_000;

/// The account of a customer over a period. Every customer has one, if an empty one.
pub struct OfCustomer;

impl Relation for OfCustomer {
    type Key = (CustomerId, Period);
    type Value = Statement;

    const NEEDS: Option<Permission> = Some(Permission::LedgerRead);

    async fn load(conn: &Conn, viewer: &Viewer, keys: &[Self::Key]) -> Result<HashMap<Self::Key, Statement>> {
        let business = viewer.business.id;
        let mut by_period: HashMap<Period, Vec<CustomerId>> = HashMap::new();
        for (customer, period) in keys {
            by_period.entry(*period).or_default().push(*customer);
        }
        let mut found = HashMap::new();
        for (period, customers) in by_period {
            let statements = of_customers(conn, business, &customers, period).await?;
            found.extend(statements.into_iter().map(|(customer, statement)| ((customer, period), statement)));
        }
        Ok(found)
    }
}

/// The accounts of these customers over one period.
pub async fn of_customers(
    conn: &Conn,
    business: BusinessId,
    customers: &[CustomerId],
    period: Period,
) -> Result<HashMap<CustomerId, Statement>> {
    let Period { from, to, as_of } = period;
    let (opening, entries) = tokio::try_join!(
        entry::store::sums_before(conn, business, customers, from, as_of),
        entry::store::of_days(conn, business, customers, (from, to), as_of, MAX_LINES + 1),
    )?;
    if entries.len() > MAX_LINES {
        let message = format!("the statements have more than {MAX_LINES} lines: ask for a shorter period");
        return Err(Error::BadInput(message));
    }
    let mut lines: HashMap<CustomerId, Vec<Entry>> = HashMap::new();
    for entry in entries {
        lines.entry(entry.customer_id).or_default().push(entry);
    }
    let statement = |customer: &CustomerId| {
        let opening = opening.get(customer).copied().unwrap_or_default();
        let lines = lines.remove(customer).unwrap_or_default();
        Ok((*customer, Statement::new(period, opening, lines)?))
    };
    customers.iter().map(statement).collect()
}
