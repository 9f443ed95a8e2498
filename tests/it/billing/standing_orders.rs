//! Standing orders: on which days records are made, and what never happens to them twice.

use daybook::billing::{check, engine};
use daybook::clock::Clock;
use daybook::db::{Mode, Scope, Transaction};
use daybook::id::BusinessId;
use diesel_async::SimpleAsyncConnection as _;
use futures_util::future::{join_all, try_join_all};
use serde_json::{Value, json};

use super::{advance, daybook_at, midnight, sandbox};
use crate::books::{ARCHIVE, DELETE_RECORD, UPDATE_RECORD, assert_in_order, balance, raw, refusals, value};
use crate::harness::{Client, Daybook, text};
use crate::process::{Data, output};

const CREATE: &str = "mutation ($input: StandingOrderCreateInput!) { standingOrderCreate(input: $input) {
    standingOrder { id nextOn weekdays } userErrors { code field message } } }";

const UPDATE: &str =
    "mutation ($id: ID!, $input: StandingOrderUpdateInput!) { standingOrderUpdate(id: $id, input: $input) {
    standingOrder { id nextOn weekdays endsOn product quantity unit unitPrice } userErrors { code field message } } }";

const SKIP: &str = "mutation ($id: ID!, $input: StandingOrderDaysInput!) { standingOrderSkip(id: $id, input: $input) {
    standingOrder { nextOn skips { from to } } userErrors { code field message } } }";

const UNSKIP: &str =
    "mutation ($id: ID!, $input: StandingOrderDaysInput!) { standingOrderUnskip(id: $id, input: $input) {
    standingOrder { nextOn skips { from to } } userErrors { code field message } } }";

const WEEK: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

/// A mutation of an order that takes nothing else.
fn simple(verb: &str) -> String {
    format!(
        "mutation ($id: ID!) {{ standingOrder{verb}(id: $id) {{
            standingOrder {{ nextOn paused endedAt }} userErrors {{ code field message }} }} }}"
    )
}

/// Two litres a day at 30.00; its id.
async fn order(client: &Client, customer: &str, mut input: Value) -> String {
    let all = json!({ "customerId": customer, "product": "Milk", "quantity": "2", "unit": "l", "unitPrice": "30",
        "weekdays": WEEK });
    for (name, value) in all.as_object().unwrap() {
        let input = input.as_object_mut().unwrap();
        input.entry(name).or_insert_with(|| value.clone());
    }
    text(&client.change(CREATE, json!({ "input": input })).await["standingOrder"]["id"]).to_owned()
}

/// The days that were recorded for a customer, oldest first.
async fn recorded(client: &Client, customer: &str) -> Vec<String> {
    let query = "query ($id: ID!) { customer(id: $id) { records(first: 100) { nodes { occurredOn } } } }";
    let found = client.run(query, json!({ "id": customer })).await["customer"]["records"]["nodes"].take();
    let mut days: Vec<_> =
        found.as_array().unwrap().iter().map(|record| text(&record["occurredOn"]).to_owned()).collect();
    days.sort();
    days
}

fn march(days: &[u32]) -> Vec<String> {
    days.iter().map(|day| format!("2026-03-{day:02}")).collect()
}

