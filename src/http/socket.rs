//! Operations over a WebSocket, by [graphql-transport-ws](https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md).
//!
//! One task serves a socket: it reads, writes, and watches over time and sign-in, all at once, so that a client
//! that does not read hinders nothing but itself. Each operation runs in a task of its own and puts its messages
//! into the one bounded queue of the socket. Where that is full, the operation waits, falls behind the events, and
//! in the end the socket is closed with `4508 resume`.

mod close;
mod message;
mod operations;

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_graphql::Request;
use axum::Extension;
use axum::body::Bytes;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::{Sink, SinkExt as _, Stream, StreamExt as _};
use serde_json::{Map, Value};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, OnceCell, mpsc};
use tokio::time::{sleep, timeout};

use self::close::Close;
use self::message::Incoming;
use self::operations::{Operations, Outgoing, QUEUE};
use super::live::{Limits, Live, Seat};
use super::parameters;
use crate::auth::{Caller, Peer, cookies, token};
use crate::background::reading;
use crate::error::Error;
use crate::graphql::Engine;

const PROTOCOL: &str = "graphql-transport-ws";
/// What is read at once, and kept for it by each socket though most are silent most of the time.
const READ_BUFFER: usize = 1 << 10;
/// What is gathered before it is written.
const WRITE_BUFFER: usize = 4 << 10;

/// Opens a socket.
pub async fn open(
    State(engine): State<Engine>,
    Extension(live): Extension<Live>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let limits = live.limits();
    // Its origin was checked.
    let (cookie, _) = cookies::of(&headers);
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(limits.message)
        .max_frame_size(limits.message)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER);
    upgrade.on_upgrade(async move |socket| serve(socket, engine, live, (peer, cookie)).await)
}

async fn serve(socket: WebSocket, engine: Engine, live: Live, (peer, cookie): (Peer, Option<String>)) {
    let seat = live.join();
    let speaks = socket.protocol().is_some();
    let (mut sink, mut stream) = socket.split();
    let close = if speaks {
        let (queue, mut outgoing) = mpsc::channel(QUEUE);
        // Its operations end with it, before the farewell.
        let session = Session {
            engine: &engine,
            peer,
            cookie,
            limits: live.limits(),
            seat: &seat,
            operations: Operations::default(),
            queue,
            caller: OnceCell::new(),
            begun: Notify::new(),
            heard: AtomicBool::new(false),
            written: AtomicU64::new(0),
        };
        tokio::select! {
            ending = seat.place().ended() => ending.into(),
            close = session.read(&mut stream) => close,
            close = session.write(&mut sink, &mut outgoing) => close,
            close = session.watch() => close,
        }
    } else {
        Close::protocol()
    };
    // Read to the end, so that what the client still sends does not reset the connection before it has read the
    // reason. A client that does not read loses it. One that has closed the socket itself is sent its answer.
    let farewell = async {
        match close.frame() {
            Some(frame) => {
                if sink.send(Message::Close(Some(frame))).await.is_ok() {
                    while let Some(Ok(_)) = stream.next().await {}
                }
            }
            None => drop(sink.close().await),
        }
    };
    timeout(live.limits().farewell, farewell).await.ok();
}

/// A socket that speaks the protocol.
struct Session<'a> {
    engine: &'a Engine,
    peer: Peer,
    /// The access token of a page that signed in by cookie.
    cookie: Option<String>,
    limits: &'a Limits,
    seat: &'a Seat,
    operations: Operations,
    queue: mpsc::Sender<Outgoing>,
    /// Who has connected, once they have said so.
    caller: OnceCell<Caller>,
    begun: Notify,
    /// Whether anything came since the last ping.
    heard: AtomicBool,
    /// How many messages were written.
    written: AtomicU64,
}

