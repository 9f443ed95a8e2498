//! Why a request is not answered: a status, and a GraphQL error as the body.

use async_graphql::{Response as GraphqlResponse, ServerError};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::media::Media;

/// A request that is refused before any operation is looked at.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    message: String,
    media: Media,
    allow: Option<&'static str>,
}

impl Refusal {
    /// With a status of 4xx, and what the caller should do.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), media: Media::Json, allow: None }
    }

    /// 400: what was sent is not a GraphQL request.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 405, with the methods that are allowed.
    pub fn method(allow: &'static str, message: impl Into<String>) -> Self {
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, message) }
    }

    /// The same, for a caller who reads `media`.
    pub fn into_media(self, media: Media) -> Self {
        Self { media, ..self }
    }

    fn code(&self) -> &'static str {
        match self.status {
            StatusCode::UNAUTHORIZED => "UNAUTHENTICATED",
            StatusCode::FORBIDDEN => "FORBIDDEN",
            StatusCode::TOO_MANY_REQUESTS => "RATE_LIMITED",
            StatusCode::NOT_FOUND => "NOT_FOUND",
            StatusCode::REQUEST_TIMEOUT => "TIMEOUT",
            StatusCode::PAYLOAD_TOO_LARGE => "TOO_COMPLEX",
            _ => "BAD_USER_INPUT",
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut error = ServerError::new(&self.message, None);
        error.extensions.get_or_insert_default().set("code", self.code());
        let mut response = self.media.respond(self.status, &GraphqlResponse::from_errors(vec![error]), false);
        if let Some(allow) = self.allow {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}
