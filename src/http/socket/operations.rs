//! The operations that run on one socket, each in a task of its own.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::futures_util::stream::BoxStream;
use async_graphql::{Request, Response};
use axum::extract::ws::Message;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::message;
use crate::auth::Caller;
use crate::error::Error;
use crate::graphql::{Engine, Output};
use crate::http::live::{Ending, Place};

/// How many messages of a socket may wait to be written; what sends more waits.
pub const QUEUE: usize = 32;
/// How many live payloads of one operation may wait for room in the queue before its client must resume.
const BEHIND: usize = 256;

/// A message on its way out.
pub enum Outgoing {
    /// Not about an operation.
    Plain(Message),
    /// About the operation `id`, if it still runs when its turn comes.
    Operation {
        /// Which one.
        id: Arc<str>,
        /// Which of those that had this id.
        number: u64,
        /// The message.
        text: String,
        /// Whether the operation ends with it.
        last: bool,
    },
}

/// The operations that run. They are stopped when this is dropped, but for mutations.
#[derive(Default)]
pub struct Operations(Mutex<State>);

#[derive(Default)]
struct State {
    running: HashMap<Arc<str>, Running>,
    count: u64,
}

struct Running {
    number: u64,
    task: AbortHandle,
}

impl Operations {
    /// Whether one of that id runs.
    pub fn has(&self, id: &str) -> bool {
        self.state().running.contains_key(id)
    }

    /// How many run.
    pub fn count(&self) -> usize {
        self.state().running.len()
    }

    /// Begins one.
    pub fn begin(
        &self,
        id: String,
        request: Request,
        engine: &Engine,
        caller: Caller,
        place: &Arc<Place>,
        queue: &mpsc::Sender<Outgoing>,
    ) {
        let mut state = self.state();
        state.count += 1;
        let (id, number): (Arc<str>, _) = (id.into(), state.count);
        let out = Out { id: Arc::clone(&id), number, queue: queue.clone() };
        // Begun here and not in the task, so that a mutation whose client hangs up at once runs nevertheless.
        let outputs = engine.operate(request, caller, None);
        let (engine, place) = (engine.clone(), Arc::clone(place));
        let task = tokio::spawn(async move {
            let ran = AssertUnwindSafe(run(outputs, &place, &out)).catch_unwind().await;
            if ran.is_err() {
                out.refused(&engine.refused(Error::internal("a live operation panicked"))).await;
            }
        });
        state.running.insert(id, Running { number, task: task.abort_handle() });
    }

    /// Stops one, if it runs: nothing more is sent about it. A mutation still runs to its end.
    pub fn stop(&self, id: &str) {
        if let Some(running) = self.state().running.remove(id) {
            running.task.abort();
        }
    }

    /// What is to be written, unless it is about an operation that the client has ended meanwhile.
    pub fn release(&self, outgoing: Outgoing) -> Option<Message> {
        let (id, number, text, last) = match outgoing {
            Outgoing::Plain(message) => return Some(message),
            Outgoing::Operation { id, number, text, last } => (id, number, text, last),
        };
        let mut state = self.state();
        // Another one may have taken its id since.
        if state.running.get(&id).is_none_or(|running| running.number != number) {
            return None;
        }
        if last {
            state.running.remove(&id);
        }
        Some(Message::text(text))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Operations {
    fn drop(&mut self) {
        for running in self.state().running.values() {
            running.task.abort();
        }
    }
}

/// Where the messages of one operation go.
struct Out {
    id: Arc<str>,
    number: u64,
    queue: mpsc::Sender<Outgoing>,
}

impl Out {
    fn message(&self, text: String, last: bool) -> Outgoing {
        Outgoing::Operation { id: Arc::clone(&self.id), number: self.number, text, last }
    }

    async fn send(&self, text: String, last: bool) {
        // Refused only when the socket is gone, which stops this task.
        self.queue.send(self.message(text, last)).await.ok();
    }

    async fn flush(&self, pending: &mut VecDeque<String>) {
        while let Some(text) = pending.pop_front() {
            self.send(text, false).await;
        }
    }

    async fn refused(&self, response: &Response) {
        let errors = serde_json::json!(response.errors).to_string();
        self.send(message::of_operation("error", &json(&self.id), &errors), true).await;
    }
}

async fn run(mut outputs: BoxStream<'static, Output>, place: &Place, out: &Out) {
    let id = json(&out.id);
    // Live payloads for which the queue has no room yet.
    let mut pending = VecDeque::new();
    loop {
        let output = tokio::select! {
            biased;
            permit = out.queue.reserve(), if !pending.is_empty() => {
                if let (Ok(permit), Some(text)) = (permit, pending.pop_front()) {
                    permit.send(out.message(text, false));
                }
                continue;
            }
            output = outputs.next() => output,
        };
        match output {
            Some(Output::Next(payload)) => {
                pending.push_back(message::of_operation("next", &id, &payload.json));
                if !payload.live {
                    // What is not urgent is not loaded before it can be sent.
                    out.flush(&mut pending).await;
                } else if pending.len() > BEHIND {
                    return place.end(Ending::Behind);
                }
            }
            Some(Output::Refused(response)) => return out.refused(&response).await,
            // The whole socket ends: what is due on its other operations comes when the client resumes them.
            Some(Output::Behind) => return place.end(Ending::Behind),
            Some(Output::SignedOut) => return place.end(Ending::SignedOut),
            Some(Output::Expired) => return place.end(Ending::Expired),
            None => break,
        }
    }
    out.flush(&mut pending).await;
    out.send(message::complete(&id), true).await;
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
