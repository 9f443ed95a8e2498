//! Importing contacts: those of whom a customer has one who is the same stay as they are.

use std::collections::{HashMap, HashSet};

use chrono::DateTime;
use uuid::Uuid;

use super::problems::Problems;
use super::reference::{Reference, digest};
use super::rows::{self, choice, yes_or_no};
use super::sheet::Row;
use super::stage::{self, NewStaged, Place, Staged, Unique};
use super::{Progress, Sums};
use crate::customers::contact::{self, Contact, ContactCreateInput};
use crate::error::Result;
use crate::graphql::Write;
use crate::id::CustomerId;
use crate::transfer::Kind;

/// The rows, checked.
pub async fn check(write: &Write, rows: &[Row], problems: &mut Problems) -> Result<Vec<NewStaged>> {
    let customers = rows::customers(write, rows).await?;
    let mut staged = Vec::with_capacity(rows.len());
    for row in rows {
        let customer = rows::customer(row, &customers, problems);
        match input(row, customer, problems).check(&write.viewer.business, &write.app.clock) {
            Err(error) => problems.refuse(row.line, error)?,
            Ok(contact) => staged.push(NewStaged {
                line: row.line,
                customer: Some(customer),
                reference: Reference::Given(name(&contact)),
                other: contact.is_primary.then(|| customer.to_string()),
                at: DateTime::UNIX_EPOCH,
                cells: row.cells()?,
            }),
        }
    }
    Ok(staged)
}

/// Leaves out those who are there, how many they are, and notes what only all rows together tell.
pub async fn compare(write: &Write, problems: &mut Problems) -> Result<u64> {
    let twice = |line| format!("line {line} says the same; a customer has each contact once");
    stage::refuse_equal(write, Unique::Reference, None, twice, problems).await?;
    let twice = |line| format!("line {line} is the primary contact of this customer; there can be one");
    stage::refuse_equal(write, Unique::Other, Some("is_primary"), twice, problems).await?;
    let (mut known, mut from) = (0, Place::FIRST);
    loop {
        let page = stage::page(write, &mut from).await?;
        if page.is_empty() {
            return Ok(known);
        }
        let there: HashSet<String> = of_customers(write, &page).await?.values().flatten().map(name).collect();
        let lines: Vec<u64> = page.iter().filter(|row| there.contains(&row.reference)).map(|row| row.line).collect();
        stage::remove(write, &lines).await?;
        known += lines.len() as u64;
    }
}

/// Adds them.
pub async fn book(write: &Write, progress: &impl Fn(Progress)) -> Result<Sums> {
    let (mut sums, mut from) = (Sums::default(), Place::FIRST);
    loop {
        let page = stage::page(write, &mut from).await?;
        if page.is_empty() {
            return Ok(sums);
        }
        let there = of_customers(write, &page).await?;
        let mut has_primary: HashSet<CustomerId> = there.keys().copied().collect();
        let mut contacts = Vec::with_capacity(page.len());
        for staged in &page {
            let row = Row::of(staged.line, Kind::Contacts.columns(), &staged.cells)?;
            let customer = staged.customer.unwrap_or(CustomerId(Uuid::nil()));
            let input = input(&row, customer, &mut Problems::default());
            contacts.push(input.check(&write.viewer.business, &write.app.clock)?);
        }
        // Who says so is the primary one; else who comes first, if there was nobody.
        has_primary.extend(contacts.iter().filter(|contact| contact.is_primary).map(|contact| contact.customer_id));
        for contact in &mut contacts {
            contact.is_primary |= has_primary.insert(contact.customer_id);
        }
        contact::add_all(write, &contacts).await?;
        sums.count += page.len() as u64;
        progress(Progress::Booked(sums.count));
    }
}

/// The contacts that the customers of rows have.
async fn of_customers(write: &Write, page: &[Staged]) -> Result<HashMap<CustomerId, Vec<Contact>>> {
    let customers: Vec<CustomerId> = page.iter().filter_map(|row| row.customer).collect();
    contact::store::of_customers(write, write.viewer.business.id, &customers).await
}

/// What tells a contact from others.
fn name(contact: &Contact) -> String {
    digest(&[
        &contact.customer_id.to_string(),
        &contact.name,
        contact.email.as_ref().map_or("", |email| &email.0),
        contact.phone.as_ref().map_or("", |phone| &phone.0),
        contact.role.into(),
    ])
}

fn input(row: &Row, customer_id: CustomerId, problems: &mut Problems) -> ContactCreateInput {
    let text = |column| row.text(column).map(String::from);
    ContactCreateInput {
        customer_id,
        name: text("name").unwrap_or_default(),
        email: text("email"),
        phone: text("phone"),
        role: row.value("role", choice, problems),
        is_primary: row.value("is_primary", yes_or_no, problems).unwrap_or(false),
    }
}
