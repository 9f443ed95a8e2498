//! The door bell: wakes the relays after a commit that recorded events.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection as _;
use tokio::sync::Notify;

use crate::db::Pool;

/// The channel of NOTIFY and LISTEN.
pub const CHANNEL: &str = "daybook_events";
/// At most one NOTIFY in this time: a commit with NOTIFY takes a lock of the whole server.
const COALESCE: Duration = Duration::from_millis(20);

/// Wakes this process's relay at once and those of other processes soon.
#[derive(Debug, Default)]
pub struct Bell {
    here: Notify,
    elsewhere: Notify,
}

impl Bell {
    /// Rings, here and elsewhere. Never waits; many rings at once are one.
    pub fn ring(&self) {
        self.ring_here();
        self.elsewhere.notify_one();
    }

    /// Wakes only this process's relay: the ring came from another one.
    pub fn ring_here(&self) {
        self.here.notify_one();
    }

    /// Waits for a ring.
    pub async fn heard(&self) {
        self.here.notified().await;
    }

    /// Passes rings on to other processes, outside the transactions that caused them.
    pub async fn pass_on(&self, pool: &Pool) {
        loop {
            self.elsewhere.notified().await;
            match pool.get().await {
                Ok(conn) => {
                    if let Err(error) = (&mut &*conn).batch_execute(&format!("NOTIFY {CHANNEL}")).await {
                        tracing::debug!(%error, "NOTIFY failed; other processes find the event when they poll");
                    }
                }
                Err(error) => tracing::debug!(%error, "no connection for NOTIFY"),
            }
            tokio::time::sleep(COALESCE).await;
        }
    }
}
