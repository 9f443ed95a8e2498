//! One operation, one connection, one snapshot, one tenant.

use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use tokio::sync::{Mutex, broadcast};

use super::loader::Loaders;
use crate::app::App;
use crate::auth::{Caller, Identity, Viewer, token};
use crate::db::{Mode, Statements, Transaction};
use crate::error::{Error, Result};
use crate::events::{Cursor, Event};

/// The session of one operation. Clones share it.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    app: App,
    state: Mutex<State>,
}

struct State {
    subject: Subject,
    part: Option<Part>,
    reached: Option<Cursor>,
    caught_up: Option<Cursor>,
    snapshot: Option<Arc<Snapshot>>,
    statements: usize,
}

/// For whom an operation runs.
enum Subject {
    /// For one caller.
    Caller(Caller),
    /// For all who are in a business what this one is.
    All(Viewer),
}

/// Of which events a live operation tells.
pub enum Part {
    /// Of those that have happened since this cursor, or else since the one of the operation's argument.
    Missed(Option<String>),
    /// Of those that happen.
    Live(broadcast::Receiver<Arc<Event>>),
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
    /// A session for whoever calls; if its operation is live, for that part of the events. Takes no connection until
    /// the first read.
    pub fn new(app: App, caller: Caller, part: Part) -> Self {
        Self::with(app, Subject::Caller(caller), part)
    }

    /// A session of a live operation for all who are what `viewer` is.
    pub fn of_all(app: App, viewer: Viewer, part: Part) -> Self {
        Self::with(app, Subject::All(viewer), part)
    }

    fn with(app: App, subject: Subject, part: Part) -> Self {
        let state = State { subject, part: Some(part), reached: None, caught_up: None, snapshot: None, statements: 0 };
        Self(Arc::new(Inner { app, state: Mutex::new(state) }))
    }

    /// The parts of the running Daybook.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// Who the session acts for; an error if for nobody.
    pub async fn identity(&self) -> Result<Identity> {
        self.0.state.lock().await.identity(&self.0.app)
    }

    /// Of which events a live operation tells. For its one root field.
    pub async fn part(&self) -> Result<Part> {
        self.0.state.lock().await.part.take().ok_or_else(|| Error::internal("an operation is live twice"))
    }

    /// Notes of which event the payload tells that is about to be made.
    pub async fn reach(&self, event: &Event) {
        self.0.state.lock().await.reached = Some(event.cursor());
    }

    /// The cursor of the event that the last payload told of.
    pub async fn reached(&self) -> Option<Cursor> {
        self.0.state.lock().await.reached
    }

    /// Notes that all events before this place have been told.
    pub async fn catch_up(&self, position: Cursor) {
        self.0.state.lock().await.caught_up = Some(position);
    }

    /// Where a live operation has told all that was missed.
    pub async fn caught_up(&self) -> Option<Cursor> {
        self.0.state.lock().await.caught_up
    }

    /// Makes the rest of the operation act for `caller`: after a sign-in, its payload is read that way.
    pub async fn act_for(&self, caller: Caller) -> Result<()> {
        self.close().await?;
        self.0.state.lock().await.subject = Subject::Caller(caller);
        Ok(())
    }

    /// The snapshot of the operation, opened by the first call: the look-up of the viewer is pipelined with
    /// the beginning of the transaction.
    pub async fn read(&self) -> Result<Arc<Snapshot>> {
        let mut state = self.0.state.lock().await;
        if let Some(snapshot) = &state.snapshot {
            return Ok(Arc::clone(snapshot));
        }
        let checkout = || Transaction::checkout(&self.0.app.pool);
        let (transaction, begun, viewer) = match &state.subject {
            Subject::Caller(_) => {
                let identity = state.identity(&self.0.app)?;
                let transaction = checkout().await?;
                let begin = transaction.start(identity.scope(), Mode::Read);
                let now = self.0.app.clock.now();
                let (begun, viewer) = tokio::join!(begin, Viewer::find(&transaction, identity, now));
                (transaction, begun, viewer)
            }
            Subject::All(viewer) => {
                let transaction = checkout().await?;
                let begin = transaction.start(viewer.standing.scope(viewer.business.id), Mode::Read);
                let (begun, viewer) = tokio::join!(begin, viewer.afresh(&transaction));
                (transaction, begun, viewer)
            }
        };
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
        match self.subject {
            // A live stream outlives the token that began it.
            Subject::Caller(Ok(identity)) if identity.expires_at <= app.clock.now() => {
                Err(Error::Unauthenticated(token::EXPIRED))
            }
            Subject::Caller(Ok(identity)) => Ok(identity),
            Subject::Caller(Err(reason)) => Err(Error::Unauthenticated(reason)),
            Subject::All(_) => Err(Error::internal("a live feed asks who reads it")),
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

    /// The time in which the business lives.
    pub fn now(&self) -> DateTime<Utc> {
        self.viewer.business.now(&self.app.clock)
    }

    /// The day in the zone of the business.
    pub fn today(&self) -> NaiveDate {
        self.viewer.business.today(&self.app.clock)
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
