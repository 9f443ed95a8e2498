//! Operations whose answers come one after another: subscriptions, and for a socket also queries and mutations.

use std::sync::Arc;

use async_graphql::futures_util::stream::BoxStream;
use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response, Value};
use futures_util::{FutureExt as _, StreamExt as _, future, stream};

use super::operation::{mask, with_cost};
use super::policy::without_suggestions;
use super::{Engine, Prepared, Session};
use crate::auth::Caller;
use crate::error::Error;
use crate::events::{Cursor, Told};

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
    /// Runs an operation of any kind for whoever calls. A subscription goes on from the cursor `after`, if there
    /// is one, instead of where its argument says. It stops when the stream is dropped. The others begin at once
    /// and run to their end.
    pub fn operate(&self, request: Request, caller: Caller, after: Option<String>) -> BoxStream<'static, Output> {
        match self.prepare(request, &caller) {
            Ok(prepared) => self.operate_prepared(prepared, caller, after),
            Err(refused) => stream::once(future::ready(Output::Refused(Box::new(refused.response)))).boxed(),
        }
    }

    /// The same, when the document is in order.
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

    fn subscribe(&self, prepared: Prepared, caller: Caller, after: Option<String>) -> BoxStream<'static, Output> {
        let session = Session::new(self.app.clone(), caller);
        let clock = self.app.clock.clone();
        let Prepared { request, mut cost, suggests, .. } = prepared;
        let responses = self.schema.execute_stream(request.data(session.clone()));
        let begun = {
            let session = session.clone();
            async move {
                session.go_on_from(after).await;
                responses
            }
        };
        let outputs = begun.flatten_stream().then(move |response| {
            let (session, clock) = (session.clone(), clock.clone());
            // It is charged once, and says so once.
            let cost = cost.take();
            let response = if suggests { response } else { without_suggestions(response) };
            async move {
                // Each event was read in a snapshot of its own; waiting for the next holds no connection.
                if let Err(error) = session.close().await {
                    tracing::warn!(%error, "the snapshot of a live event did not end cleanly");
                }
                let failed = |is: fn(&Error) -> bool| {
                    response.errors.iter().any(|error| error.source::<Error>().is_some_and(is))
                };
                if failed(|error| matches!(error, Error::Behind)) {
                    return Output::Behind;
                }
                if caller.is_ok() && failed(|error| error.code() == "UNAUTHENTICATED") {
                    return Output::SignedOut;
                }
                output(with_cost(mask(response, clock.id()), cost), session.reached().await)
            }
        });
        outputs.boxed()
    }
}

/// Errors of fields have a path; those of the validation, after which nothing runs, have none.
fn output(response: Response, told: Option<Told>) -> Output {
    if response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
    {
        return Output::Refused(Box::new(response));
    }
    // A payload that could not be made has no place in the log: its reader resumes before it.
    let told = told.filter(|_| response.data != Value::Null);
    match serde_json::to_string(&response) {
        Ok(json) => Output::Next(LivePayload {
            json: json.into(),
            cursor: told.as_ref().map(|told| told.event.cursor()),
            live: told.is_some_and(|told| told.live),
        }),
        Err(error) => {
            // What is made of strings, numbers, lists and objects can always be written.
            tracing::error!(%error, "an answer could not be written");
            Output::Refused(Box::default())
        }
    }
}
