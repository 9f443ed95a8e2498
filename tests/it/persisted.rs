//! Operations that are named and not sent: automatic persisted queries.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{Client, Daybook, text, until};

/// The hash of a document as clients write it.
fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn extension(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

/// Code and message of the only error.
async fn refusal(client: &Client, body: Value) -> (String, String) {
    let answer = client.post(&body).await;
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1, "{answer}");
    assert_eq!(answer.get("data"), None, "{answer}");
    let error = &answer["errors"][0];
    (text(&error["extensions"]["code"]).to_owned(), text(&error["message"]).to_owned())
}

fn not_found() -> (String, String) {
    ("PERSISTED_QUERY_NOT_FOUND".into(), "PersistedQueryNotFound".into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_was_sent_once_is_named_by_its_hash() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let query = "query Named($yes: Boolean!) { business { slug @include(if: $yes) currency } }";
    let named = json!({ "extensions": extension(&hash(query)), "variables": { "yes": true } });
    assert_eq!(refusal(&owner, named.clone()).await, not_found());

    let mut both = named.clone();
    both["query"] = query.into();
    let answer = json!({ "data": { "business": { "slug": "shop", "currency": "USD" } } });
    assert_eq!(owner.post(&both).await, answer);
    assert_eq!(owner.post(&named).await, answer);
    // Its variables and its caller are those of each request.
    let other =
        json!({ "query": null, "extensions": extension(&hash(query).to_uppercase()), "variables": { "yes": false } });
    assert_eq!(owner.post(&other).await["data"]["business"], json!({ "currency": "USD" }));
    assert_eq!(daybook.anyone().post(&named).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");

    // By GET, where caches can keep the answer.
    let variables = json!({ "yes": true }).to_string();
    let url = |hash: &str| {
        let extensions = extension(hash).to_string();
        let parameters = [("extensions", extensions.as_str()), ("variables", &variables)];
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        format!("http://{}/graphql?{query}", daybook.address)
    };
    let get = async |hash: &str| {
        let request = reqwest::Client::new().get(url(hash)).bearer_auth(owner.token.as_ref().unwrap());
        let response = request.header("accept", "application/graphql-response+json").send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    assert_eq!(get(&hash(query)).await, (200, answer));
    let (status, missing) = get(&hash("{ __typename }")).await;
    assert_eq!((status, &missing["errors"][0]["extensions"]["code"]), (400, &json!("PERSISTED_QUERY_NOT_FOUND")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_that_is_named_is_still_one_and_not_run_by_get() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let mutation = r#"mutation { customerCreate(input: { name: "Named" }) { customer { code } } }"#;
    let both = json!({ "query": mutation, "extensions": extension(&hash(mutation)) });
    assert_eq!(owner.post(&both).await["data"]["customerCreate"]["customer"]["code"], "C-000001");
    let parameters = [("extensions", extension(&hash(mutation)).to_string())];
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let request = reqwest::Client::new().get(format!("http://{}/graphql?{query}", daybook.address));
    assert_eq!(request.bearer_auth(owner.token.as_ref().unwrap()).send().await.unwrap().status(), 405);
    assert_eq!(owner.run("{ customers { totalCount } }", json!({})).await["customers"]["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_named_wrongly_or_is_not_in_order_is_refused_and_not_kept() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let good = "{ business { name } }";
    for (body, part) in [
        (json!({ "query": good, "extensions": extension(&hash("{ me { role } }")) }), "not that of `query`"),
        (json!({ "extensions": extension("cafe") }), "64 hexadecimal digits"),
        (json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": hash(good) } } }), "`version` 1"),
        (json!({ "extensions": { "persistedQuery": { "sha256Hash": hash(good) } } }), "`version` 1"),
        (json!({ "extensions": { "persistedQuery": { "version": 1 } } }), "`sha256Hash`"),
        (json!({ "extensions": { "persistedQuery": true } }), "`version` and `sha256Hash`"),
        (json!({ "documentId": "some" }), "no registered documents"),
        (json!({ "documentId": 1 }), "`documentId` must be a string or null; it is a number"),
        (json!({ "extensions": {} }), "`query` is missing"),
        (json!({ "extensions": { "persistedQuery": null } }), "`query` is missing"),
    ] {
        let (code, message) = refusal(&owner, body).await;
        assert_eq!(code, "BAD_USER_INPUT", "{message}");
        assert!(message.contains(part), "{message}");
    }
    let deep = format!("{{ me {}{} }}", "{ business ".repeat(20), "}".repeat(20));
    let cyclic = "{ ...A } fragment A on Query { ...A }".to_owned();
    for wrong in ["{ business { ".to_owned(), deep, cyclic] {
        let named = json!({ "extensions": extension(&hash(&wrong)) });
        let both = json!({ "query": wrong, "extensions": extension(&hash(&wrong)) });
        for _ in 0..2 {
            assert_ne!(refusal(&owner, both.clone()).await, not_found());
            assert_eq!(refusal(&owner, named.clone()).await, not_found(), "{wrong}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_and_event_streams_take_named_documents() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let live = "subscription { paymentUpdates { kind payment { amount { amount } } } }";
    let named = json!({ "extensions": extension(&hash(live)) });
    let both = json!({ "query": live, "extensions": extension(&hash(live)) });

    let mut socket = owner.socket().await;
    socket.send(json!({ "id": "1", "type": "subscribe", "payload": named })).await;
    let refused = socket.message().await;
    assert_eq!((&refused["id"], &refused["type"]), (&json!("1"), &json!("error")));
    assert_eq!(refused["payload"][0]["message"], "PersistedQueryNotFound");
    socket.send(json!({ "id": "1", "type": "subscribe", "payload": both })).await;
    socket.send(json!({ "id": "2", "type": "subscribe", "payload": named })).await;
    socket.nothing().await;

    let request = reqwest::Client::new().post(format!("http://{}/graphql", daybook.address)).json(&named);
    let request = request.bearer_auth(owner.token.as_ref().unwrap()).header("accept", "text/event-stream");
    let mut events = request.send().await.unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream");

    let customer = owner.customer("Someone").await;
    owner.pay(json!({ "customerId": customer, "amount": "1", "method": "CASH", "allowCredit": true })).await;
    let mut ids = [socket.message().await, socket.message().await].map(|message| {
        assert_eq!(message["payload"]["data"]["paymentUpdates"]["kind"], "RECORDED", "{message}");
        text(&message["id"]).to_owned()
    });
    ids.sort();
    assert_eq!(ids, ["1", "2"]);
    let event = events.chunk().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&event).contains("RECORDED"), "{event:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_that_are_named_by_different_hashes_are_different() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let documents = ["kind", "payment { amount { amount } }"]
        .map(|selection| format!("subscription {{ paymentUpdates {{ {selection} }} }}"));
    let mut socket = owner.socket().await;
    for round in 0..2 {
        for (number, document) in documents.iter().enumerate() {
            let mut payload = json!({ "extensions": extension(&hash(document)) });
            if round == 0 {
                payload["query"] = document.as_str().into();
            }
            socket.send(json!({ "id": format!("{round}{number}"), "type": "subscribe", "payload": payload })).await;
        }
    }
    let business = owner.business.parse().unwrap();
    until("all four listen", async || daybook.engine.readers(business) == 4).await;
    owner.pay(json!({ "customerId": customer, "amount": "1", "method": "CASH", "allowCredit": true })).await;
    for _ in 0..4 {
        let message = socket.message().await;
        let update = if text(&message["id"]).ends_with('0') {
            json!({ "kind": "RECORDED" })
        } else {
            json!({ "payment": { "amount": { "amount": "1.00" } } })
        };
        assert_eq!(message["payload"]["data"]["paymentUpdates"], update, "{message}");
    }
}
