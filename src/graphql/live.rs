//! Operations whose answers come one after another: subscriptions, and for a socket also queries and mutations.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use async_graphql::futures_util::stream::BoxStream;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType, Selection};
use async_graphql::{Name, Request, Response, Value as ConstValue, Variables};
use async_graphql_value::Value;
use async_stream::stream as events_of;
use futures_util::{FutureExt as _, StreamExt as _, future, stream};

use super::feed::{Heard, Key, Reader};
use super::operation::mask;
use super::policy::without_suggestions;
use super::session::Part;
use super::{Answer, Engine, Prepared, Session};
use crate::auth::{Caller, Viewer};
use crate::error::Error;
use crate::events::Cursor;
use crate::id::BusinessId;

/// The wait before a feed is joined anew.
const BREATH: Duration = Duration::from_millis(100);

/// What an operation gives.
pub enum Output {
    /// An answer, or one of several.
    Next(LivePayload),
    /// It never ran, since its document or variables are wrong: the errors. Nothing follows.
    Refused(Box<Response>),
    /// Its reader is too far behind and must resume. Nothing follows.
    Behind,
    /// Its viewer's sign-in has ended. Nothing follows.
    SignedOut,
    /// Its viewer's token has expired. Nothing follows.
    Expired,
}

/// An answer, written once for all who read it.
#[derive(Clone)]
pub struct LivePayload {
    /// As JSON.
    pub json: Arc<str>,
    /// The event that it tells of.
    pub cursor: Option<Cursor>,
    /// Whether that happened just now, so that its reader must keep up.
    pub live: bool,
}

impl Engine {
    /// Runs an operation of any kind for whoever calls, if its document is in order.
    pub fn operate(&self, prepared: Result<Prepared, Box<Answer>>, caller: Caller) -> BoxStream<'static, Output> {
        match prepared {
            Ok(prepared) => self.operate_prepared(prepared, caller, None),
            Err(refused) => stream::once(future::ready(Output::Refused(Box::new(refused.response)))).boxed(),
        }
    }

    /// Runs an operation of any kind for whoever calls. A subscription goes on from the cursor `after`, if there
    /// is one, instead of where its argument says. It stops when the stream is dropped. The others begin at once
    /// and run to their end.
    pub fn operate_prepared(
        &self,
        prepared: Prepared,
        caller: Caller,
        after: Option<String>,
    ) -> BoxStream<'static, Output> {
        if prepared.kind == OperationType::Subscription {
            return self.subscribe(prepared, caller, after);
        }
        let engine = self.clone();
        let answer = tokio::spawn(async move { engine.run(prepared, caller).await.response });
        answer.into_stream().filter_map(async |answer| Some(output(answer.ok()?, None))).boxed()
    }

    /// How many live operations follow what happens in `business`.
    pub fn readers(&self, business: BusinessId) -> usize {
        self.feeds.readers(business)
    }

    /// What the caller missed is read for the caller alone; what happens from then on comes from the feed that all
    /// who ask the same share. The feed is joined first, so that nothing falls between.
    fn subscribe(&self, prepared: Prepared, caller: Caller, after: Option<String>) -> BoxStream<'static, Output> {
        let engine = self.clone();
        // Its cost was charged; what many share does not say what it cost one of them.
        let Prepared { request, suggests, .. } = prepared;
        let mut operation = Arc::new(Operation::of(request));
        let mut after = after;
        let outputs = events_of! {
            loop {
                // Whoever waits for a turn takes little memory, however many come at once.
                let mut turn = engine.beginning.acquire().await.ok();
                let session = Session::new(engine.app.clone(), caller, Part::Missed(after.take()));
                // What reads takes memory of its own, which one who waits does without.
                let mut reader = Box::pin(engine.join(&session, caller, &operation)).await;
                let mut missed = engine.schema.execute_stream(operation.request().data(session.clone()));
                while let Some(response) = missed.next().await {
                    // How soon it goes on is for its reader to say.
                    drop(turn.take());
                    // Each event was read in a snapshot of its own; waiting for the next holds no connection.
                    if let Err(error) = Box::pin(session.close()).await {
                        tracing::warn!(%error, "the snapshot of a live event did not end cleanly");
                    }
                    let lost = response.errors.iter().any(|error| {
                        error.source::<Error>().is_some_and(|error| error.code() == "UNAUTHENTICATED")
                    });
                    if lost && let Ok(identity) = caller {
                        let expired = identity.expires_at <= engine.app.clock.now();
                        yield if expired { Output::Expired } else { Output::SignedOut };
                        return;
                    }
                    let response = if suggests { response } else { without_suggestions(response) };
                    yield output(mask(response, engine.app.clock.id()), session.reached().await);
                }
                drop((missed, turn));
                // Without it, the operation has failed.
                let (Some(mut last), Some(reader)) = (session.caught_up().await, reader.as_mut()) else { return };
                drop(session);
                operation = reader.operation();
                reader.listen();
                let mut kept_up = false;
                loop {
                    match reader.next().await {
                        Heard::Payload(payload) => {
                            // What happened meanwhile was read by both.
                            if let Some(cursor) = payload.cursor.filter(|cursor| *cursor > last) {
                                last = cursor;
                                kept_up = true;
                                yield Output::Next(payload);
                            }
                        }
                        // More happened than the feed keeps while it read what it had missed.
                        Heard::Behind if !kept_up => break,
                        Heard::Behind => {
                            yield Output::Behind;
                            return;
                        }
                        Heard::Again => break,
                    }
                }
                after = Some(last.to_string());
                // A feed that fails again and again is not begun anew as fast as it can.
                tokio::time::sleep(BREATH).await;
            }
        };
        outputs.boxed()
    }

    async fn join(&self, session: &Session, caller: Caller, operation: &Arc<Operation>) -> Option<Reader> {
        // Whoever may not ask at all is told by the operation itself.
        let (identity, viewer) = (caller.ok()?, session.read().await.ok()?.viewer.clone());
        let key = operation.key(&viewer);
        Some(self.feeds.join(&self.app, &self.schema, key, &viewer, identity, operation))
    }
}

