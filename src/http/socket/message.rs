//! The messages of [graphql-transport-ws](https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md).

use async_graphql::Request;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::http::parameters;
use crate::http::refusal::Refusal;

/// What a client may send.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Incoming {
    /// Who connects.
    ConnectionInit { payload: Option<Map<String, Value>> },
    /// Asks for a sign of life.
    Ping { payload: Option<Map<String, Value>> },
    /// A sign of life.
    Pong {
        #[serde(rename = "payload")]
        _payload: Option<Map<String, Value>>,
    },
    /// Begins an operation of any kind.
    Subscribe { id: Id, payload: Subscribe },
    /// Ends an operation.
    Complete { id: Id },
}

/// The id of an operation: any text but the empty one.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Id(pub String);

impl TryFrom<String> for Id {
    type Error = &'static str;
    fn try_from(id: String) -> Result<Self, Self::Error> {
        if id.is_empty() { Err("an id is not empty") } else { Ok(Self(id)) }
    }
}

/// An operation, with the parameters that it has over HTTP.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct Subscribe(pub Box<Request>);

impl TryFrom<Map<String, Value>> for Subscribe {
    type Error = Refusal;
    fn try_from(parameters: Map<String, Value>) -> Result<Self, Self::Error> {
        parameters::read(parameters).map(|request| Self(Box::new(request)))
    }
}

/// What the server answers to `connection_init`.
pub const ACK: &str = r#"{"type":"connection_ack"}"#;

/// The answer to a `ping`, with what came with it.
pub fn pong(payload: Option<Map<String, Value>>) -> String {
    match payload {
        None => r#"{"type":"pong"}"#.to_owned(),
        Some(payload) => serde_json::json!({ "type": "pong", "payload": payload }).to_string(),
    }
}

/// One answer of the operation `id`, or its errors; both as JSON.
pub fn of_operation(kind: &str, id: &str, payload: &str) -> String {
    format!(r#"{{"id":{id},"type":"{kind}","payload":{payload}}}"#)
}

/// The end of the operation `id`, which is JSON.
pub fn complete(id: &str) -> String {
    format!(r#"{{"id":{id},"type":"complete"}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_of_the_protocol_are_read() {
        let read = |text: &str| serde_json::from_str::<Incoming>(text);
        for message in [
            r#"{"type":"connection_init"}"#,
            r#"{"type":"connection_init","payload":null}"#,
            r#"{"type":"connection_init","payload":{"authorization":"Bearer x"}}"#,
            r#"{"type":"ping","payload":{"at":1}}"#,
            r#"{"payload":{},"type":"pong"}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":"{ me }"}}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":"","variables":null,"operationName":null,"extensions":null}}"#,
            r#"{"type":"subscribe","payload":{"query":"{ me }","variables":{"a":[1]},"extensions":{"x":{}}},"id":"ü"}"#,
            r#"{"id":"1","type":"subscribe","payload":{"documentId":"x"}}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":null,"extensions":{"persistedQuery":{}}}}"#,
            r#"{"id":"1","type":"complete"}"#,
        ] {
            assert!(read(message).is_ok(), "{message}: {:?}", read(message));
        }
        for message in [
            "",
            "nonsense",
            "null",
            "[]",
            r#""ping""#,
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"start"}"#,
            r#"{"type":"connection_ack"}"#,
            r#"{"type":"next","id":"1","payload":{}}"#,
            r#"{"type":"connection_init","payload":"Bearer x"}"#,
            r#"{"type":"ping","payload":[]}"#,
            r#"{"type":"subscribe","payload":{"query":"{ me }"}}"#,
            r#"{"id":"","type":"subscribe","payload":{"query":"{ me }"}}"#,
            r#"{"id":1,"type":"subscribe","payload":{"query":"{ me }"}}"#,
            r#"{"id":"1","type":"subscribe"}"#,
            r#"{"id":"1","type":"subscribe","payload":{}}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":null}}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":"{ me }","variables":[]}}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":"{ me }","operationName":1}}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":"{ me }","extensions":"x"}}"#,
            r#"{"type":"complete"}"#,
            r#"{"id":null,"type":"complete"}"#,
        ] {
            assert!(read(message).is_err(), "{message}");
        }
    }
}
