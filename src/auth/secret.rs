//! Unguessable values, and what is kept of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::error::{Error, Result};

/// 32 bytes from the operating system.
#[expect(clippy::disallowed_methods, reason = "this is the place that the ban points to")]
pub fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(bytes)
}

/// A new token of 256 bits for a caller to keep, as text that is safe in a URL.
pub fn token() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(random()?))
}

/// What the data base keeps of a token. One SHA-256 is enough for a value with 256 bits of entropy.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A new token that says where it is kept: `prefix`, then ids and 256 bits of chance as text that is safe in a URL.
/// With the hash of it.
pub fn addressed(prefix: &str, ids: &[Uuid]) -> Result<(String, [u8; 32])> {
    let mut bytes: Vec<u8> = ids.iter().flat_map(|id| *id.as_bytes()).collect();
    bytes.extend(random()?);
    let token = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes));
    let hash = digest(&token);
    Ok((token, hash))
}

/// The ids in such a token, and the hash of it. `None` for any other text.
pub fn read_addressed<const IDS: usize>(prefix: &str, token: &str) -> Option<([Uuid; IDS], [u8; 32])> {
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(prefix)?).ok()?;
    if bytes.len() != 16 * IDS + 32 {
        return None;
    }
    let mut ids = [Uuid::nil(); IDS];
    for (id, bytes) in ids.iter_mut().zip(bytes.chunks_exact(16)) {
        *id = Uuid::from_slice(bytes).ok()?;
    }
    Some((ids, digest(token)))
}

/// The hash of a text. Comparing hashes takes no time that tells of what was hashed.
pub fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_addressed_token_reads_back_and_is_none_of_another_prefix_or_length() {
        let ids = [Uuid::from_u128(1), Uuid::from_u128(2)];
        let (token, hash) = addressed("dbx_", &ids).unwrap();
        assert_eq!(read_addressed("dbx_", &token), Some((ids, hash)));
        assert_eq!(read_addressed::<1>("dbx_", &token), None);
        assert_eq!(read_addressed::<2>("dby_", &token), None);
        assert_eq!(read_addressed::<2>("dbx_", &token[..token.len() - 1]), None);
        assert_ne!(addressed("dbx_", &ids).unwrap().1, hash);
    }
}
