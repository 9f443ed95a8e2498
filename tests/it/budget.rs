//! What operations cost, and how much of it each caller may spend.

use chrono::{DateTime, Duration};
use daybook::clock::Clock;
use daybook::graphql::Policy;
use serde_json::{Value, json};

use crate::harness::{Client, Daybook, until};

const PAGE: &str = "{ customers(first: 99) { nodes { payments(first: 98) { nodes { id } } } } }";

fn still() -> Clock {
    Clock::manual(DateTime::UNIX_EPOCH + Duration::days(20_000))
}

/// What `extensions.cost` says of an operation.
async fn cost(client: &Client, query: &str) -> Value {
    let body = json!({ "query": query, "extensions": { "cost": true } });
    client.post(&body).await["extensions"]["cost"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_is_told_what_an_operation_costs_and_what_is_left() {
    let daybook = Daybook::under(Policy::default(), still()).await;
    let owner = daybook.owner("shop").await;
    // One for the field, and for each of 99 customers one, one for the list, and 98 payments.
    let page = 1 + 99 * (1 + 1 + 98);
    for (query, requested, remaining, reset) in [
        ("{ __typename }", 1, 99_999, "2024-10-04T00:00:00.001Z"),
        ("{ business { name } me { role } }", 2, 99_997, "2024-10-04T00:00:00.001Z"),
        ("{ customers { totalCount } }", 1, 99_996, "2024-10-04T00:00:00.001Z"),
        ("{ customers { nodes { id } } }", 21, 99_975, "2024-10-04T00:00:00.005Z"),
        ("{ __schema { types { name } } }", 1_000, 98_975, "2024-10-04T00:00:00.205Z"),
        (PAGE, page, 98_975 - page, "2024-10-04T00:00:02.186Z"),
    ] {
        let found = cost(&owner, query).await;
        assert_eq!(found, json!({ "requested": requested, "remaining": remaining, "resetAt": reset }), "{query}");
    }
    assert_eq!(owner.post(&json!({ "query": "{ __typename }" })).await.get("extensions"), None);

    // Over a socket as well; a subscription is charged for one event, when it begins, and does not say so.
    let mut socket = owner.socket().await;
    let payload = json!({ "query": "{ __typename }", "extensions": { "cost": true } });
    socket.send(json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
    assert_eq!(socket.message().await["payload"]["extensions"]["cost"]["requested"], 1);
    assert_eq!(socket.message().await["type"], "complete");
    let left = async || cost(&owner, "{ __typename }").await["remaining"].as_i64().unwrap();
    let before = left().await;
    socket.subscribe("subscription { paymentUpdates { payment { id customer { id } } } }", json!({})).await;
    let business = owner.business.parse().unwrap();
    until("it is subscribed", async || daybook.engine.readers(business) == 1).await;
    assert_eq!(before - left().await, 1 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_spent_too_much_waits_and_nobody_else_does() {
    let clock = still();
    let daybook = Daybook::under(Policy { cost_per_second: 500, ..Policy::default() }, clock.clone()).await;
    let (owner, other) = (daybook.owner("shop").await, daybook.owner("mart").await);
    let clerk = daybook.member(&owner, "CLERK").await;
    let page = |first: u32| {
        format!("{{ customers(first: {first}) {{ nodes {{ payments(first: 98) {{ nodes {{ id }} }} }} }} }}")
    };

    let left = cost(&owner, "{ __typename }").await["remaining"].as_u64().unwrap();
    assert!(left < 10_000, "what was done before is charged too: {left}");
    owner.run(&page(90), json!({})).await;
    let answer = owner.post(&json!({ "query": page(50), "extensions": { "cost": true } })).await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"], json!({ "code": "RATE_LIMITED", "retryAfter": 9 }), "{answer}");
    assert!(error["message"].as_str().unwrap().contains("costs 5001"), "{error}");
    assert_eq!(answer.get("data"), None);
    assert_eq!(
        answer["extensions"]["cost"],
        json!({ "requested": 5_001, "remaining": left - 9_001, "resetAt": answer["extensions"]["cost"]["resetAt"] })
    );
    // Nothing was taken for what was refused.
    assert_eq!(cost(&owner, "{ __typename }").await["remaining"], left - 9_002);

    // Over a socket too, where it is the answer to that operation and not the end of the socket.
    let mut socket = owner.socket().await;
    socket.subscribe(&page(50), json!({})).await;
    let refused = socket.message().await;
    assert_eq!(
        (&refused["type"], &refused["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("RATE_LIMITED"))
    );

    // Readers of GraphQL responses are told by the status.
    let status = reqwest::Client::new()
        .post(format!("http://{}/graphql", daybook.address))
        .header("accept", "application/graphql-response+json")
        .bearer_auth(owner.token.as_ref().unwrap())
        .json(&json!({ "query": page(50) }));
    assert_eq!(status.send().await.unwrap().status(), 429);

    for client in [&clerk, &other] {
        client.run(&page(50), json!({})).await;
    }
    daybook.anyone().run("{ __typename }", json!({})).await;
    clock.set(clock.now() + Duration::seconds(9));
    owner.run(&page(50), json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_who_are_not_signed_in_share_what_their_address_has() {
    let daybook = Daybook::under(Policy { cost_per_second: 500, ..Policy::default() }, still()).await;
    let dear = format!(
        "{{ {} }}",
        (0..9)
            .map(|n| format!("a{n}: customers(first: 100) {{ nodes {{ payments(first: 5) {{ nodes {{ id }} }} }} }} "))
            .collect::<String>()
    );
    assert_eq!(daybook.anyone().error_codes(&dear, json!({})).await, ["UNAUTHENTICATED"]);
    assert_eq!(daybook.anyone().error_codes(&dear, json!({})).await, ["RATE_LIMITED"]);
}
