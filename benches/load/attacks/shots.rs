//! What an attacker can do once.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::time::{sleep, timeout};

use super::Shot;
use crate::http::{Connection, head, request};
use crate::socket::Socket;

/// From where attackers call: what they use up is not the second client's.
pub const THERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 66);
/// A byte of what is sent slowly is sent every so often.
const DRIP: Duration = Duration::from_millis(500);
/// The longest that an answer is waited for: more than the server waits for anything.
const PATIENCE: Duration = Duration::from_secs(40);

fn told(answer: io::Result<String>) -> String {
    answer.unwrap_or_else(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "cut off".into(),
        _ => error.to_string(),
    })
}

async fn in_time(answer: impl Future<Output = io::Result<String>>) -> String {
    timeout(PATIENCE, answer).await.map_or_else(|_| "no answer".to_owned(), told)
}

/// Whole requests, in turn.
pub struct Requests {
    pub to: SocketAddr,
    pub requests: Vec<Vec<u8>>,
}

impl Shot for Requests {
    fn fire(&self, number: usize) -> BoxFuture<'_, String> {
        in_time(async move {
            let mut connection = Connection::open(THERE, self.to).await?;
            let response = connection.send_large(&self.requests[number % self.requests.len()]).await?;
            Ok(response.describe())
        })
        .boxed()
    }
}

/// The beginning of a request whose rest comes slowly, and never ends.
pub struct Slow {
    pub to: SocketAddr,
    pub beginning: Vec<u8>,
}

impl Shot for Slow {
    fn fire(&self, _: usize) -> BoxFuture<'_, String> {
        in_time(async move {
            let mut connection = Connection::open(THERE, self.to).await?;
            connection.stream().write_all(&self.beginning).await?;
            loop {
                if let Ok(response) = timeout(DRIP, connection.response()).await {
                    return Ok(response?.describe());
                }
                connection.stream().write_all(b"x").await?;
            }
        })
        .boxed()
    }
}

/// Messages on a socket, and waiting for its end.
pub struct Messages {
    pub to: SocketAddr,
    /// Of `connection_init`, if it is sent.
    pub token: Option<String>,
    pub headers: &'static str,
    pub messages: Vec<Value>,
}

impl Shot for Messages {
    fn fire(&self, number: usize) -> BoxFuture<'_, String> {
        in_time(async move {
            let mut socket = match Socket::open_with(THERE, self.to, self.headers, None).await? {
                Ok(socket) => socket,
                Err(status) => return Ok(status.to_string()),
            };
            if let Some(token) = &self.token {
                socket.init(token).await?;
            }
            let same = self.messages.len().max(1);
            for place in 0..same {
                let Some(message) = self.messages.get((number + place) % same) else { break };
                if socket.send(message).await.is_err() {
                    break;
                }
            }
            Ok(socket.closed().await.map_or_else(|| "cut off".to_owned(), |code| code.to_string()))
        })
        .boxed()
    }
}

/// A socket that subscribes so often and then does not read.
pub struct Deaf {
    pub to: SocketAddr,
    pub subscriptions: usize,
    pub token: String,
    pub query: &'static str,
}

impl Shot for Deaf {
    fn fire(&self, _: usize) -> BoxFuture<'_, String> {
        in_time(async move {
            let opened = Socket::open_with(THERE, self.to, "", Some(4 << 10)).await?;
            let mut socket = opened.map_err(|status| io::Error::other(format!("refused: {status}")))?;
            socket.init(&self.token).await?;
            for id in 0..self.subscriptions {
                socket.subscribe(&id.to_string(), self.query).await?;
            }
            sleep(Duration::from_secs(6)).await;
            Ok(socket.closed().await.map_or_else(|| "socket cut off".to_owned(), |code| format!("socket {code}")))
        })
        .boxed()
    }
}

/// A POST of a body as it stands.
pub fn post(token: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    request("POST /graphql", &head(Some(token), content_type), body)
}

/// A POST of an operation.
pub fn operation(token: &str, query: &str, variables: &Value) -> Vec<u8> {
    post(token, "application/json", json!({ "query": query, "variables": variables }).to_string().as_bytes())
}
