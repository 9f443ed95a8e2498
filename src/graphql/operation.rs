//! Runs operations: gives each its session, and turns what goes wrong into the errors that clients read.

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::futures_util::stream::BoxStream;
use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, Request, Response, ServerError};
use futures_util::{FutureExt as _, StreamExt as _, future, stream};
use uuid::Uuid;

use super::Session;
use super::document::Documents;
use crate::app::App;
use crate::auth::{Caller, token};
use crate::error::{Error, Result};
use crate::schema::Schema;

/// Runs operations on the schema.
#[derive(Clone)]
pub struct Engine {
    schema: Schema,
    documents: Documents,
    app: App,
}

impl Engine {
    /// An engine over the schema and the parts of the running Daybook.
    pub fn new(schema: Schema, app: App) -> Result<Self> {
        Ok(Self { documents: Documents::new(&schema.sdl())?, schema, app })
    }

    /// The parts of the running Daybook.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Runs a query or mutation for whoever calls, and tells how many statements its reads took.
    ///
    /// It runs in a task of its own: a client that hangs up does not stop a mutation half-way.
    pub async fn run(&self, mut request: Request, caller: Caller) -> (Response, usize) {
        match self.documents.prepare(&mut request) {
            Ok(_) => self.run_prepared(request, caller).await,
            Err(error) => (self.refuse(error), 0),
        }
    }

    fn refuse(&self, error: ServerError) -> Response {
        mask(Response::from_errors(vec![error]), self.app.clock.id())
    }

    async fn run_prepared(&self, request: Request, caller: Caller) -> (Response, usize) {
        let session = Session::new(self.app.clone(), caller);
        let (schema, clock) = (self.schema.clone(), self.app.clock.clone());
        let request = request.data(session.clone());
        let task = tokio::spawn(async move {
            // Tokio lets a task take some hundred locks before it has to wait its turn. In the middle of a level
            // that would tear the batches of its loaders apart: more statements, for nothing.
            let response = tokio::task::unconstrained(schema.execute(request)).await;
            let statements = session.statements().await;
            let closed = session.close().await;
            (mask(response, clock.id()), statements, closed)
        });
        match task.await {
            Ok((response, statements, closed)) => {
                if let Err(error) = closed {
                    tracing::warn!(%error, "the snapshot of an operation did not end cleanly");
                }
                (response, statements)
            }
            Err(panic) => {
                let error =
                    ServerError { source: Some(Arc::new(Error::internal(panic))), ..ServerError::new("", None) };
                (self.refuse(error), 0)
            }
        }
    }
}

/// How the socket runs operations. The caller is in the data that `connection_init` left.
impl Executor for Engine {
    async fn execute(&self, request: Request) -> Response {
        self.run(request, Err(token::ANONYMOUS)).await.0
    }

    fn execute_stream(&self, mut request: Request, session_data: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let caller = session_data
            .as_ref()
            .and_then(|data| data.get(&TypeId::of::<Caller>()))
            .and_then(|caller| caller.downcast_ref::<Caller>().copied())
            .unwrap_or(Err(token::ANONYMOUS));
        let engine = self.clone();
        match self.documents.prepare(&mut request) {
            Ok(OperationType::Subscription) => {}
            Ok(_) => return async move { engine.run_prepared(request, caller).await.0 }.into_stream().boxed(),
            Err(error) => return stream::once(future::ready(self.refuse(error))).boxed(),
        }
        let session = Session::new(self.app.clone(), caller);
        let request = request.data(session.clone());
        let responses = self.schema.execute_stream(request);
        responses
            .then(move |response| {
                let (session, clock) = (session.clone(), engine.app.clock.clone());
                async move {
                    // Each event was read in a snapshot of its own; waiting for the next holds no connection.
                    if let Err(error) = session.close().await {
                        tracing::warn!(%error, "the snapshot of a live event did not end cleanly");
                    }
                    mask(response, clock.id())
                }
            })
            .boxed()
    }
}

/// The one conversion of errors: gives each its code, and hides what is ours behind an id in the log.
fn mask(mut response: Response, error_id: Uuid) -> Response {
    for error in &mut response.errors {
        let code = match error.source::<Error>() {
            Some(known) => {
                let code = known.code();
                if code == "INTERNAL" {
                    tracing::error!(%error_id, path = ?error.path, error = ?known, "internal error");
                    error.message = format!("internal error; tell the operator its id {error_id}");
                } else {
                    error.message = known.to_string();
                }
                code
            }
            // Made by the parser, the validation or the reading of a scalar: about the caller's operation.
            None => "BAD_USER_INPUT",
        };
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", code);
        if code == "INTERNAL" {
            extensions.set("errorId", error_id.to_string());
        }
        error.source = None;
    }
    response
}
