//! What the imports of charges and payments share: their customers, and what was imported before.

use std::collections::HashMap;

use async_graphql::resolver_utils::EnumType;
use uuid::Uuid;

use super::problems::Problems;
use super::sheet::{Row, Sheet};
use crate::customers::customer::{self, Customer};
use crate::error::Result;
use crate::graphql::Write;
use crate::id::CustomerId;

/// Values of one look-up.
pub const CHUNK: usize = 10_000;

/// A row that was checked, with the name by which it is known when it comes again.
#[derive(Debug)]
pub struct Named<T> {
    /// Its line.
    pub line: u64,
    /// Its name.
    pub reference: String,
    /// What it says.
    pub item: T,
}

/// The customers that a file names, by code. They are locked, so that the same file, imported twice at once, is
/// booked once: the second waits and then finds what the first did.
pub async fn lock_customers(write: &Write, sheet: &Sheet) -> Result<HashMap<String, Customer>> {
    let mut codes: Vec<&str> = sheet.rows().filter_map(|row| row.text("customer_code")).collect();
    codes.sort_unstable();
    codes.dedup();
    // At once, whatever their number: locks of several statements would not be in one order.
    customer::store::lock_by_codes(write, write.viewer.business.id, &codes).await
}

/// The customer of a row; a problem, and nobody to go on with, if there is none.
pub fn customer(row: &Row<'_>, customers: &HashMap<String, Customer>, problems: &mut Problems) -> CustomerId {
    let find = |code: &str| {
        let found = customers.get(code).map(|customer| customer.id);
        found.ok_or_else(|| format!("there is no customer {code}: import customers first, or correct the code"))
    };
    row.needed("customer_code", CustomerId(Uuid::nil()), find, problems)
}

/// Takes out the rows that were imported before; how many they are. `known` has what is booked under which
/// reference, and a row that says something else under the same one is a problem.
pub fn drop_known<T, C: PartialEq>(
    rows: &mut Vec<Named<T>>,
    known: &HashMap<String, C>,
    content: impl Fn(&T) -> C,
    problems: &mut Problems,
) -> usize {
    let before = rows.len();
    rows.retain(|row| {
        let Some(booked) = known.get(&row.reference) else { return true };
        if *booked != content(&row.item) {
            let message = format!(
                "{} was imported before with another customer, day or amount: give this row an external_ref of its own",
                row.reference
            );
            problems.add(row.line, Some("external_ref"), message);
        }
        false
    });
    before - rows.len()
}

/// Reads a value of an enum of the API, by its name there, in any case.
pub fn choice<T: EnumType>(text: &str) -> Result<T, String> {
    let name = text.to_uppercase().replace([' ', '-'], "_");
    let found = T::items().iter().find(|item| item.name == name).map(|item| item.value);
    found.ok_or_else(|| {
        let names: Vec<&str> = T::items().iter().map(|item| item.name).collect();
        format!("`{text}` is none of {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::payment::PaymentMethod;

    #[test]
    fn what_was_booked_before_is_left_out_and_what_changed_since_is_a_problem() {
        let row = |line, reference: &str, amount| Named { line, reference: reference.into(), item: amount };
        let mut rows = vec![row(2, "a", 10), row(3, "b", 20), row(4, "c", 30)];
        let known = HashMap::from([("a".to_owned(), 10), ("c".to_owned(), 31)]);
        let mut problems = Problems::default();
        assert_eq!(drop_known(&mut rows, &known, |amount| *amount, &mut problems), 2);
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3]);
        assert!(problems.report("f", 3).starts_with("f:4: external_ref: c was imported before"));
    }

    #[test]
    fn methods_are_read_in_any_case() {
        for text in ["MOBILE_MONEY", "mobile money", "Mobile-Money"] {
            assert_eq!(choice(text), Ok(PaymentMethod::MobileMoney), "{text}");
        }
        let refused = choice::<PaymentMethod>("barter").unwrap_err();
        assert_eq!(refused, "`barter` is none of CASH, CARD, BANK_TRANSFER, MOBILE_MONEY, UPI, CHEQUE, OTHER");
    }
}
