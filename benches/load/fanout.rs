//! Many sockets, each of which hears of every payment of its business.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use daybook::id::{self, PaymentId};
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval_at, sleep, timeout};
use uuid::Uuid;

use super::figures::{Times, millis, table};
use super::http::{Connection, post};
use super::machine::resident;
use super::socket::{Received, Socket};
use super::world::{self, HOME, Owner, World};

const LISTEN: &str = "subscription { paymentUpdates { cursor kind payment { id amount { amount } }
    customer { id name balance { amount } } } }";
const PAY: &str = "mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) {
    payment { id } userErrors { code field message } } }";
const EVERY: Duration = Duration::from_secs(1);
/// Sockets that are being opened at once.
const WIDTH: usize = 64;
/// Sockets that share an address: each has some 28,000 ports.
const PER_ADDRESS: usize = 5_000;
/// How long the last payments may take to arrive before they are lost, and all sockets to hear of a first one.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Load {
    pub sockets: usize,
    pub businesses: usize,
    pub seconds: u64,
    pub pid: u32,
}

/// What all tasks of one run share.
struct Run {
    /// Sockets that have heard of a payment.
    awake: AtomicUsize,
    /// Whether payments count.
    counting: AtomicBool,
    /// Whether more are made.
    paying: AtomicBool,
}

/// Which payment a socket heard of, and when.
type Heard = Vec<(Uuid, Instant)>;

/// A payment that counts: whose, which, and how long its mutation took.
struct Paid {
    business: usize,
    id: Uuid,
    took: Duration,
}

