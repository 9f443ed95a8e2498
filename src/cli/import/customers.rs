//! Importing customers: new ones are added, those whose code is there stay as they are.

use std::collections::HashMap;

use indicatif::ProgressBar;

use super::Outcome;
use super::problems::Problems;
use super::rows::{CHUNK, choice};
use super::sheet::{Column, Row, Sheet, optional, required};
use crate::customers::customer::{self, CustomerCreateInput, NewCustomer};
use crate::error::Result;
use crate::graphql::Write;

/// The columns of a file with customers.
pub const COLUMNS: &[Column] = &[
    required("code"),
    required("name"),
    optional("email"),
    optional("phone"),
    optional("whatsapp_phone"),
    optional("address"),
    optional("type"),
    optional("status"),
    optional("joined_on"),
    optional("member_since"),
    optional("tags"),
    optional("billing_name"),
    optional("billing_address"),
    optional("tax_id"),
];

/// Adds the customers of a file.
pub async fn import(write: &Write, sheet: &Sheet, problems: &mut Problems, bar: &ProgressBar) -> Result<Outcome> {
    let tenant = &write.viewer.business;
    let mut new: Vec<(u64, NewCustomer)> = Vec::new();
    let mut lines: HashMap<String, u64> = HashMap::new();
    for row in sheet.rows() {
        if row.text("code").is_none() {
            problems.add(row.line, Some("code"), "code must not be blank: the file is imported again by it");
        }
        match input(&row, problems).check(tenant, &write.app.clock) {
            Err(error) => problems.refuse(row.line, error)?,
            Ok(customer) => match lines.insert(customer.code.clone(), row.line) {
                Some(other) if !customer.code.is_empty() => {
                    problems.add(row.line, Some("code"), format!("line {other} has this code too; it must be unique"));
                }
                _ => new.push((row.line, customer)),
            },
        }
    }
    let known = drop_known(write, &mut new).await?;
    refuse_taken_emails(write, &new, problems).await?;
    if problems.is_empty() {
        bar.set_length(u64::try_from(new.len()).unwrap_or_default());
        let customers: Vec<NewCustomer> = new.iter().map(|(_, customer)| customer.clone()).collect();
        customer::add_all(write, &customers, |count| bar.inc(u64::try_from(count).unwrap_or_default())).await?;
    }
    Ok(Outcome { new: new.len(), known, sum: None })
}

/// What a row says, to be checked like what comes through the API.
fn input(row: &Row<'_>, problems: &mut Problems) -> CustomerCreateInput {
    let text = |column| row.text(column).map(String::from);
    CustomerCreateInput {
        code: text("code"),
        name: text("name").unwrap_or_default(),
        email: text("email"),
        phone: text("phone"),
        whatsapp_phone: text("whatsapp_phone"),
        address: text("address"),
        kind: row.value("type", choice, problems),
        status: row.value("status", choice, problems),
        member_since: row.value("member_since", str::parse, problems),
        tags: row
            .text("tags")
            .map(|tags| tags.split(';').map(str::trim).filter(|tag| !tag.is_empty()).map(String::from).collect()),
        metadata: None,
        joined_on: row.value("joined_on", str::parse, problems),
        billing_name: text("billing_name"),
        billing_address: text("billing_address"),
        tax_id: text("tax_id"),
    }
}

/// Takes out those whose code is there; how many they are.
async fn drop_known(write: &Write, new: &mut Vec<(u64, NewCustomer)>) -> Result<usize> {
    let mut found = HashMap::new();
    for chunk in new.chunks(CHUNK) {
        let codes: Vec<&str> = chunk.iter().map(|(_, customer)| customer.code.as_str()).collect();
        found.extend(customer::store::lock_by_codes(write, write.viewer.business.id, &codes).await?);
    }
    let before = new.len();
    new.retain(|(_, customer)| !found.contains_key(&customer.code));
    Ok(before - new.len())
}

/// E-mail addresses are unique, without regard to case.
async fn refuse_taken_emails(write: &Write, new: &[(u64, NewCustomer)], problems: &mut Problems) -> Result<()> {
    let with_email: Vec<(u64, String)> =
        new.iter().filter_map(|(line, customer)| Some((*line, customer.email.as_ref()?.0.to_lowercase()))).collect();
    let mut lines: HashMap<&str, u64> = HashMap::new();
    for chunk in with_email.chunks(CHUNK) {
        let emails: Vec<String> = chunk.iter().map(|(_, email)| email.clone()).collect();
        let taken = customer::store::codes_by_emails(write, write.viewer.business.id, &emails).await?;
        for (line, email) in chunk {
            if let Some(code) = taken.get(email) {
                let message = format!("the customer {code} has this e-mail address; it must be unique");
                problems.add(*line, Some("email"), message);
            } else if let Some(other) = lines.insert(email, *line) {
                let message = format!("line {other} has this e-mail address too; it must be unique");
                problems.add(*line, Some("email"), message);
            }
        }
    }
    Ok(())
}
