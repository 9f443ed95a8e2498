//! `/graphql`: POST for queries and mutations, WebSocket (`graphql-transport-ws`) for all operations.

use std::time::{Duration, Instant};

use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql::{Data, Request, Response as GraphqlResponse, ServerError};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{State, WebSocketUpgrade};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::graphql::Engine;

/// A socket that does not answer a ping within this time is closed.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// One operation as JSON.
pub async fn post(State(engine): State<Engine>, headers: HeaderMap, body: Bytes) -> Response {
    if !is_json(&headers) {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the operation with Content-Type: application/json");
    }
    let request: Request = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, &format!("the body is not a GraphQL request: {error}")),
    };
    let begin = Instant::now();
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let caller = engine.app().tokens.bearer(authorization, engine.app().clock.now());
    let (response, statements) = engine.run(request, caller).await;

    let millis = begin.elapsed().as_micros().div_ceil(1_000);
    tracing::debug!(statements, millis, errors = response.errors.len(), "operation");
    let mut answer = Json(response).into_response();
    // What browsers show beside a request: its time and how many statements its reads took.
    if let Ok(value) = HeaderValue::try_from(format!("total;dur={millis}, db;desc=\"{statements} statements\"")) {
        answer.headers_mut().insert("server-timing", value);
    }
    answer
}

/// A socket. Its `connection_init` may carry `{"authorization": "Bearer …"}`.
pub async fn socket(State(engine): State<Engine>, protocol: GraphQLProtocol, upgrade: WebSocketUpgrade) -> Response {
    upgrade.protocols(ALL_WEBSOCKET_PROTOCOLS).on_upgrade(move |stream| {
        let app = engine.app().clone();
        GraphQLWebSocket::new(stream, engine, protocol)
            .on_connection_init(async move |payload: serde_json::Value| {
                let authorization = payload.get("authorization").and_then(|value| value.as_str());
                let caller = app.tokens.bearer(authorization, app.clock.now());
                if let (Some(_), Err(reason)) = (authorization, caller) {
                    return Err(async_graphql::Error::new(reason));
                }
                let mut data = Data::default();
                data.insert(caller);
                Ok(data)
            })
            .keepalive_timeout(KEEP_ALIVE)
            .serve()
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/json"))
}

fn refuse(status: StatusCode, message: &str) -> Response {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_default().set("code", "BAD_USER_INPUT");
    (status, Json(GraphqlResponse::from_errors(vec![error]))).into_response()
}
