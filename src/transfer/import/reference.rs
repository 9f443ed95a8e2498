//! The names by which rows are known when their file comes again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::problems::Problems;
use super::sheet::Row;
use crate::text::Checks;

/// The longest that a file may give.
const MAX_REFERENCE: usize = 200;

/// The name of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// The one that it gives.
    Given(String),
    /// One that is made of what it says. Equal rows are told apart by their number among each other, so that what else
    /// a file has, and in which order, does not matter.
    Made(String),
}

impl Reference {
    /// The name of a row: the one that it gives, or else one that is made of its `content`.
    pub fn of(row: &Row, content: &[&str], problems: &mut Problems) -> Option<Self> {
        let mut checks = Checks::default();
        let given = checks.optional("externalRef", row.text("external_ref"), MAX_REFERENCE);
        if let Err(error) = checks.finish() {
            // Checks find nothing but user errors.
            let _ = problems.refuse(row.line, error);
            return None;
        }
        Some(given.map_or_else(|| Self::Made(digest(content)), Self::Given))
    }
}

/// What tells values from others.
pub fn digest(content: &[&str]) -> String {
    let mut hash = Sha256::new();
    for value in content {
        // With their lengths, so that no two lists of values run together to the same bytes.
        hash.update(value.len().to_be_bytes());
        hash.update(value);
    }
    format!("csv:{}", URL_SAFE_NO_PAD.encode(&hash.finalize()[..18]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_the_same_has_the_same_name_and_nothing_else_has() {
        assert_eq!(digest(&["a", "1"]), digest(&["a", "1"]));
        assert_ne!(digest(&["a", "1"]), digest(&["b", "1"]));
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        // A change of this would book files twice that were imported before.
        assert_eq!(digest(&["C-1", "2026-03-31", "1250"]), "csv:iNWC7PMtQNG0mfCtItyTJjxt");
    }
}
