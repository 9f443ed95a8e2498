//! The engine's part: looking at invoices when their day has come.

use std::collections::BTreeSet;

use serde_json::json;
use tokio::time::Instant;

use super::hold::free_from;
use super::store::{self, Due};
use crate::accounts::business;
use crate::app::App;
use crate::auth::{Tenant, Viewer};
use crate::customers::customer;
use crate::db::Mode;
use crate::error::Result;
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::Write;
use crate::id::{CustomerId, InvoiceId};
use crate::ledger::dunning::store::{Dunning, forget_suspensions, revise, update};
use crate::money::Amount;

/// How many invoices one transaction looks at.
const BATCH: i32 = 100;

/// Does what is due in a business, at most about so many invoices, and begins with none after a moment. How many it
/// looked at.
pub async fn run(app: &App, tenant: &Tenant, most: usize, until: Option<Instant>) -> Result<usize> {
    let mut done = 0;
    while done < most && until.is_none_or(|until| Instant::now() < until) {
        match batch(app, tenant).await? {
            0 => break,
            some => done += some,
        }
    }
    Ok(done)
}

async fn batch(app: &App, tenant: &Tenant) -> Result<usize> {
    let mut write = Write::begin(app, Viewer::daybook(tenant.clone()), Mode::Write).await?;
    let done = look(&mut write).await?;
    write.commit().await?;
    Ok(done)
}

/// Looks at the invoices that are due for it, at most so many as one transaction has; how many they were.
pub async fn look(write: &mut Write) -> Result<usize> {
    let (id, today) = (write.viewer.business.id, write.today());
    if business::store::take_dunning_revised(write, id).await? {
        revise(write, id, today).await?;
    }
    // Those of the tenant may be old by now: others had their turn before.
    write.viewer.business.dunning = business::store::lock_dunning(write, id).await?;
    let locked = store::lock_due(write, id, today, BATCH).await?;
    // What stood there before the locks may have changed meanwhile.
    let due = if locked.is_empty() { Vec::new() } else { store::due(write, id, &locked, today).await? };
    let (mut rows, mut new, mut suspended) = (Vec::new(), Vec::new(), BTreeSet::new());
    for due in &due {
        let row = look_at(due, write, &mut new, &mut suspended);
        rows.push(row);
    }
    let suspended: Vec<CustomerId> = suspended.into_iter().collect();
    // What they were suspended for before, and were served again nevertheless, does not count this time.
    if !suspended.is_empty() {
        forget_suspensions(write, id, &suspended).await?;
    }
    tokio::try_join!(
        update(write, id, &rows),
        customer::store::set_suspended(write, id, &suspended, true, write.now()),
        events::record_batch(write, new),
    )?;
    Ok(due.len())
}

/// What is to be done with an invoice today: how far it is then, its events, and perhaps its customer suspended.
fn look_at(due: &Due, write: &Write, new: &mut Vec<NewEvent>, suspended: &mut BTreeSet<CustomerId>) -> Dunning {
    let tenant = &write.viewer.business;
    let (today, rules) = (write.today(), &tenant.dunning);
    let mut row = Dunning {
        business_id: tenant.id,
        invoice_id: due.invoice_id,
        customer_id: due.customer_id,
        dunning_on: None,
        reminded_on: due.reminded_on,
        suspended_on: due.suspended_on,
    };
    // If it is owed again, that is noted there.
    if due.outstanding == Amount::ZERO {
        return row;
    }
    let from = free_from(today, due.held, due.held_until);
    if from != Some(today) {
        row.dunning_on = from;
        return row;
    }
    let mut claim = due.claim();
    if due.archived {
        row.dunning_on = rules.next(&claim, today);
        return row;
    }
    let dunned = rules.dun(&mut claim, today, due.suspendable);
    if let Some((on, offset)) = dunned.reminder {
        let data = json!({
            "on": on, "days": offset, "number": due.number, "dueOn": due.due_on, "outstanding": due.outstanding.0,
        });
        new.push(NewEvent::of_customer(EventKind::InvoiceReminder, due.customer_id, due.invoice_id.0, data));
    }
    if dunned.suspends {
        row.suspended_on = Some(today);
        // Once, however many invoices there are.
        if !due.suspended && suspended.insert(due.customer_id) {
            let data = json!({ "invoice": InvoiceId(due.invoice_id.0).to_string(), "number": due.number, "dueOn": due.due_on });
            new.push(NewEvent::of_customer(EventKind::CustomerSuspended, due.customer_id, due.customer_id.0, data));
        }
    }
    (row.reminded_on, row.dunning_on) = (claim.reminded_on, dunned.next);
    row
}
