//! Work that comes again and again while Daybook serves. What a job does, and how nodes share it, is the job's own.

use std::time::Duration;

use crate::error::Result;

/// Does `job` for ever, with a pause after each time. One that fails is tried again after the same pause.
pub async fn forever<F: Future<Output = Result<()>>>(name: &'static str, pause: Duration, job: impl Fn() -> F) {
    let mut health = Health::of(name);
    loop {
        health.note(&job().await);
        tokio::time::sleep(pause).await;
    }
}

/// Whether a job fails at present. The log has its first failure and its recovery, not each try.
#[derive(Debug)]
pub struct Health {
    name: &'static str,
    failing: bool,
}

impl Health {
    /// That of a job which has not failed yet.
    pub fn of(name: &'static str) -> Self {
        Self { name, failing: false }
    }

    /// Notes how a try went.
    pub fn note(&mut self, done: &Result<()>) {
        match done {
            Err(error) if !self.failing => tracing::warn!(%error, job = self.name, "a job fails; it is tried again"),
            Ok(()) if self.failing => tracing::info!(job = self.name, "the job runs again"),
            _ => {}
        }
        self.failing = done.is_err();
    }
}
