//! Operations, next to the same SQL without Daybook.

use std::ops::Range;
use std::time::{Duration, Instant};

use daybook::clock::Clock;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::capture::Capture;
use super::figures::{Times, millis, ratio, table};
use super::http::{Connection, post};
use super::replay::{Raw, Script};
use super::world::database;
use super::world::{HOME, Owner, World};

const LIST: &str = "{ customers(first: 100) { nodes { id code name email phone status balance { amount } } } }";
const NESTED: &str = "{ customers(first: 20) { nodes { id name balance { amount }
    contacts { nodes { name email } }
    notes { nodes { content createdAt } }
    payments { nodes { amount { amount } receivedAt allocations { amount { amount } charge { id outstanding { amount } } } } }
} } }";
const PAY: &str = "mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) {
    payment { id amount { amount } unallocated { amount }
        allocations { charge { id outstanding { amount } } amount { amount } } customer { balance { amount } } }
    userErrors { code field message } } }";
/// Customers of the business.
const CUSTOMERS: usize = 200;
/// Customers of a round.
const ROUND: usize = 500;
/// Daybook and its SQL take turns, so that whatever else the machine does weighs on both.
const ROUNDS: u32 = 3;

pub async fn measure(world: &World, connections: usize, seconds: u64) {
    eprintln!("load: operations");
    // SQL alone repeats the number of a receipt: an index of the same cost takes it.
    let index = "ALTER TABLE payments DROP CONSTRAINT payments_receipt_key;
        CREATE INDEX ON payments (business_id, customer_id, receipt)";
    database(&world.database_url).await.batch_execute(index).await.unwrap();
    let owner = world.open("operations").await;
    world.fill(&owner, CUSTOMERS).await;
    let capture = Capture::new(world).await;
    let bench = Bench { world, owner: &owner, turn: Duration::from_secs(seconds) / ROUNDS, capture: &capture };
    let same = |query: &'static str| vec![Sent { query, variables: json!({}), key: None }; connections];
    let rows = [
        bench.operation("list page: 100 customers", same(LIST)).await,
        bench.operation("nested page: 20 customers with contacts, notes, payments, allocations", same(NESTED)).await,
        bench.operation("payment mutation", bench.payments(connections).await).await,
    ];
    let head =
        ["operation", "Daybook", "p50", "p99", "SQL alone", "p50", "p99", "Daybook : SQL", "statements", "round trips"];
    table(&format!("Operations, {connections} connections"), &head, &rows);
    day(world).await;
}

/// The records of a day for many customers in one mutation, and one by one.
async fn day(world: &World) {
    eprintln!("load: the records of a day");
    let owner = world.open("round").await;
    let mut customers = Vec::new();
    for number in 0..ROUND {
        customers.push(world.customer(&owner, &format!("House {number}")).await);
    }
    let at_once = "mutation ($input: RecordsCreateInput!) { recordsCreate(input: $input) { userErrors { code } } }";
    let one = "mutation ($input: RecordCreateInput!) { recordCreate(input: $input) { userErrors { code } } }";
    let record = |mut more: Value| {
        let same = json!({ "product": "Milk", "quantity": 1, "unitPrice": "10.00" });
        more.as_object_mut().unwrap().extend(same.as_object().unwrap().clone());
        json!({ "input": more })
    };
    let records: Vec<_> = customers.iter().map(|id| json!({ "customerId": id })).collect();
    let mut connection = Connection::open(HOME, world.address).await.unwrap();
    let mut times = (Duration::ZERO, Duration::ZERO);
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let response =
            connection.send(&post(Some(&owner.token), at_once, &record(json!({ "records": records })))).await;
        times.0 += begin.elapsed();
        assert_eq!(response.unwrap().body, b"{\"data\":{\"recordsCreate\":{\"userErrors\":[]}}}");
        for id in &customers {
            let request = post(Some(&owner.token), one, &record(json!({ "customerId": id })));
            let begin = Instant::now();
            let response = connection.send(&request).await.unwrap();
            times.1 += begin.elapsed();
            assert_eq!(response.body, b"{\"data\":{\"recordCreate\":{\"userErrors\":[]}}}");
        }
    }
    let of_all = ratio(times.0.as_secs_f64(), times.1.as_secs_f64());
    let row = vec![millis(times.0 / ROUNDS), millis(times.1 / ROUNDS), of_all, "< 0.1".to_owned()];
    table(&format!("Records of a day for {ROUND} customers"), &["at once", "one by one", "ratio", "goal"], &[row]);
}

struct Bench<'a> {
    world: &'a World,
    owner: &'a Owner,
    turn: Duration,
    capture: &'a Capture,
}

/// What one connection sends again and again.
#[derive(Debug, Clone)]
struct Sent {
    query: &'static str,
    variables: Value,
    /// Its idempotency key, which must be new each time.
    key: Option<String>,
}

