//! Unguessable values, and what is kept of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

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
