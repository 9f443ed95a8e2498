//! Media types: in which of two an answer is written, and which one a request must have.
//!
//! `application/graphql-response+json` says that a body is GraphQL whatever the status, so that the status can
//! tell what happened. Readers of `application/json` are told by the body alone, and get 200.

use std::collections::BTreeMap;

use async_graphql::{Response as GraphqlResponse, ServerError, Value};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::refusal::Refusal;
use crate::auth::cookies;

/// In what an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`
    Graphql,
    /// `application/json`
    Json,
}

/// How well a type of `Accept` fits: its `q` in thousandths, then how exactly it names ours.
type Fit = (u16, u8);

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

/// What a caller takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// The form of a single answer that it likes best, if it takes one.
    pub single: Option<Media>,
    /// Whether it takes `text/event-stream`, which is asked for by that name only.
    pub events: bool,
}

impl Accepted {
    /// What `Accept` says; an error if that is nothing that there is. `application/json` for those who do not say
    /// or take anything.
    pub fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let ranges: Vec<&str> =
            values.flat_map(|value| value.split(',')).map(str::trim).filter(|range| !range.is_empty()).collect();
        if ranges.is_empty() {
            return Ok(Self { single: Some(Media::Json), events: false });
        }
        let (graphql, json) = (Media::Graphql.fit(&ranges), Media::Json.fit(&ranges));
        let exactly = |fit: Fit| fit.1 == 2;
        let single = match (graphql.filter(|fit| fit.0 > 0), json.filter(|fit| fit.0 > 0)) {
            (Some(graphql), Some(json)) if graphql > json || (graphql == json && exactly(graphql)) => {
                Some(Media::Graphql)
            }
            (_, Some(_)) => Some(Media::Json),
            (Some(_), None) => Some(Media::Graphql),
            (None, None) => None,
        };
        let events = fit("text/event-stream", &ranges).is_some_and(|fit| fit.0 > 0 && exactly(fit));
        if single.is_none() && !events {
            return Err(Refusal::new(
                StatusCode::NOT_ACCEPTABLE,
                "answers are application/graphql-response+json, application/json or text/event-stream, in UTF-8: \
                 accept one of them",
            ));
        }
        Ok(Self { single, events })
    }
}

impl Media {
    fn fit(self, ranges: &[&str]) -> Option<Fit> {
        fit(self.name(), ranges)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Graphql => "application/graphql-response+json",
            Self::Json => "application/json",
        }
    }

    /// An answer. `ran` says whether there is `data`, which then is there even if it is null.
    pub fn respond(self, status: StatusCode, response: &GraphqlResponse, ran: bool) -> Response {
        let body =
            Body { errors: &response.errors, data: ran.then_some(&response.data), extensions: &response.extensions };
        let content_type = match self {
            Self::Graphql => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        };
        match serde_json::to_vec(&body) {
            Ok(body) => {
                let headers = [
                    (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
                    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                    (header::VARY, HeaderValue::from_static("accept")),
                ];
                (status, headers, body).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "an answer cannot be written as JSON");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// The fit of the range that names a type most exactly, which is the one that counts.
fn fit(media: &str, ranges: &[&str]) -> Option<Fit> {
    let fits = ranges.iter().filter_map(|range| {
        let (name, parameters) = split(range);
        let exactness = match name.as_str() {
            "*/*" => 0,
            "application/*" if media.starts_with("application/") => 1,
            name if name == media => 2,
            _ => return None,
        };
        let mut quality = 1_000;
        for (name, value) in parameters {
            match name.as_str() {
                "q" => quality = thousandths(&value)?,
                "charset" if !is_utf8(&value) => return None,
                _ => {}
            }
        }
        Some((quality, exactness))
    });
    fits.max_by_key(|(_, exactness)| *exactness)
}

/// An error unless the body is said to be JSON in UTF-8. A page of another site can send forms and plain text
/// with the visitor's cookies, but not this without asking first.
pub fn require_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let unsupported = |message| Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    let Some(Ok(content_type)) = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str) else {
        return unsupported("send the operation as JSON, with Content-Type: application/json");
    };
    let (name, parameters) = split(content_type);
    if name != Media::Json.name() {
        return unsupported("send the operation as JSON, with Content-Type: application/json");
    }
    if parameters.iter().any(|(name, value)| name == "charset" && !is_utf8(value)) {
        return unsupported("JSON is in UTF-8: leave the charset out, or say charset=utf-8");
    }
    Ok(())
}

/// Whether the body is said to be of this type.
pub fn is(headers: &HeaderMap, media: &str) -> bool {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    said.is_some_and(|said| split(said).0 == media)
}

/// Whether the body has parts, and its sender says that no page of another site sent it. Without that, it is no more
/// than a form.
pub fn is_multipart(headers: &HeaderMap) -> bool {
    is(headers, "multipart/form-data") && headers.contains_key(cookies::HEADER)
}

/// A media type and its parameters, names in lower case.
fn split(text: &str) -> (String, Vec<(String, String)>) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let parameters = parts.filter_map(|part| part.split_once('='));
    let clean = |(name, value): (&str, &str)| {
        (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_ascii_lowercase())
    };
    (name, parameters.map(clean).collect())
}

fn is_utf8(charset: &str) -> bool {
    matches!(charset, "utf-8" | "utf8")
}

/// `0.85` is 850; nothing if it is not a weight.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits =
        matches!(whole, "0" | "1") && fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let value: u16 = digits.then(|| format!("{whole}{fraction:0<3}"))?.parse().ok()?;
    (value <= 1_000).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_media_type_is_chosen() {
        use Media::{Graphql, Json};
        for (accept, chosen) in [
            ("", Some(Json)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("application/json", Some(Json)),
            ("application/graphql-response+json", Some(Graphql)),
            ("APPLICATION/GraphQL-Response+JSON; Charset=\"UTF-8\"", Some(Graphql)),
            ("application/graphql-response+json, application/json", Some(Graphql)),
            ("application/json, application/graphql-response+json", Some(Graphql)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Graphql)),
            ("application/graphql-response+json;q=0.8, application/json;q=0.85", Some(Json)),
            ("application/graphql-response+json, */*;q=0.1", Some(Graphql)),
            ("application/json, */*", Some(Json)),
            ("*/*, application/json;q=0", Some(Graphql)),
            ("text/html, application/*;q=0.5, */*;q=0.1", Some(Json)),
            ("application/json;q=0", None),
            ("application/json;q=2", None),
            ("application/json; charset=utf-16", None),
            ("text/html", None),
            ("text/event-stream, image/*", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            assert_eq!(Accepted::of(&headers).ok().and_then(|accepted| accepted.single), chosen, "{accept}");
        }
        // Events are asked for by name.
        for (accept, events) in [
            ("text/event-stream", true),
            ("application/json, text/event-stream;q=0.5", true),
            ("application/json, text/event-stream;q=0", false),
            ("text/*, */*", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            assert_eq!(Accepted::of(&headers).unwrap().events, events, "{accept}");
        }
        // Several headers are one list.
        let mut headers = HeaderMap::new();
        headers.append(header::ACCEPT, HeaderValue::from_static("text/html"));
        headers.append(header::ACCEPT, HeaderValue::from_static("application/graphql-response+json"));
        assert_eq!(Accepted::of(&headers).unwrap().single, Some(Graphql));
        assert_eq!(Accepted::of(&HeaderMap::new()).unwrap().single, Some(Json));
    }
}
