//! `/graphql`: POST for all operations, GET for all but mutations, answered once or as events. [`super::socket`] has
//! the rest.

use std::pin::pin;
use std::time::{Duration, Instant};

use async_graphql::Request as GraphqlRequest;
use async_graphql::parser::types::OperationType;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::handler::Handler as _;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, future, stream};

use super::body::bounded;
use super::live::Live;
use super::media::{Accepted, Media, is_multipart, require_json};
use super::refusal::Refusal;
use super::{multipart, parameters, socket, sse};
use crate::auth::cookies::{self, Page};
use crate::auth::{Caller, Peer};
use crate::background::reading;
use crate::graphql::{Answer, Engine, Outcome, Output};

/// How long the body of a request may take to arrive.
const BODY_PATIENCE: Duration = Duration::from_secs(10);
/// The largest body, in bytes: 1 MiB.
const MAX_BODY: usize = 1 << 20;
/// What the endpoint allows.
const METHODS: &str = "GET, HEAD, POST, OPTIONS";

/// One operation as JSON.
pub async fn post(State(engine): State<Engine>, Extension(live): Extension<Live>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if is_multipart(&head.headers) {
        let read = multipart::read(&engine, &head, body);
        return answer(engine.clone(), live, &head, read).await;
    }
    let read = async {
        require_json(&head.headers)?;
        let body = whole(body).await?;
        let length = body.len();
        let read = reading(length, move || parameters::from_body(&body)).await;
        Ok((read.unwrap_or_else(|_| Err(unreadable()))?, length))
    };
    answer(engine, live, &head, read).await
}

/// A query or live operation in the URL, or the beginning of a socket.
pub async fn get(State(engine): State<Engine>, Extension(live): Extension<Live>, request: Request) -> Response {
    if request.headers().contains_key(header::UPGRADE) {
        return socket::open.call(request, engine).await;
    }
    let (head, _) = request.into_parts();
    let query = head.uri.query().unwrap_or_default();
    let read = future::ready(parameters::from_query_string(query).map(|operation| (operation, query.len())));
    answer(engine, live, &head, read).await
}

/// Any other method.
pub async fn other_method() -> Refusal {
    Refusal::method(METHODS, "send operations by POST, or queries by GET")
}

fn unreadable() -> Refusal {
    Refusal::bad("the operation cannot be read")
}

async fn whole(body: Body) -> Result<Vec<u8>, Refusal> {
    let read = async {
        let mut whole = Vec::new();
        let mut chunks = pin!(bounded(body, MAX_BODY));
        while let Some(chunk) = chunks.next().await {
            whole.extend_from_slice(&chunk?);
        }
        Ok(whole)
    };
    tokio::time::timeout(BODY_PATIENCE, read).await.unwrap_or_else(|_| {
        let message = format!("the body took longer than {} s to arrive", BODY_PATIENCE.as_secs());
        Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, message))
    })
}

async fn answer(
    engine: Engine,
    live: Live,
    head: &Parts,
    read: impl Future<Output = Result<(GraphqlRequest, usize), Refusal>>,
) -> Response {
    let accepted = match Accepted::of(&head.headers) {
        Ok(accepted) => accepted,
        Err(refusal) => return refusal.into_response(),
    };
    let answered = async { run(engine, live, accepted, head, read.await?).await };
    let media = accepted.single.unwrap_or(Media::Json);
    answered.await.unwrap_or_else(|refusal| refusal.into_media(media).into_response())
}

/// Who calls: by `Authorization`, or else by the cookie of a page that says it is one.
pub fn caller(engine: &Engine, headers: &HeaderMap) -> (Caller, Option<Page>) {
    let bearer = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    let (tokens, now) = (&engine.app().tokens, engine.app().clock.now());
    let (access, refresh_token) = cookies::of(headers);
    let page = headers.contains_key(cookies::HEADER).then_some(Page { refresh_token });
    let caller = match (bearer, access) {
        (None, Some(_)) if page.is_none() => Err(cookies::NO_HEADER),
        (None, Some(access)) => tokens.verify(&access, now),
        (bearer, _) => tokens.bearer(bearer, now),
    };
    (caller, page)
}

/// Answers once, or with events: if it is live, or if its caller takes nothing else. The operation comes with its length
/// in bytes.
async fn run(
    engine: Engine,
    live: Live,
    accepted: Accepted,
    head: &Parts,
    (operation, length): (GraphqlRequest, usize),
) -> Result<Response, Refusal> {
    let begin = Instant::now();
    let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
    let (caller, page) = caller(&engine, &head.headers);
    let peer = head.extensions.get::<Peer>().copied().unwrap_or_default();
    let operation = match page {
        Some(page) => operation.data(page).data(peer),
        None => operation.data(peer),
    };

    let prepare = engine.clone();
    let prepared = reading(length, move || prepare.prepare(operation, &caller)).await.map_err(|_| unreadable())?;
    let outputs = match (prepared, accepted.single) {
        (Ok(prepared), _) if prepared.kind == OperationType::Mutation && head.method != Method::POST => {
            return Err(Refusal::method("POST", "send mutations by POST"));
        }
        (Ok(prepared), _) if prepared.kind == OperationType::Subscription && !accepted.events => {
            return Err(Refusal::bad(
                "a subscription needs Accept: text/event-stream, or a WebSocket with the protocol graphql-transport-ws",
            ));
        }
        (Ok(prepared), Some(media)) if prepared.kind != OperationType::Subscription => {
            return Ok(once(media, engine.run(prepared, caller).await, begin));
        }
        (Err(refused), Some(media)) => return Ok(once(media, *refused, begin)),
        (Ok(prepared), _) => {
            let after = text(HeaderName::from_static("last-event-id")).filter(|id| !id.is_empty()).map(str::to_owned);
            engine.operate_prepared(prepared, caller, after)
        }
        // An event too: a browser's `EventSource` shows nothing of an answer with another status.
        (Err(refused), None) => stream::once(future::ready(Output::Refused(Box::new(refused.response)))).boxed(),
    };
    Ok(sse::respond(engine, live, caller, outputs))
}

fn once(media: Media, answer: Answer, begin: Instant) -> Response {
    let millis = begin.elapsed().as_micros().div_ceil(1_000);
    let statements = answer.statements;
    tracing::debug!(statements, millis, errors = answer.response.errors.len(), "operation");
    let status = match (media, answer.outcome) {
        (Media::Json, _) | (_, Outcome::Ran) => StatusCode::OK,
        (Media::Graphql, Outcome::Refused) => StatusCode::BAD_REQUEST,
        (Media::Graphql, Outcome::Limited) => StatusCode::TOO_MANY_REQUESTS,
        (Media::Graphql, Outcome::TimedOut) => StatusCode::SERVICE_UNAVAILABLE,
        (Media::Graphql, Outcome::Failed) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut response = media.respond(status, &answer.response, answer.outcome == Outcome::Ran);
    for (name, value) in &answer.response.http_headers {
        response.headers_mut().append(name, value.clone());
    }
    // What browsers show beside a request: its time and how many statements its reads took.
    if let Ok(value) = HeaderValue::try_from(format!("total;dur={millis}, db;desc=\"{statements} statements\"")) {
        response.headers_mut().insert("server-timing", value);
    }
    response
}