/// Whether each socket heard of each payment exactly once and in order.
pub async fn measure(world: &World, load: &Load) -> bool {
    eprintln!("load: {} sockets", load.sockets);
    let owners = world.open_all("live", load.businesses).await;
    let each = load.sockets.div_ceil(load.businesses);
    let tokens: Vec<_> = stream::iter(&owners).then(|owner| world.sign_ins(owner, each)).collect().await;
    let customers: Vec<_> = stream::iter(&owners).then(|owner| world.customer(owner, "Ann")).collect().await;
    let run = Arc::new(Run { awake: AtomicUsize::new(0), counting: false.into(), paying: true.into() });

    let before = resident(load.pid);
    let begin = Instant::now();
    let sockets: Vec<Socket> = stream::iter(0..load.sockets)
        .map(|number| open(world, number, &tokens[number % load.businesses][number / load.businesses]))
        .buffered(WIDTH)
        .collect()
        .await;
    let opened = begin.elapsed();
    let mut listeners = Vec::new();
    for socket in sockets {
        let heard = Arc::<Mutex<Heard>>::default();
        let task = tokio::spawn(listen(socket, Arc::clone(&heard), Arc::clone(&run)));
        listeners.push((task, heard));
    }
    let mut payers = JoinSet::new();
    for (business, (owner, customer)) in owners.into_iter().zip(customers).enumerate() {
        let phase = EVERY * u32::try_from(business).unwrap() / u32::try_from(load.businesses).unwrap();
        let connection = Connection::open(HOME, world.address).await.unwrap();
        payers.spawn(pay(connection, owner, customer, business, phase, Arc::clone(&run)));
    }
    // Nobody is told that a subscription has begun; that a payment arrives shows it.
    let all_awake = async {
        while run.awake.load(Ordering::Relaxed) < load.sockets {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, all_awake).await.expect("every socket hears of a payment");
    sleep(2 * EVERY).await;
    let after = resident(load.pid);
    eprintln!("load: all of them listen; {} s of payments", load.seconds);
    run.counting.store(true, Ordering::Relaxed);
    sleep(Duration::from_secs(load.seconds)).await;
    run.paying.store(false, Ordering::Relaxed);
    let paid: Vec<Paid> = payers.join_all().await.into_iter().flatten().collect();
    sleep(PATIENCE / 5).await;

    // An instant and the time of PostgreSQL, which is on this machine.
    let (instant, time) = (Instant::now(), world.clock.now());
    let heard: Vec<_> = listeners
        .into_iter()
        .map(|(task, heard)| {
            // Those that were closed have ended by themselves.
            let closed = task.is_finished();
            task.abort();
            (closed, std::mem::take(&mut *heard.lock().unwrap()))
        })
        .collect();
    report(world, load, &paid, &heard, (instant, time), &Memory { before, after, opened }).await
}

struct Memory {
    before: u64,
    after: u64,
    opened: Duration,
}

async fn open(world: &World, number: usize, token: &str) -> Socket {
    let from = Ipv4Addr::new(127, 0, 1, u8::try_from(1 + number / PER_ADDRESS).unwrap());
    let mut socket = Socket::open(from, world.address).await.unwrap().expect("a socket");
    socket.init(token).await.unwrap();
    socket.subscribe("1", LISTEN).await.unwrap();
    socket
}

/// Listens until it is stopped or closed.
async fn listen(mut socket: Socket, heard: Arc<Mutex<Heard>>, run: Arc<Run>) {
    let mut awake = false;
    while let Received::Text(text) = socket.receive().await {
        let at = Instant::now();
        if !awake {
            awake = true;
            run.awake.fetch_add(1, Ordering::Relaxed);
        }
        heard.lock().unwrap().push((payment(&text).unwrap_or_default(), at));
    }
}

/// The payment of which a message tells, without reading all of it.
fn payment(text: &[u8]) -> Option<Uuid> {
    let mark = br#""payment":{"id":""#;
    let place = text.windows(mark.len()).position(|window| window == mark)? + mark.len();
    let id = text.get(place..)?.split(|byte| *byte == b'"').next()?;
    Some(id::decode(std::str::from_utf8(id).ok()?).ok()?.1)
}

async fn pay(
    mut connection: Connection,
    owner: Owner,
    customer: String,
    business: usize,
    phase: Duration,
    run: Arc<Run>,
) -> Vec<Paid> {
    let mut paid = Vec::new();
    let input = json!({ "customerId": customer, "amount": "1.00", "method": "CASH", "allowCredit": true });
    let request = post(Some(&owner.token), PAY, &json!({ "input": input }));
    let mut ticks = interval_at(tokio::time::Instant::now() + phase, EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if !run.paying.load(Ordering::Relaxed) {
            return paid;
        }
        let counts = run.counting.load(Ordering::Relaxed);
        let begin = Instant::now();
        let response = connection.send(&request).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        let id = &body["data"]["paymentRecord"]["payment"]["id"];
        let id: PaymentId = id.as_str().unwrap_or_else(|| panic!("{body}")).parse().unwrap();
        if counts {
            paid.push(Paid { business, id: id.0, took: begin.elapsed() });
        }
    }
}

/// When each payment was committed, as PostgreSQL says, and its place in the log.
async fn commits(world: &World) -> HashMap<Uuid, (DateTime<Utc>, u64)> {
    let database = world::database(&world.database_url).await;
    database.batch_execute("SET daybook.scope = 'system'").await.unwrap();
    let query = "SELECT subject_id::text, txid::text,
            (extract(epoch FROM pg_xact_commit_timestamp(txid::xid)) * 1000000)::bigint
        FROM events WHERE occurred_at > now() - interval '10 minutes'";
    let rows = database.query(query, &[]).await.expect("a PostgreSQL with track_commit_timestamp=on");
    let read = |row: &tokio_postgres::Row| {
        let (id, txid): (&str, &str) = (row.get(0), row.get(1));
        let micros = row.get::<_, Option<i64>>(2)?;
        Some((id.parse().ok()?, (DateTime::from_timestamp_micros(micros)?, txid.parse().ok()?)))
    };
    rows.iter().filter_map(read).collect()
}

async fn report(
    world: &World,
    load: &Load,
    paid: &[Paid],
    heard: &[(bool, Heard)],
    (instant, time): (Instant, DateTime<Utc>),
    memory: &Memory,
) -> bool {
    let commits = commits(world).await;
    let counted: HashMap<Uuid, usize> = paid.iter().map(|paid| (paid.id, paid.business)).collect();
    let mut expected = vec![0; load.businesses];
    paid.iter().for_each(|paid| expected[paid.business] += 1);
    let (mut lost, mut duplicated, mut disordered, mut closed) = (0, 0, 0, 0);
    let mut times = Times::default();
    let mut total = 0;
    for (number, (early, heard)) in heard.iter().enumerate() {
        let business = number % load.businesses;
        closed += usize::from(*early);
        let mut seen = HashMap::<Uuid, usize>::new();
        let mut last = 0;
        for (id, at) in heard.iter().filter(|(id, _)| counted.get(id) == Some(&business)) {
            let (commit, txid) = commits[id];
            disordered += usize::from(txid < last);
            last = txid;
            *seen.entry(*id).or_default() += 1;
            // Negative only by the difference between two ways to read one clock.
            times.add((time - (instant - *at) - commit).to_std().unwrap_or_default());
            total += 1;
        }
        lost += expected[business] - seen.len();
        duplicated += seen.values().filter(|count| **count > 1).count();
    }
    let (times, mutations) = (Times::gather([times]), {
        let mut times = Times::default();
        paid.iter().for_each(|paid| times.add(paid.took));
        Times::gather([times])
    });
    let seconds = load.seconds as f64;
    let each = memory.after.saturating_sub(memory.before) as f64 / load.sockets as f64;
    let row = |what: &str, figure: String, goal: &str| vec![what.to_owned(), figure, goal.to_owned()];
    let rows = [
        row("sockets, each with a sign-in of its own", load.sockets.to_string(), "10,000"),
        row("businesses", load.businesses.to_string(), ""),
        row("opened and subscribed", format!("{:.0}/s", load.sockets as f64 / memory.opened.as_secs_f64()), ""),
        row("payments", format!("{:.0}/s", paid.len() as f64 / seconds), "100/s"),
        row("payment mutation, p50", millis(mutations.permille(500)), ""),
        row("payment mutation, p99", millis(mutations.permille(990)), ""),
        row("deliveries", format!("{:.0}/s", total as f64 / seconds), "10,000/s"),
        row("commit to delivery, p50", millis(times.permille(500)), ""),
        row("commit to delivery, p99", millis(times.permille(990)), "< 100 ms"),
        row("commit to delivery, max", millis(times.max()), ""),
        row("lost", lost.to_string(), "0"),
        row("duplicated", duplicated.to_string(), "0"),
        row("out of order", disordered.to_string(), "0"),
        row("sockets that were closed", closed.to_string(), "0"),
        row("memory of the server before the sockets", format!("{:.0} MB", memory.before as f64 / 1e6), ""),
        row("memory a socket", format!("{:.1} KB", each / 1e3), "< 20 KB"),
    ];
    table("Live fan-out", &["", "measured", "goal"], &rows);
    lost + duplicated + disordered + closed == 0
}
