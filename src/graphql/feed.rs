//! Feeds: what several readers of one live operation share, so that each event is loaded and written once for all
//! of them.
//!
//! Readers share a feed if they send the same operation with the same variables, but for where they begin, to the
//! same business with the same standing: a role, the scopes of a key, or being one customer. Hence what a live
//! operation tells may depend on the standing of its reader, never on who that is. Before each payload it is looked up
//! whether all readers are still what they were.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::{Request, Value};
use futures_util::StreamExt as _;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OnceCell, broadcast};
use tokio::task::AbortHandle;

use super::live::{LivePayload, Operation};
use super::session::{Part, Session};
use crate::app::App;
use crate::auth::{Identity, Standing, Viewer};
use crate::error::Result;
use crate::id::BusinessId;
use crate::schema::Schema;

/// How many payloads a reader may be behind before it has to resume.
const BUFFER: usize = 256;

/// What readers of one feed have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Their business.
    pub business: BusinessId,
    /// What they are in it.
    pub standing: Standing,
    /// The text of their document.
    pub query: Arc<str>,
    /// Which of its operations.
    pub operation: Option<String>,
    /// The variables without the one that says where to begin, as JSON.
    pub variables: String,
}

/// All feeds.
#[derive(Default)]
pub struct Feeds {
    open: Mutex<HashMap<Key, Arc<Feed>>>,
    count: AtomicU64,
}

struct Feed {
    operation: Arc<Operation>,
    messages: broadcast::Sender<Message>,
    readers: Mutex<HashMap<u64, (Identity, Arc<Place>)>>,
    task: OnceCell<AbortHandle>,
}

#[derive(Clone)]
enum Message {
    Payload(LivePayload),
    /// The feed ends: its operation failed.
    End,
}

/// The place of one reader.
#[derive(Default)]
struct Place {
    /// It has read what it missed.
    listening: AtomicBool,
    /// It is not any more what it was when it joined, or not connected by right.
    changed: AtomicBool,
}

/// One who reads a feed.
pub struct Reader {
    feeds: Arc<Feeds>,
    feed: Arc<Feed>,
    key: Key,
    number: u64,
    place: Arc<Place>,
    messages: broadcast::Receiver<Message>,
}

/// What a reader hears next.
pub enum Heard {
    /// A payload.
    Payload(LivePayload),
    /// That it is too slow.
    Behind,
    /// That it must join anew, from where it is.
    Again,
}

impl Feeds {
    /// Joins the feed of that key, which is begun for the first one with its operation: from this call on, the reader
    /// hears everything.
    pub fn join(
        self: &Arc<Self>,
        app: &App,
        schema: &Schema,
        key: Key,
        viewer: &Viewer,
        identity: Identity,
        operation: &Arc<Operation>,
    ) -> Reader {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let mut open = self.open();
        let feed = open.entry(key.clone()).or_insert_with(|| {
            let feed = Arc::new(Feed {
                operation: Arc::clone(operation),
                messages: broadcast::channel(BUFFER).0,
                readers: Mutex::default(),
                task: OnceCell::new(),
            });
            let end = End { feeds: Arc::clone(self), feed: Arc::clone(&feed), key: key.clone() };
            let part = Part::Live(app.bus.attach(key.business));
            let session = Session::of_all(app.clone(), viewer.clone(), part);
            let request = operation.request().data(session.clone());
            let (app, schema) = (app.clone(), schema.clone());
            let task = tokio::spawn(async move {
                if let Err(error) = run(&app, &schema, &end, session, request).await {
                    tracing::warn!(%error, "a live feed broke off; its readers join anew");
                }
            });
            feed.task.set(task.abort_handle()).ok();
            feed
        });
        let place = Arc::<Place>::default();
        feed.readers().insert(number, (identity, Arc::clone(&place)));
        let (feed, messages) = (Arc::clone(feed), feed.messages.subscribe());
        Reader { feeds: Arc::clone(self), feed, key, number, place, messages }
    }

    /// How many read live what happens in `business`.
    pub fn readers(&self, business: BusinessId) -> usize {
        let listening = |(_, place): &&(Identity, Arc<Place>)| place.listening.load(Ordering::Relaxed);
        let open = self.open();
        let feeds = open.iter().filter(|(key, _)| key.business == business);
        feeds.map(|(_, feed)| feed.readers().values().filter(listening).count()).sum()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Key, Arc<Feed>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self, key: &Key, feed: &Arc<Feed>) {
        let mut open = self.open();
        if open.get(key).is_some_and(|open| Arc::ptr_eq(open, feed)) {
            open.remove(key);
        }
    }
}

impl Feed {
    fn readers(&self) -> MutexGuard<'_, HashMap<u64, (Identity, Arc<Place>)>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks those who are not any more what they were.
    async fn look_up(&self, app: &App, standing: Standing) -> Result<()> {
        let identities: Vec<_> = self.readers().values().map(|(identity, _)| *identity).collect();
        let now = app.clock.now();
        let present = Viewer::present(&app.pool, identities, now).await?;
        for (identity, place) in self.readers().values() {
            // Those who came meanwhile have been looked up by their own operation.
            let found = present.get(&(identity.subject, identity.business));
            if identity.expires_at <= now || found.is_some_and(|found| *found != Some(standing)) {
                place.changed.store(true, Ordering::Relaxed);
            }
        }
        Ok(())
    }
}

impl Reader {
    /// The operation, which all readers share.
    pub fn operation(&self) -> Arc<Operation> {
        Arc::clone(&self.feed.operation)
    }

    /// Notes that what it missed is read.
    pub fn listen(&self) {
        self.place.listening.store(true, Ordering::Relaxed);
    }

    /// Waits for the next.
    pub async fn next(&mut self) -> Heard {
        match self.messages.recv().await {
            Ok(Message::Payload(payload)) if !self.place.changed.load(Ordering::Relaxed) => Heard::Payload(payload),
            Ok(_) | Err(RecvError::Closed) => Heard::Again,
            Err(RecvError::Lagged(_)) => Heard::Behind,
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Joining takes the same locks in the same order, so that nobody joins a feed that is being closed.
        let mut open = self.feeds.open();
        let mut readers = self.feed.readers();
        readers.remove(&self.number);
        if !readers.is_empty() {
            return;
        }
        if open.get(&self.key).is_some_and(|open| Arc::ptr_eq(open, &self.feed)) {
            open.remove(&self.key);
        }
        if let Some(task) = self.feed.task.get() {
            task.abort();
        }
    }
}

/// Closes a feed and tells its readers, also if its task panics.
struct End {
    feeds: Arc<Feeds>,
    feed: Arc<Feed>,
    key: Key,
}

impl Drop for End {
    fn drop(&mut self) {
        // In this order: whoever still joins it hears its end.
        self.feeds.close(&self.key, &self.feed);
        self.feed.messages.send(Message::End).ok();
    }
}

/// Until the operation fails: its readers learn the reason by running it themselves.
async fn run(app: &App, schema: &Schema, end: &End, session: Session, request: Request) -> Result<()> {
    let mut responses = schema.execute_stream(request);
    while let Some(response) = responses.next().await {
        session.close().await?;
        let cursor = session.reached().await;
        if response.data == Value::Null || cursor.is_none() {
            break;
        }
        end.feed.look_up(app, end.key.standing).await?;
        let Some(payload) = LivePayload::of(super::operation::mask(response, app.clock.id()), cursor, true) else {
            break;
        };
        end.feed.messages.send(Message::Payload(payload)).ok();
    }
    Ok(())
}
