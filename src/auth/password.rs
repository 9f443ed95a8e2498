//! Passwords: Argon2id with the parameters that OWASP recommends, off the async threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use rustix::process::nice;
use tokio::sync::oneshot;

use crate::error::{Error, Result};

/// The fewest characters a password may have (NIST SP 800-63B).
pub const MIN_LENGTH: usize = 8;
/// The most characters a password may have, so that hashing one is bounded work.
pub const MAX_LENGTH: usize = 256;

type Job = Box<dyn FnOnce() + Send>;

/// Each takes 19 MiB and a core for tens of milliseconds: more than two at once would starve everything else. The
/// threads are always the same, for the allocator keeps what any thread has once used.
static WORKERS: LazyLock<Sender<Job>> = LazyLock::new(|| {
    let (jobs, waiting) = channel::<Job>();
    let waiting = Arc::new(Mutex::new(waiting));
    for _ in 0..2 {
        let waiting = Arc::clone(&waiting);
        thread::spawn(move || {
            // What answers requests goes first: of this thread alone, on Linux.
            nice(10).ok();
            loop {
                let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                // Whoever waits for one that panics is told so.
                let Ok(job) = job else { return };
                drop(catch_unwind(AssertUnwindSafe(job)));
            }
        });
    }
    jobs
});

/// Compared against when there is no such user, so that both answers take the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$WwOLJVgbLwYEDH/8Ey9Gi6XqkQRvvRfZVcCIL2GoUDM";

/// Hashes a password, with a new salt.
pub async fn hash(password: String) -> Result<String> {
    blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| Error::internal(error.to_string()))
    })
    .await?
}

/// Whether `password` is the one that `hash` was made of; without a hash, no, after the same work.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let parsed = PasswordHash::new(&hash).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await?
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let (done, answer) = oneshot::channel();
    let job = Box::new(move || drop(done.send(work())));
    WORKERS.send(job).map_err(|_| Error::internal("the threads that hash are gone"))?;
    answer.await.map_err(Error::internal)
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
