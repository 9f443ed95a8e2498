//! Parsed documents by the hash of their text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::parser::types::ExecutableDocument;
use sha2::{Digest as _, Sha256};

/// Documents that are kept. A front end has some dozens.
const CAPACITY: usize = 1_000;
/// The longest text that is kept, in bytes, so that the cache is bounded in memory as well.
const MAX_LENGTH: usize = 16 * 1024;

type Hash = [u8; 32];

/// The documents that were parsed last.
#[derive(Default)]
pub struct Cache(Mutex<HashMap<Hash, Arc<ExecutableDocument>>>);

impl Cache {
    /// The document of this text, if it was bounded and parsed before.
    pub fn get(&self, text: &str) -> Option<Arc<ExecutableDocument>> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&hash(text)).cloned()
    }

    /// Keeps a document that was bounded and parsed.
    pub fn put(&self, text: &str, document: ExecutableDocument) -> Arc<ExecutableDocument> {
        let document = Arc::new(document);
        if text.len() <= MAX_LENGTH {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Callers who send ever new texts would fill it: then all begin anew, which costs a parse each.
            if kept.len() >= CAPACITY {
                kept.clear();
            }
            kept.insert(hash(text), Arc::clone(&document));
        }
        document
    }
}

fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}
