//! The names by which rows are known when their file comes again.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::problems::Problems;
use super::sheet::Row;
use crate::text::Checks;

/// The longest that a file may give.
const MAX_REFERENCE: usize = 200;

/// The references of one file.
#[derive(Debug, Default)]
pub struct References {
    lines: HashMap<String, u64>,
    equal: HashMap<String, usize>,
}

impl References {
    /// The reference of a row: the one that it gives, or else one that is made of its `content`. A problem if
    /// another row has it.
    pub fn name(&mut self, row: &Row<'_>, content: &[&str], problems: &mut Problems) -> Option<String> {
        let mut checks = Checks::default();
        let given = checks.optional("externalRef", row.text("external_ref"), MAX_REFERENCE);
        if let Err(error) = checks.finish() {
            // Checks find nothing but user errors.
            let _ = problems.refuse(row.line, error);
            return None;
        }
        let reference = given.unwrap_or_else(|| self.derive(content));
        match self.lines.entry(reference) {
            Entry::Occupied(other) => {
                let message = format!("line {} has this external_ref too; each row needs its own", other.get());
                problems.add(row.line, Some("external_ref"), message);
                None
            }
            Entry::Vacant(place) => {
                let reference = place.key().clone();
                place.insert(row.line);
                Some(reference)
            }
        }
    }

    /// Equal rows are told apart by their number among each other, so that what else a file has, and in which
    /// order, does not matter.
    fn derive(&mut self, content: &[&str]) -> String {
        let mut hash = Sha256::new();
        for value in content {
            // With their lengths, so that no two lists of values run together to the same bytes.
            hash.update(value.len().to_be_bytes());
            hash.update(value);
        }
        let name = format!("csv:{}", URL_SAFE_NO_PAD.encode(&hash.finalize()[..18]));
        let number = self.equal.entry(name.clone()).or_default();
        *number += 1;
        format!("{name}:{number}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_get_names_of_their_own_and_the_same_ones_again_in_any_order() {
        let name = |rows: &[&[&str]]| {
            let mut references = References::default();
            rows.iter().map(|row| references.derive(row)).collect::<Vec<_>>()
        };
        let first = name(&[&["a", "1"], &["b", "1"], &["a", "1"]]);
        let again = name(&[&["a", "1"], &["a", "1"], &["c", "9"], &["b", "1"]]);
        assert_eq!((&first[0], &first[2], &first[1]), (&again[0], &again[1], &again[3]));
        assert_ne!(first[0], first[2]);
        let parts = name(&[&["ab", "c"], &["a", "bc"]]);
        assert_ne!(parts[0], parts[1]);
        // A change of this would book files twice that were imported before.
        assert_eq!(name(&[&["C-1", "2026-03-31", "1250"]])[0], "csv:iNWC7PMtQNG0mfCtItyTJjxt:1");
    }
}
