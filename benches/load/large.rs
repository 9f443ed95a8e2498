//! One large business: what its pages take, one after the other over one connection, and what they scan.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::figures::{Times, millis, table};
use super::http::{Connection, post};
use super::world::{HOME, World, database, text};

/// How often each is asked, after a few that warm the caches.
const TIMES: usize = 60;
const WARM: usize = 10;
/// The goal for the median.
const GOAL: Duration = Duration::from_millis(50);
/// How long a server process keeps what it scanned to itself.
const REPORTED: Duration = Duration::from_millis(2_500);

/// How large it is.
pub struct Size {
    pub customers: u64,
    pub records: u64,
}

/// Whether every goal was reached.
pub async fn measure(world: &World, size: &Size) -> bool {
    let token = make(world, size).await;
    let large = i64::try_from((size.records / 100).max(10_000)).unwrap();
    let operations = operations(world, &token).await;
    let mut connection = Connection::open(HOME, world.address).await.unwrap();
    let (mut rows, mut right) = (Vec::new(), true);
    for (name, query, variables) in operations {
        eprintln!("load: {name}");
        let before = scans(world, large).await;
        let request = post(Some(&token), &query, &variables);
        let mut times = Times::default();
        for time in 0..WARM + TIMES {
            let begin = Instant::now();
            let response = connection.send(&request).await.unwrap();
            let took = begin.elapsed();
            let body: Value = serde_json::from_slice(&response.body).unwrap();
            assert!(body.get("errors").is_none(), "{name}: {body}");
            if time >= WARM {
                times.add(took);
            }
        }
        let times = Times::gather([times]);
        tokio::time::sleep(REPORTED).await;
        let after = scans(world, large).await;
        let scanned: Vec<_> = after.iter().filter(|(table, count)| before.get(*table) != Some(*count)).collect();
        let scanned: Vec<_> = scanned.into_iter().map(|(table, _)| table.as_str()).collect();
        right &= times.permille(500) <= GOAL && scanned.is_empty();
        let scanned = if scanned.is_empty() { "none".to_owned() } else { scanned.join(", ") };
        rows.push(vec![name.to_owned(), millis(times.permille(500)), millis(times.permille(990)), scanned]);
    }
    let title = format!("One business with {} customers and {} records", size.customers, size.records);
    let head = ["operation", "p50 (goal ≤ 50 ms)", "p99", "sequential scans of large tables (goal: none)"];
    table(&title, &head, &rows);
    right
}

/// Makes the business and signs in as its owner.
async fn make(world: &World, size: &Size) -> String {
    eprintln!("load: a large business");
    let begin = Instant::now();
    let made = Command::new(env!("CARGO_BIN_EXE_daybook"))
        .args(["demo", "--customers", &size.customers.to_string(), "--records", &size.records.to_string()])
        .env("DATABASE_URL", &world.database_url)
        .status()
        .expect("daybook demo");
    assert!(made.success());
    println!("\nMade in {:.0} s.", begin.elapsed().as_secs_f64());
    let query =
        "mutation ($input: SignInInput!) { signIn(input: $input) { accessToken userErrors { code field message } } }";
    let input = json!({ "email": "owner@demo.daybook.test", "password": "daybook-demo", "businessSlug": "large" });
    text(&world.run(None, query, json!({ "input": input })).await["signIn"]["accessToken"])
}

/// What is asked.
async fn operations(world: &World, token: &str) -> Vec<(&'static str, String, Value)> {
    const LIST: &str =
        "nodes { id code name email phone status balance { amount } lastPaymentAt } pageInfo { hasNextPage endCursor }";
    const SORTED: &str = "filter: { status: [ACTIVE], balanceMin: \"1\" }, sort: BALANCE_DESC";
    let customers =
        |arguments: &str| format!("query ($after: String) {{ customers({arguments}, after: $after) {{ {LIST} }} }}");
    let paged = |offset: &str| format!("{{ customers({SORTED}, first: 20{offset}) {{ {LIST} }} }}");
    // The cursor before the 500th page of 20.
    let mut after = Value::Null;
    for first in std::iter::repeat_n(100, 99).chain([80]) {
        let query = customers(&format!("{SORTED}, first: {first}"));
        let data = world.run(Some(token), &query, json!({ "after": after })).await;
        after = data["customers"]["pageInfo"]["endCursor"].clone();
    }
    // The one who owes the most, and when they were served last.
    let query =
        "{ customers(sort: BALANCE_DESC, first: 1) { nodes { id charges(first: 1) { nodes { occurredOn } } } } }";
    let customer = world.run(Some(token), query, json!({})).await["customers"]["nodes"][0].take();
    let day = text(&customer["charges"]["nodes"][0]["occurredOn"]);
    let (id, month) = (json!({ "id": customer["id"] }), &day[..7]);
    let none = || json!({});
    let page = "query ($id: ID!) { customer(id: $id) { id code name email phone status type tags balance { amount } lastPaymentAt
        contacts { nodes { name email } } notes { nodes { content } } purchaseHistory { lifetimeValue { amount } }
        charges(first: 20) { totalCount nodes { kind occurredOn amount { amount } outstanding { amount } status } }
        payments(first: 20) { nodes { amount { amount } method receivedAt allocations { amount { amount } } } } } }";
    let calendar = format!(
        "query ($id: ID!) {{ customer(id: $id) {{ calendar(month: \"{month}\") {{ amount {{ amount }} paid {{ amount }}
        previousMonth days {{ date quantity amount {{ amount }} status }} }} }} }}"
    );
    let statement = "query ($id: ID!) { customer(id: $id) { statement { opening { amount } closing { amount }
        lines { occurredOn amount { amount } balance { amount } } } } }";
    let dashboard = "{ dashboard { outstanding { amount } overdue { amount } credit { amount } customers members
        ageing { current { amount } days1To30 { amount } over90Days { amount } }
        today { charged { amount } collected { amount } newCustomers }
        month { charged { amount } collected { amount } collectedByMethod { method amount { amount } } newCustomers } } }";
    vec![
        ("search: a name with a typing error", customers("search: \"ashe pattel\", first: 20"), none()),
        ("search: a part of a phone number", customers("search: \"0012345\", first: 20"), none()),
        ("filter and sort: first page", paged(""), none()),
        (
            "filter and sort: 500th page by cursor",
            customers(&format!("{SORTED}, first: 20")),
            json!({ "after": after }),
        ),
        ("filter and sort: 500th page by offset", paged(", offset: 9980"), none()),
        ("customer page", page.to_owned(), id.clone()),
        ("calendar of a month", calendar, id.clone()),
        ("statement", statement.to_owned(), id),
        ("dashboard", dashboard.to_owned(), none()),
    ]
}

/// How often each large table was scanned from end to end.
async fn scans(world: &World, large: i64) -> BTreeMap<String, i64> {
    let query = "SELECT relname::text, coalesce(seq_scan, 0) FROM pg_stat_user_tables WHERE n_live_tup >= $1";
    let rows = database(&world.database_url).await.query(query, &[&large]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
