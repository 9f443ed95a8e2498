//! The one error of Daybook, and what a user can do wrong.
//!
//! An expected failure (a code that is taken, a payment above what is owed) is [`Error::User`]: a mutation
//! answers with it in `userErrors`. Everything else becomes an entry of the answer's top-level `errors`, in
//! the one conversion of `graphql::operation`.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Enum, SimpleObject};
use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// What nearly every function here returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What the caller of a mutation can mend; becomes its `userErrors`.
    #[error("{}", .0.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join("; "))]
    User(Vec<UserError>),
    /// An argument that cannot be understood: a malformed id, cursor or page size.
    #[error("{0}")]
    BadInput(String),
    /// Nobody is signed in, or the sign-in has ended.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// Signed in, and not allowed.
    #[error("{0}")]
    Forbidden(String),
    /// Too many tries; the next is allowed after this time.
    #[error("too many tries: wait {} s", seconds(.0))]
    RateLimited(Duration),
    /// The operation costs more than its caller has left; it may run after this time.
    #[error("the operation costs {cost}, which is more than you have left: wait {} s", seconds(.wait))]
    Spent {
        /// What it costs.
        cost: u64,
        /// How long to wait.
        wait: Duration,
    },
    /// The operation asks for more than one may.
    #[error("{0}")]
    TooComplex(String),
    /// Only the hash of a document was sent, and its text not lately. The message is that of the protocol.
    #[error("PersistedQueryNotFound")]
    PersistedQueryNotFound,
    /// PostgreSQL, or the wait for a connection, took longer than an operation may.
    #[error("this took longer than an operation may; ask for less, or try again")]
    Timeout,
    /// The place of a live stream in the log cannot be found.
    #[error("{0}")]
    Resume(String),
    /// The reader of a live stream fell too far behind.
    #[error(
        "the stream fell more than 256 events behind: subscribe again with `after` set to the last cursor that arrived"
    )]
    Behind,
    /// Ours to mend. The caller sees only the id under which it was logged.
    #[error("internal error: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// One failure of a batch, handed to everyone who waited for it.
    #[error("{0}")]
    Shared(Arc<Error>),
}

impl Error {
    /// One thing the caller can mend.
    pub fn user(code: UserErrorCode, field: &str, message: impl Into<String>) -> Self {
        Self::User(vec![UserError::new(code, field, message)])
    }

    /// Something that cannot be, such as a row that breaks an invariant.
    pub fn internal(message: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(message.into())
    }

    /// The value of `extensions.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::User(_) | Self::BadInput(_) => "BAD_USER_INPUT",
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::RateLimited(_) | Self::Spent { .. } => "RATE_LIMITED",
            Self::TooComplex(_) => "TOO_COMPLEX",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::Timeout => "TIMEOUT",
            Self::Resume(_) | Self::Behind => "RESUME",
            Self::Internal(_) => "INTERNAL",
            Self::Shared(error) => error.code(),
        }
    }

    /// The value of `extensions.retryAfter`: how many seconds to wait, where waiting helps.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited(wait) | Self::Spent { wait, .. } => Some(seconds(wait)),
            Self::Shared(error) => error.retry_after(),
            _ => None,
        }
    }

    /// The unique constraint that refused a row, if that is what happened.
    pub fn taken(error: &DieselError) -> Option<&str> {
        match error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => info.constraint_name(),
            _ => None,
        }
    }
}

/// Whole seconds, rounded up.
fn seconds(wait: &Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        // Neither diesel nor its error kinds carry SQLSTATE 57014 and 55P03; the text is all there is.
        if let DieselError::DatabaseError(_, info) = &error
            && (info.message().starts_with("canceling statement due to"))
        {
            return Self::Timeout;
        }
        Self::Internal(Box::new(error))
    }
}

impl From<diesel_async::pooled_connection::deadpool::PoolError> for Error {
    fn from(error: diesel_async::pooled_connection::deadpool::PoolError) -> Self {
        match error {
            diesel_async::pooled_connection::deadpool::PoolError::Timeout(_) => Self::Timeout,
            other => Self::Internal(Box::new(other)),
        }
    }
}

/// One expected failure of a mutation.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct UserError {
    /// What kind of failure it is, for programs.
    pub code: UserErrorCode,
    /// Where in the input it is: the names from the argument down. Null if it is not about one field.
    pub field: Option<Vec<String>>,
    /// What is wrong and what to do, for people.
    pub message: String,
}

impl UserError {
    /// `field` is a path with dots, such as `business.slug`; empty if it is about none.
    pub fn new(code: UserErrorCode, field: &str, message: impl Into<String>) -> Self {
        let field = (!field.is_empty()).then(|| field.split('.').map(String::from).collect());
        Self { code, field, message: message.into() }
    }

    /// The same of what stands at a path of a larger input.
    pub fn within(self, path: &str) -> Self {
        let field = path.split('.').map(String::from).chain(self.field.into_iter().flatten()).collect();
        Self { field: Some(field), ..self }
    }
}

/// The kinds of expected failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum UserErrorCode {
    /// A value is needed and missing or blank.
    Required,
    /// A value is not of the form or within the bounds that its message names.
    Invalid,
    /// A text is longer than its limit.
    TooLong,
    /// Another object has this value already, and it must be unique.
    Taken,
    /// There is no such object in this business.
    NotFound,
    /// E-mail, password or token is wrong. Which of them is not said.
    WrongCredentials,
    /// The payment is more than what is outstanding; the message has that amount.
    Overpayment,
    /// Money or other history hangs on the object, so that it can be archived but not deleted.
    HasHistory,
    /// The object is archived; restore it first.
    Archived,
    /// Something that goes on by itself hangs on the object; the message names it. End it first.
    InUse,
    /// More of the charge is paid than it would come to. Release what is paid first.
    BelowPaid,
    /// The charge or the invoice is void.
    Void,
    /// The invoice is final: it has its number and changes no more.
    Final,
    /// The payment was reversed.
    Reversed,
    /// The idempotency key was used before with other input.
    IdempotencyKeyReused,
}
