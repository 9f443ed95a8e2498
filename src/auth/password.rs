//! Passwords: Argon2id with the parameters that OWASP recommends. Each takes 19 MiB and a core for tens of
//! milliseconds: in the background.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

use crate::background;
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
    background::run(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| Error::internal(error.to_string()))
    })
    .await?
}

/// Whether `password` is the one that `hash` was made of; without a hash, no, after the same work.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    background::run(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let parsed = PasswordHash::new(&hash).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_verifies_and_nobody_has_none() {
        let hash = hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!verify("Correct horse".into(), Some(hash)).await.unwrap());
        assert!(!verify("correct horse".into(), None).await.unwrap());
    }
}
