//! GraphQL without any entity: the operation, its session, connections, payloads, scalars.
//!
//! What a resolver needs hangs on its context: `ctx.read()` is the operation's snapshot, `ctx.write()` a
//! transaction for a mutation. The schema itself is put together in [`crate::schema`].

mod budget;
mod connection;
mod document;
mod feed;
mod live;
mod loader;
mod operation;
mod payload;
mod policy;
mod scalars;
mod session;
mod upload;

use std::sync::Arc;

use async_graphql::Context;

use crate::app::App;
use crate::error::Result;

pub use connection::{Connection, PageArgs, read_cursor, write_cursor};
pub use document::{CheckOnly, DOCUMENT_ID, Documents, PERSISTED_QUERY, Trusted, TrustedError};
pub use live::{LivePayload, Output};
pub use loader::{Loaders, Relation, children, page_of};
pub use operation::{Answer, Engine, Outcome, Prepared};
pub(crate) use payload::payload;
pub use payload::{Nullable, Payload, answer, mutate, nullable, permitted};
pub use policy::{Introspection, Policy};
pub use scalars::{Date, Month, Tags};
pub use session::{Part, Session, Snapshot, Write};
pub use upload::{Upload, Uploads};

/// What resolvers take from their context.
pub trait ContextExt {
    /// The parts of the running Daybook.
    fn app(&self) -> &App;
    /// The session of the operation.
    fn session(&self) -> &Session;
    /// Whether the client asks for `totalCount` of the connection that is being resolved.
    fn wants_total(&self) -> bool;
    /// The snapshot that all reads of the operation share. An error if nobody is signed in.
    fn read(&self) -> impl Future<Output = Result<Arc<Snapshot>>> + Send;
    /// What belongs to `key` by a relation, loaded with what others of this level ask for. Nothing for no key.
    fn load<R: Relation>(
        &self,
        key: impl Into<Option<R::Key>> + Send,
    ) -> impl Future<Output = Result<Option<R::Value>>> + Send;
    /// A transaction for the writes of one mutation. An error if nobody is signed in.
    fn write(&self) -> impl Future<Output = Result<Write>> + Send;
}

impl ContextExt for Context<'_> {
    fn app(&self) -> &App {
        self.session().app()
    }

    fn session(&self) -> &Session {
        self.data_unchecked::<Session>()
    }

    fn wants_total(&self) -> bool {
        self.look_ahead().field("totalCount").exists()
    }

    fn read(&self) -> impl Future<Output = Result<Arc<Snapshot>>> + Send {
        self.session().read()
    }

    async fn load<R: Relation>(&self, key: impl Into<Option<R::Key>> + Send) -> Result<Option<R::Value>> {
        match key.into() {
            Some(key) => self.read().await?.load::<R>(key).await,
            None => Ok(None),
        }
    }

    fn write(&self) -> impl Future<Output = Result<Write>> + Send {
        self.session().write()
    }
}
