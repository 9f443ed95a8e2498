//! What is wrong with a file, by line and column.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use crate::error::{Error, Result};

/// How many are kept.
const KEPT: usize = 1_000;
/// How many of these are printed.
const SHOWN: usize = 100;

/// What is wrong with a file.
#[derive(Debug, Default)]
pub struct Problems {
    kept: Vec<Problem>,
    more: u64,
}

/// Something that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The line on which the row begins; the header is line 1.
    pub line: u64,
    /// The column, if it is about one.
    pub column: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

impl Problems {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Notes what is wrong at a line.
    pub fn add(&mut self, line: u64, column: Option<&str>, message: impl Into<String>) {
        if self.kept.len() < KEPT {
            self.kept.push(Problem { line, column: column.map(String::from), message: message.into() });
        } else {
            self.more += 1;
        }
    }

    /// Notes what the rules of the API find wrong with the values of a line. Other errors are no fault of the
    /// file and are handed back.
    pub fn refuse(&mut self, line: u64, error: Error) -> Result<()> {
        let Error::User(errors) = error else { return Err(error) };
        for error in errors {
            let field = error.field.and_then(|path| path.first().cloned());
            let column = field.as_deref().map(column_of);
            // Messages name the field as the API does.
            let message = match (&field, &column) {
                (Some(field), Some(column)) => error.message.replace(field.as_str(), column),
                _ => error.message,
            };
            self.add(line, column.as_deref(), message);
        }
        Ok(())
    }

    /// The first thousand that were found, by line, and how many more there are.
    pub fn into_list(mut self) -> (Vec<Problem>, u64) {
        self.kept.sort_by_key(|problem| problem.line);
        (self.kept, self.more)
    }

    /// The report for people: the first hundred by line, how many more there are, and what follows.
    pub fn report(&self, file: &str, rows: u64) -> String {
        let mut order: Vec<&Problem> = self.kept.iter().collect();
        order.sort_by_key(|problem| problem.line);
        let mut report = String::new();
        for Problem { line, column, message } in order.iter().take(SHOWN) {
            let column = column.as_ref().map(|column| format!("{column}: ")).unwrap_or_default();
            // Writing to a string cannot fail.
            let _ = writeln!(report, "{file}:{line}: {column}{message}");
        }
        let unseen = self.more + order.len().saturating_sub(SHOWN) as u64;
        if unseen > 0 {
            let _ = writeln!(report, "… and {unseen} more");
        }
        let lines = order.iter().map(|problem| problem.line).collect::<BTreeSet<_>>().len();
        let least = if self.more > 0 { "at least " } else { "" };
        let _ = writeln!(report, "{least}{lines} of {rows} rows are wrong; nothing was imported");
        report
    }
}

/// The column that a field of the API's inputs is read from.
fn column_of(field: &str) -> String {
    if field == "customerId" {
        return "customer_code".into();
    }
    let mut column = String::with_capacity(field.len() + 2);
    for letter in field.chars() {
        if letter.is_ascii_uppercase() {
            column.push('_');
        }
        column.push(letter.to_ascii_lowercase());
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::UserErrorCode;

    #[test]
    fn errors_of_the_api_name_the_column() {
        let mut problems = Problems::default();
        let error = Error::user(UserErrorCode::Invalid, "unitPrice", "unitPrice has at most 6 decimals");
        problems.refuse(3, error).unwrap();
        problems.refuse(2, Error::user(UserErrorCode::Archived, "customerId", "Ann is archived")).unwrap();
        let report = problems.report("f.csv", 9);
        assert_eq!(
            report,
            "f.csv:2: customer_code: Ann is archived\n\
             f.csv:3: unit_price: unit_price has at most 6 decimals\n\
             2 of 9 rows are wrong; nothing was imported\n"
        );
        assert!(problems.refuse(4, Error::Timeout).is_err());
    }

    #[test]
    fn a_long_report_is_cut_and_says_so() {
        let mut problems = Problems::default();
        (0..250).for_each(|line| problems.add(line + 2, Some("name"), "name must not be blank"));
        let report = problems.report("f.csv", 300);
        assert_eq!(report.lines().count(), 102);
        assert!(report.contains("… and 150 more\n250 of 300 rows are wrong"), "{report}");
    }

    #[test]
    fn of_a_file_that_is_wrong_throughout_a_thousand_problems_are_kept() {
        let mut problems = Problems::default();
        (0..5_000).for_each(|line| problems.add(line + 2, None, "no"));
        assert!(problems.report("f", 5_000).contains("… and 4900 more\nat least 1000 of 5000 rows are wrong"));
        let (kept, more) = problems.into_list();
        assert_eq!((kept.len(), more), (1_000, 4_000));
    }
}
