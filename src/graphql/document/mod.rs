//! What happens to a document before anything runs: it is bounded, parsed once, and its selections are merged.
//!
//! All of it is linear in the size of the text, or bounded by a limit, so that no document can keep the server
//! busy. Sibling selections of one response key become one field, as the specification wants
//! ([Field Collection](https://spec.graphql.org/October2021/#sec-Field-Collection)); the executor would run
//! each of them: `mutation { pay pay }` would pay twice.

mod bounds;
mod cache;
mod cost;
mod merge;
mod persisted;
mod tokens;
mod trusted;
mod types;

use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType, Selection};
use async_graphql::{Request, ServerError};

use crate::error::Error;
use cache::Cache;
pub use persisted::{DOCUMENT_ID, EXTENSION as PERSISTED_QUERY};
pub use trusted::{CheckOnly, Trusted, TrustedError};
use types::Types;

/// Tokens of a document.
const MAX_TOKENS: usize = 5_000;
/// Levels of fields.
const MAX_LEVELS: usize = 15;
/// Fields with an alias, in the whole document.
const MAX_ALIASES: usize = 30;
/// Directives, in the whole document.
const MAX_DIRECTIVES: usize = 20;
/// Fields of the operation itself, after merging.
const MAX_ROOT_FIELDS: usize = 50;
/// Fields of the whole operation, after merging.
const MAX_FIELDS: usize = 5_000;
/// Fields that do not exist: each makes an error, for which the validation compares all names of its type.
const MAX_UNKNOWN: usize = 20;

/// What one operation may cost: see [`cost`].
pub const MAX_COST: u64 = 10_000;

/// What there is to know of an operation before it runs.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// What kind of operation it is.
    pub kind: OperationType,
    /// What it may cost: see [`cost`].
    pub cost: u64,
    /// Whether it asks for the schema, and not only for `__typename`.
    pub introspects: bool,
}

/// A document that was bounded and parsed.
#[derive(Debug)]
struct Parsed {
    text: String,
    document: ExecutableDocument,
    tokens: usize,
}

/// Makes documents ready to run. Clones share its cache.
#[derive(Clone)]
pub struct Documents {
    types: Arc<Types>,
    cache: Arc<Cache>,
    trusted: Option<Arc<Trusted>>,
}

impl Documents {
    /// For the schema that `sdl` describes.
    pub fn new(sdl: &str) -> Result<Self, Error> {
        Ok(Self { types: Arc::new(Types::read(sdl)?), cache: Arc::default(), trusted: None })
    }

    /// The same, where only registered ones are in order, if there are such.
    pub fn only(self, trusted: Option<Arc<Trusted>>) -> Self {
        Self { trusted, ..self }
    }

    /// Puts the merged document into the request, and its text where it was named; what there is to know of the
    /// operation.
    pub fn prepare(&self, request: &mut Request) -> Result<Facts, ServerError> {
        let parsed = match &self.trusted {
            Some(trusted) => trusted.find(request).map_err(refuse)?,
            None => self.find(request)?,
        };
        // Those who ask the same share a feed, which knows them by this text.
        if request.query != parsed.text {
            request.query.clone_from(&parsed.text);
        }
        let merged = self.merge(&parsed.document, request).map_err(refuse)?;
        let Some((_, operation)) = merged.operations.iter().next() else { return Err(refuse(nameless())) };
        let operation = &operation.node;
        let cost = cost::of(&self.types, operation, root(operation.ty), &request.variables);
        if cost > MAX_COST {
            let message =
                format!("the operation may return {cost} rows; at most {MAX_COST} are allowed: ask for smaller pages");
            return Err(refuse(Error::TooComplex(message)));
        }
        // Merged, it has no fragment around fields of the root. Nowhere else are there such fields.
        let mut fields = operation.selection_set.node.items.iter();
        let introspects = fields.any(|item| match &item.node {
            Selection::Field(field) => matches!(field.node.name.node.as_str(), "__schema" | "__type"),
            Selection::InlineFragment(_) | Selection::FragmentSpread(_) => true,
        });
        let facts = Facts { kind: operation.ty, cost, introspects };
        request.set_parsed_query(merged);
        Ok(facts)
    }

    /// The document that the request has or names, bounded and parsed.
    fn find(&self, request: &Request) -> Result<Arc<Parsed>, ServerError> {
        let text = &request.query;
        let named = persisted::named(request).and_then(|named| named.map(persisted::read).transpose());
        let named = named.map_err(refuse)?;
        if text.is_empty() && request.extensions.contains_key(DOCUMENT_ID) && named.is_none() {
            let message = "this server has no registered documents: send the text of the operation as `query`";
            return Err(refuse(Error::BadInput(message.into())));
        }
        let hash = match named {
            Some(named) if text.is_empty() => {
                return self.cache.get(&named).ok_or_else(|| refuse(Error::PersistedQueryNotFound));
            }
            Some(named) if named != persisted::hash(text) => {
                let message = "`extensions.persistedQuery.sha256Hash` is not that of `query`";
                return Err(refuse(Error::BadInput(message.into())));
            }
            Some(named) => named,
            None => persisted::hash(text),
        };
        match self.cache.get(&hash) {
            Some(parsed) => Ok(parsed),
            None => Ok(self.cache.put(hash, Parsed::new(text)?)),
        }
    }

    /// The operation that the request names, alone and with its selections merged.
    fn merge(&self, document: &ExecutableDocument, request: &Request) -> Result<ExecutableDocument, Error> {
        let name = request.operation_name.as_deref().filter(|name| !name.is_empty());
        let (key, operation) = match (name, &document.operations) {
            (None, DocumentOperations::Single(operation)) => (None, operation),
            (None, DocumentOperations::Multiple(all)) if all.len() == 1 => {
                all.iter().next().map(|(key, operation)| (Some(key), operation)).ok_or_else(nameless)?
            }
            (None, DocumentOperations::Multiple(_)) => return Err(nameless()),
            (Some(name), DocumentOperations::Multiple(all)) => {
                let found = all.get_key_value(name).map(|(key, operation)| (Some(key), operation));
                found.ok_or_else(|| Error::BadInput(format!("the document has no operation `{name}`")))?
            }
            (Some(name), DocumentOperations::Single(_)) => {
                return Err(Error::BadInput(format!("the document has no operation `{name}`")));
            }
        };
        let merged = merge::operation(&self.types, &document.fragments, &operation.node, &request.variables)?;
        let merged = async_graphql::Positioned::new(merged, operation.pos);
        let operations = match key {
            None => DocumentOperations::Single(merged),
            Some(key) => DocumentOperations::Multiple([(key.clone(), merged)].into()),
        };
        Ok(ExecutableDocument { operations, fragments: Default::default() })
    }
}

impl Parsed {
    fn new(text: &str) -> Result<Self, ServerError> {
        let tokens = tokens::bound(text, MAX_TOKENS).map_err(refuse)?;
        let document = parse_query(text)?;
        bounds::bound(&document).map_err(refuse)?;
        Ok(Self { text: text.to_owned(), document, tokens })
    }
}

/// The type on which an operation begins.
fn root(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

fn nameless() -> Error {
    Error::BadInput("the document has several operations: say which by `operationName`".into())
}

/// An error that the one conversion of [`super::operation`] gives its code.
fn refuse(error: Error) -> ServerError {
    let message = error.to_string();
    ServerError { source: Some(Arc::new(error)), ..ServerError::new(message, None) }
}
