//! What the imports share: the customers of rows, and what was imported before.

use std::collections::HashMap;

use async_graphql::resolver_utils::EnumType;
use uuid::Uuid;

use super::problems::Problems;
use super::sheet::Row;
use super::stage::Staged;
use crate::customers::customer;
use crate::error::Result;
use crate::graphql::Write;
use crate::id::CustomerId;

/// The customers that rows name, by code.
pub async fn customers(write: &Write, rows: &[Row]) -> Result<HashMap<String, CustomerId>> {
    let mut codes: Vec<&str> = rows.iter().filter_map(|row| row.text("customer_code")).collect();
    codes.sort_unstable();
    codes.dedup();
    customer::store::ids_by_codes(write, write.viewer.business.id, &codes).await
}

/// The customer of a row; a problem, and nobody to go on with, if there is none.
pub fn customer(row: &Row, customers: &HashMap<String, CustomerId>, problems: &mut Problems) -> CustomerId {
    let find = |code: &str| {
        let found = customers.get(code).copied();
        found.ok_or_else(|| format!("there is no customer {code}: import customers first, or correct the code"))
    };
    row.needed("customer_code", CustomerId(Uuid::nil()), find, problems)
}

/// The rows that were imported before. `known` has what is booked under which reference, and a row that says something
/// else under the same one is a problem.
pub fn known<C: PartialEq>(rows: &[(Staged, C)], known: &HashMap<String, C>, problems: &mut Problems) -> Vec<u64> {
    let mut lines = Vec::new();
    for (row, content) in rows {
        let Some(booked) = known.get(&row.reference) else { continue };
        if booked != content {
            let message = format!(
                "{} was imported before with another customer, day or amount: give this row an external_ref of its own",
                row.reference
            );
            problems.add(row.line, Some("external_ref"), message);
        }
        lines.push(row.line);
    }
    lines
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

/// Reads yes or no.
pub fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("`{text}` is neither true nor false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::payment::PaymentMethod;

    #[test]
    fn what_was_booked_before_is_known_and_what_changed_since_is_a_problem() {
        let row = |line, reference: &str, amount| {
            let staged = Staged { line, customer: None, reference: reference.into(), cells: String::new() };
            (staged, amount)
        };
        let rows = vec![row(2, "a", 10), row(3, "b", 20), row(4, "c", 30)];
        let booked = HashMap::from([("a".to_owned(), 10), ("c".to_owned(), 31)]);
        let mut problems = Problems::default();
        assert_eq!(known(&rows, &booked, &mut problems), [2, 4]);
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