/// A sandbox on Sunday, 1 March 2026, with a customer.
async fn dairy() -> (Daybook, Client, String) {
    let daybook = daybook_at("2026-03-01").await;
    let owner = sandbox(&daybook, "dairy", "UTC").await;
    let customer = owner.customer("Asha").await;
    (daybook, owner, customer)
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_made_on_their_weekdays_from_the_first_day_to_the_last() {
    let (daybook, owner, customer) = dairy().await;
    let input =
        json!({ "weekdays": ["SUNDAY", "MONDAY", "THURSDAY"], "startsOn": "2026-03-02", "endsOn": "2026-03-12" });
    order(&owner, &customer, input).await;
    advance(&owner, "2026-03-01").await;
    assert_eq!(recorded(&owner, &customer).await, march(&[]));
    advance(&owner, "2026-03-31").await;
    assert_eq!(recorded(&owner, &customer).await, march(&[2, 5, 8, 9, 12]));
    assert_eq!(balance(&owner, &customer).await, "300.00");
    let raw = raw(&daybook.database, &owner.business).await;
    let on_the_day = "SELECT bool_and(created_at::date = occurred_on)::text FROM charges";
    assert_eq!(value(&raw, on_the_day).await, "true");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_begins_where_the_business_is_and_is_recorded_once() {
    let clock = Clock::manual(midnight("2026-03-01"));
    let daybook = Daybook::with_clock(clock.clone()).await;
    let owner = daybook.owner_of("dairy", "INR", "Asia/Kolkata", "IN").await;
    let customer = owner.customer("Asha").await;
    order(&owner, &customer, json!({ "startsOn": "2026-03-02" })).await;
    let (_, secret) = owner.api_key("reader", &["CUSTOMERS_READ", "LEDGER_READ"]).await;
    let reader = owner.with_token(&secret);
    for (moment, expected) in [
        ("2026-03-01T18:29:59Z", 0),
        ("2026-03-01T18:30:00Z", 1),
        ("2026-03-02T18:29:59Z", 1),
        ("2026-03-02T19:00:00Z", 2),
    ] {
        clock.set(moment.parse().unwrap());
        try_join_all((0..5).map(|_| engine::run(&daybook.app))).await.unwrap();
        assert_eq!(recorded(&reader, &customer).await.len(), expected, "{moment}");
    }
    assert_in_order(&daybook, &reader).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_engines_record_what_was_missed_once_and_with_its_own_dates() {
    let clock = Clock::manual(midnight("2026-03-01"));
    let daybook = Daybook::with_clock(clock.clone()).await;
    let owner = daybook.owner("dairy").await;
    let customers = join_all((0..20).map(|_| owner.customer("House"))).await;
    for customer in &customers {
        order(&owner, customer, json!({})).await;
    }
    let (_, secret) = owner.api_key("reader", &["CUSTOMERS_READ", "LEDGER_READ"]).await;
    let reader = owner.with_token(&secret);
    clock.set(midnight("2026-03-10"));
    let reports = try_join_all((0..5).map(|_| engine::run(&daybook.app))).await.unwrap();
    assert_eq!(reports.iter().map(|report| report.records).sum::<usize>(), 200);
    for customer in &customers {
        assert_eq!(recorded(&reader, customer).await, march(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
    }
    assert_in_order(&daybook, &reader).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_are_left_out_are_not_recorded() {
    let (daybook, owner, customer) = dairy().await;
    let id = order(&owner, &customer, json!({})).await;
    let days = |from: &str, to: Value| json!({ "id": id, "input": { "from": format!("2026-03-{from}"), "to": to } });
    // A vacation, and a day within it on which something is delivered all the same.
    owner.change(SKIP, days("03", json!("2026-03-08"))).await;
    let back = owner.change(UNSKIP, days("05", json!(null))).await["standingOrder"].take();
    let skips = json!([{ "from": "2026-03-03", "to": "2026-03-04" }, { "from": "2026-03-06", "to": "2026-03-08" }]);
    assert_eq!(back["skips"], skips);
    advance(&owner, "2026-03-04").await;
    // Today, and the next one, which is known by then.
    owner.change(SKIP, days("05", json!(null))).await;
    advance(&owner, "2026-03-11").await;
    assert_eq!(recorded(&owner, &customer).await, march(&[1, 2, 9, 10, 11]));
    for (input, expected) in [
        (days("10", json!(null)), "INVALID from"),
        (days("15", json!("2026-03-14")), "INVALID to"),
        (days("15", json!("2046-03-14")), "INVALID to"),
    ] {
        assert_eq!(owner.refusals(SKIP, input).await, [expected]);
    }
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_changed_or_deleted_stays_so() {
    let (daybook, owner, customer) = dairy().await;
    order(&owner, &customer, json!({})).await;
    advance(&owner, "2026-03-02").await;
    let query = "{ records(sort: OCCURRED_ON_ASC) { nodes { id occurredOn quantity } } }";
    let found = owner.run(query, json!({})).await["records"]["nodes"].take();
    owner.change(UPDATE_RECORD, json!({ "id": found[0]["id"], "input": { "quantity": "5" } })).await;
    owner.change(DELETE_RECORD, json!({ "id": found[1]["id"] })).await;
    for _ in 0..3 {
        engine::run(&daybook.app).await.unwrap();
    }
    advance(&owner, "2026-03-03").await;
    let left = owner.run(query, json!({})).await["records"]["nodes"].take();
    let left: Vec<_> = left.as_array().unwrap().iter().map(|record| &record["quantity"]).collect();
    assert_eq!(left, [&json!("5"), &json!("2")]);
    assert_eq!(recorded(&owner, &customer).await, march(&[1, 3]));
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_counts_from_the_next_day_and_a_pause_leaves_its_days_out() {
    let (daybook, owner, customer) = dairy().await;
    let id = order(&owner, &customer, json!({})).await;
    advance(&owner, "2026-03-01").await;
    let change = json!({ "quantity": "1", "unit": null, "weekdays": ["MONDAY", "TUESDAY", "FRIDAY"] });
    let changed = owner.change(UPDATE, json!({ "id": id, "input": change })).await["standingOrder"].take();
    assert_eq!((&changed["nextOn"], &changed["unit"]), (&json!("2026-03-02"), &Value::Null));
    advance(&owner, "2026-03-02").await;
    assert_eq!(balance(&owner, &customer).await, "90.00");
    let paused = owner.change(&simple("Pause"), json!({ "id": id })).await["standingOrder"].take();
    assert_eq!((&paused["paused"], &paused["nextOn"]), (&json!(true), &Value::Null));
    advance(&owner, "2026-03-08").await;
    owner.change(&simple("Resume"), json!({ "id": id })).await;
    advance(&owner, "2026-03-10").await;
    assert_eq!(recorded(&owner, &customer).await, march(&[1, 2, 9, 10]));
    // Resumed on a day that was recorded before the pause: not again.
    owner.change(&simple("Pause"), json!({ "id": id })).await;
    owner.change(&simple("Resume"), json!({ "id": id })).await;
    advance(&owner, "2026-03-11").await;
    let ended = owner.change(&simple("End"), json!({ "id": id })).await["standingOrder"].take();
    assert_eq!(ended["nextOn"], Value::Null);
    advance(&owner, "2026-03-31").await;
    assert_eq!(recorded(&owner, &customer).await, march(&[1, 2, 9, 10]));
    assert_eq!(owner.refusals(&simple("Resume"), json!({ "id": id })).await, ["INVALID id"]);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_the_engine_missed_are_recorded_as_they_were_before_a_change() {
    let clock = Clock::manual(midnight("2026-03-01"));
    let daybook = Daybook::with_clock(clock.clone()).await;
    let owner = daybook.owner("dairy").await;
    let (_, secret) = owner.api_key("till", &["CUSTOMERS_READ", "LEDGER_READ", "CHARGES_WRITE"]).await;
    let till = owner.with_token(&secret);
    let mut orders = Vec::new();
    for what in [UPDATE.to_owned(), simple("Pause"), simple("End")] {
        let customer = owner.customer("House").await;
        let id = order(&owner, &customer, json!({})).await;
        orders.push((what, customer, json!({ "id": id, "input": { "unitPrice": "40" } })));
    }
    let late = owner.customer("Farm").await;
    let late = json!({ "id": order(&owner, &late, json!({})).await });
    clock.set(midnight("2026-03-10"));
    for (what, customer, input) in &orders {
        till.change(what, input.clone()).await;
        assert_eq!(recorded(&till, customer).await, march(&[1, 2, 3, 4, 5, 6, 7, 8, 9]), "{what}");
        assert_eq!(balance(&till, customer).await, "540.00", "{what}");
    }
    engine::run(&daybook.app).await.unwrap();
    assert_eq!(balance(&till, &orders[0].1).await, "620.00");
    assert_eq!(balance(&till, &orders[1].1).await, "540.00");
    assert_eq!(balance(&till, &orders[2].1).await, "540.00");
    // More of them than fit into one mutation are left to the engine.
    clock.set(midnight("2026-08-10"));
    assert_eq!(till.refusals(&simple("Pause"), late.clone()).await, ["INVALID id"]);
    engine::run(&daybook.app).await.unwrap();
    till.change(&simple("Pause"), late).await;
    assert_in_order(&daybook, &till).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused() {
    let (_daybook, owner, customer) = dairy().await;
    let all =
        json!({ "customerId": customer, "product": "Milk", "quantity": "2", "unitPrice": "30", "weekdays": WEEK });
    for (input, expected) in [
        (json!({ "weekdays": [] }), &["REQUIRED weekdays"][..]),
        (json!({ "startsOn": "2026-02-28" }), &["INVALID startsOn"]),
        (json!({ "endsOn": "2026-02-28" }), &["INVALID endsOn"]),
        (json!({ "quantity": "0" }), &["INVALID quantity"]),
        (json!({ "product": " " }), &["REQUIRED product"]),
    ] {
        let mut whole = all.clone();
        whole.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        assert_eq!(owner.refusals(CREATE, json!({ "input": whole })).await, expected, "{input}");
    }
    // The same request twice makes one order.
    let first = order(&owner, &customer, json!({ "idempotencyKey": "once" })).await;
    assert_eq!(order(&owner, &customer, json!({ "idempotencyKey": "once" })).await, first);
    let refused = owner.attempt(ARCHIVE, json!({ "id": customer })).await;
    assert_eq!(refusals(&refused), ["IN_USE id"]);
    assert!(text(&refused["userErrors"][0]["message"]).contains("Milk"), "{refused}");
    owner.change(&simple("End"), json!({ "id": first })).await;
    owner.change(ARCHIVE, json!({ "id": customer })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn check_finds_days_that_are_not_what_they_should_be() {
    let (daybook, owner, customer) = dairy().await;
    order(&owner, &customer, json!({})).await;
    owner.customer("Ben").await;
    advance(&owner, "2026-03-03").await;
    let business: BusinessId = owner.business.parse().unwrap();
    const DAYS: &str = "what a standing order recorded for a day is one record of its customer, and of no other day";
    const NEXT: &str = "the last day that a standing order recorded is noted, and it goes on after that";
    for (corruption, expected) in [
        (
            "UPDATE standing_order_days SET charge_id = (SELECT charge_id FROM standing_order_days WHERE day = '2026-03-01')
             WHERE day = '2026-03-02'",
            vec![DAYS, DAYS],
        ),
        ("UPDATE standing_orders SET customer_id = (SELECT id FROM customers WHERE name = 'Ben')", vec![DAYS; 3]),
        ("UPDATE standing_orders SET made_on = '2026-03-01', next_on = '2026-03-02'", vec![NEXT]),
        ("UPDATE standing_orders SET made_on = '2026-03-04', next_on = '2026-03-05'", vec![NEXT]),
    ] {
        let scope = Scope::Business(business, None);
        let transaction = Transaction::begin(&daybook.app.pool, scope, Mode::Job).await.unwrap();
        (&mut &*transaction).batch_execute(corruption).await.unwrap();
        let broken = check::check(&transaction, business).await.unwrap();
        transaction.rollback().await.unwrap();
        let found: Vec<_> = broken.iter().flat_map(|(rule, rows)| rows.iter().map(|_| *rule)).collect();
        assert_eq!(found, expected, "{corruption}");
    }
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_tells_how_many_are_behind_and_a_dry_run_what_comes() {
    let clock = Clock::manual(midnight("2026-03-01"));
    let daybook = Daybook::with_clock(clock.clone()).await;
    let owner = daybook.owner("dairy").await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    order(&owner, &asha, json!({ "weekdays": ["SUNDAY", "TUESDAY"] })).await;
    order(&owner, &ben, json!({ "startsOn": "2026-03-02", "quantity": "0.5" })).await;
    let said = async |arguments: &[&str]| {
        let mut command = crate::process::daybook(&Data::Database(&daybook.database));
        command.arg("billing").args(arguments);
        let (code, said, _) = output(command).await;
        (code, said.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>())
    };
    let expected = [
        "dairy: 4 steps up to 2026-03-03",
        "2026-03-01  C-000001 Asha  Milk × 2 l  60.00 USD",
        "2026-03-02  C-000002 Ben  Milk × 0.5 l  15.00 USD",
        "2026-03-03  C-000001 Asha  Milk × 2 l  60.00 USD",
        "2026-03-03  C-000002 Ben  Milk × 0.5 l  15.00 USD",
        "150.00 USD in all",
    ];
    let (code, mut lines) = said(&["run", "--dry-run", "--until", "2026-03-03"]).await;
    // Which of two on a day comes first is not said.
    lines[3..5].sort();
    assert_eq!((code, lines), (Some(0), expected.map(str::to_owned).to_vec()));
    assert_eq!(recorded(&owner, &asha).await, march(&[]));

    // The token of a user ends before the next day.
    let (_, secret) = owner.api_key("till", &["NOTES_READ", "CUSTOMERS_READ"]).await;
    let reader = owner.with_token(&secret);
    let status = "{ billingStatus { standingOrdersDue standingOrdersFailing } }";
    let behind = async |due: i64, failing: i64| {
        let expected = json!({ "billingStatus": { "standingOrdersDue": due, "standingOrdersFailing": failing } });
        assert_eq!(reader.run(status, json!({})).await, expected);
    };
    behind(1, 0).await;
    clock.set(midnight("2026-03-02"));
    behind(2, 0).await;
    raw(&daybook.database, &owner.business)
        .await
        .batch_execute("UPDATE customers SET archived_at = now() WHERE code = 'C-000002'")
        .await
        .unwrap();
    engine::run(&daybook.app).await.unwrap();
    behind(1, 1).await;
    let (code, lines) = said(&["status"]).await;
    assert_eq!(code, Some(1));
    assert!(lines[1].ends_with("standing orders have days to be recorded"), "{lines:?}");
    assert!(lines.last().unwrap().contains("is archived"), "{lines:?}");
}
