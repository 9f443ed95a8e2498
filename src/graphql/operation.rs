//! Runs operations: gives each its session, and turns what goes wrong into the errors that clients read.

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response, ServerError, Value};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;
use tracing::Instrument as _;
use uuid::Uuid;

use super::budget::{self, Budget};
use super::document::Documents;
use super::feed::Feeds;
use super::policy::without_suggestions;
use super::session::Part;
use super::{Policy, Session};
use crate::app::App;
use crate::auth::{Caller, Peer};
use crate::error::{Error, Result};
use crate::schema::Schema;

/// How long an operation may take, from its first statement to its last.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many live operations may begin at once, before anything else that is asked for meanwhile.
const BEGINNING: usize = 8;

/// Runs operations on the schema.
#[derive(Clone)]
pub struct Engine {
    pub(super) schema: Schema,
    documents: Documents,
    budget: Arc<Budget>,
    policy: Policy,
    pub(super) app: App,
    pub(super) feeds: Arc<Feeds>,
    /// For those who begin a live operation.
    pub(super) beginning: Arc<Semaphore>,
}

/// An operation whose document is in order.
pub struct Prepared {
    pub(super) request: Request,
    /// What kind of operation it is.
    pub kind: OperationType,
    /// What its caller wants to know of its cost.
    cost: Option<Value>,
    /// Whether errors may suggest names of the schema.
    pub(super) suggests: bool,
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
    /// It did not, since its caller has spent too much.
    Limited,
    /// It took longer than an operation may; whether a mutation was done is not known.
    TimedOut,
    /// It broke off.
    Failed,
}

impl Engine {
    /// An engine over the schema and the parts of the running Daybook.
    pub fn new(schema: Schema, app: App) -> Result<Self> {
        let documents = Documents::new(&schema.sdl())?;
        let policy = Policy::default();
        let budget = Arc::new(Budget::new(policy.cost_per_second, &app.clock));
        let beginning = Arc::new(Semaphore::new(BEGINNING));
        Ok(Self { documents, budget, policy, schema, app, feeds: Arc::default(), beginning })
    }

    /// The same under another policy.
    pub fn under(self, policy: Policy) -> Self {
        let budget = Arc::new(Budget::new(policy.cost_per_second, &self.app.clock));
        let documents = self.documents.only(policy.trusted.clone());
        Self { documents, budget, policy, ..self }
    }

    /// What its operator allows.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The parts of the running Daybook.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Bounds, parses and merges the document of a request, and charges whoever calls for it.
    pub fn prepare(&self, mut request: Request, caller: &Caller) -> Result<Prepared, Box<Answer>> {
        let refused = |error, outcome, cost: Option<Value>| {
            let response = with_cost(self.refuse(error), cost);
            Box::new(Answer { response, outcome, statements: 0 })
        };
        let wants_cost = budget::wants_report(&request);
        let facts = self.documents.prepare(&mut request).map_err(|error| refused(error, Outcome::Refused, None))?;
        let introspection = self.policy.introspection;
        if facts.introspects
            && let Err(refusal) = introspection.require(caller)
        {
            return Err(refused(error(refusal), Outcome::Refused, None));
        }
        let charge = self.budget.charge(caller, peer(&request), facts.cost);
        let cost = wants_cost.then(|| charge.report());
        match charge.wait {
            None => Ok(Prepared { request, kind: facts.kind, cost, suggests: introspection.allows(caller) }),
            Some(wait) => Err(refused(error(Error::Spent { cost: facts.cost, wait }), Outcome::Limited, cost)),
        }
    }

    /// Charges a caller for what is asked for beside operations, if there is enough in their bucket.
    pub fn charge(&self, caller: &Caller, peer: Peer, cost: u64) -> Result<()> {
        match self.budget.charge(caller, peer, cost).wait {
            None => Ok(()),
            Some(wait) => Err(Error::Spent { cost, wait }),
        }
    }

    /// Runs a query or mutation for whoever calls.
    ///
    /// It runs in a task of its own: a client that hangs up does not stop a mutation half-way. Boxed, so that all
    /// resolvers are compiled here, and not once more in every crate that calls it.
    pub fn run(&self, prepared: Prepared, caller: Caller) -> BoxFuture<'_, Answer> {
        let answered = async move {
            let Answer { response, outcome, statements } = self.run_request(prepared.request, caller).await;
            let response = with_cost(response, prepared.cost);
            let response = if prepared.suggests { response } else { without_suggestions(response) };
            Answer { response, outcome, statements }
        };
        answered.boxed()
    }

    /// The answer to an operation that may not run.
    pub fn refused(&self, error: Error) -> Response {
        self.refuse(self::error(error))
    }

    fn refuse(&self, error: ServerError) -> Response {
        mask(Response::from_errors(vec![error]), self.app.clock.id())
    }

    async fn run_request(&self, request: Request, caller: Caller) -> Answer {
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
            return Answer { response: self.refused(Error::Timeout), outcome: Outcome::TimedOut, statements: 0 };
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
                let response = self.refused(Error::internal(panic));
                Answer { response, outcome: Outcome::Failed, statements: 0 }
            }
        }
    }
}

/// An error that the one conversion gives its code.
fn error(error: Error) -> ServerError {
    ServerError { source: Some(Arc::new(error)), ..ServerError::new("", None) }
}

/// From where a request came.
fn peer(request: &Request) -> Peer {
    let peer = request.data.get(&TypeId::of::<Peer>()).and_then(|peer| peer.downcast_ref());
    peer.copied().unwrap_or_default()
}

/// With what its caller wants to know of its cost.
fn with_cost(response: Response, cost: Option<Value>) -> Response {
    match cost {
        Some(cost) => response.extension("cost", cost),
        None => response,
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
