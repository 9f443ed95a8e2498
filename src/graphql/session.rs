//! One operation, one connection, one snapshot, one tenant.

use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::loader::Loaders;
use crate::app::App;
use crate::auth::{Caller, Identity, Viewer, token};
use crate::db::{Mode, Statements, Transaction};
use crate::error::{Error, Result};
use crate::events::{Cursor, Told};

/// The session of one operation. Clones share it.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    app: App,
    state: Mutex<State>,
}

struct State {
    caller: Caller,
    after: Option<String>,
    reached: Option<Told>,
    snapshot: Option<Arc<Snapshot>>,
    statements: usize,
}

/// What all reads of an operation share: who asks, and one read-only snapshot, so that totals agree with lists.
pub struct Snapshot {
    /// Who asks.
    pub viewer: Viewer,
    transaction: Transaction,
    loaders: Loaders,
    counter: Statements,
    own: usize,
}

impl Session {
    /// A session for whoever calls. Takes no connection until the first read.
    pub fn new(app: App, caller: Caller) -> Self {
        let state = Mutex::new(State { caller, after: None, reached: None, snapshot: None, statements: 0 });
        Self(Arc::new(Inner { app, state }))
    }

    /// The parts of the running Daybook.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// Who the session acts for; an error if for nobody.
    pub async fn identity(&self) -> Result<Identity> {
        self.0.state.lock().await.identity(&self.0.app)
    }

    /// Where a live operation goes on from, whatever its argument `after` says.
    pub async fn go_on_from(&self, after: Option<String>) {
        self.0.state.lock().await.after = after;
    }

    /// Where a live operation whose argument `after` is `argument` begins.
    pub async fn after(&self, argument: Option<String>) -> Result<Option<Cursor>> {
        let after = self.0.state.lock().await.after.clone().or(argument);
        after.as_deref().map(Cursor::parse).transpose()
    }

    /// Notes which event the payload tells of that is about to be made.
    pub async fn reach(&self, told: &Told) {
        self.0.state.lock().await.reached = Some(told.clone());
    }

    /// The event that the last payload told of.
    pub async fn reached(&self) -> Option<Told> {
        self.0.state.lock().await.reached.clone()
    }

    /// Makes the rest of the operation act for `caller`: after a sign-in, its payload is read that way.
    pub async fn act_for(&self, caller: Caller) -> Result<()> {
        self.close().await?;
        self.0.state.lock().await.caller = caller;
        Ok(())
    }

    /// The snapshot of the operation, opened by the first call: the look-up of the viewer is pipelined with
    /// the beginning of the transaction.
    pub async fn read(&self) -> Result<Arc<Snapshot>> {
        let mut state = self.0.state.lock().await;
        if let Some(snapshot) = &state.snapshot {
            return Ok(Arc::clone(snapshot));
        }
        let identity = state.identity(&self.0.app)?;
        let transaction = Transaction::checkout(&self.0.app.pool).await?;
        let now = self.0.app.clock.now();
        let (begun, viewer) =
            tokio::join!(transaction.start(identity.scope(), Mode::Read), Viewer::find(&transaction, identity, now));
        begun?;
        let (viewer, counter) = (viewer?, transaction.statements());
        if viewer.use_unnoted {
            tokio::spawn(note_use(self.0.app.clone(), viewer.clone()));
        }
        let snapshot = Arc::new_cyclic(|this| Snapshot {
            viewer,
            transaction,
            loaders: Loaders::new(this.clone()),
            own: counter.count(),
            counter,
        });
        state.snapshot = Some(Arc::clone(&snapshot));
        Ok(snapshot)
    }

    /// A transaction for the writes of one mutation. Closes the snapshot, so that what the mutation returns
    /// is read after its commit, and so that no operation ever holds two connections.
    pub async fn write(&self) -> Result<Write> {
        let viewer = self.read().await?.viewer.clone();
        self.close().await?;
        let transaction = Transaction::begin(&self.0.app.pool, viewer.scope(), Mode::Write).await?;
        Ok(Write { viewer, app: self.0.app.clone(), transaction })
    }

    /// Ends the snapshot, if there is one; the next read opens another.
    pub async fn close(&self) -> Result<()> {
        let mut state = self.0.state.lock().await;
        let Some(snapshot) = state.snapshot.take() else { return Ok(()) };
        state.statements += snapshot.statements();
        match Arc::into_inner(snapshot) {
            Some(snapshot) => snapshot.transaction.commit().await,
            // A resolver still holds it; its last owner's drop ends it.
            None => Ok(()),
        }
    }

    /// How many statements the reads took, without the session's own (begin and the look-up of the viewer).
    pub async fn statements(&self) -> usize {
        let state = self.0.state.lock().await;
        state.statements + state.snapshot.as_ref().map_or(0, |snapshot| snapshot.statements())
    }
}

/// Notes the use of an API key, beside the operation and on a connection of its own.
async fn note_use(app: App, viewer: Viewer) {
    let noted = async {
        let transaction = Transaction::begin(&app.pool, viewer.scope(), Mode::Write).await?;
        viewer.note_use(&transaction, app.clock.now()).await?;
        transaction.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "the use of an API key was not noted");
    }
}

impl State {
    fn identity(&self, app: &App) -> Result<Identity> {
        match self.caller {
            // A live stream outlives the token that began it.
            Ok(identity) if identity.expires_at <= app.clock.now() => Err(Error::Unauthenticated(token::EXPIRED)),
            Ok(identity) => Ok(identity),
            Err(reason) => Err(Error::Unauthenticated(reason)),
        }
    }
}

impl Snapshot {
    /// The loaders of relations, which live as long as the snapshot.
    pub(super) fn loaders(&self) -> &Loaders {
        &self.loaders
    }

    fn statements(&self) -> usize {
        self.counter.count() - self.own
    }
}

impl Deref for Snapshot {
    type Target = Transaction;
    fn deref(&self) -> &Transaction {
        &self.transaction
    }
}

/// The transaction of one mutation.
pub struct Write {
    /// Who writes.
    pub viewer: Viewer,
    /// The parts of the running Daybook.
    pub app: App,
    transaction: Transaction,
}

impl Write {
    /// A write in a scope of its own, for commands that no viewer asked for.
    pub async fn begin(app: &App, viewer: Viewer, mode: Mode) -> Result<Self> {
        let transaction = Transaction::begin(&app.pool, viewer.scope(), mode).await?;
        Ok(Self { viewer, app: app.clone(), transaction })
    }

    /// Makes the changes last, then rings for the events among them.
    pub async fn commit(self) -> Result<()> {
        self.transaction.commit().await?;
        self.app.bell.ring();
        Ok(())
    }

    /// Undoes the changes.
    pub async fn rollback(self) -> Result<()> {
        self.transaction.rollback().await
    }
}

impl Deref for Write {
    type Target = Transaction;
    fn deref(&self) -> &Transaction {
        &self.transaction
    }
}
