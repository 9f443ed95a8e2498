//! The engine: catching up, many at once, what fails, what it shows.

use daybook::billing::engine;
use daybook::clock::Clock;
use futures_util::future::{join_all, try_join_all};
use serde_json::json;

use super::{ADVANCE, account, advance, days, field, midnight, monthly, sandbox, subscribe};
use crate::books::{assert_in_order, raw, value};
use crate::harness::{Client, Daybook, text, until};
use crate::process::{Data, Serve, output};

/// A business whose customers each subscribed on a day of their own in January 2024, and a clock that stands on the last.
async fn subscribers(count: usize) -> (Daybook, Clock, Client, Vec<String>) {
    let clock = Clock::manual(midnight("2024-01-31"));
    let daybook = Daybook::with_clock(clock.clone()).await;
    let owner = daybook.owner("saas").await;
    let plan = monthly(&owner, "basic", "29").await;
    let customers = join_all((0..count).map(|_| owner.customer("Someone"))).await;
    for (place, customer) in customers.iter().enumerate() {
        let day = format!("2024-01-{:02}", 31 - place % 31);
        subscribe(&owner, customer, &plan, json!({ "startsOn": day })).await;
    }
    let (_, secret) =
        owner.api_key("reader", &["CUSTOMERS_READ", "LEDGER_READ", "SUBSCRIPTIONS_READ", "NOTES_READ"]).await;
    let reader = owner.with_token(&secret);
    (daybook, clock, reader, customers)
}

/// Runs the engine: the steps that were done, and those that failed.
async fn charge(daybook: &Daybook) -> (usize, usize) {
    let report = engine::run(&daybook.app).await.unwrap();
    (report.steps, report.failures)
}

