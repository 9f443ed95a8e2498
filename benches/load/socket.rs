//! A client of graphql-transport-ws that does next to nothing: ten thousand of them must not be what is measured.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::http::connect_with;

const HANDSHAKE: &str = "GET /graphql HTTP/1.1\r\nhost: daybook\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    sec-websocket-protocol: graphql-transport-ws\r\n";
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

pub struct Socket {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// How much of the buffer has been given out.
    read: usize,
}

/// What arrived.
pub enum Received {
    Text(Vec<u8>),
    /// The code, or none if the connection just ended.
    Closed(Option<u16>),
}

impl Socket {
    /// Opens one; the status, if it is refused.
    pub async fn open(from: Ipv4Addr, to: SocketAddr) -> io::Result<Result<Self, u16>> {
        Self::open_with(from, to, "", None).await
    }

    /// The same with further headers, and with a small buffer for what arrives.
    pub async fn open_with(
        from: Ipv4Addr,
        to: SocketAddr,
        headers: &str,
        buffer: Option<u32>,
    ) -> io::Result<Result<Self, u16>> {
        let mut stream = connect_with(from, to, buffer).await?;
        stream.write_all(format!("{HANDSHAKE}{headers}\r\n").as_bytes()).await?;
        let mut buffer = Vec::with_capacity(1 << 10);
        loop {
            if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&buffer[..end]);
                let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
                return Ok(if status == 101 { Ok(Self { stream, buffer, read: end + 4 }) } else { Err(status) });
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Says who is there and waits until that is acknowledged.
    pub async fn init(&mut self, token: &str) -> io::Result<()> {
        self.send(&json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } }))
            .await?;
        match self.receive().await {
            Received::Text(text) if text.windows(14).any(|window| window == b"connection_ack") => Ok(()),
            Received::Text(text) => Err(io::Error::other(String::from_utf8_lossy(&text).into_owned())),
            Received::Closed(code) => Err(io::Error::other(format!("closed: {code:?}"))),
        }
    }

    pub async fn subscribe(&mut self, id: &str, query: &str) -> io::Result<()> {
        self.send(&json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await
    }

    pub async fn send(&mut self, message: &Value) -> io::Result<()> {
        self.frame(TEXT, message.to_string().as_bytes()).await
    }

    /// Clients must mask what they send; the mask of zeroes leaves it as it is.
    async fn frame(&mut self, kind: u8, payload: &[u8]) -> io::Result<()> {
        let mut frame = vec![0x80 | kind];
        match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
            (Ok(length @ 0..126), _) => frame.push(0x80 | length),
            (_, Ok(length)) => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&length.to_be_bytes());
            }
            _ => {
                frame.push(0x80 | 127);
                frame.extend_from_slice(&(payload.len() as u64).to_be_bytes());
            }
        }
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(payload);
        self.stream.write_all(&frame).await
    }

    /// The next message. Pings are answered on the way.
    pub async fn receive(&mut self) -> Received {
        loop {
            while let Some((kind, payload)) = self.whole_frame() {
                match kind {
                    TEXT => return Received::Text(payload),
                    CLOSE => {
                        let code = payload.get(..2).map(|code| u16::from_be_bytes([code[0], code[1]]));
                        self.frame(CLOSE, &payload).await.ok();
                        return Received::Closed(code);
                    }
                    // If it cannot be sent, reading shows why.
                    PING => drop(self.frame(PONG, &payload).await),
                    _ => {}
                }
            }
            self.buffer.drain(..self.read);
            self.read = 0;
            if !matches!(self.stream.read_buf(&mut self.buffer).await, Ok(1..)) {
                return Received::Closed(None);
            }
        }
    }

    /// Reads until the end; its code.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Received::Closed(code) = self.receive().await {
                return code;
            }
        }
    }

    fn whole_frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let rest = &self.buffer[self.read..];
        let (head, length) = match *rest.get(1)? {
            126 => (4, usize::from(u16::from_be_bytes(rest.get(2..4)?.try_into().ok()?))),
            127 => (10, usize::try_from(u64::from_be_bytes(rest.get(2..10)?.try_into().ok()?)).ok()?),
            length => (2, usize::from(length)),
        };
        let (kind, payload) = (rest[0] & 0x0f, rest.get(head..head + length)?.to_vec());
        self.read += head + length;
        Some((kind, payload))
    }
}
