//! What the operator of a server allows its callers, beyond their permissions.

use std::sync::Arc;

use async_graphql::Response;
use clap::ValueEnum;
use serde::Deserialize;

use super::Trusted;
use crate::auth::{Caller, Subject, token};
use crate::error::{Error, Result};

/// What callers may do. The default is for a server that strangers can reach.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How much comes back every second of the cost that a caller may spend: see [`crate::graphql`]'s budget. At least
    /// 500, so that the dearest operation finds room in a bucket.
    pub cost_per_second: u32,
    /// Who may read the schema.
    pub introspection: Introspection,
    /// The only documents that run, if there are such.
    pub trusted: Option<Arc<Trusted>>,
}

/// Who may read the schema through the API: by `__schema` and `__type`, and by what messages suggest. `__typename` is
/// everyone's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Introspection {
    /// Everyone, also strangers
    Everyone,
    /// Callers with a valid access token
    #[default]
    SignedIn,
    /// Nobody: those who call have the schema from elsewhere
    Nobody,
}

impl Introspection {
    /// Whether it is for someone who calls.
    pub fn allows(self, caller: &Caller) -> bool {
        match self {
            Self::Everyone => true,
            // Nobody has looked yet whether there is such a key.
            Self::SignedIn => caller.is_ok_and(|identity| !matches!(identity.subject, Subject::ApiKey(_))),
            Self::Nobody => false,
        }
    }

    /// An error, which says what to do, unless it is for someone who calls.
    pub fn require(self, caller: &Caller) -> Result<()> {
        if self.allows(caller) {
            return Ok(());
        }
        match caller {
            Err(reason) if self == Self::SignedIn && *reason != token::ANONYMOUS => Err(Error::Unauthenticated(reason)),
            _ if self == Self::SignedIn => Err(Error::Unauthenticated(
                "the schema is for those who are signed in: send an access token (not an API key), or start the \
                 server with `--introspection everyone`",
            )),
            _ => Err(Error::Forbidden(
                "this server does not tell its schema: `daybook schema` prints it, and `--introspection signed-in` \
                 allows it"
                    .into(),
            )),
        }
    }
}

/// The errors without the names of the schema that the validation suggests.
pub(super) fn without_suggestions(mut response: Response) -> Response {
    // No message of Daybook's own has these words.
    for error in &mut response.errors {
        if let Some((message, _)) = error.message.split_once(" Did you mean \"") {
            error.message = message.to_owned();
        }
    }
    response
}

impl Default for Policy {
    fn default() -> Self {
        Self { cost_per_second: 5_000, introspection: Introspection::default(), trusted: None }
    }
}
