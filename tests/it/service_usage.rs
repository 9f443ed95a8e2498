//! How much customers use, as routers report it.

use chrono::{DateTime, Utc};
use daybook::auth::Viewer;
use daybook::clock::Clock;
use daybook::customers::service_usage::{ServiceUsageUpdateInput, report};
use daybook::db::{Mode, Scope};
use daybook::graphql::Write;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::books::{raw, value};
use crate::harness::{Client, Daybook, text};
use crate::world::World;

const UPDATE: &str = "mutation ($input: ServiceUsageUpdateInput!) { serviceUsageUpdate(input: $input) {
    serviceUsage { percent devices reportedAt } userErrors { code field message } } }";
const UPDATE_ALL: &str = "mutation ($input: ServiceUsagesUpdateInput!) { serviceUsagesUpdate(input: $input) {
    reported userErrors { code field message } } }";
const READ: &str = "query ($id: ID!) { customer(id: $id) { serviceUsage { percent devices reportedAt } } }";

async fn read(client: &Client, id: &str) -> Value {
    client.run(READ, json!({ "id": id })).await["customer"]["serviceUsage"].take()
}

/// Customers with the codes `R-0`, `R-1` and so on; their ids.
async fn customers(raw: &tokio_postgres::Client, count: usize) -> Vec<String> {
    let insert = format!(
        "INSERT INTO customers (business_id, id, code, name, type, status, joined_on, created_at, updated_at)
         SELECT current_business(), gen_random_uuid(), 'R-' || n, 'Room ' || n, 'REGULAR', 'ACTIVE', '2026-01-01', now(),
             now() FROM generate_series(0, {count} - 1) n"
    );
    raw.batch_execute(&insert).await.unwrap();
    let ids = value(raw, "SELECT string_agg(id::text, ' ' ORDER BY length(code), code) FROM customers").await;
    ids.split(' ').map(|id| daybook::id::encode("cus", id.parse().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_report_of_usage_stands_with_the_time_it_was_made_at() {
    let time = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
    let daybook = Daybook::with_clock(Clock::manual(time("2026-03-01T10:00:00Z"))).await;
    let owner = daybook.owner("wifi").await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    assert_eq!(read(&owner, &asha).await, Value::Null, "nobody reported anything");
    let told = owner.change(UPDATE, json!({ "input": { "customerId": asha, "percent": 100, "devices": 0 } })).await;
    let first = json!({ "percent": 100, "devices": 0, "reportedAt": "2026-03-01T10:00:00+00:00" });
    assert_eq!(told["serviceUsage"], first);
    assert_eq!(read(&owner, &asha).await, first);
    // By code, and later.
    daybook.clock.set(time("2026-03-01T10:05:00Z"));
    owner.change(UPDATE, json!({ "input": { "code": "C-000001", "percent": 0, "devices": 12 } })).await;
    let second = json!({ "percent": 0, "devices": 12, "reportedAt": "2026-03-01T10:05:00+00:00" });
    assert_eq!(read(&owner, &asha).await, second);
    // Many at once.
    daybook.clock.set(time("2026-03-01T10:10:00Z"));
    let reports =
        json!([{ "customerId": ben, "percent": 55, "devices": 3 }, { "code": "C-000001", "percent": 7, "devices": 1 }]);
    assert_eq!(owner.change(UPDATE_ALL, json!({ "input": { "reports": reports } })).await["reported"], 2);
    let at = "2026-03-01T10:10:00+00:00";
    assert_eq!(read(&owner, &asha).await, json!({ "percent": 7, "devices": 1, "reportedAt": at }));
    assert_eq!(read(&owner, &ben).await, json!({ "percent": 55, "devices": 3, "reportedAt": at }));
    // One that was made earlier and comes later changes nothing.
    daybook.clock.set(time("2026-03-01T10:09:59Z"));
    owner.change(UPDATE, json!({ "input": { "customerId": ben, "percent": 99, "devices": 9 } })).await;
    assert_eq!(read(&owner, &ben).await["percent"], 55);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_makes_no_sense_is_refused_by_field_and_of_many_none_is_kept() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("wifi").await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    let nobody = daybook.owner("other").await.customer("Elsewhere").await;
    for (input, expected) in [
        (json!({ "customerId": asha, "percent": -1, "devices": 1 }), vec!["INVALID percent"]),
        (json!({ "customerId": asha, "percent": 101, "devices": -1 }), vec!["INVALID percent", "INVALID devices"]),
        (json!({ "customerId": asha, "percent": 1, "devices": 1_000_001 }), vec!["INVALID devices"]),
        (json!({ "percent": 1, "devices": 1 }), vec!["REQUIRED customerId"]),
        (json!({ "customerId": asha, "code": "C-000001", "percent": 1, "devices": 1 }), vec!["INVALID code"]),
        (json!({ "customerId": nobody, "percent": 1, "devices": 1 }), vec!["NOT_FOUND customerId"]),
        (json!({ "code": "C-000003", "percent": 1, "devices": 1 }), vec!["NOT_FOUND code"]),
        (json!({ "code": "C\u{0}", "percent": 1, "devices": 1 }), vec!["NOT_FOUND code"]),
    ] {
        assert_eq!(owner.refusals(UPDATE, json!({ "input": input })).await, expected, "{input}");
        // Beside one that is right.
        let reports = json!([{ "customerId": ben, "percent": 1, "devices": 1 }, input]);
        let expected: Vec<_> = expected.iter().map(|error| error.replacen(' ', " reports.1.", 1)).collect();
        assert_eq!(owner.refusals(UPDATE_ALL, json!({ "input": { "reports": reports } })).await, expected);
    }
    let twice =
        json!([{ "customerId": ben, "percent": 1, "devices": 1 }, { "code": "C-000002", "percent": 2, "devices": 1 }]);
    let many: Vec<_> = (0..501).map(|n| json!({ "code": format!("R-{n}"), "percent": 1, "devices": 1 })).collect();
    for (reports, expected) in
        [(twice, "INVALID reports.1.code"), (json!([]), "REQUIRED reports"), (json!(many), "TOO_LONG reports")]
    {
        assert_eq!(owner.refusals(UPDATE_ALL, json!({ "input": { "reports": reports } })).await, [expected]);
    }
    for id in [&asha, &ben] {
        assert_eq!(read(&owner, id).await, Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_router_reports_with_a_scope_of_its_own_and_a_customer_sees_their_own_usage() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "wifi").await;
    let id = &world.ids["customer"];
    let input = json!({ "input": { "customerId": id, "percent": 61, "devices": 4 } });
    let (_, key) = world.owner.api_key("Router", &["USAGE_WRITE", "CUSTOMERS_READ"]).await;
    let router = daybook.anyone().with_token(&key);
    router.change(UPDATE, input.clone()).await;
    let rename =
        "mutation ($id: ID!) { customerUpdate(id: $id, input: { name: \"x\" }) { userErrors { code field message } } }";
    assert_eq!(router.error_codes(rename, json!({ "id": id })).await, ["FORBIDDEN"]);
    let (_, key) = world.owner.api_key("Reader", &["CUSTOMERS_READ"]).await;
    let reader = daybook.anyone().with_token(&key);
    assert_eq!(reader.error_codes(UPDATE, input.clone()).await, ["FORBIDDEN"]);
    assert_eq!(read(&reader, id).await["percent"], 61);

    let other = world.owner.customer("Someone else").await;
    router.change(UPDATE, json!({ "input": { "customerId": other, "percent": 5, "devices": 1 } })).await;
    assert_eq!(world.customer.error_codes(UPDATE, input).await, ["FORBIDDEN"]);
    let own = world.customer.run("{ customer { serviceUsage { percent devices } } }", json!({})).await;
    assert_eq!(own["customer"]["serviceUsage"], json!({ "percent": 61, "devices": 4 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_leave_customers_and_the_log_alone_and_are_lists_in_one_statement() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("wifi").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let ids = customers(&raw, 500).await;
    // Which version of each row of a customer there is, and how many events.
    let version = "SELECT md5(string_agg(xmin::text || ctid::text, ' ' ORDER BY id)) ||
        (SELECT count(*)::text FROM events) FROM customers";
    let before = value(&raw, version).await;
    for percent in [10, 20] {
        let reports: Vec<_> =
            ids.iter().map(|id| json!({ "customerId": id, "percent": percent, "devices": 2 })).collect();
        assert_eq!(owner.change(UPDATE_ALL, json!({ "input": { "reports": reports } })).await["reported"], 500);
        let report = json!({ "code": "R-7", "percent": percent + 1, "devices": 2 });
        owner.change(UPDATE, json!({ "input": report })).await;
    }
    assert_eq!(value(&raw, version).await, before);
    let kept = "SELECT string_agg(DISTINCT percent::text, ' ' ORDER BY percent::text) || ' of ' || count(*) FROM service_usages";
    assert_eq!(value(&raw, kept).await, "20 21 of 500");

    let list = "query ($first: Int!) { customers(first: $first) { nodes { serviceUsage { percent } } } }";
    for first in [5, 100] {
        assert_eq!(owner.send(list, json!({ "first": first })).await.statements, 2, "{first} customers");
    }
}

/// How many statements it takes to report about the first so many customers, half by id and half by code.
async fn statements(daybook: &Daybook, ids: &[String]) -> usize {
    let system = daybook.scope(Scope::System).await;
    let viewer = Viewer::owner_of(&system, "wifi").await.unwrap().unwrap();
    let write = Write::begin(&daybook.app, viewer, Mode::Write).await.unwrap();
    let of = |(place, id): (usize, &String)| ServiceUsageUpdateInput {
        customer_id: (place % 2 == 0).then(|| id.parse().unwrap()),
        code: (place % 2 == 1).then(|| format!("R-{place}")),
        percent: 50,
        devices: 1,
    };
    let reports: Vec<_> = ids.iter().enumerate().map(of).collect();
    let before = write.statements().count();
    assert_eq!(report(&write, &reports, |_| String::new()).await.unwrap().len(), ids.len());
    let count = write.statements().count() - before;
    write.rollback().await.unwrap();
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_reports_take_as_many_statements_as_one_and_two_routers_do_not_block_each_other() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("wifi").await;
    let ids = customers(&raw(&daybook.database, &owner.business).await, 500).await;
    assert_eq!((statements(&daybook, &ids[..1]).await, statements(&daybook, &ids).await), (3, 3));

    // The same customers in another order, time and again.
    let routers = (0..8).map(|turn| {
        let (mut ids, owner) = (ids.clone(), owner.clone());
        ids.rotate_left(turn * 61);
        if turn % 2 == 0 {
            ids.reverse();
        }
        async move {
            let report = |id: &String| json!({ "customerId": id, "percent": turn, "devices": turn });
            let reports: Vec<_> = ids.iter().map(report).collect();
            let done = owner.change(UPDATE_ALL, json!({ "input": { "reports": reports } })).await;
            assert_eq!(done["reported"], 500);
        }
    });
    join_all(routers).await;
    for id in ids.iter().step_by(100) {
        let usage = read(&owner, id).await;
        assert_eq!(usage["percent"], usage["devices"], "a report is kept whole");
        assert_ne!(text(&usage["reportedAt"]), "");
    }
}
