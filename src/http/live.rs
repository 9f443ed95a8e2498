//! Who is connected live, by socket or event stream, and what ends that: a sign-in that ended, a token that
//! expired, a server that stops, a reader that is too slow.
//!
//! A statement or three every few seconds look up all who are connected, whatever their number. Each event is checked
//! besides, so that nothing is delivered after a sign-in has ended; this ends also those to whom nothing happens.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use crate::app::App;
use crate::auth::{Identity, Viewer};
use crate::error::Result;
use crate::jobs::Health;

/// What holds for sockets and event streams.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long a socket may take to send its `connection_init`.
    pub init: Duration,
    /// How long a socket may be silent before it is asked for a sign of life, and then to give it.
    pub ping: Duration,
    /// How long an event stream may be silent before a comment keeps it alive.
    pub silence: Duration,
    /// How often those who are connected are looked up: the longest that a sign-in outlives its end.
    pub recheck: Duration,
    /// How long a client may take to read why its socket ends.
    pub farewell: Duration,
    /// The most operations of one socket at once.
    pub operations: usize,
    /// The largest message, in bytes.
    pub message: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            init: Duration::from_secs(5),
            ping: Duration::from_secs(20),
            silence: Duration::from_secs(15),
            recheck: Duration::from_secs(3),
            farewell: Duration::from_secs(2),
            operations: 100,
            message: 1 << 20,
        }
    }
}

/// Why the server ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The access token has expired.
    Expired,
    /// The sign-in, the membership, the API key or the share link has ended.
    SignedOut,
    /// Its reader is too far behind.
    Behind,
    /// The server stops.
    Restart,
}

/// All live connections of this process. Clones share them.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    limits: Limits,
    seats: Mutex<HashMap<u64, Arc<Place>>>,
    count: AtomicU64,
    closing: AtomicBool,
    left: Notify,
}

/// The place of one connection. It is given up when this is dropped.
pub struct Seat {
    live: Live,
    number: u64,
    place: Arc<Place>,
}

/// What others can see of a connection, and do to it.
#[derive(Default)]
pub struct Place {
    identity: OnceLock<Identity>,
    ending: OnceLock<Ending>,
    ended: Notify,
}

impl Live {
    /// Begins to look after connections. It stops when the last clone is dropped.
    pub fn start(app: &App, limits: Limits) -> Self {
        let inner = Arc::new(Inner {
            limits,
            seats: Mutex::default(),
            count: AtomicU64::new(0),
            closing: AtomicBool::new(false),
            left: Notify::new(),
        });
        tokio::spawn(look_after(Arc::downgrade(&inner), app.clone()));
        Self(inner)
    }

    /// What holds for each connection.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// A place for one more connection.
    pub fn join(&self) -> Seat {
        let number = self.0.count.fetch_add(1, Ordering::Relaxed);
        let place = Arc::new(Place::default());
        self.seats().insert(number, Arc::clone(&place));
        // Asked after the place is taken, so that a connection that comes late is not forgotten.
        if self.0.closing.load(Ordering::SeqCst) {
            place.end(Ending::Restart);
        }
        Seat { live: self.clone(), number, place }
    }

    /// Ends all connections, and those that are still to come, and waits until they are gone.
    pub async fn close(&self) {
        self.0.closing.store(true, Ordering::SeqCst);
        self.seats().values().for_each(|place| place.end(Ending::Restart));
        while !self.seats().is_empty() {
            self.0.left.notified().await;
        }
    }

    /// How many are connected.
    pub fn count(&self) -> usize {
        self.seats().len()
    }

    fn seats(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<Place>>> {
        self.0.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// What others can see of it, and do to it.
    pub fn place(&self) -> &Arc<Place> {
        &self.place
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.live.seats().remove(&self.number);
        self.live.0.left.notify_one();
    }
}

impl Place {
    /// Says who is connected: once, from then on.
    pub fn identify(&self, identity: Identity) {
        self.identity.set(identity).ok();
    }

    /// Ends the connection. The first reason counts.
    pub fn end(&self, ending: Ending) {
        if self.ending.set(ending).is_ok() {
            self.ended.notify_one();
        }
    }

    /// Waits for the end. For the one task that serves the connection.
    pub async fn ended(&self) -> Ending {
        loop {
            if let Some(ending) = self.ending.get() {
                return *ending;
            }
            self.ended.notified().await;
        }
    }
}

async fn look_after(inner: Weak<Inner>, app: App) {
    let mut health = Health::of("looking up who is connected");
    loop {
        let Some(live) = inner.upgrade().map(Live) else { return };
        let recheck = live.0.limits.recheck;
        health.note(&check(&live, &app).await);
        drop(live);
        tokio::time::sleep(recheck).await;
    }
}

/// Ends the connections of those whose token has expired, or whose sign-in, membership, API key or share link has
/// ended.
async fn check(live: &Live, app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut waiting = Vec::new();
    for place in live.seats().values() {
        match place.identity.get() {
            Some(identity) if identity.expires_at <= now => place.end(Ending::Expired),
            Some(identity) => waiting.push((*identity, Arc::clone(place))),
            None => {}
        }
    }
    let present = Viewer::present(&app.pool, waiting.iter().map(|(identity, _)| *identity), now).await?;
    for (identity, place) in waiting {
        if present[&(identity.subject, identity.business)].is_none() {
            place.end(Ending::SignedOut);
        }
    }
    Ok(())
}
