//! The page of the playground, from the bundle that is built into the binary. Nothing comes from elsewhere.

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
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

/// A file of the bundle; its page for `/` and for the links that customers are sent. Where only registered documents
/// run, none of its operations would.
pub async fn serve(State(engine): State<Engine>, method: Method, uri: Uri) -> Response {
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        // The page itself reads the token in the rest of it.
        path if path.starts_with("c/") => "index.html",
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
