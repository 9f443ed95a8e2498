//! `GET /export/customers.csv` and its like: all rows of a kind, sent while they are read.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;

use super::refusal::Refusal;
use super::transfer::{Refused, begin};
use crate::auth::Permission;
use crate::db::{Mode, Transaction};
use crate::graphql::Engine;
use crate::transfer::{Kind, export};

/// All rows of a kind as CSV, to whoever may export.
pub async fn get(State(engine): State<Engine>, Path(file): Path<String>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let answer = async {
        let kind: Option<Kind> = file.strip_suffix(".csv").and_then(|name| name.parse().ok());
        let kind = kind.ok_or_else(|| {
            let message = "exports are customers.csv, contacts.csv, records.csv, sales.csv and payments.csv";
            Refusal::new(StatusCode::NOT_FOUND, message)
        })?;
        let (viewer, place) = begin(&engine, &head, Some(Permission::DataExport)).await?;
        let transaction = Transaction::begin(&engine.app().pool, viewer.scope(), Mode::LongRead).await?;
        let day = viewer.business.today(&engine.app().clock);
        let headers = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}-{day}.csv\"", kind.noun())),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        // It ends with the connection: who hangs up is sent no more, and nothing more is read.
        let parts = export::export(transaction, viewer.business, kind).map(move |part| {
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
