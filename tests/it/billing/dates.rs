//! On which days periods begin: anchors, zones, trials.

use daybook::billing::engine;
use daybook::clock::Clock;
use serde_json::{Value, json};

use super::{account, advance, daybook_at, days, field, monthly, plan, sandbox, subscribe};
use crate::books::{assert_in_order, raw};
use crate::harness::Daybook;

#[tokio::test(flavor = "multi_thread")]
async fn anchors_never_drift() {
    for (interval, start, until, expected) in [
        (
            "MONTH",
            "2022-12-31",
            "2024-03-01",
            "2022-12-31 2023-01-31 2023-02-28 2023-03-31 2023-04-30 2023-05-31 2023-06-30 2023-07-31 2023-08-31 \
             2023-09-30 2023-10-31 2023-11-30 2023-12-31 2024-01-31 2024-02-29",
        ),
        ("MONTH", "2024-01-31", "2024-05-01", "2024-01-31 2024-02-29 2024-03-31 2024-04-30"),
        ("YEAR", "2024-02-29", "2028-03-01", "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29"),
        ("WEEK", "2024-02-26", "2024-03-12", "2024-02-26 2024-03-04 2024-03-11"),
        ("DAY", "2024-02-27", "2024-03-01", "2024-02-27 2024-02-28 2024-02-29 2024-03-01"),
    ] {
        let daybook = daybook_at(start).await;
        let owner = sandbox(&daybook, "saas", "UTC").await;
        let customer = owner.customer("Asha").await;
        let plan = plan(&owner, json!({ "code": "p", "name": "P", "price": "10", "interval": interval })).await;
        subscribe(&owner, &customer, &plan, json!({ "startsOn": start })).await;
        advance(&owner, until).await;
        let expected: Vec<_> = expected.split_whitespace().collect();
        assert_eq!(days(&owner, &customer).await, expected, "{interval} from {start}");
        assert_in_order(&daybook, &owner).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn periods_of_the_past_are_charged_for_at_once_with_their_own_dates() {
    let daybook = daybook_at("2026-03-15").await;
    let owner = daybook.owner("saas").await;
    let customer = owner.customer("Asha").await;
    let plan = monthly(&owner, "basic", "29").await;
    subscribe(&owner, &customer, &plan, json!({ "startsOn": "2025-12-31", "quantity": 3 })).await;
    let expected = ["2025-12-31 87.00", "2026-01-31 87.00", "2026-02-28 87.00"];
    assert_eq!(account(&owner, &customer).await, expected);
    assert_in_order(&daybook, &owner).await;
}

/// A business whose subscription renews on 1 April, and what was charged after each of these moments.
async fn charged_at(zone: &str, start: &str, moments: &[(&str, usize)]) {
    let clock = Clock::manual(format!("{start}T12:00:00Z").parse().unwrap());
    let daybook = Daybook::with_clock(clock.clone()).await;
    let owner = daybook.owner_of("saas", "USD", zone, "US").await;
    let customer = owner.customer("Asha").await;
    let plan = monthly(&owner, "basic", "29").await;
    subscribe(&owner, &customer, &plan, json!({})).await;
    // A key does not end after fifteen minutes.
    let (_, secret) = owner.api_key("reader", &["CUSTOMERS_READ", "LEDGER_READ"]).await;
    let reader = owner.with_token(&secret);
    for (moment, expected) in moments {
        clock.set(moment.parse().unwrap());
        engine::run(&daybook.app).await.unwrap();
        assert_eq!(account(&reader, &customer).await.len(), *expected, "{zone} at {moment}");
        assert_in_order(&daybook, &owner).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_begins_when_its_day_begins_where_the_business_is() {
    let later = |day: &str| -> Vec<String> { (10..20).map(|hour| format!("{day}T{hour}:00:00Z")).collect() };
    // East of UTC: the day begins on the evening before.
    let again = later("2026-04-01");
    let mut moments = vec![("2026-03-31T18:00:00Z", 1), ("2026-03-31T18:29:59Z", 1), ("2026-03-31T19:00:00Z", 2)];
    moments.extend(again.iter().map(|moment| (moment.as_str(), 2)));
    charged_at("Asia/Kolkata", "2026-03-01", &moments).await;
    // West of it: in the morning.
    let moments = [("2026-04-01T06:59:59Z", 1), ("2026-04-01T07:00:00Z", 2), ("2026-04-02T06:00:00Z", 2)];
    charged_at("America/Los_Angeles", "2026-03-01", &moments).await;
    // Where clocks were put forward meanwhile, and where they were put back.
    charged_at("Europe/Berlin", "2026-03-01", &[("2026-03-31T21:59:59Z", 1), ("2026-03-31T22:00:00Z", 2)]).await;
    charged_at("Europe/Berlin", "2026-10-01", &[("2026-10-31T22:59:59Z", 1), ("2026-10-31T23:00:00Z", 2)]).await;
    // Where they are put forward at the very midnight, so that the day begins at one.
    charged_at("Africa/Cairo", "2026-03-24", &[("2026-04-23T21:59:59Z", 1), ("2026-04-23T22:00:00Z", 2)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_business_that_moves_to_another_zone_loses_no_day_and_pays_none_twice() {
    // At noon in UTC, the one is a day ahead, and the other has just begun the day.
    for (zone, last) in [("Pacific/Kiritimati", 11), ("Pacific/Pago_Pago", 10)] {
        let daybook = daybook_at("2026-03-01").await;
        let owner = sandbox(&daybook, "saas", "UTC").await;
        let customer = owner.customer("Asha").await;
        let plan = plan(&owner, json!({ "code": "p", "name": "P", "price": "1", "interval": "DAY" })).await;
        subscribe(&owner, &customer, &plan, json!({})).await;
        advance(&owner, "2026-03-05").await;
        let raw = raw(&daybook.database, &owner.business).await;
        raw.batch_execute(&format!("UPDATE businesses SET time_zone = '{zone}'")).await.unwrap();
        advance(&owner, "2026-03-10").await;
        let expected: Vec<_> = (1..=last).map(|day| format!("2026-03-{day:02}")).collect();
        assert_eq!(days(&owner, &customer).await, expected, "{zone}");
        assert_in_order(&daybook, &owner).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_is_free_and_what_follows_counts_from_its_end() {
    let daybook = daybook_at("2026-01-20").await;
    let owner = sandbox(&daybook, "saas", "UTC").await;
    let customer = owner.customer("Asha").await;
    let input = json!({ "code": "p", "name": "P", "price": "30", "interval": "MONTH", "trialDays": 11 });
    let plan = plan(&owner, input).await;
    let subscription = subscribe(&owner, &customer, &plan, json!({})).await;
    assert_eq!(field(&owner, &subscription, "status").await, "TRIALING");
    assert_eq!(field(&owner, &subscription, "periodEnd").await, "2026-01-31");
    advance(&owner, "2026-01-30").await;
    assert_eq!(account(&owner, &customer).await, [] as [&str; 0]);
    advance(&owner, "2026-03-30").await;
    assert_eq!(account(&owner, &customer).await, ["2026-01-31 30.00", "2026-02-28 30.00"]);
    assert_eq!(field(&owner, &subscription, "status").await, "ACTIVE");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anchor_makes_the_first_period_the_rest_of_one() {
    let daybook = daybook_at("2026-03-20").await;
    let owner = sandbox(&daybook, "saas", "UTC").await;
    let customer = owner.customer("Asha").await;
    let plan = monthly(&owner, "basic", "31").await;
    let subscription = subscribe(&owner, &customer, &plan, json!({ "anchorOn": "2026-04-01" })).await;
    assert_eq!(field(&owner, &subscription, "periodStart").await, "2026-03-20");
    advance(&owner, "2026-05-01").await;
    assert_eq!(account(&owner, &customer).await, ["2026-03-20 12.00", "2026-04-01 31.00", "2026-05-01 31.00"]);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_of_the_future_waits_for_its_day() {
    let daybook = daybook_at("2026-03-20").await;
    let owner = sandbox(&daybook, "saas", "UTC").await;
    let customer = owner.customer("Asha").await;
    let plan = monthly(&owner, "basic", "31").await;
    let subscription = subscribe(&owner, &customer, &plan, json!({ "startsOn": "2026-04-10" })).await;
    assert_eq!(field(&owner, &subscription, "periodStart").await, Value::Null);
    advance(&owner, "2026-04-09").await;
    assert_eq!(account(&owner, &customer).await, [] as [&str; 0]);
    advance(&owner, "2026-04-10").await;
    assert_eq!(account(&owner, &customer).await, ["2026-04-10 31.00"]);
}
