//! Operations as server-sent events: the
//! [distinct connections mode](https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode)
//! of graphql-sse. One request is one operation.
//!
//! `id:` is the cursor of a payload, and `Last-Event-ID` goes on from there, so that a browser's `EventSource`
//! resumes by itself. A reader that is too slow is cut off, and resumes in the same way.

use async_graphql::Response as GraphqlResponse;
use async_graphql::futures_util::stream::BoxStream;
use async_stream::stream as events_of;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt as _};
use tokio::time::sleep;

use super::live::{Ending, Live};
use crate::auth::{Caller, token};
use crate::error::Error;
use crate::graphql::{Engine, LivePayload, Output};

/// The stream of what an operation gives.
pub fn respond(engine: Engine, live: Live, caller: Caller, outputs: BoxStream<'static, Output>) -> Response {
    let headers = [
        (header::CONTENT_TYPE.as_str(), "text/event-stream"),
        (header::CACHE_CONTROL.as_str(), "no-store"),
        // nginx would gather events.
        ("x-accel-buffering", "no"),
    ];
    let events = events(engine, live, caller, outputs).map(Ok::<_, std::io::Error>);
    (headers, Body::from_stream(events)).into_response()
}

/// What happens next on a stream.
enum Step {
    Silence,
    End(Ending),
    Output(Option<Output>),
}

fn events(
    engine: Engine,
    live: Live,
    caller: Caller,
    mut outputs: BoxStream<'static, Output>,
) -> impl Stream<Item = String> {
    let seat = live.join();
    if let Ok(identity) = caller {
        seat.place().identify(identity);
    }
    events_of! {
        let silence = live.limits().silence;
        let ending = loop {
            let step = tokio::select! {
                ending = seat.place().ended() => Step::End(ending),
                () = sleep(silence) => Step::Silence,
                output = outputs.next() => Step::Output(output),
            };
            match step {
                Step::Silence => yield ":\n\n".to_owned(),
                Step::End(ending) => break ending,
                Step::Output(Some(Output::Next(payload))) => yield next(&payload),
                Step::Output(Some(Output::Behind)) => break Ending::Behind,
                Step::Output(Some(Output::SignedOut)) => break Ending::SignedOut,
                Step::Output(Some(Output::Expired)) => break Ending::Expired,
                Step::Output(Some(Output::Refused(response))) => {
                    yield errors(&response);
                    yield COMPLETE.to_owned();
                    return;
                }
                Step::Output(None) => {
                    yield COMPLETE.to_owned();
                    return;
                }
            }
        };
        match ending {
            // Without `complete`, the client connects again, from the last id it has.
            Ending::Behind => yield ": too slow, resume\n\n".to_owned(),
            Ending::Restart => yield ": the server restarts, resume\n\n".to_owned(),
            Ending::Expired | Ending::SignedOut => {
                let reason = if ending == Ending::Expired { token::EXPIRED } else { token::ENDED };
                yield errors(&engine.refused(Error::Unauthenticated(reason)));
                yield COMPLETE.to_owned();
            }
        }
    }
}

/// With data, if empty, since browsers drop an event that has none.
const COMPLETE: &str = "event: complete\ndata: \n\n";

/// The JSON has no line breaks.
fn next(payload: &LivePayload) -> String {
    match payload.cursor {
        Some(cursor) => format!("event: next\nid: {cursor}\ndata: {}\n\n", payload.json),
        None => format!("event: next\ndata: {}\n\n", payload.json),
    }
}

fn errors(response: &GraphqlResponse) -> String {
    format!("event: next\ndata: {}\n\n", serde_json::json!({ "errors": response.errors }))
}
