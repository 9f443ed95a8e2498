//! `POST /import/records` and its like: a CSV file as the body, and the answer line by line while it is imported.
//!
//! The file is taken in first, for a transaction that waits for its sender would keep events from everyone. It then goes on
//! whether its sender listens or not.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tracing::Instrument as _;

use super::body::bounded;
use super::media::is;
use super::refusal::Refusal;
use super::transfer::{MAX_FILE, Place, Refused, begin, in_time, keep};
use crate::auth::{Permission, Viewer, cookies};
use crate::db::Mode;
use crate::error::Result;
use crate::graphql::{Engine, Write};
use crate::transfer::Kind;
use crate::transfer::import::{self, Progress, Sheet};

/// Lines that wait for the reader. What is more of the progress is not told.
const WAITING: usize = 16;

/// Imports a file.
pub async fn post(State(engine): State<Engine>, Path(kind): Path<String>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let answer = async {
        let kind: Kind = kind.parse().map_err(|_| {
            let message = "imports are customers, contacts, records, sales and payments";
            Refusal::new(StatusCode::NOT_FOUND, message)
        })?;
        if !head.headers.contains_key(cookies::HEADER) {
            return Err(Refusal::bad("send the header `graphql-require-preflight: 1` with a file").into());
        }
        if !is(&head.headers, "text/csv") {
            let message = "send the file as CSV, with Content-Type: text/csv";
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).into());
        }
        let dry_run = dry_run(head.uri.query().unwrap_or_default())?;
        let (viewer, place) = begin(&engine, &head, Some(Permission::DataImport)).await?;
        let file = in_time(keep(bounded(body, MAX_FILE))).await?;
        let sheet = Sheet::open(file, kind.columns())
            .map_err(|error| Refusal::bad(format!("the file cannot be imported: {error}")))?;
        let (lines, mut told) = mpsc::channel(WAITING);
        tokio::spawn(run(engine.clone(), viewer, place, (kind, sheet, dry_run), lines).in_current_span());
        let lines = stream::poll_fn(move |context| told.poll_recv(context));
        let headers = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")];
        Ok((headers, Body::from_stream(lines)).into_response())
    };
    answer.await.unwrap_or_else(|refused: Refused| refused.respond(&engine))
}

/// Any other method.
pub async fn other_method() -> Refusal {
    Refusal::method("POST", "send the file by POST")
}

fn dry_run(query: &str) -> Result<bool, Refusal> {
    let mut dry_run = false;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match (&*name, &*value) {
            ("dryRun", "true" | "false") => dry_run = value == "true",
            _ => return Err(Refusal::bad("the only parameter is dryRun, which is true or false")),
        }
    }
    Ok(dry_run)
}

type Line = Result<String, std::convert::Infallible>;

/// Imports a file, and tells how far it is and what came of it.
async fn run(
    engine: Engine,
    viewer: Viewer,
    _place: Place,
    (kind, sheet, dry_run): (Kind, Sheet, bool),
    lines: mpsc::Sender<Line>,
) {
    let show = |progress| {
        let line = match progress {
            Progress::Read(rows) => json!({ "read": rows }),
            Progress::Booked(rows) => json!({ "booked": rows }),
        };
        // Whoever reads slowly misses some.
        let _ = lines.try_send(Ok(format!("{line}\n")));
    };
    let last = match import(&engine, viewer, (kind, sheet, dry_run), show).await {
        Ok(result) => json!({ "result": result }),
        Err(error) => json!({ "errors": engine.refused(error).errors }),
    };
    // Nobody may listen any more.
    let _ = lines.send(Ok(format!("{last}\n"))).await;
}

async fn import(
    engine: &Engine,
    viewer: Viewer,
    (kind, sheet, dry_run): (Kind, Sheet, bool),
    show: impl Fn(Progress),
) -> Result<Value> {
    let write = Write::begin(engine.app(), viewer, Mode::Job).await?;
    let outcome = import::import(&write, kind, sheet, show).await?;
    let currency = write.viewer.business.currency;
    import::end(write, &outcome, dry_run).await?;
    let (problems, further_problems) = outcome.problems.into_list();
    Ok(json!({
        "dryRun": dry_run, "rows": outcome.rows, "created": outcome.created, "alreadyThere": outcome.known,
        "sum": outcome.sum.decimal(currency), "outstanding": outcome.outstanding.decimal(currency),
        "problems": problems, "furtherProblems": further_problems,
    }))
}
