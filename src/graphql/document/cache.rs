//! Parsed documents by the hash of their text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Parsed;
use super::persisted::Hash;

/// What each of the two generations may take of memory, in bytes.
const CAPACITY: usize = 16 << 20;
/// What a token takes of a parsed document, in bytes, beside its text: a field, with its lists that are empty.
const TOKEN: usize = 256;

/// The documents that were parsed or used last, at most 32 MiB of them.
#[derive(Default)]
pub struct Cache(Mutex<Generations>);

/// Where the young are full, they become the old, and those that were old are forgotten, but for what was used
/// meanwhile: callers who send ever new texts cannot push out what others use.
#[derive(Default)]
struct Generations {
    young: HashMap<Hash, Kept>,
    old: HashMap<Hash, Kept>,
    /// What the young take.
    size: usize,
}

struct Kept {
    parsed: Arc<Parsed>,
    size: usize,
}

impl Cache {
    /// The document whose text has this hash, if it was bounded and parsed before.
    pub fn get(&self, hash: &Hash) -> Option<Arc<Parsed>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.young.get(hash) {
            return Some(Arc::clone(&kept.parsed));
        }
        let found = kept.old.remove(hash)?;
        let parsed = Arc::clone(&found.parsed);
        kept.put(*hash, found);
        Some(parsed)
    }

    /// Keeps a document by the hash of its text.
    pub fn put(&self, hash: Hash, parsed: Parsed) -> Arc<Parsed> {
        let size = parsed.text.len() + parsed.tokens * TOKEN;
        let parsed = Arc::new(parsed);
        let kept = Kept { parsed: Arc::clone(&parsed), size };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(hash, kept);
        parsed
    }
}

impl Generations {
    fn put(&mut self, hash: Hash, kept: Kept) {
        if self.size + kept.size > CAPACITY {
            self.old = std::mem::take(&mut self.young);
            self.size = 0;
        }
        self.size += kept.size;
        if let Some(before) = self.young.insert(hash, kept) {
            self.size -= before.size;
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn what_is_used_stays_and_the_rest_is_bounded() {
        let cache = Cache::default();
        let (text, document) = ("x".repeat(1_000), parse_query("{ __typename }").unwrap());
        let put = |number: u32| {
            let mut hash = Hash::default();
            hash[..4].copy_from_slice(&number.to_be_bytes());
            cache.put(hash, Parsed { text: text.clone(), document: document.clone(), tokens: 4 });
            hash
        };
        let (used, unused) = (put(0), put(1));
        for number in 2..30_000 {
            put(number);
            assert!(number % 1_000 != 0 || cache.get(&used).is_some());
        }
        assert!(cache.get(&unused).is_none());
        let kept = cache.0.lock().unwrap();
        assert!(kept.young.len() + kept.old.len() <= 2 * CAPACITY / 2_000);
        assert_eq!(kept.size, kept.young.values().map(|kept| kept.size).sum::<usize>());
    }
}
