//! HTTP: connections, the gate that every request passes, the router, the GraphQL endpoint, its sockets and event
//! streams, documents behind signed links, health, and the page of the playground.
//!
//! The endpoint follows [GraphQL over HTTP](https://graphql.github.io/graphql-over-http/draft/). Every refusal has
//! a GraphQL error as its body.

mod assets;
mod body;
mod documents;
mod export;
mod gate;
mod graphql;
mod import;
pub mod live;
mod media;
mod multipart;
mod parameters;
mod refusal;
mod serve;
mod socket;
mod sse;
mod transfer;

use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum::{Extension, Router};

use crate::db::{Mode, Scope, Transaction};
use crate::graphql::Engine;
use live::Live;

pub use gate::{NotAnOrigin, Origin, Surroundings};
pub use serve::serve;

/// Everything that is served.
pub fn router(engine: Engine, live: Live, surroundings: Surroundings) -> Router {
    let gate = gate::Gate::new(surroundings, engine.app().clock.clone());
    Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post).fallback(graphql::other_method))
        .route("/documents/fonts/{name}", get(documents::font).fallback(documents::other_method))
        .route("/documents/{kind}/{sealed}", get(documents::get).fallback(documents::other_method))
        .route("/export/{file}", get(export::get).fallback(export::other_method))
        .route("/import/{kind}", post(import::post).fallback(import::other_method))
        .route("/health", get(health))
        .fallback(assets::serve)
        .layer(Extension(live))
        .layer(from_fn_with_state(gate, gate::pass))
        .with_state(engine)
}

/// 200 if the data base answers, else 503.
async fn health(State(engine): State<Engine>) -> (StatusCode, &'static str) {
    let begun = Transaction::begin(&engine.app().pool, Scope::System, Mode::Read).await;
    let answered = match begun {
        Ok(transaction) => transaction.commit().await,
        Err(error) => Err(error),
    };
    match answered {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::warn!(%error, "health: the data base does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the data base does not answer\n")
        }
    }
}