/// A live operation, which is run for those who missed something and for the feed.
pub(super) struct Operation {
    query: Arc<str>,
    name: Option<String>,
    variables: Variables,
    document: ExecutableDocument,
}

impl Operation {
    /// That of a request that was prepared.
    fn of(mut request: Request) -> Self {
        let document = request.parsed_query().cloned().unwrap_or_else(|_| ExecutableDocument {
            operations: DocumentOperations::Multiple(HashMap::new()),
            fragments: HashMap::new(),
        });
        let (name, variables) = (request.operation_name.take(), request.variables.clone());
        Self { query: request.query.into(), name, variables, document }
    }

    /// A request to run it.
    pub(super) fn request(&self) -> Request {
        let mut request = Request::new(&*self.query).variables(self.variables.clone());
        request.operation_name = self.name.clone();
        request.set_parsed_query(self.document.clone());
        request
    }

    fn key(&self, viewer: &Viewer) -> Key {
        let begin = self.begin();
        let variables: BTreeMap<_, _> = self
            .variables
            .iter()
            .filter(|(name, _)| begin != Some(*name))
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        Key {
            business: viewer.business.id,
            standing: viewer.standing,
            query: Arc::clone(&self.query),
            operation: self.name.clone(),
            variables: serde_json::json!(variables).to_string(),
        }
    }

    /// The variable that says where to begin, if it is used for nothing else.
    fn begin(&self) -> Option<&Name> {
        let (_, operation) = self.document.operations.iter().next()?;
        let Selection::Field(field) = &operation.node.selection_set.node.items.first()?.node else { return None };
        let Value::Variable(name) = &field.node.get_argument("after")?.node else { return None };
        // Once where it is declared, once where it is used.
        let uses = self.query.split('$').skip(1).filter(|rest| {
            let rest = rest.trim_start();
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            rest[..end] == **name
        });
        (uses.count() == 2).then_some(name)
    }
}

impl LivePayload {
    /// An answer as JSON; nothing if it cannot be written.
    pub(super) fn of(response: Response, cursor: Option<Cursor>, live: bool) -> Option<Self> {
        match serde_json::to_string(&response) {
            Ok(json) => Some(Self { json: json.into(), cursor, live }),
            Err(error) => {
                // What is made of strings, numbers, lists and objects can always be written.
                tracing::error!(%error, "an answer could not be written");
                None
            }
        }
    }
}

/// Errors of fields have a path; those of the validation, after which nothing runs, have none.
fn output(response: Response, cursor: Option<Cursor>) -> Output {
    if response.data == ConstValue::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
    {
        return Output::Refused(Box::new(response));
    }
    // A payload that could not be made has no place in the log: its reader resumes before it.
    let cursor = cursor.filter(|_| response.data != ConstValue::Null);
    LivePayload::of(response, cursor, false).map_or_else(|| Output::Refused(Box::default()), Output::Next)
}
