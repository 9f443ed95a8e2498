//! The operations that run on one socket, each in a task of its own.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::Response;
use async_graphql::futures_util::stream::BoxStream;
use axum::extract::ws::Message;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::message;
use crate::error::Error;
use crate::graphql::{Engine, LivePayload, Output};
use crate::http::live::{Ending, Place};

/// How many messages of a socket may wait to be written; what sends more waits.
pub const QUEUE: usize = 32;
/// How many live payloads of one operation may wait for room in the queue before its client must resume.
const BEHIND: usize = 256;
/// What all that waits on one socket may take, in bytes.
const BEHIND_BYTES: usize = 16 << 20;

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
        /// What its payload takes, in bytes.
        size: usize,
        /// Whether the operation ends with it.
        last: bool,
    },
}

/// The operations that run. They are stopped when this is dropped, but for mutations.
#[derive(Default)]
pub struct Operations {
    state: Mutex<State>,
    /// What the payloads take that are not written yet, in bytes.
    waiting: Arc<AtomicUsize>,
}

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

    /// Has one written to the socket, from now on.
    pub fn begin(
        &self,
        id: String,
        outputs: BoxStream<'static, Output>,
        engine: &Engine,
        place: &Arc<Place>,
        queue: &mpsc::Sender<Outgoing>,
    ) {
        let mut state = self.state();
        state.count += 1;
        let (id, number): (Arc<str>, _) = (id.into(), state.count);
        let out = Out { id: Arc::clone(&id), number, queue: queue.clone() };
        let backlog = Backlog { payloads: VecDeque::new(), of_socket: Arc::clone(&self.waiting) };
        let (engine, place) = (engine.clone(), Arc::clone(place));
        let task = tokio::spawn(async move {
            let ran = AssertUnwindSafe(run(outputs, &place, &out, backlog)).catch_unwind().await;
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
            Outgoing::Operation { id, number, text, size, last } => {
                self.waiting.fetch_sub(size, Ordering::Relaxed);
                (id, number, text, last)
            }
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
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn message(&self, text: String, size: usize, last: bool) -> Outgoing {
        Outgoing::Operation { id: Arc::clone(&self.id), number: self.number, text, size, last }
    }

    async fn send(&self, message: Outgoing) {
        // Refused only when the socket is gone, which stops this task.
        self.queue.send(message).await.ok();
    }

    /// The message of a payload. It is made when there is room for it: till then, all who read a feed share one text.
    fn next(&self, id: &str, payload: &LivePayload) -> Outgoing {
        self.message(message::of_operation("next", id, &payload.json), payload.json.len(), false)
    }

    async fn refused(&self, response: &Response) {
        let errors = serde_json::json!(response.errors).to_string();
        self.send(self.message(message::of_operation("error", &json(&self.id), &errors), 0, true)).await;
    }
}

/// Payloads of one operation for which the queue has no room yet.
struct Backlog {
    payloads: VecDeque<LivePayload>,
    /// What all take that are not written yet, of all operations of the socket, in bytes.
    of_socket: Arc<AtomicUsize>,
}

/// That there is too much of it.
struct Full;

impl Backlog {
    fn push(&mut self, payload: LivePayload) -> Result<(), Full> {
        let size = payload.json.len();
        let waiting = self.of_socket.fetch_add(size, Ordering::Relaxed);
        self.payloads.push_back(payload);
        // One alone may be as large as it is.
        let full = self.payloads.len() > BEHIND || (waiting > 0 && waiting + size > BEHIND_BYTES);
        if full && self.is_live() { Err(Full) } else { Ok(()) }
    }

    /// The next, which is counted until it is written.
    fn pop(&mut self) -> Option<LivePayload> {
        self.payloads.pop_front()
    }

    /// Whether all of it tells of what happened just now.
    fn is_live(&self) -> bool {
        self.payloads.back().is_none_or(|payload| payload.live)
    }
}

impl Drop for Backlog {
    fn drop(&mut self) {
        let size = self.payloads.iter().map(|payload| payload.json.len()).sum();
        self.of_socket.fetch_sub(size, Ordering::Relaxed);
    }
}

async fn run(mut outputs: BoxStream<'static, Output>, place: &Place, out: &Out, mut backlog: Backlog) {
    let id = json(&out.id);
    loop {
        let output = tokio::select! {
            biased;
            permit = out.queue.reserve(), if !backlog.payloads.is_empty() => {
                // Refused only when the socket is gone, which stops this task.
                if let (Ok(permit), Some(payload)) = (permit, backlog.pop()) {
                    permit.send(out.next(&id, &payload));
                }
                continue;
            }
            // What is not urgent is not loaded before it can be sent.
            output = outputs.next(), if backlog.is_live() => output,
        };
        match output {
            Some(Output::Next(payload)) => {
                if backlog.push(payload).is_err() {
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
    while let Some(payload) = backlog.pop() {
        out.send(out.next(&id, &payload)).await;
    }
    out.send(out.message(message::complete(&id), 0, true)).await;
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_bounded_for_the_operation_by_count_and_for_the_socket_by_size() {
        let of_socket = Arc::<AtomicUsize>::default();
        let backlog = || Backlog { payloads: VecDeque::new(), of_socket: Arc::clone(&of_socket) };
        let payload = |size: usize| LivePayload { json: "x".repeat(size).into(), cursor: None, live: true };
        let mut many = backlog();
        assert!((0..BEHIND).all(|_| many.push(payload(1)).is_ok()));
        assert!(many.push(payload(1)).is_err());
        drop(many);
        assert_eq!(of_socket.load(Ordering::Relaxed), 0);

        let (mut large, mut other) = (backlog(), backlog());
        assert!(large.push(payload(BEHIND_BYTES + 1)).is_ok() && other.push(payload(1)).is_err());
        drop(large);
        assert!(other.push(payload(BEHIND_BYTES - 1)).is_ok());
        // What is taken out waits still, to be written.
        assert!(other.pop().is_some() && other.pop().is_some());
        assert_eq!(of_socket.load(Ordering::Relaxed), BEHIND_BYTES);
    }
}
