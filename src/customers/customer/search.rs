//! Searching customers by what someone types.

use std::collections::HashMap;

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Bool, Text};
use strsim::osa_distance;

/// From how many letters on typing errors in a word are forgiven: one, and two from so many on.
const FORGIVEN_FROM: usize = 4;
const FORGIVEN_TWICE_FROM: usize = 6;
/// What is looked for in more than so many words is meant as it is written.
const MAX_WORDS: usize = 8;
/// From how many letters or digits in a row on the index has a text.
const INDEXED_FROM: usize = 3;
/// Up to so many ways to combine the texts for all words, each is a condition of its own.
const MAX_COMBINED: usize = 32;
/// From how many digits on what has nothing but digits and what stands between them is part of a phone number.
const PHONE_FROM: usize = 4;

/// The condition that what a customer and their contacts are found by has, for each word that was typed, one of the
/// texts that it may stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matches {
    /// For LIKE.
    words: Vec<Vec<String>>,
}

impl Matches {
    /// As it was typed: each word, in any order. None if nothing was.
    pub fn exactly(typed: &str) -> Option<Self> {
        let text = typed.trim().to_lowercase();
        if text.is_empty() {
            return None;
        }
        if let Some(digits) = phone(&text) {
            return Some(Self { words: vec![vec![pattern(&digits)]] });
        }
        let words: Vec<_> = text.split_whitespace().collect();
        let words = if words.len() > MAX_WORDS { vec![text.as_str()] } else { words };
        Some(Self { words: words.into_iter().map(|word| vec![pattern(word)]).collect() })
    }

    /// As it may have been meant: `near` has words that customers have and that are like those of [`misspelt`].
    pub fn forgiving(typed: &str, near: &HashMap<String, Vec<String>>) -> Self {
        let meant = |word: String| {
            let letters = word.chars().count();
            let errors = match letters {
                FORGIVEN_TWICE_FROM.. => 2,
                FORGIVEN_FROM.. => 1,
                _ => 0,
            };
            let like = near.get(&word).into_iter().flatten();
            let like = like.filter(|known| osa_distance(&word, known) <= errors).map(|known| pattern(known));
            std::iter::once(pattern(&word)).chain(like).collect()
        };
        Self { words: words(typed).map(meant).collect() }
    }

    /// Whether the index can tell who is looked for.
    pub fn is_indexed(&self) -> bool {
        let has = |pattern: &String| {
            pattern.split(|c: char| !c.is_alphanumeric()).any(|part| part.chars().count() >= INDEXED_FROM)
        };
        self.words.iter().any(|patterns| patterns.iter().all(has))
    }

    /// The conditions of which one must hold, each of texts that must all be there. The index looks for all texts of a
    /// condition at once; of alternatives within one, it would look for the first word alone.
    fn combined(&self) -> Option<Vec<Vec<&str>>> {
        let count = self.words.iter().try_fold(1_usize, |count, patterns| count.checked_mul(patterns.len()))?;
        if self.words.is_empty() || count > MAX_COMBINED {
            return None;
        }
        let mut all = vec![Vec::new()];
        for patterns in &self.words {
            let mut longer = Vec::new();
            for before in all {
                for pattern in patterns {
                    let mut condition: Vec<&str> = before.clone();
                    condition.push(pattern);
                    longer.push(condition);
                }
            }
            all = longer;
        }
        Some(all)
    }
}

/// The words in what was typed that may have typing errors. None if it is meant as it is written.
pub fn misspelt(typed: &str) -> Vec<String> {
    let all: Vec<String> = words(typed).collect();
    if all.len() > MAX_WORDS || phone(&typed.trim().to_lowercase()).is_some() {
        return Vec::new();
    }
    all.into_iter().filter(|word| word.chars().count() >= FORGIVEN_FROM).collect()
}

fn words(typed: &str) -> impl Iterator<Item = String> + use<> {
    let words: Vec<_> =
        typed.to_lowercase().split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric()).map(String::from).collect();
    words.into_iter().filter(|word| !word.trim().is_empty())
}

