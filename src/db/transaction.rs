//! The one way to talk to the data base: a transaction that says for whom it acts.
//!
//! All settings are `SET LOCAL`, so that nothing outlives the transaction and a pooler in transaction mode
//! can stand in between.

use std::fmt::Write as _;
use std::ops::Deref;
use std::time::Duration;

use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
use tokio_postgres::NoTls;

use super::{Conn, Pool, PooledConn, Statements};
use crate::error::{Error, Result};
use crate::id::{BusinessId, CustomerId, UserId};

/// How like a word must be to one that was typed to be looked at (the operator `%` of pg_trgm): `jonh` is to `john` by
/// a quarter. What is looked at is compared letter by letter.
const SIMILARITY: &str = "0.2";

/// Whose rows a transaction can reach. Row-level security holds it to that.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// The rows of one business, on behalf of a user or of Daybook itself.
    Business(BusinessId, Option<UserId>),
    /// What a customer may see of their own, and nothing else of the business.
    Customer(BusinessId, CustomerId),
    /// The identity tables and the event log of all businesses, and when their subscriptions are due: for sign-in, the
    /// relay and the engine.
    System,
}

/// What a transaction may do, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One snapshot for all reads of an operation.
    Read,
    /// Reads and writes of one mutation. Each statement sees what is committed; rows are locked explicitly.
    Write,
    /// Like `Write`, for imports and other jobs that may take minutes.
    Job,
    /// Like `Read`, for checks and other jobs that may take minutes.
    LongRead,
}

impl Mode {
    fn begin(self) -> &'static str {
        match self {
            Self::Read | Self::LongRead => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Self::Write | Self::Job => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// How long one statement may take.
    fn patience(self) -> Duration {
        match self {
            Self::Read | Self::Write => Duration::from_secs(10),
            Self::Job | Self::LongRead => Duration::from_secs(600),
        }
    }
}

/// How long a statement that nobody waits for any more may go on before it is cancelled.
const GRACE: Duration = Duration::from_millis(100);

/// A transaction on a pooled connection. Dropped without [`Transaction::commit`], it rolls back.
pub struct Transaction {
    conn: Option<PooledConn>,
    statements: Statements,
}

impl Transaction {
    /// Takes a connection and begins.
    pub async fn begin(pool: &Pool, scope: Scope, mode: Mode) -> Result<Self> {
        let transaction = Self::checkout(pool).await?;
        transaction.start(scope, mode).await?;
        Ok(transaction)
    }

    /// Takes a connection on which [`Transaction::start`] has yet to be called.
    pub async fn checkout(pool: &Pool) -> Result<Self> {
        let mut conn = pool.get().await?;
        let statements = Statements::default();
        conn.set_instrumentation(statements.clone());
        Ok(Self { conn: Some(conn), statements })
    }

    /// Begins. A statement that is polled after this one, without waiting for it, is pipelined behind it.
    pub async fn start(&self, scope: Scope, mode: Mode) -> Result<()> {
        let millis = mode.patience().as_millis();
        let mut sql = format!(
            "{}; SET LOCAL statement_timeout = {millis}; SET LOCAL lock_timeout = {millis}; \
             SET LOCAL idle_in_transaction_session_timeout = {millis}; \
             SET LOCAL pg_trgm.similarity_threshold = {SIMILARITY}; ",
            mode.begin()
        );
        // Ids are UUIDs, so that nothing in this text comes from outside.
        match scope {
            Scope::System => sql.push_str("SET LOCAL daybook.scope = 'system'"),
            Scope::Business(business, user) => {
                write!(sql, "SET LOCAL daybook.business_id = '{}'", business.0).map_err(Error::internal)?;
                if let Some(user) = user {
                    write!(sql, "; SET LOCAL daybook.user_id = '{}'", user.0).map_err(Error::internal)?;
                }
            }
            Scope::Customer(business, customer) => {
                let (business, customer) = (business.0, customer.0);
                write!(
                    sql,
                    "SET LOCAL daybook.business_id = '{business}'; SET LOCAL daybook.customer_id = '{customer}'"
                )
                .map_err(Error::internal)?;
            }
        }
        let mut conn: &Conn = self;
        conn.batch_execute(&sql).await.map_err(Into::into)
    }

    /// Makes the changes last.
    pub async fn commit(self) -> Result<()> {
        self.end("COMMIT").await
    }

    /// Undoes the changes and gives the connection back, without waiting for a task to do so.
    pub async fn rollback(self) -> Result<()> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, statement: &'static str) -> Result<()> {
        // Taken out only afterwards: a caller that goes away in between leaves it to `drop`.
        let mut conn: &Conn = &self;
        conn.batch_execute(statement).await?;
        drop(self.conn.take());
        Ok(())
    }

    /// The count of statements on this connection since it was taken.
    pub fn statements(&self) -> Statements {
        self.statements.clone()
    }
}

impl Deref for Transaction {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        match &self.conn {
            Some(conn) => conn,
            None => unreachable!("the connection is taken out only where `self` is consumed"),
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(give_back(conn));
            }
            // Without a runtime nobody can roll back: the connection is closed instead.
            Err(_) => drop(PooledConn::take(conn)),
        }
    }
}

/// Rolls back and gives the connection back. If a statement is still running, it is cancelled and the connection
/// closed: a cancel may arrive late, and would then hit the statement of whoever had the connection next.
async fn give_back(conn: PooledConn) {
    match tokio::time::timeout(GRACE, (&mut &*conn).batch_execute("ROLLBACK")).await {
        Ok(Ok(())) => {}
        Ok(Err(_)) => drop(PooledConn::take(conn)),
        Err(_) => {
            let conn = PooledConn::take(conn);
            if let Err(error) = conn.cancel_token().cancel_query(NoTls).await {
                tracing::warn!(%error, "a statement that nobody waits for cannot be cancelled");
            }
        }
    }
}
