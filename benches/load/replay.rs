//! Sends to PostgreSQL what was captured, and nothing else: no SQL is made, no row is read.

use std::ops::Range;

use daybook::clock::Clock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use uuid::Uuid;

use super::capture::{Recording, Stream, connect};

/// A connection on which the statements are prepared.
pub struct Raw {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
}

/// A recording, with what must be new each time.
#[derive(Debug, Clone)]
pub struct Script {
    recording: Recording,
    /// The ids that the operation made, in their order, and where they stand: the flight and the place in it.
    ids: Vec<Vec<(usize, Range<usize>)>>,
    /// Where its idempotency key stands.
    keys: Vec<(usize, Range<usize>)>,
}

impl Script {
    /// `made` are the milliseconds since 1970 in which the operation ran, by which the ids that it made are known;
    /// `key` is the idempotency key that it had, made of 32 characters.
    pub fn new(recording: Recording, made: Range<i64>, key: Option<&str>) -> Self {
        let mut ids = std::collections::BTreeMap::<[u8; 16], Vec<_>>::new();
        let mut keys = Vec::new();
        for (flight, (_, bytes)) in recording.flights.iter().enumerate() {
            let mut place = 0;
            while place + 16 <= bytes.len() {
                let mut window = [0; 16];
                window.copy_from_slice(&bytes[place..place + 16]);
                if is_id(Uuid::from_bytes(window), &made) {
                    ids.entry(window).or_default().push((flight, place..place + 16));
                    place += 16;
                } else {
                    place += 1;
                }
            }
            if let Some(key) = key {
                let found = bytes.windows(key.len()).enumerate().filter(|(_, window)| *window == key.as_bytes());
                keys.extend(found.map(|(place, _)| (flight, place..place + key.len())));
            }
        }
        assert!(key.is_none() || (!keys.is_empty() && !ids.is_empty()), "a mutation makes ids and claims its key");
        Self { recording, ids: ids.into_values().collect(), keys }
    }

    pub fn statements(&self) -> usize {
        self.recording.statements
    }

    /// How often one must wait for an answer.
    pub fn round_trips(&self) -> usize {
        self.recording.flights.len()
    }

    fn renew(&mut self, clock: &Clock) {
        for places in &self.ids {
            let id = clock.id();
            for (flight, place) in places {
                self.recording.flights[*flight].1[place.clone()].copy_from_slice(id.as_bytes());
            }
        }
        for (flight, place) in &self.keys {
            let key = clock.id().simple().to_string();
            self.recording.flights[*flight].1[place.clone()].copy_from_slice(key.as_bytes());
        }
    }
}

/// Whether this is a UUIDv7 of that time.
fn is_id(id: Uuid, made: &Range<i64>) -> bool {
    let millis = i64::try_from(id.as_u128() >> 80).unwrap_or_default();
    id.get_version_num() == 7 && made.contains(&millis)
}

impl Raw {
    pub async fn open(url: &str, prepared: &[u8]) -> Self {
        let config: tokio_postgres::Config = url.parse().unwrap();
        let mut raw = Self { stream: connect(&config).await, buffer: Vec::with_capacity(64 << 10) };
        let (user, name) = (config.get_user().unwrap(), config.get_dbname().unwrap());
        let parameters = format!("user\0{user}\0database\0{name}\0\0");
        let mut hello = u32::try_from(8 + parameters.len()).unwrap().to_be_bytes().to_vec();
        hello.extend_from_slice(&(3_u32 << 16).to_be_bytes());
        hello.extend_from_slice(parameters.as_bytes());
        raw.stream.write_all(&hello).await.unwrap();
        raw.wait_for(1).await;
        raw.stream.write_all(prepared).await.unwrap();
        raw.stream.write_all(b"S\0\0\0\x04").await.unwrap();
        raw.wait_for(1).await;
        raw
    }

    /// Runs it once.
    pub async fn run(&mut self, script: &mut Script, clock: &Clock) {
        script.renew(clock);
        let mut answered = 0;
        for (after, flight) in &script.recording.flights {
            self.wait_for(after - answered).await;
            answered = *after;
            self.stream.write_all(flight).await.unwrap();
        }
        self.wait_for(script.recording.answers - answered).await;
    }

    /// Waits until PostgreSQL is ready for the next, so often.
    async fn wait_for(&mut self, mut answers: usize) {
        let mut place = 0;
        while answers > 0 {
            let Some((kind, length)) = self
                .buffer
                .get(place..place + 5)
                .map(|head| (head[0], u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize))
            else {
                self.more(&mut place).await;
                continue;
            };
            let end = place + 1 + length;
            if self.buffer.len() < end {
                self.more(&mut place).await;
                continue;
            }
            let body = &self.buffer[place + 5..end];
            match kind {
                b'Z' => answers -= 1,
                b'R' => assert_eq!(body[..4], [0; 4], "the driver has no password for the data base"),
                b'E' => panic!("refused: {}", String::from_utf8_lossy(body).replace('\0', " ")),
                _ => {}
            }
            place = end;
        }
        self.buffer.drain(..place);
    }

    async fn more(&mut self, place: &mut usize) {
        // What is read is not kept.
        self.buffer.drain(..*place);
        *place = 0;
        let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
        assert!(read > 0, "PostgreSQL hung up");
    }
}