/// The digits of what looks like part of a phone number, without the zero that stands for a country's code.
fn phone(text: &str) -> Option<String> {
    if !text.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c)) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    (digits.len() >= PHONE_FROM).then(|| digits.to_owned())
}

/// What LIKE takes for `text` anywhere.
fn pattern(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

impl QueryFragment<Pg> for Matches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (outer, inner, groups) = match self.combined() {
            Some(combined) => (") OR (", " AND ", combined),
            None => {
                let words = self.words.iter().map(|patterns| patterns.iter().map(String::as_str).collect());
                (") AND (", " OR ", words.collect())
            }
        };
        for (number, patterns) in groups.iter().enumerate() {
            out.push_sql(if number == 0 { "((" } else { outer });
            for (number, pattern) in patterns.iter().enumerate() {
                if number > 0 {
                    out.push_sql(inner);
                }
                out.push_sql("customers.found_by LIKE ");
                out.push_bind_param::<Text, str>(pattern)?;
            }
        }
        out.push_sql(if groups.is_empty() { "FALSE" } else { "))" });
        Ok(())
    }
}

crate::db::sql_expression!(Matches, Bool);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_looked_for_by_their_digits_and_words_one_by_one() {
        for (typed, expected) in [
            ("  ", None),
            ("98765", Some(vec!["%98765%"])),
            ("+91 98765-432 10", Some(vec!["%919876543210%"])),
            ("(0712) 345.678", Some(vec!["%712345678%"])),
            ("0%", Some(vec!["%0\\%%"])),
            ("12", Some(vec!["%12%"])),
            ("C-000123", Some(vec!["%c-000123%"])),
            (" John  SMITH ", Some(vec!["%john%", "%smith%"])),
            ("a b c d e f g h i", Some(vec!["%a b c d e f g h i%"])),
        ] {
            let found = Matches::exactly(typed).map(|matches| matches.words.concat());
            assert_eq!(found, expected.map(|words| words.into_iter().map(String::from).collect()), "{typed}");
        }
    }

    #[test]
    fn few_alternatives_become_conditions_of_their_own_and_many_do_not() {
        let matches = |words: &[usize]| {
            let patterns = |(word, count): (usize, &usize)| (0..*count).map(|n| format!("%{word}{n}%")).collect();
            Matches { words: words.iter().enumerate().map(patterns).collect() }
        };
        let all = matches(&[2, 1, 2]);
        let combined = all.combined().unwrap().into_iter().map(|all| all.concat().replace("%%", " ").replace('%', ""));
        assert_eq!(combined.collect::<Vec<_>>(), ["00 10 20", "00 10 21", "01 10 20", "01 10 21"]);
        assert_eq!(matches(&[4, 8]).combined().map(|all| all.len()), Some(32));
        assert_eq!(matches(&[3, 11]).combined(), None);
        assert_eq!(matches(&[]).combined(), None);
    }

    #[test]
    fn the_index_has_what_has_three_letters_in_a_row() {
        for (typed, indexed) in
            [("ann", true), ("al", false), ("a-b-c", false), ("al smith", true), ("12", false), ("1234", true)]
        {
            assert_eq!(Matches::exactly(typed).unwrap().is_indexed(), indexed, "{typed}");
        }
    }

    #[test]
    fn one_typing_error_is_forgiven_in_short_words_and_two_in_long_ones() {
        let known = ["john", "joan", "smith", "smythe", "wanjiku", "otieno"].map(String::from).to_vec();
        for (typed, meant) in [
            ("jonh", &["%john%"][..]),
            ("johan", &["%john%", "%joan%"]),
            ("jose", &[]),
            ("smyth", &["%smith%", "%smythe%"]),
            ("smug", &[]),
            ("wanjuki", &["%wanjiku%"]),
            ("ottieno", &["%otieno%"]),
        ] {
            let near = HashMap::from([(typed.to_owned(), known.clone())]);
            let found = &Matches::forgiving(typed, &near).words[0];
            assert_eq!(found[1..].iter().map(String::as_str).collect::<Vec<_>>(), meant, "{typed}");
        }
        assert_eq!(misspelt("smith, jonh of X"), ["smith", "jonh"]);
        assert_eq!(misspelt("0712 345678"), Vec::<String>::new());
    }
}
