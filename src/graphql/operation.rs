//! Runs operations: gives each its session, and turns what goes wrong into the errors that clients read.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response, ServerError, Value};
use tracing::Instrument as _;
use uuid::Uuid;

use super::Session;
use super::document::Documents;
use super::feed::Feeds;
use super::session::Part;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::schema::Schema;

/// How long an operation may take, from its first statement to its last.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs operations on the schema.
#[derive(Clone)]
pub struct Engine {
    pub(super) schema: Schema,
    documents: Documents,
    pub(super) app: App,
    pub(super) feeds: Arc<Feeds>,
}

/// An operation whose document is in order.
pub struct Prepared {
    pub(super) request: Request,
    /// What kind of operation it is.
    pub kind: OperationType,
}

/// What came of an operation.
pub struct Answer {
    /// What the caller reads.
    pub response: Response,
    /// Whether it ran.
    pub outcome: Outcome,
    /// How many statements its reads took.
    pub statements: usize,
}

/// Whether an operation ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did, if perhaps some fields failed.
    Ran,
    /// It did not, since its document or variables are wrong.
    Refused,
    /// It took longer than an operation may; whether a mutation was done is not known.
    TimedOut,
    /// It broke off.
    Failed,
}

impl Engine {
    /// An engine over the schema and the parts of the running Daybook.
    pub fn new(schema: Schema, app: App) -> Result<Self> {
        Ok(Self { documents: Documents::new(&schema.sdl())?, schema, app, feeds: Arc::default() })
    }

    /// The parts of the running Daybook.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Bounds, parses and merges the document of a request.
    pub fn prepare(&self, mut request: Request) -> Result<Prepared, Box<Answer>> {
        match self.documents.prepare(&mut request) {
            Ok(kind) => Ok(Prepared { request, kind }),
            Err(error) => {
                let response = self.refuse(error);
                Err(Box::new(Answer { response, outcome: Outcome::Refused, statements: 0 }))
            }
        }
    }

    /// Runs a query or mutation for whoever calls.
    ///
    /// It runs in a task of its own: a client that hangs up does not stop a mutation half-way.
    pub async fn run(&self, prepared: Prepared, caller: Caller) -> Answer {
        self.run_prepared(prepared.request, caller).await
    }

    pub(super) fn refuse(&self, error: ServerError) -> Response {
        mask(Response::from_errors(vec![error]), self.app.clock.id())
    }

    async fn run_prepared(&self, request: Request, caller: Caller) -> Answer {
        let session = Session::new(self.app.clone(), caller, Part::Missed(None));
        let (schema, clock) = (self.schema.clone(), self.app.clock.clone());
        let request = request.data(session.clone());
        let operation = async move {
            // Tokio lets a task take some hundred locks before it has to wait its turn. In the middle of a level
            // that would tear the batches of its loaders apart: more statements, for nothing.
            let response = tokio::task::unconstrained(schema.execute(request)).await;
            let statements = session.statements().await;
            let closed = session.close().await;
            (mask(response, clock.id()), statements, closed)
        };
        let mut task = tokio::spawn(operation.in_current_span());
        let Ok(ended) = tokio::time::timeout(PATIENCE, &mut task).await else {
            // Its transaction goes with it, and what PostgreSQL still does for it.
            task.abort();
            let error = ServerError { source: Some(Arc::new(Error::Timeout)), ..ServerError::new("", None) };
            return Answer { response: self.refuse(error), outcome: Outcome::TimedOut, statements: 0 };
        };
        match ended {
            Ok((response, statements, closed)) => {
                if let Err(error) = closed {
                    tracing::warn!(%error, "the snapshot of an operation did not end cleanly");
                }
                // Errors of fields have a path; those of the validation, after which nothing runs, have none.
                let refused = response.data == Value::Null && response.errors.iter().all(|error| error.path.is_empty());
                let outcome = if refused { Outcome::Refused } else { Outcome::Ran };
                Answer { response, outcome, statements }
            }
            Err(panic) => {
                let error =
                    ServerError { source: Some(Arc::new(Error::internal(panic))), ..ServerError::new("", None) };
                Answer { response: self.refuse(error), outcome: Outcome::Failed, statements: 0 }
            }
        }
    }
}

/// The one conversion of errors: gives each its code, and hides what is ours behind an id in the log.
pub(super) fn mask(mut response: Response, error_id: Uuid) -> Response {
    for error in &mut response.errors {
        let mut retry_after = None;
        let code = match error.source::<Error>() {
            Some(known) => {
                let code = known.code();
                retry_after = known.retry_after();
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
        if let Some(seconds) = retry_after {
            extensions.set("retryAfter", seconds);
        }
        error.source = None;
    }
    response
}