const ENDS: [&str; 25] = [
    "2024-01-31",
    "2024-02-29",
    "2024-03-31",
    "2024-04-30",
    "2024-05-31",
    "2024-06-30",
    "2024-07-31",
    "2024-08-31",
    "2024-09-30",
    "2024-10-31",
    "2024-11-30",
    "2024-12-31",
    "2025-01-31",
    "2025-02-28",
    "2025-03-31",
    "2025-04-30",
    "2025-05-31",
    "2025-06-30",
    "2025-07-31",
    "2025-08-31",
    "2025-09-30",
    "2025-10-31",
    "2025-11-30",
    "2025-12-31",
    "2026-01-31",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_in_two_years_is_charged_in_order_with_its_own_dates() {
    let (daybook, clock, reader, customers) = subscribers(1).await;
    clock.set(midnight("2026-01-31"));
    assert_eq!(charge(&daybook).await, (24, 0));
    assert_eq!(days(&reader, &customers[0]).await, ENDS);
    let raw = raw(&daybook.database, &reader.business).await;
    let order = "SELECT string_agg(occurred_on::text, ' ' ORDER BY id) FROM charges";
    assert_eq!(value(&raw, order).await, ENDS.join(" "), "made in the order of their days");
    assert_eq!(charge(&daybook).await, (0, 0));
    assert_in_order(&daybook, &reader).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_engines_at_once_charge_for_each_period_once() {
    let (daybook, clock, reader, customers) = subscribers(10).await;
    clock.set(midnight("2026-01-31"));
    let reports = try_join_all((0..5).map(|_| engine::run(&daybook.app))).await.unwrap();
    // One may have left what another was at; that one goes on until nothing is due.
    let steps: usize = reports.iter().map(|report| report.steps).sum();
    assert_eq!((steps, reports.iter().map(|report| report.failures).sum()), (240, 0_usize));
    assert!(reports.iter().filter(|report| report.steps > 0).count() > 1, "they share the work: {reports:?}");
    for customer in &customers {
        assert_eq!(days(&reader, customer).await.len(), 25);
    }
    assert_eq!(days(&reader, &customers[0]).await, ENDS);
    assert_in_order(&daybook, &reader).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn engines_beside_mutations_neither_block_nor_miss_nor_repeat() {
    let (daybook, clock, reader, customers) = subscribers(4).await;
    let owner = daybook.anyone();
    clock.set(midnight("2024-07-31"));
    let sign_in = "mutation { signIn(input: { email: \"saas@test.example\", password: \"correct horse battery\" }) {
        accessToken viewer { business { id } } userErrors { message } } }";
    let owner = owner.signed_in(&owner.change(sign_in, json!({})).await);
    let list = "{ subscriptions { nodes { id } } }";
    let ids = reader.run(list, json!({})).await["subscriptions"]["nodes"].take();
    let changes = ids.as_array().unwrap().iter().map(|node| {
        let owner = &owner;
        async move { owner.change(super::CHANGE, json!({ "id": node["id"], "input": { "quantity": 2 } })).await }
    });
    tokio::join!(join_all(changes), async { try_join_all((0..3).map(|_| engine::run(&daybook.app))).await.unwrap() });
    engine::run(&daybook.app).await.unwrap();
    for customer in &customers {
        // Seven periods; of the last, the old days given back and the new ones charged.
        assert_eq!(days(&reader, customer).await.len(), 9);
    }
    assert_in_order(&daybook, &reader).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_says_why_and_stops_no_other() {
    let (daybook, clock, reader, customers) = subscribers(3).await;
    let raw = raw(&daybook.database, &reader.business).await;
    let archive = "UPDATE customers SET archived_at = now() WHERE id = (SELECT min(id::text)::uuid FROM customers)";
    raw.batch_execute(archive).await.unwrap();
    clock.set(midnight("2024-03-01"));
    // The one is tried once, and then not before its time.
    assert_eq!(charge(&daybook).await, (2, 1));
    let failing = "{ subscriptions(filter: { failing: true }) { nodes { id error customer { id } } } }";
    let found = reader.run(failing, json!({})).await["subscriptions"]["nodes"].take();
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert!(text(&found[0]["error"]).contains("is archived: restore them first"), "{found}");
    let failed = text(&found[0]["customer"]["id"]).to_owned();
    for customer in &customers {
        assert_eq!(days(&reader, customer).await.len(), if *customer == failed { 1 } else { 2 });
    }

    let mut status = daybook_command(&daybook);
    status.args(["billing", "status"]);
    let (code, said, _) = output(status).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("saas: ") && said.contains("failed 1 times") && said.contains("is archived"), "{said}");
    assert!(said.contains("last run at 2024-03-01T00:00:00Z"), "{said}");
    let status =
        "{ billingStatus { subscriptionsDue dueSince standingOrdersDue dunningDue failing standingOrdersFailing
        lastRunAt } }";
    let expected = json!({ "subscriptionsDue": 1, "dueSince": field(&reader, text(&found[0]["id"]), "dueOn").await,
        "standingOrdersDue": 0, "dunningDue": 0, "failing": 1, "standingOrdersFailing": 0, "lastRunAt": "2024-03-01T00:00:00+00:00" });
    assert_eq!(reader.run(status, json!({})).await["billingStatus"], expected);

    raw.batch_execute("UPDATE customers SET archived_at = NULL").await.unwrap();
    assert_eq!(charge(&daybook).await, (0, 0), "it waits for its next try");
    clock.set(midnight("2024-03-01") + chrono::Duration::minutes(1));
    assert_eq!(charge(&daybook).await, (1, 0));
    assert_eq!(days(&reader, &failed).await.len(), 2);
    let found = reader.run(failing, json!({})).await["subscriptions"]["nodes"].take();
    assert_eq!(found, json!([]));
    assert_in_order(&daybook, &reader).await;
}

