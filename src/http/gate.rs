//! What every request passes: its id, its address, whether a page of another site sent it, and the headers that
//! every answer has.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tracing::Instrument as _;

use super::refusal::Refusal;
use crate::auth::Peer;
use crate::clock::Clock;

/// The header with the id of a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken from a caller.
const MAX_REQUEST_ID: usize = 100;
/// What pages of allowed origins may send and read.
const ALLOWED_METHODS: &str = "GET, POST";
const ALLOWED_HEADERS: &str = "accept, authorization, content-type, graphql-require-preflight, x-request-id";
const EXPOSED_HEADERS: &str = "server-timing, x-request-id";
/// How long a browser may remember the answer to a preflight, in seconds.
const PREFLIGHT_AGE: &str = "7200";

/// The site of a page: `https://shop.example`, with its port if it is not the usual one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

/// A text that is not the origin of a page.
#[derive(Debug, thiserror::Error)]
#[error("an origin is a scheme and a host, such as https://shop.example or http://localhost:5173")]
pub struct NotAnOrigin;

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let uri: Uri = text.parse().map_err(|_| NotAnOrigin)?;
        match (uri.scheme_str(), uri.authority()) {
            (Some(scheme), Some(host)) if text == format!("{scheme}://{host}") && !text.contains(['@', '*']) => {
                Ok(Self(text))
            }
            _ => Err(NotAnOrigin),
        }
    }
}

impl Origin {
    /// As it stands in addresses, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Origin {
    type Error = NotAnOrigin;

    fn try_from(text: String) -> Result<Self, NotAnOrigin> {
        text.parse()
    }
}

/// Who stands between Daybook and its callers.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Sites, beside Daybook's own page, whose pages may call.
    pub origins: Vec<Origin>,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
}

/// What the gate knows.
#[derive(Clone)]
pub struct Gate {
    surroundings: Arc<Surroundings>,
    clock: Clock,
}

/// Where the page comes from that sent a request, as its browser says.
#[derive(Debug, PartialEq, Eq)]
enum Site {
    /// None did, or Daybook's own.
    Own,
    /// One that may call.
    Allowed,
    /// Any other.
    Foreign,
}

impl Gate {
    /// A gate in those surroundings.
    pub fn new(surroundings: Surroundings, clock: Clock) -> Self {
        Self { surroundings: Arc::new(surroundings), clock }
    }

    fn site(&self, headers: &HeaderMap) -> Site {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let Some(origin) = headers.get(header::ORIGIN) else { return Site::Own };
        let Ok(origin) = origin.to_str().map(str::to_ascii_lowercase) else { return Site::Foreign };
        if self.surroundings.origins.iter().any(|allowed| allowed.0 == origin) {
            return Site::Allowed;
        }
        // A page cannot set either header. The second is what older browsers leave, and fails behind a proxy
        // that changes it.
        let same_host = origin
            .split_once("://")
            .zip(text(header::HOST))
            .is_some_and(|((_, host), own)| host.eq_ignore_ascii_case(own));
        match text(HeaderName::from_static("sec-fetch-site")) {
            Some("same-origin") => Site::Own,
            Some(_) => Site::Foreign,
            None if same_host => Site::Own,
            None => Site::Foreign,
        }
    }

    /// The address of the caller: the peer's, or what the nearest proxy that is believed says.
    fn peer(&self, request: &Request) -> Peer {
        let believed = |address: &IpAddr| self.surroundings.proxies.contains(address);
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        let Some(peer) = peer.filter(believed) else { return Peer(peer) };
        let values = request.headers().get_all("x-forwarded-for").iter();
        let hops: Vec<IpAddr> = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map_while(|hop| hop.trim().parse().ok())
            .collect();
        Peer(Some(hops.into_iter().rev().find(|hop| !believed(hop)).unwrap_or(peer)))
    }

