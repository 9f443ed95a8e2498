//! From the relay to the live streams of this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_stream::try_stream;
use futures_util::{Stream, StreamExt as _};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::model::{Cursor, Event};
use super::store::{self, EventFilter};
use crate::app::App;
use crate::auth::Viewer;
use crate::db::{Mode, Scope, Transaction};
use crate::error::{Error, Result};
use crate::graphql::{Part, Session};
use crate::id::{BusinessId, CustomerId};

/// How many events a feed may be behind before it reads the log.
const BUFFER: usize = 256;
/// How many events one statement of a back-fill reads.
const BATCH: usize = 500;

/// A channel for each business that someone listens to.
#[derive(Debug, Default)]
pub struct Bus(Mutex<HashMap<BusinessId, broadcast::Sender<Arc<Event>>>>);

impl Bus {
    /// Everything of `business` that is published from now on.
    pub fn attach(&self, business: BusinessId) -> broadcast::Receiver<Arc<Event>> {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        channels.entry(business).or_insert_with(|| broadcast::channel(BUFFER).0).subscribe()
    }

    /// Hands an event to all who listen to its business.
    pub fn publish(&self, event: Event) {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let business = event.business_id;
        if let Some(channel) = channels.get(&business)
            && channel.send(Arc::new(event)).is_err()
        {
            // Nobody listens any more.
            channels.remove(&business);
        }
    }
}

/// The events that a live operation tells of: those of its session's part that `filter` wants, each once, in the
/// order of the log, without a gap. A customer is told of themselves alone, whatever the filter wants.
pub async fn follow(
    session: &Session,
    viewer: &Viewer,
    after: Option<String>,
    filter: EventFilter,
) -> Result<impl Stream<Item = Result<Arc<Event>>> + use<>> {
    let app = session.app().clone();
    let (business, filter) = (viewer.business.id, Wanted { own: viewer.customer(), filter });
    let events = match session.part().await? {
        Part::Missed(begin) => {
            let after = begin.or(after).as_deref().map(Cursor::parse).transpose()?;
            missed(app, session.clone(), business, after, filter).left_stream()
        }
        Part::Live(events) => live(app, business, events, filter).right_stream(),
    };
    Ok(events)
}

/// What a filter wants of what its reader may be told.
struct Wanted {
    own: Option<CustomerId>,
    filter: EventFilter,
}

impl Wanted {
    fn wants(&self, event: &Event) -> bool {
        self.own.is_none_or(|own| event.customer_id == Some(own)) && self.filter.wants(event)
    }

    fn customer(&self) -> Option<CustomerId> {
        self.own.or(self.filter.customer)
    }
}

/// What is in the log after the cursor, or nothing without one; then the session has caught up.
fn missed(
    app: App,
    session: Session,
    business: BusinessId,
    after: Option<Cursor>,
    filter: Wanted,
) -> impl Stream<Item = Result<Arc<Event>>> {
    try_stream! {
        let mut after = after;
        loop {
            let (end, batch) = batch(&app, business, &filter, after).await?;
            let more = batch.len() == BATCH;
            for event in batch {
                after = Some(event.cursor());
                if filter.wants(&event) {
                    yield Arc::new(event);
                }
            }
            if !more {
                session.catch_up(end).await;
                break;
            }
        }
    }
}

/// What is published. What is published faster than it is taken is read from the log.
fn live(
    app: App,
    business: BusinessId,
    events: broadcast::Receiver<Arc<Event>>,
    filter: Wanted,
) -> impl Stream<Item = Result<Arc<Event>>> {
    try_stream! {
        let mut events = events;
        let mut last: Option<Cursor> = None;
        loop {
            match events.recv().await {
                // The log had it already.
                Ok(event) if last.is_some_and(|last| event.cursor() <= last) => {}
                Ok(event) => {
                    last = Some(event.cursor());
                    if filter.wants(&event) {
                        yield event;
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    // Without an event so far, nobody can say where to begin.
                    let mut from = last.ok_or(Error::Behind)?;
                    loop {
                        // First, so that nothing falls between the log and what is published.
                        events = app.bus.attach(business);
                        let (_, batch) = batch(&app, business, &filter, Some(from)).await?;
                        let more = batch.len() == BATCH;
                        for event in batch {
                            from = event.cursor();
                            if filter.wants(&event) {
                                yield Arc::new(event);
                            }
                        }
                        last = Some(from);
                        if !more {
                            break;
                        }
                    }
                }
                Err(RecvError::Closed) => break,
            }
        }
    }
}

/// The next events after a cursor, and where the log ended before they were read.
async fn batch(
    app: &App,
    business: BusinessId,
    filter: &Wanted,
    after: Option<Cursor>,
) -> Result<(Cursor, Vec<Event>)> {
    let transaction = Transaction::begin(&app.pool, Scope::Business(business, None), Mode::Read).await?;
    let events = async {
        match after {
            Some(from) => store::after(&transaction, Some(business), filter.customer(), from, BATCH).await,
            None => Ok(Vec::new()),
        }
    };
    let (end, events) = tokio::try_join!(store::position(&transaction), events)?;
    transaction.commit().await?;
    if after.is_some_and(|from| from.txid > end.txid) {
        return Err(Error::Resume(
            "this cursor is not of this data base: load the page anew and subscribe from its cursor".into(),
        ));
    }
    Ok((end, events))
}
