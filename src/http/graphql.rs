//! `/graphql`: POST for queries and mutations, GET for queries. [`super::socket`] has the rest.

use std::time::{Duration, Instant};

use async_graphql::Request as GraphqlRequest;
use async_graphql::parser::types::OperationType;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request, State};
use axum::handler::Handler as _;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::media::{Media, require_json};
use super::parameters;
use super::refusal::Refusal;
use super::socket;
use crate::auth::Peer;
use crate::graphql::{Engine, Outcome};

/// How long the body of a request may take to arrive.
const BODY_PATIENCE: Duration = Duration::from_secs(10);
/// What the endpoint allows.
const METHODS: &str = "GET, HEAD, POST, OPTIONS";

/// One operation as JSON.
pub async fn post(State(engine): State<Engine>, request: Request) -> Response {
    let (method, headers, peer) = (request.method().clone(), request.headers().clone(), peer(&request));
    let media = match Media::accepted(&headers) {
        Ok(media) => media,
        Err(refusal) => return refusal.into_response(),
    };
    let read = async {
        require_json(&headers)?;
        parameters::from_body(&body(request).await?)
    };
    match read.await {
        Ok(operation) => run(&engine, media, &method, &headers, operation.data(peer)).await,
        Err(refusal) => refusal.into_media(media).into_response(),
    }
}

/// A query in the URL, or the beginning of a socket.
pub async fn get(State(engine): State<Engine>, request: Request) -> Response {
    if request.headers().contains_key(header::UPGRADE) {
        return socket::open.call(request, engine).await;
    }
    let (method, headers) = (request.method(), request.headers());
    let media = match Media::accepted(headers) {
        Ok(media) => media,
        Err(refusal) => return refusal.into_response(),
    };
    match parameters::from_query_string(request.uri().query().unwrap_or_default()) {
        Ok(operation) => run(&engine, media, method, headers, operation.data(peer(&request))).await,
        Err(refusal) => refusal.into_media(media).into_response(),
    }
}

/// Any other method.
pub async fn other_method() -> Refusal {
    Refusal::method(METHODS, "send operations by POST, or queries by GET")
}

/// The address that the gate found.
fn peer(request: &Request) -> Peer {
    request.extensions().get().copied().unwrap_or_default()
}

async fn body(request: Request) -> Result<Bytes, Refusal> {
    match tokio::time::timeout(BODY_PATIENCE, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let message = format!("the body is larger than {} bytes", super::MAX_BODY);
            Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message))
        }
        Ok(Err(rejection)) => Err(Refusal::bad(format!("the body cannot be read: {}", rejection.body_text()))),
        Err(_) => {
            let message = format!("the body took longer than {} s to arrive", BODY_PATIENCE.as_secs());
            Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, message))
        }
    }
}

async fn run(
    engine: &Engine,
    media: Media,
    method: &Method,
    headers: &HeaderMap,
    operation: GraphqlRequest,
) -> Response {
    let begin = Instant::now();
    let answer = match engine.prepare(operation) {
        Err(refused) => *refused,
        Ok(prepared) => match prepared.kind {
            OperationType::Subscription => {
                let refusal = Refusal::bad("subscriptions go over WebSocket, with the protocol graphql-transport-ws");
                return refusal.into_media(media).into_response();
            }
            OperationType::Mutation if method != Method::POST => {
                return Refusal::method("POST", "send mutations by POST").into_media(media).into_response();
            }
            _ => {
                let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
                let caller = engine.app().tokens.bearer(authorization, engine.app().clock.now());
                engine.run(prepared, caller).await
            }
        },
    };

    let millis = begin.elapsed().as_micros().div_ceil(1_000);
    let statements = answer.statements;
    tracing::debug!(statements, millis, errors = answer.response.errors.len(), "operation");
    let status = match (media, answer.outcome) {
        (Media::Json, _) | (_, Outcome::Ran) => StatusCode::OK,
        (Media::Graphql, Outcome::Refused) => StatusCode::BAD_REQUEST,
        (Media::Graphql, Outcome::TimedOut) => StatusCode::SERVICE_UNAVAILABLE,
        (Media::Graphql, Outcome::Failed) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut response = media.respond(status, &answer.response, answer.outcome == Outcome::Ran);
    // What browsers show beside a request: its time and how many statements its reads took.
    if let Ok(value) = HeaderValue::try_from(format!("total;dur={millis}, db;desc=\"{statements} statements\"")) {
        response.headers_mut().insert("server-timing", value);
    }
    response
}
