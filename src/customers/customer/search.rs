//! Searching customers by what someone types.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Bool, Text, Uuid as SqlUuid};

use crate::id::BusinessId;

/// The condition that a customer or one of their contacts has the text in what is searched, or something like each
/// of its words (word similarity of pg_trgm). The words count one by one: as a whole, an e-mail address is like
/// all others that end alike, and a name with two errors is like none.
pub struct Matches {
    business: BusinessId,
    /// For LIKE.
    pattern: String,
    words: Vec<Word>,
}

/// A word of a search.
enum Word {
    /// Too short to tell a typing error from another word; for LIKE.
    Exact(String),
    /// Found also where it is written a little differently.
    Forgiven(String),
}

/// From how many letters on typing errors in a word are forgiven.
const FORGIVEN_FROM: usize = 4;
/// What is looked for in more than so many words is meant as it is written.
const MAX_WORDS: usize = 8;

impl Matches {
    /// The condition for what someone typed.
    pub fn new(business: BusinessId, search: &str) -> Self {
        let text = search.to_lowercase();
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let mut words: Vec<Word> = words
            .map(|word| match word.chars().count() {
                FORGIVEN_FROM.. => Word::Forgiven(word.to_owned()),
                _ => Word::Exact(format!("%{word}%")),
            })
            .collect();
        let forgiving = words.iter().any(|word| matches!(word, Word::Forgiven(_)));
        if !forgiving || words.len() > MAX_WORDS {
            words.clear();
        }
        Self { business, pattern: format!("%{escaped}%"), words }
    }

    fn walk_columns<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>, search: &str) -> QueryResult<()> {
        out.push_sql(search);
        out.push_sql(" LIKE ");
        out.push_bind_param::<Text, _>(&self.pattern)?;
        for (number, word) in self.words.iter().enumerate() {
            out.push_sql(if number == 0 { " OR " } else { " AND " });
            match word {
                Word::Exact(pattern) => {
                    out.push_sql(search);
                    out.push_sql(" LIKE ");
                    out.push_bind_param::<Text, _>(pattern)?;
                }
                Word::Forgiven(word) => {
                    out.push_bind_param::<Text, _>(word)?;
                    out.push_sql(" <% ");
                    out.push_sql(search);
                }
            }
        }
        // A word that stands alone has no other to confirm it, and must be more alike.
        if let [Word::Forgiven(word)] = self.words.as_slice() {
            out.push_sql(" AND word_similarity(");
            out.push_bind_param::<Text, _>(word)?;
            out.push_sql(", ");
            out.push_sql(search);
            out.push_sql(") >= 0.5");
        }
        Ok(())
    }
}

impl QueryFragment<Pg> for Matches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(");
        self.walk_columns(&mut out, "customers.search")?;
        out.push_sql(" OR customers.id IN (SELECT contacts.customer_id FROM contacts WHERE contacts.business_id = ");
        out.push_bind_param::<SqlUuid, _>(&self.business)?;
        out.push_sql(" AND (");
        self.walk_columns(&mut out, "contacts.search")?;
        out.push_sql(")))");
        Ok(())
    }
}

crate::db::sql_expression!(Matches, Bool);
