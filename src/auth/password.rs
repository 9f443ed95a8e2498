//! Passwords: Argon2id with the parameters that OWASP recommends. Each takes 19 MiB and a core for tens of
//! milliseconds: in the background.

use std::cell::RefCell;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};

use crate::background::PASSWORDS;
use crate::error::{Error, Result};

/// The fewest characters a password may have (NIST SP 800-63B).
pub const MIN_LENGTH: usize = 8;
/// The most characters a password may have, so that hashing one is bounded work.
pub const MAX_LENGTH: usize = 256;

/// Compared against when there is no such user, so that both answers take the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$WwOLJVgbLwYEDH/8Ey9Gi6XqkQRvvRfZVcCIL2GoUDM";

/// Hashes a password, with a new salt.
pub async fn hash(password: String) -> Result<String> {
    PASSWORDS
        .run(move || {
            let (params, salt) = (Params::default(), Salt::generate());
            let hash = PasswordHash {
                algorithm: ARGON2ID_IDENT,
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).map_err(internal)?,
                salt: Some(salt),
                hash: Some(compute(&password, salt, params)?),
            };
            Ok(hash.to_string())
        })
        .await?
}

/// Whether `password` is the one that `hash` was made of; without a hash, no, after the same work.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    PASSWORDS
        .run(move || {
            let known = hash.is_some();
            let hash = PasswordHash::new(hash.as_deref().unwrap_or(NOBODY)).map_err(internal)?;
            let salt = hash.salt.ok_or_else(|| Error::internal("a password hash without a salt"))?;
            let params = Params::try_from(&hash).map_err(internal)?;
            // Equality of outputs takes the same time wherever they differ.
            Ok(hash.hash == Some(compute(&password, salt, params)?) && known)
        })
        .await?
}

thread_local! {
    /// What one computation takes, kept for the next: the allocator does not give such blocks back.
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

fn compute(password: &str, salt: Salt, params: Params) -> Result<Output> {
    MEMORY.with_borrow_mut(|memory| {
        memory.resize(params.block_count(), Block::new());
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(password.as_bytes(), &salt, &mut output, memory.as_mut_slice())
            .map_err(internal)?;
        Output::new(&output).map_err(internal)
    })
}

fn internal(error: impl ToString) -> Error {
    Error::internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher as _;

    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_verifies_and_nobody_has_none() {
        let hash = hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!verify("Correct horse".into(), Some(hash)).await.unwrap());
        assert!(!verify("correct horse".into(), None).await.unwrap());
        // One that the crate's own interface made.
        let kept = Argon2::default().hash_password(b"correct horse").unwrap().to_string();
        assert!(verify("correct horse".into(), Some(kept)).await.unwrap());
    }
}