impl Session<'_> {
    async fn read(&self, stream: &mut (impl Stream<Item = Result<Message, axum::Error>> + Unpin)) -> Close {
        while let Some(received) = stream.next().await {
            self.heard.store(true, Ordering::Relaxed);
            let handled = match received {
                // In memory of its own, which a socket that waits does without.
                Ok(Message::Text(text)) => Box::pin(self.take(text)).await,
                Ok(Message::Binary(_)) => Err(Close::invalid("Invalid message: messages are text")),
                Ok(Message::Ping(_) | Message::Pong(_)) => Ok(()),
                Ok(Message::Close(_)) => Err(Close::Gone),
                Err(error) => Err(Close::unreadable(&error)),
            };
            if let Err(close) = handled {
                return close;
            }
        }
        Close::Gone
    }

    /// Where the queue is full this waits too, so that nobody can make the server gather answers.
    async fn take(&self, text: Utf8Bytes) -> Result<(), Close> {
        let length = text.len();
        let invalid = |error: &dyn Display| Close::invalid(&format!("Invalid message: {error}"));
        let read = move || {
            parameters::bound(text.as_bytes()).map_err(|error| invalid(&error))?;
            serde_json::from_str(&text).map_err(|error| invalid(&error))
        };
        match reading(length, read).await.map_err(|_| Close::failed())?? {
            Incoming::ConnectionInit { payload } => self.begin(payload.unwrap_or_default()).await,
            Incoming::Ping { payload } => self.send(message::pong(payload)).await,
            Incoming::Pong { .. } => Ok(()),
            Incoming::Subscribe { id, payload } => self.subscribe(id.0, *payload.0, length).await,
            Incoming::Complete { id } => {
                self.operations.stop(&id.0);
                Ok(())
            }
        }
    }

    async fn begin(&self, payload: Map<String, Value>) -> Result<(), Close> {
        if self.caller.initialized() {
            return Err(Close::inits());
        }
        let app = self.engine.app();
        let now = app.clock.now();
        let identity = match (payload.get("authorization"), &self.cookie) {
            (None | Some(Value::Null), None) => None,
            (None | Some(Value::Null), Some(cookie)) => Some(app.tokens.verify(cookie, now)),
            (Some(authorization), _) => Some(app.tokens.bearer(Some(authorization.as_str().unwrap_or_default()), now)),
        };
        let caller = match identity.transpose().map_err(Close::forbidden)? {
            None => Err(token::ANONYMOUS),
            Some(identity) => {
                self.seat.place().identify(identity);
                Ok(identity)
            }
        };
        self.caller.set(caller).ok();
        self.begun.notify_one();
        self.send(message::ACK.to_owned()).await
    }

    async fn subscribe(&self, id: String, request: Request, length: usize) -> Result<(), Close> {
        let caller = *self.caller.get().ok_or_else(Close::unauthorized)?;
        if self.operations.has(&id) {
            return Err(Close::taken(&id));
        }
        if self.operations.count() >= self.limits.operations {
            let message = format!("a socket runs at most {} operations at once", self.limits.operations);
            let errors = self.engine.refused(Error::TooComplex(message)).errors;
            let (id, errors) = (Value::from(id).to_string(), serde_json::json!(errors).to_string());
            return self.send(message::of_operation("error", &id, &errors)).await;
        }
        let (engine, request) = (self.engine.clone(), request.data(self.peer));
        let prepared = reading(length, move || engine.prepare(request, &caller)).await.map_err(|_| Close::failed())?;
        // Begun here and not in the task of the operation: a mutation whose client hangs up at once runs nevertheless.
        self.operations.begin(id, self.engine.operate(prepared, caller), self.engine, self.seat.place(), &self.queue);
        Ok(())
    }

    async fn send(&self, text: String) -> Result<(), Close> {
        self.queue.send(Outgoing::Plain(Message::text(text))).await.map_err(|_| Close::Gone)
    }

    async fn write(
        &self,
        sink: &mut (impl Sink<Message, Error = axum::Error> + Unpin),
        outgoing: &mut mpsc::Receiver<Outgoing>,
    ) -> Close {
        while let Some(outgoing) = outgoing.recv().await {
            let Some(message) = self.operations.release(outgoing) else { continue };
            if sink.send(message).await.is_err() {
                return Close::Gone;
            }
            self.written.fetch_add(1, Ordering::Relaxed);
        }
        Close::Gone
    }

    /// Waits for `connection_init`, then asks for a sign of life in every interval. The pings are those of
    /// WebSocket itself, which every client answers, also a browser whose page is asleep.
    async fn watch(&self) -> Close {
        if timeout(self.limits.init, self.begun.notified()).await.is_err() {
            return Close::no_init();
        }
        loop {
            sleep(self.limits.ping).await;
            if self.heard.swap(false, Ordering::Relaxed) {
                continue;
            }
            let written = self.written.load(Ordering::Relaxed);
            let full =
                matches!(self.queue.try_send(Outgoing::Plain(Message::Ping(Bytes::new()))), Err(TrySendError::Full(_)));
            sleep(self.limits.ping).await;
            // Where there was no room for a ping, that anything was taken at all is the sign.
            let alive = full && self.written.load(Ordering::Relaxed) != written;
            if !self.heard.swap(false, Ordering::Relaxed) && !alive {
                return Close::silent();
            }
        }
    }
}
