//! What every part of a running Daybook shares.

use std::sync::Arc;

use crate::auth::{Limits, Tokens};
use crate::clock::Clock;
use crate::db::{self, Pool};
use crate::error::Result;
use crate::events::{Bell, Bus};

/// The parts. Clones share them.
#[derive(Clone)]
pub struct App {
    /// Connections to PostgreSQL.
    pub pool: Pool,
    /// The time.
    pub clock: Clock,
    /// Makes and verifies access tokens.
    pub tokens: Tokens,
    /// How often credentials may be tried.
    pub limits: Arc<Limits>,
    /// Where committed events arrive, for live streams.
    pub bus: Arc<Bus>,
    /// Rung after a commit that recorded events.
    pub bell: Arc<Bell>,
    /// What addresses that people are given begin with, without a slash at the end.
    pub public_url: Arc<str>,
}

impl App {
    /// Puts the parts together. Nothing runs yet: see [`crate::events::relay::spawn`].
    pub fn new(database_url: &str, max_connections: usize, tokens: Tokens, clock: Clock) -> Result<Self> {
        Ok(Self {
            pool: db::pool(database_url, max_connections)?,
            limits: Arc::new(Limits::new(&clock)),
            clock,
            tokens,
            bus: Arc::default(),
            bell: Arc::default(),
            public_url: "http://localhost".into(),
        })
    }

    /// The same, reached by people under that address.
    pub fn under(self, public_url: &str) -> Self {
        Self { public_url: public_url.into(), ..self }
    }
}
