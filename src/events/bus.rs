//! From the relay to the live streams of this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_stream::try_stream;
use futures_util::Stream;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::model::{Cursor, Event};
use super::store::{self, EventFilter};
use crate::app::App;
use crate::auth::Viewer;
use crate::db::{Mode, Scope, Transaction};
use crate::error::{Error, Result};
use crate::id::{BusinessId, CustomerId};

/// How many events a live stream may be behind before it is told to resume.
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

    /// How many streams listen to `business`.
    pub fn listeners(&self, business: BusinessId) -> usize {
        let channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        channels.get(&business).map_or(0, broadcast::Sender::receiver_count)
    }
}

/// An event on its way to one reader.
#[derive(Debug, Clone)]
pub struct Told {
    /// The event.
    pub event: Arc<Event>,
    /// Whether it happened just now: those of a back-fill are read from the log only as fast as they are taken.
    pub live: bool,
}

/// The events of the viewer's business that `filter` wants: those after the cursor, if there is one, then the live
/// ones. Each once, in the order of the log, without a gap. A reader that falls behind gets an error. A customer
/// gets none but those about themselves, whatever the filter wants.
pub fn resume(
    app: App,
    viewer: &Viewer,
    after: Option<Cursor>,
    filter: EventFilter,
) -> impl Stream<Item = Result<Told>> + use<> {
    let (business, own) = (viewer.business.id, viewer.customer());
    let about = own.or(filter.customer);
    let wants =
        move |event: &Event| own.is_none_or(|customer| event.customer_id == Some(customer)) && filter.wants(event);
    // Before the first statement, so that nothing falls between the log and the live events.
    let mut live = app.bus.attach(business);
    try_stream! {
        let mut last = after;
        let mut behind = after;
        while let Some(from) = behind {
            // Anew for each batch: what was published during a long back-fill is read from the log.
            live = app.bus.attach(business);
            let batch = backfill(&app, business, about, from).await?;
            behind = (batch.len() == BATCH).then(|| batch.last().map(Event::cursor)).flatten();
            for event in batch {
                last = Some(event.cursor());
                if wants(&event) {
                    yield Told { event: Arc::new(event), live: false };
                }
            }
        }
        loop {
            match live.recv().await {
                // Both the back-fill and the relay had it.
                Ok(event) if last.is_some_and(|last| event.cursor() <= last) => {}
                Ok(event) => {
                    last = Some(event.cursor());
                    if wants(&event) {
                        yield Told { event, live: true };
                    }
                }
                Err(RecvError::Lagged(_)) => Err(Error::Behind)?,
                Err(RecvError::Closed) => break,
            }
        }
    }
}

async fn backfill(app: &App, business: BusinessId, about: Option<CustomerId>, from: Cursor) -> Result<Vec<Event>> {
    let transaction = Transaction::begin(&app.pool, Scope::Business(business, None), Mode::Read).await?;
    let (end, batch) = tokio::try_join!(
        store::position(&transaction),
        store::after(&transaction, Some(business), about, from, BATCH),
    )?;
    transaction.commit().await?;
    if from.txid > end.txid {
        Err(Error::Resume(
            "this cursor is not of this data base: load the page anew and subscribe from its cursor".into(),
        ))
    } else {
        Ok(batch)
    }
}
