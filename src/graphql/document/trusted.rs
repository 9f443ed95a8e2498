//! Registered documents: where a server has them, it runs no others.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Request, Response, async_trait};

use super::{Parsed, persisted};
use crate::error::{Error, Result};
use crate::schema::{self, Schema};

/// Documents by their ids.
#[derive(Debug)]
pub struct Trusted(HashMap<String, Arc<Parsed>>);

/// Why documents cannot be registered.
#[derive(Debug, thiserror::Error)]
pub enum TrustedError {
    /// The file cannot be read.
    #[error("cannot read {}: {}", .0.display(), .1)]
    Read(PathBuf, std::io::Error),
    /// It is something else.
    #[error("{} must be a JSON object of ids and documents: {}", .0.display(), .1)]
    Parse(PathBuf, serde_json::Error),
    /// It has nothing in it, so that nothing would run.
    #[error("{} has no document in it", .0.display())]
    Empty(PathBuf),
    /// A document would never run.
    #[error("{}: the document `{id}` does not fit the schema: {problem}", .file.display())]
    Document {
        /// The file.
        file: PathBuf,
        /// The id of the document.
        id: String,
        /// What is wrong.
        problem: String,
    },
}

impl Trusted {
    /// Reads a JSON object of ids and documents. Ids may be anything, though mostly they are hashes. Each document is
    /// checked against the schema.
    pub async fn load(file: &Path) -> Result<Self, TrustedError> {
        let text = std::fs::read(file).map_err(|error| TrustedError::Read(file.to_owned(), error))?;
        let texts: HashMap<String, String> =
            serde_json::from_slice(&text).map_err(|error| TrustedError::Parse(file.to_owned(), error))?;
        if texts.is_empty() {
            return Err(TrustedError::Empty(file.to_owned()));
        }
        let checker = schema::checker();
        let mut documents = HashMap::with_capacity(texts.len());
        for (id, text) in texts {
            match check(&checker, &text).await {
                Ok(document) => documents.insert(id, Arc::new(document)),
                Err(problem) => return Err(TrustedError::Document { file: file.to_owned(), id, problem }),
            };
        }
        Ok(Self(documents))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The document that a request names.
    pub(super) fn find(&self, request: &Request) -> Result<Arc<Parsed>> {
        const ONLY: &str = "this server runs registered documents only";
        let Some(id) = persisted::id(request)? else {
            let message =
                format!("{ONLY}: send the id of one as `documentId` or `extensions.persistedQuery.sha256Hash`");
            return Err(Error::Forbidden(message));
        };
        // A text that comes along is not looked at: what runs is what was registered.
        let found = self.0.get(id).or_else(|| self.0.get(id.strip_prefix("sha256:")?));
        found.cloned().ok_or_else(|| Error::Forbidden(format!("{ONLY}, and none of them has this id")))
    }
}

/// Makes a schema that validates operations and runs none.
pub struct CheckOnly;

impl ExtensionFactory for CheckOnly {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for CheckOnly {
    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::default()
    }
}

/// The document of a text that fits the schema, or what is wrong with it.
async fn check(checker: &Schema, text: &str) -> Result<Parsed, String> {
    let parsed = Parsed::new(text).map_err(|error| error.to_string())?;
    for (name, _) in parsed.document.operations.iter() {
        let mut request = Request::new("");
        request.operation_name = name.map(ToString::to_string);
        request.set_parsed_query(parsed.document.clone());
        let mut errors = checker.execute(request).await.errors.into_iter();
        if let Some(error) = errors.next() {
            return Err(error.to_string());
        }
    }
    Ok(parsed)
}