impl Bench<'_> {
    /// A payment of one's own customer for each connection: those of one customer wait for each other.
    async fn payments(&self, connections: usize) -> Vec<Sent> {
        let mut sent = Vec::new();
        for number in 0..connections {
            let customer = self.world.customer(self.owner, &format!("Payer {number}")).await;
            self.world.sale(self.owner, &customer, "1000000.00").await;
            let key = self.world.clock.id().simple().to_string();
            let input = json!({ "customerId": customer, "amount": "0.01", "method": "CASH", "idempotencyKey": key });
            sent.push(Sent { query: PAY, variables: json!({ "input": input }), key: Some(key) });
        }
        sent
    }

    async fn operation(&self, name: &str, sent: Vec<Sent>) -> Vec<String> {
        eprintln!("load: {name}");
        let token = &self.owner.token;
        let mut scripts = Vec::new();
        let distinct = if sent[0].key.is_some() { sent.len() } else { 1 };
        for sent in &sent[..distinct] {
            // First without noting it, so that every statement is prepared.
            let warm = self.world.clock.id().simple().to_string();
            let mut variables = sent.variables.clone();
            if sent.key.is_some() {
                variables["input"]["idempotencyKey"] = warm.into();
            }
            self.capture.record(token, sent.query, variables).await;
            let begin = self.world.clock.now().timestamp_millis();
            let recording = self.capture.record(token, sent.query, sent.variables.clone()).await;
            let end = self.world.clock.now().timestamp_millis();
            scripts.push(Script::new(recording, begin..end + 1, sent.key.as_deref()));
        }
        let (statements, round_trips) = (scripts[0].statements(), scripts[0].round_trips());

        let prepared = self.capture.prepared();
        let mut over_http = Vec::new();
        let mut raw = Vec::new();
        for (number, sent) in sent.iter().enumerate() {
            over_http.push(Http::open(self.world, token, sent).await);
            let script = scripts[number % scripts.len()].clone();
            let connection = Raw::open(&self.world.database_url, &prepared).await;
            raw.push(Replay { connection, script, clock: self.world.clock.clone() });
        }
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            // Once to warm up.
            let turn = if round == 0 { self.turn / 4 } else { self.turn };
            let times;
            (times, over_http) = closed_loop(turn, over_http).await;
            let raw_times;
            (raw_times, raw) = closed_loop(turn, raw).await;
            if round > 0 {
                ours.push(times);
                theirs.push(raw_times);
            }
        }
        let (ours, theirs) = (Times::gather(ours), Times::gather(theirs));
        let measured = (self.turn * ROUNDS).as_secs_f64();
        let (a, b) = (ours.count() as f64 / measured, theirs.count() as f64 / measured);
        vec![
            name.to_owned(),
            format!("{a:.0}/s"),
            millis(ours.permille(500)),
            millis(ours.permille(990)),
            format!("{b:.0}/s"),
            millis(theirs.permille(500)),
            millis(theirs.permille(990)),
            ratio(a, b),
            statements.to_string(),
            round_trips.to_string(),
        ]
    }
}

trait Client: Send + 'static {
    fn send(&mut self) -> impl Future<Output = ()> + Send;
}

/// A connection to PostgreSQL with the SQL that it sends.
struct Replay {
    connection: Raw,
    script: Script,
    clock: Clock,
}

impl Client for Replay {
    async fn send(&mut self) {
        self.connection.run(&mut self.script, &self.clock).await;
    }
}

/// A connection to Daybook with the request that it sends.
struct Http {
    connection: Connection,
    request: Vec<u8>,
    key: Option<Range<usize>>,
    clock: Clock,
}

impl Http {
    async fn open(world: &World, token: &str, sent: &Sent) -> Self {
        let request = post(Some(token), sent.query, &sent.variables);
        let key = sent.key.as_ref().map(|key| {
            let place = request.windows(key.len()).position(|window| window == key.as_bytes()).unwrap();
            place..place + key.len()
        });
        let connection = Connection::open(HOME, world.address).await.unwrap();
        Self { connection, request, key, clock: world.clock.clone() }
    }
}

impl Client for Http {
    async fn send(&mut self) {
        if let Some(key) = &self.key {
            self.request[key.clone()].copy_from_slice(self.clock.id().simple().to_string().as_bytes());
        }
        let response = self.connection.send(&self.request).await.unwrap();
        // With errors of either kind, something else follows the data or stands in it.
        let body = &response.body;
        let done = body.starts_with(b"{\"data\":") && body.ends_with(b"}}");
        let done = done && (self.key.is_none() || body.ends_with(b"\"userErrors\":[]}}}"));
        assert!(done, "{}: {}", response.status, String::from_utf8_lossy(body));
    }
}

/// Each connection sends again as soon as it is answered.
async fn closed_loop<C: Client>(duration: Duration, connections: Vec<C>) -> (Times, Vec<C>) {
    let end = Instant::now() + duration;
    let mut tasks = JoinSet::new();
    for mut connection in connections {
        tasks.spawn(async move {
            let mut times = Times::default();
            while Instant::now() < end {
                let begin = Instant::now();
                connection.send().await;
                times.add(begin.elapsed());
            }
            (times, connection)
        });
    }
    let (times, connections): (Vec<_>, Vec<_>) = tasks.join_all().await.into_iter().unzip();
    (Times::gather(times), connections)
}
