//! Importing customers: new ones are added, those whose code is there stay as they are.

use async_graphql::Json;
use chrono::DateTime;

use super::problems::Problems;
use super::reference::Reference;
use super::rows::choice;
use super::sheet::Row;
use super::stage::{self, NewStaged, Place, Staged, Unique};
use super::{Progress, Sums};
use crate::customers::customer::{self, CustomerCreateInput, NewCustomer};
use crate::error::Result;
use crate::graphql::Write;
use crate::transfer::Kind;

/// The rows, checked.
pub fn check(write: &Write, rows: &[Row], problems: &mut Problems) -> Result<Vec<NewStaged>> {
    let mut staged = Vec::with_capacity(rows.len());
    for row in rows {
        if row.text("code").is_none() {
            problems.add(row.line, Some("code"), "code must not be blank: the file is imported again by it");
        }
        match input(row, problems).check(&write.viewer.business, &write.app.clock) {
            Err(error) => problems.refuse(row.line, error)?,
            Ok(customer) if customer.code.is_empty() => {}
            Ok(customer) => staged.push(NewStaged {
                line: row.line,
                customer: None,
                reference: Reference::Given(customer.code),
                other: customer.email.map(|email| email.0.to_lowercase()),
                at: DateTime::UNIX_EPOCH,
                cells: row.cells()?,
            }),
        }
    }
    Ok(staged)
}

/// Leaves out those whose code is there, how many they are, and notes what only all rows together tell.
pub async fn compare(write: &Write, problems: &mut Problems) -> Result<u64> {
    let business = write.viewer.business.id;
    let twice = |line| format!("line {line} has this code too; it must be unique");
    stage::refuse_equal(write, Unique::Reference, Some("code"), twice, problems).await?;
    let (mut known, mut from) = (0, Place::FIRST);
    loop {
        let page = stage::page(write, &mut from).await?;
        if page.is_empty() {
            break;
        }
        let codes: Vec<&str> = page.iter().map(|row| row.reference.as_str()).collect();
        let found = customer::store::ids_by_codes(write, business, &codes).await?;
        let lines: Vec<u64> =
            page.iter().filter(|row| found.contains_key(&row.reference)).map(|row| row.line).collect();
        stage::remove(write, &lines).await?;
        known += lines.len() as u64;
    }
    let twice = |line| format!("line {line} has this e-mail address too; it must be unique");
    stage::refuse_equal(write, Unique::Other, Some("email"), twice, problems).await?;
    let mut from = Place::FIRST;
    loop {
        let page = stage::page(write, &mut from).await?;
        if page.is_empty() {
            return Ok(known);
        }
        refuse_taken_emails(write, &page, problems).await?;
    }
}

/// E-mail addresses are unique, without regard to case.
async fn refuse_taken_emails(write: &Write, page: &[Staged], problems: &mut Problems) -> Result<()> {
    let new = read(write, page)?;
    let emails: Vec<(u64, String)> = page
        .iter()
        .zip(&new)
        .filter_map(|(row, customer)| Some((row.line, customer.email.as_ref()?.0.to_lowercase())))
        .collect();
    let addresses: Vec<String> = emails.iter().map(|(_, email)| email.clone()).collect();
    let taken = customer::store::codes_by_emails(write, write.viewer.business.id, &addresses).await?;
    for (line, email) in emails {
        if let Some(code) = taken.get(&email) {
            let message = format!("the customer {code} has this e-mail address; it must be unique");
            problems.add(line, Some("email"), message);
        }
    }
    Ok(())
}

/// Adds them.
pub async fn book(write: &Write, progress: &impl Fn(Progress)) -> Result<Sums> {
    let (mut sums, mut from) = (Sums::default(), Place::FIRST);
    loop {
        let page = stage::page(write, &mut from).await?;
        if page.is_empty() {
            return Ok(sums);
        }
        customer::add_all(write, &read(write, &page)?, |_| ()).await?;
        sums.count += page.len() as u64;
        progress(Progress::Booked(sums.count));
    }
}

/// What was checked once.
fn read(write: &Write, page: &[Staged]) -> Result<Vec<NewCustomer>> {
    let customer = |staged: &Staged| {
        let row = Row::of(staged.line, Kind::Customers.columns(), &staged.cells)?;
        input(&row, &mut Problems::default()).check(&write.viewer.business, &write.app.clock)
    };
    page.iter().map(customer).collect()
}

/// What a row says, to be checked like what comes through the API.
fn input(row: &Row, problems: &mut Problems) -> CustomerCreateInput {
    let text = |column| row.text(column).map(String::from);
    let json = |text: &str| serde_json::from_str(text).map_err(|_| format!("`{text}` is not a JSON object"));
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
        tags: row.text("tags").map(tags),
        metadata: row.value("metadata", json, problems).map(Json),
        joined_on: row.value("joined_on", str::parse, problems),
        billing_name: text("billing_name"),
        billing_address: text("billing_address"),
        tax_id: text("tax_id"),
    }
}

/// Tags between semicolons. Those within a tag have a backslash before them.
fn tags(text: &str) -> Vec<String> {
    let mut tags = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = (letter == '\\').then(|| letters.next_if(|next| matches!(next, ';' | '\\'))).flatten();
        match (letter, tags.last_mut()) {
            (';', _) => tags.push(String::new()),
            (_, Some(tag)) => tag.push(escaped.unwrap_or(letter)),
            (_, None) => {}
        }
    }
    tags.into_iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}

/// The tags of a customer as `tags` reads them.
pub fn written(tags: &[String]) -> String {
    tags.iter().map(|tag| tag.replace('\\', "\\\\").replace(';', "\\;")).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_stand_between_semicolons() {
        assert_eq!(tags("a; b ;;c d"), ["a", "b", "c d"]);
        assert_eq!(tags(r"a\;b;c\\;d\e"), ["a;b", r"c\", r"d\e"]);
    }

    proptest! {
        #[test]
        fn tags_read_as_they_were_written(list in prop::collection::vec(r"[a;\\]{1,5}", 0..5)) {
            prop_assert_eq!(tags(&written(&list)), list);
        }
    }
}
