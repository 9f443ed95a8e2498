//! Documents behind signed links: whoever has the address may read them, until it expires.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use crate::auth::{Peer, token};
use crate::background::DOCUMENTS;
use crate::documents;
use crate::error::{Error, Result};
use crate::graphql::Engine;
use crate::print::{self, Format, Found};

/// What one costs of what an address may ask for: a tenth of the dearest operation.
const COST: u64 = 1_000;
/// What the viewers of browsers need to show a PDF.
const PDF_POLICY: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// The document behind a link, or a page that says why there is none.
pub async fn get(
    State(engine): State<Engine>,
    Extension(peer): Extension<Peer>,
    Path((kind, sealed)): Path<(String, String)>,
) -> Response {
    let answer = match find(&engine, peer, &kind, &sealed).await {
        Ok(answer) => answer,
        Err(error) => refusal(&error),
    };
    // The address is all that it takes to read it: nobody is to keep it, find it or learn it from a link.
    let headers = [
        (header::CACHE_CONTROL, "private, no-store"),
        (ROBOTS, "noindex, nofollow, noarchive"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, answer).into_response()
}

/// A font for the pages, for browsers to keep.
pub async fn font(Path(name): Path<String>) -> Response {
    let Some(bytes) = print::font(&name) else {
        return Refusal::new(StatusCode::NOT_FOUND, "there is no such font").into_response();
    };
    let headers = [(header::CONTENT_TYPE, "font/ttf"), (header::CACHE_CONTROL, "public, max-age=604800")];
    (headers, bytes).into_response()
}

/// Any other method.
pub async fn other_method() -> Refusal {
    Refusal::method("GET, HEAD", "documents are only read")
}

async fn find(engine: &Engine, peer: Peer, kind: &str, sealed: &str) -> Result<Response> {
    engine.charge(&Err(token::ANONYMOUS), peer, COST)?;
    let (document, format) = match documents::find(engine.app(), kind, sealed).await? {
        Found::Document(document, format) => (document, format),
        Found::Expired => return Ok(page(StatusCode::GONE, "This link has expired", "Ask for a new one.")),
        Found::Nothing => {
            let text = "The link is not complete, or what it led to is gone. Copy all of it, or ask for a new one.";
            return Ok(page(StatusCode::NOT_FOUND, "There is nothing here", text));
        }
    };
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", document.file_name(format.extension()))),
        (
            header::CONTENT_SECURITY_POLICY,
            match format {
                Format::Html => print::policy().to_owned(),
                Format::Pdf => PDF_POLICY.to_owned(),
            },
        ),
    ];
    let bytes = DOCUMENTS
        .run(move || match format {
            Format::Html => Ok(print::html(&document).into_bytes()),
            Format::Pdf => print::pdf(&document),
        })
        .await??;
    Ok((headers, bytes).into_response())
}

fn refusal(error: &Error) -> Response {
    match error {
        Error::Spent { .. } | Error::RateLimited(_) => {
            page(StatusCode::TOO_MANY_REQUESTS, "Too many documents at once", "Wait a minute, and open the link again.")
        }
        Error::BadInput(message) => page(StatusCode::UNPROCESSABLE_ENTITY, "This cannot be printed", message),
        Error::Timeout => {
            page(StatusCode::SERVICE_UNAVAILABLE, "This took too long", "Wait a minute, and open the link again.")
        }
        error => {
            tracing::error!(%error, "a document cannot be written");
            let text = "This is our fault. Open the link again later.";
            page(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong", text)
        }
    }
}

fn page(status: StatusCode, title: &str, text: &str) -> Response {
    let headers =
        [(header::CONTENT_TYPE, Format::Html.media_type()), (header::CONTENT_SECURITY_POLICY, print::policy())];
    (status, headers, print::notice(title, text)).into_response()
}
