//! How sockets end: the codes of graphql-transport-ws, and those of WebSocket itself.

use axum::extract::ws::CloseFrame;

use crate::auth::token;
use crate::http::live::Ending;

/// Why a socket ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Close {
    /// The client has closed it, or is gone.
    Gone,
    /// With a code and a reason of at most 123 bytes.
    With(u16, String),
}

impl Close {
    fn with(code: u16, reason: &str) -> Self {
        let mut end = reason.len().min(123);
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        Self::With(code, reason[..end].to_owned())
    }

    /// 4400: a message that the protocol does not have.
    pub fn invalid(reason: &str) -> Self {
        Self::with(4400, reason)
    }

    /// 4401: a subscription before `connection_ack`.
    pub fn unauthorized() -> Self {
        Self::with(4401, "Unauthorized")
    }

    /// 4403: a `connection_init` with a token that is none.
    pub fn forbidden(reason: &str) -> Self {
        Self::with(4403, &format!("Forbidden: {reason}"))
    }

    /// 4406: a socket that speaks another protocol.
    pub fn protocol() -> Self {
        Self::with(4406, "Subprotocol not acceptable")
    }

    /// 4408: no `connection_init` in time.
    pub fn no_init() -> Self {
        Self::with(4408, "Connection initialisation timeout")
    }

    /// 4409: an operation with the id of one that runs.
    pub fn taken(id: &str) -> Self {
        let id: String = id.chars().take(50).collect();
        Self::with(4409, &format!("Subscriber for {id} already exists"))
    }

    /// 4429: a second `connection_init`.
    pub fn inits() -> Self {
        Self::with(4429, "Too many initialisation requests")
    }

    /// 3008: no sign of life in time.
    pub fn silent() -> Self {
        Self::with(3008, "no answer to a ping")
    }

    /// 1009 or 1002: what cannot be read at all.
    pub fn unreadable(error: &axum::Error) -> Self {
        // axum does not show the error of the library beneath it; its text is all there is.
        let text = error.to_string();
        if text.contains("too long") {
            Self::with(1009, "a message has at most 1 MiB")
        } else if text.contains("UTF-8") {
            Self::with(1007, "a message is UTF-8")
        } else {
            Self::with(1002, &text)
        }
    }

    /// 1011: a message on which the server failed.
    pub fn failed() -> Self {
        Self::with(1011, "Internal error")
    }

    /// What the client is sent.
    pub fn frame(self) -> Option<CloseFrame> {
        match self {
            Self::Gone => None,
            Self::With(code, reason) => Some(CloseFrame { code, reason: reason.into() }),
        }
    }
}

impl From<Ending> for Close {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Expired => Self::with(4401, token::EXPIRED),
            Ending::SignedOut => Self::with(4401, token::ENDED),
            Ending::Behind => Self::with(4508, "resume"),
            Ending::Restart => Self::with(1012, "the server restarts: connect again and resume"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_into_a_frame_and_is_cut_between_characters() {
        let Close::With(_, reason) = Close::invalid(&"ü".repeat(100)) else { panic!() };
        assert_eq!(reason, "ü".repeat(61));
    }
}