fn daybook_command(daybook: &Daybook) -> tokio::process::Command {
    crate::process::daybook(&Data::Database(&daybook.database))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_what_comes_and_changes_nothing() {
    let (daybook, _, reader, customers) = subscribers(2).await;
    let mut command = daybook_command(&daybook);
    command.args(["billing", "run", "--dry-run", "--until", "2024-03-30"]);
    let (code, said, complaints) = output(command).await;
    assert_eq!((code, complaints.as_str()), (Some(0), ""));
    let lines: Vec<_> = said.lines().map(str::trim).collect();
    assert_eq!(lines[0], "saas: 3 steps up to 2024-03-30");
    assert!(lines[1].starts_with("2024-02-29  C-"), "{said}");
    assert!(
        lines[1].ends_with("basic, 2024-02-29 to 2024-03-30  29.00 USD") || lines[2].ends_with("29.00 USD"),
        "{said}"
    );
    assert_eq!(lines.last(), Some(&"87.00 USD in all"));
    for customer in &customers {
        assert_eq!(account(&reader, customer).await.len(), 1);
    }
}

/// Two processes share the work; both are killed again and again, and started again.
#[tokio::test(flavor = "multi_thread")]
async fn engines_that_are_killed_at_any_moment_charge_for_each_period_once() {
    let (daybook, _, reader, customers) = subscribers(20).await;
    let raw = raw(&daybook.database, &reader.business).await;
    let count = async || value(&raw, "SELECT count(*) FROM charges").await.parse::<usize>().unwrap();
    let periods = async || value(&raw, "SELECT count(*) FROM plan_subscriptions WHERE due_on <= current_date").await;
    let data = Data::Database(&daybook.database);
    let mut rounds = 0;
    while periods().await != "0" {
        let (one, two) = tokio::join!(Serve::start(&data), Serve::start(&data));
        let (before, target) = (count().await, 100 + 50 * rounds);
        until("some charges, or the end", async || count().await >= before + target || periods().await == "0").await;
        tokio::join!(one.kill(), two.kill());
        rounds += 1;
    }
    assert!(rounds > 2, "they were killed while they were at it: {rounds}");
    for customer in &customers {
        let days = days(&reader, customer).await;
        let mut once = days.clone();
        once.dedup();
        assert_eq!(days, once);
    }
    let first = days(&reader, &customers[0]).await;
    assert_eq!(first[..25], ENDS);
    assert_in_order(&daybook, &reader).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_of_a_sandbox_goes_forward_only_and_only_there() {
    let daybook = super::daybook_at("2026-03-01").await;
    let owner = sandbox(&daybook, "sandbox", "UTC").await;
    let to = |time: &str| json!({ "to": time });
    assert_eq!(owner.refusals(ADVANCE, to("2026-02-28T00:00:00Z")).await, ["INVALID to"]);
    assert_eq!(owner.refusals(ADVANCE, to("2037-03-01T00:00:00Z")).await, ["INVALID to"]);
    let real = daybook.owner("real").await;
    assert_eq!(real.refusals(ADVANCE, to("2026-03-02T00:00:00Z")).await, ["INVALID"]);
    let moved = owner.change(ADVANCE, to("2026-03-02T03:04:05Z")).await;
    assert_eq!(moved["business"]["testClock"], "2026-03-02T03:04:05+00:00");
    let manager = daybook.member(&owner, "MANAGER").await;
    assert_eq!(manager.error_codes(ADVANCE, to("2026-03-03T00:00:00Z")).await, ["FORBIDDEN"]);
    // What is entered there is of that day.
    let customer = owner.customer("Asha").await;
    let query = "query ($id: ID!) { customer(id: $id) { joinedOn createdAt } business { testClock } }";
    let data = owner.run(query, json!({ "id": customer })).await;
    assert_eq!(data["customer"]["joinedOn"], "2026-03-02");
    assert_eq!(data["customer"]["createdAt"], data["business"]["testClock"]);
    // Nobody moves it but its owner: the engine leaves it alone.
    let plan = monthly(&owner, "basic", "29").await;
    let subscription = subscribe(&owner, &customer, &plan, json!({})).await;
    daybook.clock.set(midnight("2026-08-01"));
    assert_eq!(charge(&daybook).await, (0, 0));
    daybook.clock.set(midnight("2026-03-01"));
    assert_eq!(field(&owner, &subscription, "dueOn").await, "2026-04-02");
    advance(&owner, "2026-04-02").await;
    assert_eq!(days(&owner, &customer).await, ["2026-03-02", "2026-04-02"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_of_many_subscriptions_passes_in_as_many_mutations_as_it_takes() {
    let daybook = super::daybook_at("2026-03-01").await;
    let owner = sandbox(&daybook, "sandbox", "UTC").await;
    let plan = monthly(&owner, "basic", "29").await;
    for _ in 0..30 {
        let customer = owner.customer("Someone").await;
        subscribe(&owner, &customer, &plan, json!({})).await;
    }
    advance(&owner, "2027-03-01").await;
    let raw = raw(&daybook.database, &owner.business).await;
    assert_eq!(value(&raw, "SELECT count(*) FROM charges").await, (30 * 13).to_string());
    let last = "SELECT max(created_at)::date::text FROM charges";
    assert_eq!(value(&raw, last).await, "2027-03-01", "made in the time of the sandbox");
    assert_in_order(&daybook, &owner).await;
}
