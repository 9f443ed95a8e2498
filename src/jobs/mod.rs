//! Work that comes again and again while Daybook serves. What a job does, and how nodes share it, is the job's own.

use std::time::Duration;

use crate::error::Result;

/// Does `job` for ever, with a pause after each time. One that fails is tried again after the same pause.
pub async fn forever<F: Future<Output = Result<()>>>(name: &'static str, pause: Duration, job: impl Fn() -> F) {
    let mut failing = false;
    loop {
        let done = job().await;
        match &done {
            Err(error) if !failing => tracing::warn!(%error, job = name, "a job failed; it is tried again"),
            Ok(()) if failing => tracing::info!(job = name, "the job runs again"),
            _ => {}
        }
        failing = done.is_err();
        tokio::time::sleep(pause).await;
    }
}
