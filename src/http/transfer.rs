//! What imports and exports share: who may, how many at once, and taking in a file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt as _};
use tokio::io::AsyncWriteExt as _;

use super::graphql::caller;
use super::media::Media;
use super::refusal::Refusal;
use crate::auth::{Peer, Permission, Viewer};
use crate::error::Error;
use crate::graphql::{Engine, Part, Session};
use crate::id::BusinessId;

/// What a file costs of what a caller may ask for: a tenth of the dearest operation.
const COST: u64 = 1_000;
/// The largest file, in bytes: 50 MiB.
pub const MAX_FILE: usize = 50 << 20;
/// How long a file may take to arrive.
const PATIENCE: Duration = Duration::from_secs(120);
/// How many files one business, and all together, may send and fetch at once. Each holds a connection to PostgreSQL.
const OF_BUSINESS: usize = 2;
const OF_ALL: usize = 8;

/// Files that are on their way.
static RUNNING: Mutex<BTreeMap<BusinessId, usize>> = Mutex::new(BTreeMap::new());

/// One of the files that are on their way, until it is dropped.
pub struct Place(BusinessId);

impl Place {
    fn take(business: BusinessId) -> Result<Self, Refusal> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let busy = running.values().sum::<usize>() >= OF_ALL;
        let own = running.entry(business).or_default();
        if busy || *own >= OF_BUSINESS {
            let message = "too many files are sent or fetched at once: wait for one of them";
            return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, message));
        }
        *own += 1;
        Ok(Self(business))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = running.get_mut(&self.0) {
            *own -= 1;
            if *own == 0 {
                running.remove(&self.0);
            }
        }
    }
}

/// Why there is no file: refused by HTTP, or by what an operation would be refused by.
pub enum Refused {
    /// By HTTP.
    Http(Refusal),
    /// As an operation is.
    Operation(Error),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Http(refusal)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Operation(error)
    }
}

impl Refused {
    /// The answer.
    pub fn respond(self, engine: &Engine) -> Response {
        match self {
            Self::Http(refusal) => refusal.into_response(),
            Self::Operation(error) => {
                let status = match error.code() {
                    "UNAUTHENTICATED" => StatusCode::UNAUTHORIZED,
                    "FORBIDDEN" => StatusCode::FORBIDDEN,
                    "RATE_LIMITED" => StatusCode::TOO_MANY_REQUESTS,
                    "TIMEOUT" => StatusCode::SERVICE_UNAVAILABLE,
                    "INTERNAL" => StatusCode::INTERNAL_SERVER_ERROR,
                    _ => StatusCode::BAD_REQUEST,
                };
                Media::Json.respond(status, &engine.refused(error), false)
            }
        }
    }
}

/// Who sends or fetches a file, if they may and there is a place for it.
pub async fn begin(engine: &Engine, head: &Parts, permission: Option<Permission>) -> Result<(Viewer, Place), Refused> {
    let (caller, _) = caller(engine, &head.headers);
    let session = Session::new(engine.app().clone(), caller, Part::Missed(None));
    let viewer = session.read().await?.viewer.clone();
    session.close().await?;
    if let Some(permission) = permission {
        viewer.require(permission)?;
    }
    engine.charge(&caller, head.extensions.get::<Peer>().copied().unwrap_or_default(), COST)?;
    let place = Place::take(viewer.business.id)?;
    Ok((viewer, place))
}

/// What is taken in, within the time that a file may take.
pub async fn in_time<T>(taken: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    tokio::time::timeout(PATIENCE, taken).await.unwrap_or_else(|_| {
        let message = format!("the file took longer than {} s to arrive", PATIENCE.as_secs());
        Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, message))
    })
}

/// Writes bytes to a file without a name, which is gone when it is closed.
pub async fn keep(bytes: impl Stream<Item = Result<Bytes, Refusal>>) -> Result<File, Refusal> {
    let failed = |error: io::Error| {
        tracing::error!(%error, "a file that was sent cannot be kept");
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the file cannot be kept")
    };
    let mut file = tokio::fs::File::from_std(tempfile::tempfile().map_err(failed)?);
    let mut bytes = pin!(bytes);
    while let Some(chunk) = bytes.next().await {
        file.write_all(&chunk?).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    let mut file = file.into_std().await;
    io::Seek::rewind(&mut file).map_err(failed)?;
    Ok(file)
}