    fn request_id(&self, headers: &HeaderMap) -> String {
        let sane = |id: &&str| {
            (1..=MAX_REQUEST_ID).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(sane);
        given.map_or_else(|| self.clock.id().to_string(), str::to_owned)
    }
}

/// Lets a request in, or refuses it.
pub async fn pass(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let site = gate.site(request.headers());
    let id = gate.request_id(request.headers());
    let origin = request.headers().get(header::ORIGIN).cloned();
    let peer = gate.peer(&request);
    request.extensions_mut().insert(peer);

    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match site {
        Site::Foreign => {
            let message = "pages of this origin may not call: its operator can allow it by --allow-origin";
            Refusal::new(StatusCode::FORBIDDEN, message).into_response()
        }
        _ if preflight => {
            let headers = [
                (header::ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS),
                (header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS),
                (header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE),
            ];
            (StatusCode::NO_CONTENT, headers).into_response()
        }
        _ => next.run(request).instrument(tracing::info_span!("request", id)).await,
    };

    let headers = response.headers_mut();
    if let (Site::Allowed, Some(origin)) = (site, origin) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    }
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        // The page has a wider one.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for (text, origin) in [
            ("https://shop.example", Some("https://shop.example")),
            (" HTTPS://Shop.Example:8443/ ", Some("https://shop.example:8443")),
            ("capacitor://localhost", Some("capacitor://localhost")),
            ("shop.example", None),
            ("https://shop.example/page", None),
            ("https://user@shop.example", None),
            ("https://*.example", None),
            ("*", None),
            ("null", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<Origin>().ok().map(|origin| origin.0).as_deref(), origin, "{text}");
        }
    }

    #[test]
    fn a_page_is_known_by_what_its_browser_says() {
        let origins = vec!["https://app.example".parse().unwrap()];
        let gate = Gate::new(Surroundings { origins, proxies: Vec::new() }, Clock::System);
        for (headers, site) in [
            (vec![], Site::Own),
            (vec![("host", "shop.example"), ("origin", "https://shop.example")], Site::Own),
            (
                vec![("host", "127.0.0.1:8080"), ("origin", "https://shop.example"), ("sec-fetch-site", "same-origin")],
                Site::Own,
            ),
            (
                vec![("host", "shop.example"), ("origin", "https://app.example"), ("sec-fetch-site", "cross-site")],
                Site::Allowed,
            ),
            (vec![("host", "shop.example"), ("origin", "https://evil.example")], Site::Foreign),
            (
                vec![("host", "shop.example"), ("origin", "https://shop.example"), ("sec-fetch-site", "cross-site")],
                Site::Foreign,
            ),
            (vec![("host", "shop.example"), ("origin", "https://shop.example:8443")], Site::Foreign),
            (vec![("host", "shop.example"), ("origin", "https://shop.example.evil.example")], Site::Foreign),
            (vec![("host", "shop.example"), ("origin", "null")], Site::Foreign),
        ] {
            let found =
                headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            assert_eq!(gate.site(&found.collect()), site, "{headers:?}");
        }
    }

    #[test]
    fn only_a_proxy_that_is_believed_says_who_calls() {
        let proxies = vec!["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let gate = Gate::new(Surroundings { origins: Vec::new(), proxies }, Clock::System);
        for (peer, forwarded, caller) in [
            ("203.0.113.9", None, "203.0.113.9"),
            ("203.0.113.9", Some("198.51.100.1"), "203.0.113.9"),
            ("10.0.0.1", None, "10.0.0.1"),
            ("10.0.0.1", Some("198.51.100.1"), "198.51.100.1"),
            // What the caller made up stands to the left of what the proxies wrote.
            ("10.0.0.1", Some("1.1.1.1, 198.51.100.1, 10.0.0.2"), "198.51.100.1"),
            ("::ffff:10.0.0.1", Some("2001:db8::1"), "2001:db8::1"),
        ] {
            let mut request = Request::new(axum::body::Body::empty());
            let address: IpAddr = peer.parse().unwrap();
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 1))));
            if let Some(forwarded) = forwarded {
                request.headers_mut().insert("x-forwarded-for", forwarded.parse().unwrap());
            }
            assert_eq!(gate.peer(&request).0, Some(caller.parse().unwrap()), "{peer} {forwarded:?}");
        }
    }
}
