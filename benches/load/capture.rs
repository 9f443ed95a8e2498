//! What one operation sends to PostgreSQL, byte for byte.
//!
//! The operation runs in this process, on a connection that leads through here. What is forwarded is noted, and also
//! after how many answers it was sent: statements that did not wait for each other are replayed that way.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_graphql::{Request, Variables};
use daybook::app::App;
use daybook::auth::Peer;
use daybook::graphql::Engine;
use daybook::schema;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_postgres::config::Host;

use super::world::World;

/// How long each answer is held back, so that whatever does not wait for it is sent before it.
const HOLD: Duration = Duration::from_millis(2);

/// An operation's part of the conversation.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// What is sent at once, and after how many answers.
    pub flights: Vec<(usize, Vec<u8>)>,
    /// How many answers there are.
    pub answers: usize,
    /// How many statements.
    pub statements: usize,
}

#[derive(Debug, Default)]
struct Tape {
    answered: usize,
    recording: Recording,
    /// The messages that prepared statements, with which any connection can be made ready.
    prepared: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// Daybook in this process, on one connection that is listened to.
pub struct Capture {
    engine: Engine,
    tape: Arc<Mutex<Tape>>,
}

impl Capture {
    pub async fn new(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let config: tokio_postgres::Config = world.database_url.parse().unwrap();
        let (user, name) = (config.get_user().unwrap(), config.get_dbname().unwrap());
        let url = format!("postgres://{user}@127.0.0.1:{port}/{name}");
        let tape = Arc::<Mutex<Tape>>::default();
        let recorder = Arc::clone(&tape);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                client.set_nodelay(true).unwrap();
                let (server, tape) = (connect(&config).await, Arc::clone(&recorder));
                tokio::spawn(pass_on(client, server, tape));
            }
        });
        let app = App::new(&url, 1, world.tokens.clone(), world.clock.clone()).unwrap();
        Self { engine: Engine::new(schema::schema(), app).unwrap(), tape }
    }

    /// Runs an operation, which must succeed; what it sent.
    pub async fn record(&self, token: &str, query: &str, variables: Value) -> Recording {
        {
            let mut tape = self.tape.lock().unwrap();
            tape.answered = 0;
            tape.recording = Recording::default();
        }
        let app = self.engine.app();
        let caller = app.tokens.bearer(Some(&format!("Bearer {token}")), app.clock.now());
        let request = Request::new(query).variables(Variables::from_json(variables)).data(Peer::default());
        let Ok(prepared) = self.engine.prepare(request, &caller) else { panic!("refused: {query}") };
        let answer = self.engine.run(prepared, caller).await;
        assert!(answer.response.errors.is_empty(), "{query}: {:?}", answer.response.errors);
        std::mem::take(&mut self.tape.lock().unwrap().recording)
    }

    /// What prepares every statement that was recorded.
    pub fn prepared(&self) -> Vec<u8> {
        self.tape.lock().unwrap().prepared.values().flatten().copied().collect()
    }
}

/// A stream to PostgreSQL.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Connects where a URL says.
pub async fn connect(config: &tokio_postgres::Config) -> Box<dyn Stream> {
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match config.get_hosts().first().expect("a host") {
        Host::Tcp(host) => {
            let stream = TcpStream::connect((host.as_str(), port)).await.unwrap();
            stream.set_nodelay(true).unwrap();
            Box::new(stream)
        }
        Host::Unix(folder) => Box::new(UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await.unwrap()),
    }
}

async fn pass_on(client: TcpStream, server: Box<dyn Stream>, tape: Arc<Mutex<Tape>>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = tokio::io::split(server);
    // Until either side hangs up.
    tokio::select! {
        _ = ask(from_client, to_server, &tape) => {}
        _ = answer(from_server, to_client, &tape) => {}
    }
}

async fn ask(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    tape: &Mutex<Tape>,
) -> io::Result<Infallible> {
    // The first message has no type.
    let length = from.read_u32().await?;
    let mut rest = vec![0; length as usize - 4];
    from.read_exact(&mut rest).await?;
    to.write_u32(length).await?;
    to.write_all(&rest).await?;
    loop {
        let message = message(&mut from).await?;
        tape.lock().unwrap().asked(&message);
        to.write_all(&message).await?;
    }
}

async fn answer(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    tape: &Mutex<Tape>,
) -> io::Result<Infallible> {
    loop {
        let message = message(&mut from).await?;
        if message[0] == b'Z' {
            tokio::time::sleep(HOLD).await;
            tape.lock().unwrap().answered += 1;
        }
        to.write_all(&message).await?;
    }
}

/// One message: its type, its length, and the rest.
async fn message(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut message = vec![0; 5];
    from.read_exact(&mut message).await?;
    let length = u32::from_be_bytes([message[1], message[2], message[3], message[4]]);
    message.resize(1 + length as usize, 0);
    from.read_exact(&mut message[5..]).await?;
    Ok(message)
}

/// The name with which a message begins.
fn name(message: &[u8]) -> Vec<u8> {
    message.iter().copied().take_while(|byte| *byte != 0).collect()
}

impl Tape {
    fn asked(&mut self, message: &[u8]) {
        let recording = &mut self.recording;
        match message[0] {
            b'P' => drop(self.prepared.insert(name(&message[5..]), message.to_vec())),
            b'C' if message[5] == b'S' => drop(self.prepared.remove(&name(&message[6..]))),
            b'S' => recording.answers += 1,
            b'Q' => {
                recording.answers += 1;
                recording.statements += 1;
            }
            b'E' => recording.statements += 1,
            _ => {}
        }
        match recording.flights.last_mut() {
            Some((after, flight)) if *after == self.answered => flight.extend_from_slice(message),
            _ => recording.flights.push((self.answered, message.to_vec())),
        }
    }
}
