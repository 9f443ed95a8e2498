//! A client of HTTP/1.1 that does next to nothing, so that the driver is not what is measured.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// A connection that stays open.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
pub struct Response {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Response {
    /// The code of the first error, if there is one.
    pub fn code(&self) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        body["errors"][0]["extensions"]["code"].as_str().map(str::to_owned)
    }

    /// The status, and the code if there is one: `400 BAD_USER_INPUT`.
    pub fn describe(&self) -> String {
        match self.code() {
            Some(code) => format!("{} {code}", self.status),
            None => self.status.to_string(),
        }
    }
}

/// Connects from an address of this machine, since each has its own ports.
pub async fn connect(from: Ipv4Addr, to: SocketAddr) -> io::Result<TcpStream> {
    connect_with(from, to, None).await
}

/// The same with a small buffer for what arrives, if its size is given.
pub async fn connect_with(from: Ipv4Addr, to: SocketAddr, buffer: Option<u32>) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if let Some(buffer) = buffer {
        socket.set_recv_buffer_size(buffer)?;
    }
    socket.bind((from, 0).into())?;
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A POST of an operation, with its token if there is one.
pub fn post(token: Option<&str>, query: &str, variables: &serde_json::Value) -> Vec<u8> {
    let body = serde_json::json!({ "query": query, "variables": variables }).to_string();
    request("POST /graphql", &head(token, "application/json"), body.as_bytes())
}

/// Headers.
pub fn head(token: Option<&str>, content_type: &str) -> String {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!("content-type: {content_type}\r\naccept: application/graphql-response+json\r\n{token}")
}

/// Any request.
pub fn request(line: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut request =
        format!("{line} HTTP/1.1\r\nhost: daybook\r\n{head}content-length: {length}\r\n\r\n").into_bytes();
    request.extend_from_slice(body);
    request
}

impl Connection {
    pub async fn open(from: Ipv4Addr, to: SocketAddr) -> io::Result<Self> {
        Ok(Self::over(connect(from, to).await?))
    }

    pub fn over(stream: TcpStream) -> Self {
        Self { stream, buffer: Vec::with_capacity(16 << 10) }
    }

    /// Sends a request and waits for what comes back.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<Response> {
        self.stream.write_all(request).await?;
        self.response().await
    }

    /// The same for a server that may answer before it has read everything.
    pub async fn send_large(&mut self, request: &[u8]) -> io::Result<Response> {
        let (mut read, mut write) = self.stream.split();
        let sent = async {
            // It stops reading when it has seen enough.
            write.write_all(request).await.ok();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = sent => unreachable!("it waits for the other"),
            response = receive(&mut read, &mut self.buffer) => response,
        }
    }

    /// Waits for what comes back.
    pub async fn response(&mut self) -> io::Result<Response> {
        receive(&mut self.stream, &mut self.buffer).await
    }

    pub fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }
}

async fn receive(stream: &mut (impl tokio::io::AsyncRead + Unpin), buffer: &mut Vec<u8>) -> io::Result<Response> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
            let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            let all = end + 4 + length;
            while buffer.len() < all {
                more(stream, buffer).await?;
            }
            let body = buffer[end + 4..all].to_vec();
            buffer.drain(..all);
            return Ok(Response { status, body });
        }
        more(stream, buffer).await?;
    }
}

async fn more(stream: &mut (impl tokio::io::AsyncRead + Unpin), buffer: &mut Vec<u8>) -> io::Result<()> {
    if stream.read_buf(buffer).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}
