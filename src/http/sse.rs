//! Operations as server-sent events: the
//! [distinct connections mode](https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode)
//! of graphql-sse. One request is one operation.
//!
//! `id:` is the cursor of a payload, and `Last-Event-ID` goes on from there, so that a browser's `EventSource`
//! resumes by itself. A reader that is too slow is cut off, and resumes in the same way.

use async_graphql::futures_util::stream::BoxStream;
use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response as GraphqlResponse};
use async_stream::stream as events_of;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt as _, future, stream};
use tokio::time::sleep;

use super::live::{Ending, Live};
use super::media::require_json;
use super::parameters;
use super::refusal::Refusal;
use crate::auth::{Caller, token};
use crate::error::Error;
use crate::graphql::{Engine, LivePayload, Output};

/// An operation in the body.
pub async fn post(
    State(engine): State<Engine>,
    Extension(live): Extension<Live>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    require_json(&headers)?;
    let request = parameters::from_body(&body)?;
    answer(engine, live, &Method::POST, request, &headers)
}

/// An operation in the URL; never a mutation.
pub async fn get(
    State(engine): State<Engine>,
    Extension(live): Extension<Live>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let request = parameters::from_query_string(&query.unwrap_or_default())?;
    answer(engine, live, &Method::GET, request, &headers)
}

fn answer(
    engine: Engine,
    live: Live,
    method: &Method,
    request: Request,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let app = engine.app();
    let caller = app.tokens.bearer(text("authorization"), app.clock.now());
    let after = text("last-event-id").filter(|id| !id.is_empty()).map(str::to_owned);
    respond(engine, live, method, request, caller, after)
}

/// The stream of what an operation gives, from after the event `last_event_id` if there is one.
pub fn respond(
    engine: Engine,
    live: Live,
    method: &Method,
    request: Request,
    caller: Caller,
    last_event_id: Option<String>,
) -> Result<Response, Refusal> {
    let outputs = match engine.prepare(request) {
        Ok(prepared) if prepared.kind == OperationType::Mutation && method != Method::POST => {
            return Err(Refusal::method("POST", "send mutations by POST"));
        }
        Ok(prepared) => engine.operate_prepared(prepared, caller, last_event_id),
        // What the document has wrong is an event too: a browser shows nothing of an answer with another status.
        Err(refused) => stream::once(future::ready(Output::Refused(refused.response))).boxed(),
    };
    let headers = [
        (header::CONTENT_TYPE.as_str(), "text/event-stream"),
        (header::CACHE_CONTROL.as_str(), "no-store"),
        // nginx would gather events.
        ("x-accel-buffering", "no"),
    ];
    let events = events(engine, live, caller, outputs).map(Ok::<_, std::io::Error>);
    Ok((headers, Body::from_stream(events)).into_response())
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
