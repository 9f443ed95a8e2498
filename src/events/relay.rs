//! Reads the log of all businesses in commit order and publishes it on the bus of this process.

use std::time::Duration;

use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
use futures_util::StreamExt as _;
use tokio::task::JoinSet;

use super::bell::CHANNEL;
use super::model::Cursor;
use super::store;
use crate::app::App;
use crate::db::{Conn, Mode, Scope, Transaction};
use crate::error::{Error, Result};
use crate::jobs::Health;

/// How long a lost ring can delay an event.
const POLL: Duration = Duration::from_millis(250);
/// How many events are published at once. Streams have room for more than twice as many.
const BATCH: usize = 100;
/// What streams get to read a full batch, before the next: a large import must not overrun them.
const PAUSE: Duration = Duration::from_millis(20);

/// Starts the relay and its bells. They stop when the set is dropped.
pub async fn spawn(app: &App, database_url: &str) -> Result<JoinSet<()>> {
    let transaction = Transaction::begin(&app.pool, Scope::System, Mode::Job).await?;
    let adopted = store::adopt(&transaction).await?;
    if adopted > 0 {
        tracing::info!(adopted, "events from another server became the past of this one");
    }
    let start = store::position(&transaction).await?;
    transaction.commit().await?;

    let mut tasks = JoinSet::new();
    let relay = app.clone();
    tasks.spawn(async move { run(&relay, start).await });
    let bell = app.clone();
    tasks.spawn(async move { bell.bell.pass_on(&bell.pool).await });
    let (listener, url) = (app.clone(), database_url.to_owned());
    tasks.spawn(async move { listen(&listener, &url).await });
    Ok(tasks)
}

async fn run(app: &App, start: Cursor) {
    let mut position = start;
    let mut health = Health::of("the event relay");
    loop {
        tokio::select! {
            () = app.bell.heard() => {}
            () = tokio::time::sleep(POLL) => {}
        }
        health.note(&relay(app, &mut position).await);
    }
}

/// Publishes everything after `position` and moves it on.
async fn relay(app: &App, position: &mut Cursor) -> Result<()> {
    loop {
        let transaction = Transaction::begin(&app.pool, Scope::System, Mode::Read).await?;
        let events = store::after(&transaction, None, None, *position, BATCH).await?;
        transaction.commit().await?;
        let count = events.len();
        for event in events {
            *position = event.cursor();
            app.bus.publish(event);
        }
        if count < BATCH {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Hears the rings of other processes, on a connection of its own.
async fn listen(app: &App, database_url: &str) {
    loop {
        if let Err(error) = listen_once(app, database_url).await {
            tracing::debug!(%error, "LISTEN ended; polling goes on meanwhile");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn listen_once(app: &App, database_url: &str) -> Result<()> {
    let mut conn = Conn::establish(database_url).await.map_err(Error::internal)?;
    conn.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
    let mut notifications = std::pin::pin!(conn.notifications_stream());
    while let Some(notification) = notifications.next().await {
        notification?;
        app.bell.ring_here();
    }
    Ok(())
}
