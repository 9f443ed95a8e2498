//! Taking in the body of a request, up to a bound.

use std::time::Duration;

use async_stream::try_stream;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use futures_util::{Stream, StreamExt as _};

use super::refusal::Refusal;

/// A larger body is taken to its end all the same, up to so many bytes more: who is cut off while sending sees no answer.
const MAX_DISCARDED: usize = 15 << 20;
/// The wait after each piece of that, which leaves the cores to others.
const BREATH: Duration = Duration::from_millis(1);

/// The bytes of a body, which may be so many.
pub fn bounded(body: Body, most: usize) -> impl Stream<Item = Result<Bytes, Refusal>> + Send {
    try_stream! {
        let mut length = 0;
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| Refusal::bad(format!("the body cannot be read: {error}")))?;
            length += chunk.len();
            if length <= most {
                yield chunk;
            } else if length <= most + MAX_DISCARDED {
                tokio::time::sleep(BREATH).await;
            } else {
                break;
            }
        }
        if length > most {
            Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {most} bytes")))?;
        }
    }
}
