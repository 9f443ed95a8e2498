//! Cells of a file that a spreadsheet may open.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula, and runs it.
//! As [OWASP says](https://owasp.org/www-community/attacks/CSV_Injection), such a cell is written with a `'` before it,
//! unless it is a plain number, and an import takes that away again.

use std::borrow::Cow;

/// The cell as it is written.
pub fn guard(cell: &str) -> Cow<'_, str> {
    // One that has the sign already gets another, so that reading it gives back what it was.
    let runs = begins_formula(cell.trim_start_matches('\''));
    if runs && !is_number(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// What was written as that.
pub fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if begins_formula(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}

fn begins_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Whether it is nothing but digits with a sign before and a point within: an amount, or a phone number.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all(whole) && all(part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_text_and_numbers_stay_numbers() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("'=1", "''=1"),
            ("-", "'-"),
            ("+", "'+"),
            ("-1.", "'-1."),
            ("-12.50", "-12.50"),
            ("+254712345678", "+254712345678"),
            ("Ann", "Ann"),
            ("'Ann'", "'Ann'"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(guard(cell), written);
            assert_eq!(unguard(written), cell);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_what_it_was(cell in "['=+@\t\ra1.-]{0,6}") {
            let written = guard(&cell).into_owned();
            prop_assert!(is_number(&written) || !begins_formula(&written), "{:?}", written);
            prop_assert_eq!(unguard(&written), cell);
        }
    }
}
