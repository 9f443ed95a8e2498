//! `GET /export/customers.csv` and its like: all rows of a kind, sent while they are read. `GET /export/business.jsonl` is
//! all of the business.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use futures_util::future::Either;

use super::refusal::Refusal;
use super::transfer::{Refused, begin};
use crate::auth::Permission;
use crate::db::{Mode, Transaction};
use crate::graphql::Engine;
use crate::transfer::{Kind, business, export};

/// The name of the file with all of the business.
const WHOLE: &str = "business.jsonl";

/// All rows of a kind as CSV, or all of the business, to whoever may export.
pub async fn get(State(engine): State<Engine>, Path(file): Path<String>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let answer = async {
        let kind: Option<Kind> = file.strip_suffix(".csv").and_then(|name| name.parse().ok());
        if kind.is_none() && file != WHOLE {
            let message =
                "exports are customers.csv, contacts.csv, records.csv, sales.csv, payments.csv and business.jsonl";
            return Err(Refusal::new(StatusCode::NOT_FOUND, message).into());
        }
        let (viewer, place) = begin(&engine, &head, Some(Permission::DataExport)).await?;
        let transaction = Transaction::begin(&engine.app().pool, viewer.scope(), Mode::LongRead).await?;
        let clock = &engine.app().clock;
        let day = viewer.business.today(clock);
        let (media, name, ending) = kind
            .map_or(("application/jsonl", "business", "jsonl"), |kind| ("text/csv; charset=utf-8", kind.noun(), "csv"));
        let headers = [
            (header::CONTENT_TYPE, media.to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}-{day}.{ending}\"")),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        let parts = match kind {
            Some(kind) => Either::Left(export::export(transaction, viewer.business, kind)),
            None => Either::Right(business::export(transaction, viewer.business, clock.now())),
        };
        // It ends with the connection: who hangs up is sent no more, and nothing more is read.
        let parts = parts.map(move |part| {
            let _ = &place;
            part.inspect_err(|error| tracing::error!(%error, "an export broke off"))
        });
        Ok((headers, Body::from_stream(parts)).into_response())
    };
    answer.await.unwrap_or_else(|refused: Refused| refused.respond(&engine))
}

/// Any other method.
pub async fn other_method() -> Refusal {
    Refusal::method("GET, HEAD", "exports are only read")
}
