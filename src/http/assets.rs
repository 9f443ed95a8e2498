//! The page of the playground, from the bundle that is built into the binary. Nothing comes from elsewhere.

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::refusal::Refusal;
use crate::graphql::Engine;

#[derive(RustEmbed)]
#[folder = "playground/dist"]
#[allow_missing = true]
struct Bundle;

const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; \
     font-src 'self' data:; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const MISSING: &str = "The playground is not built into this binary. Build it with `make playground` \
     and then build Daybook again. The API is at /graphql.\n";

const OFF: &str = "The playground is off: this server runs registered documents only (--trusted-documents), and the \
     playground sends what its user writes. The API is at /graphql.\n";

/// A file of the bundle; its page for `/` and wherever else a browser goes, for the page has addresses of its own. Where
/// only registered documents run, its explorer would not.
pub async fn serve(State(engine): State<Engine>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        // Of a link that customers are sent, the page itself reads the token.
        path if path.starts_with("c/") => "index.html",
        path if Bundle::get(path).is_none() && is_visit(&method, &headers) => "index.html",
        path => path,
    };
    if engine.policy().trusted.is_some() && path == "index.html" {
        return (StatusCode::NOT_FOUND, OFF).into_response();
    }
    let Some(file) = Bundle::get(path) else {
        return match path {
            "index.html" => (StatusCode::NOT_FOUND, MISSING).into_response(),
            _ => Refusal::new(StatusCode::NOT_FOUND, "there is nothing here: the page is at / and the API at /graphql")
                .into_response(),
        };
    };
    if !matches!(method, Method::GET | Method::HEAD) {
        return Refusal::method("GET, HEAD", "the page is only read").into_response();
    }
    // The names of files under assets/ change with their contents.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, file.metadata.mimetype().to_owned()),
        (header::CACHE_CONTROL, cache.to_owned()),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
    ];
    (headers, file.data.into_owned()).into_response()
}

/// Whether someone opens an address in a browser, which then asks for HTML by name. Programs do not.
fn is_visit(method: &Method, headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    matches!(*method, Method::GET | Method::HEAD) && accept.is_some_and(|accept| accept.contains("text/html"))
}
