//! Sign-in by cookie, for pages: what scripts of a page cannot read, they cannot leak.
//!
//! Whoever asks for tokens with the header `graphql-require-preflight`, which no page of another site can send
//! without being asked first, gets them as cookies too; a cookie counts only where that header comes with it, or on a
//! WebSocket, whose origin is checked.

use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use cookie::time::OffsetDateTime;
use cookie::{Cookie, SameSite};

/// The header that pages send.
pub const HEADER: &str = "graphql-require-preflight";
/// What a page is told that sends its cookie without the header.
pub const NO_HEADER: &str = "a sign-in by cookie needs the header `graphql-require-preflight: 1`";

// Browsers take cookies of this prefix only over TLS, or from localhost, and only from the host itself.
const ACCESS: &str = "__Host-daybook-access";
const REFRESH: &str = "__Host-daybook-refresh";

/// That an operation comes from a page which takes cookies, in the data of its request.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Its refresh token.
    pub refresh_token: Option<String>,
}

/// The access token and the refresh token among the cookies of a request.
pub fn of(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    let (mut access, mut refresh) = (None, None);
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    for cookie in texts.flat_map(Cookie::split_parse).flatten() {
        match cookie.name() {
            ACCESS => access = Some(cookie.value().to_owned()),
            REFRESH => refresh = Some(cookie.value().to_owned()),
            _ => {}
        }
    }
    (access, refresh)
}

/// The cookies of a pair of tokens, as `Set-Cookie` has them.
pub fn of_tokens(access: (&str, DateTime<Utc>), refresh: (&str, DateTime<Utc>)) -> [String; 2] {
    [write(ACCESS, access.0, access.1), write(REFRESH, refresh.0, refresh.1)]
}

/// What ends both cookies.
pub fn ended() -> [String; 2] {
    [write(ACCESS, "", DateTime::UNIX_EPOCH), write(REFRESH, "", DateTime::UNIX_EPOCH)]
}

fn write(name: &str, value: &str, until: DateTime<Utc>) -> String {
    let mut cookie = Cookie::build((name, value)).path("/").http_only(true).secure(true).same_site(SameSite::Lax);
    if let Ok(until) = OffsetDateTime::from_unix_timestamp(until.timestamp()) {
        cookie = cookie.expires(until);
    }
    cookie.build().to_string()
}
