//! A server on which only registered operations run.

use std::sync::Arc;

use daybook::graphql::{Policy, Trusted};
use serde_json::{Value, json};

use crate::harness::{Client, Daybook, text};

const LIVE: &str = "subscription { paymentUpdates { kind } }";
const AMOUNTS: &str = "subscription { paymentUpdates { payment { amount { amount } } } }";

/// What is registered of a file with this in it, or why that cannot be.
async fn load(content: &str) -> Result<Trusted, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("documents.json");
    std::fs::write(&file, content).unwrap();
    Trusted::load(&file).await.map_err(|error| error.to_string())
}

async fn under(documents: Value) -> Policy {
    Policy { trusted: Some(Arc::new(load(&documents.to_string()).await.unwrap())), ..Policy::default() }
}

/// Code and message of the only error.
async fn refusal(client: &Client, body: Value) -> (String, String) {
    let answer = client.post(&body).await;
    let error = &answer["errors"][0];
    assert_eq!(answer.get("data"), None, "{answer}");
    (text(&error["extensions"]["code"]).to_owned(), text(&error["message"]).to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_registered_operations_run_whatever_their_ids_look_like() {
    let open = Daybook::start().await;
    let owner = open.owner("shop").await;
    let several = "query A { business { ...B } } query C { me { role } } fragment B on Business { slug }";
    let documents = json!({
        // As relay-compiler names them (MD5), graphql-codegen (SHA-1 or SHA-256), or someone by hand.
        "7a2a1f1e2d0f5a4f9d3a1d8f5c1e9b2c": "query Page($first: Int!) { customers(first: $first) { totalCount } }",
        "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38": "{ __typename }",
        "several": several,
        "create": r#"mutation Create($input: CustomerCreateInput!) { customerCreate(input: $input) { customer { code } } }"#,
        "live": LIVE,
    });
    let closed = open.beside(under(documents).await).await;
    let owner = owner.at(closed.address);

    let page = json!({ "documentId": "7a2a1f1e2d0f5a4f9d3a1d8f5c1e9b2c", "variables": { "first": 1 } });
    assert_eq!(owner.post(&page).await, json!({ "data": { "customers": { "totalCount": 0 } } }));
    let hash = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";
    let named = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } });
    // What runs is what was registered, whatever else is sent.
    let other = json!({ "documentId": hash, "query": "{ business { name } }" });
    for body in [named, other, json!({ "documentId": format!("sha256:{hash}") })] {
        assert_eq!(owner.post(&body).await, json!({ "data": { "__typename": "Query" } }), "{body}");
    }
    let third = json!({ "documentId": "several", "operationName": "A" });
    assert_eq!(owner.post(&third).await["data"], json!({ "business": { "slug": "shop" } }));
    let create = json!({ "documentId": "create", "variables": { "input": { "name": "New" } } });
    assert_eq!(owner.post(&create).await["data"]["customerCreate"]["customer"]["code"], "C-000001");

    for (body, part) in [
        (json!({ "query": "{ __typename }" }), "send the id"),
        (json!({ "query": several, "extensions": {} }), "send the id"),
        (json!({ "documentId": "unknown" }), "none of them has this id"),
        (json!({ "documentId": "unknown", "query": "{ __typename }" }), "none of them has this id"),
        (json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "cafe" } } }), "none of them"),
    ] {
        for _ in 0..2 {
            let (code, message) = refusal(&owner, body.clone()).await;
            assert_eq!(code, "FORBIDDEN", "{message}");
            assert!(
                message.starts_with("this server runs registered documents only") && message.contains(part),
                "{message}"
            );
        }
    }
    // A registered mutation does not run by GET either.
    let url = format!(
        "http://{}/graphql?documentId=create&variables=%7B%22input%22:%7B%22name%22:%22N%22%7D%7D",
        closed.address
    );
    assert_eq!(reqwest::get(url).await.unwrap().status(), 405);

    let page = reqwest::get(format!("http://{}/", closed.address)).await.unwrap();
    assert_eq!(page.status(), 404);
    assert!(page.text().await.unwrap().starts_with("The playground is off"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_and_event_streams_run_only_those_as_well() {
    let open = Daybook::start().await;
    let owner = open.owner("shop").await;
    let closed = open.beside(under(json!({ "live": LIVE, "amounts": AMOUNTS })).await).await;
    let mut socket = owner.at(closed.address).socket().await;
    for payload in [json!({ "query": LIVE }), json!({ "query": "{ __typename }" }), json!({ "documentId": "other" })] {
        socket.send(json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
        let refused = socket.message().await;
        assert_eq!((&refused["id"], &refused["type"]), (&json!("1"), &json!("error")));
        assert_eq!(refused["payload"][0]["extensions"]["code"], "FORBIDDEN");
    }
    // With the text of the other, which changes nothing, also where those who ask the same share their payloads.
    for (id, document, text) in [("1", "live", AMOUNTS), ("2", "amounts", LIVE)] {
        let payload = json!({ "documentId": document, "query": text });
        socket.send(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
    }
    socket.nothing().await;

    let events = async |body: Value| {
        let request = reqwest::Client::new().post(format!("http://{}/graphql", closed.address)).json(&body);
        let request = request.bearer_auth(owner.token.as_ref().unwrap()).header("accept", "text/event-stream");
        request.send().await.unwrap()
    };
    let refused = events(json!({ "query": LIVE })).await.text().await.unwrap();
    assert!(refused.contains("FORBIDDEN") && refused.ends_with("event: complete\ndata: \n\n"), "{refused}");
    let mut live = events(json!({ "documentId": "live" })).await;

    let customer = owner.customer("Someone").await;
    owner.pay(json!({ "customerId": customer, "amount": "1", "method": "CASH", "allowCredit": true })).await;
    for _ in 0..2 {
        let message = socket.message().await;
        let update = match text(&message["id"]) {
            "1" => json!({ "kind": "RECORDED" }),
            _ => json!({ "payment": { "amount": { "amount": "1.00" } } }),
        };
        assert_eq!(message["payload"]["data"], json!({ "paymentUpdates": update }));
    }
    let event = live.chunk().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&event).contains("RECORDED"), "{event:?}");
}

#[tokio::test]
async fn a_file_that_cannot_be_registered_says_which_document_and_why() {
    for (content, parts) in [
        ("", ["must be a JSON object", "EOF"]),
        ("[]", ["must be a JSON object", "invalid type"]),
        (r#"{ "a": { "text": "{ __typename }" } }"#, ["must be a JSON object", "expected a string"]),
        ("{}", ["has no document", ""]),
        (r#"{ "a": "{ __typename }", "b": "{ business { " }"#, ["the document `b`", "expected"]),
        (
            r#"{ "b": "query ($id: ID!) { customer(id: $id) { nmae } }" }"#,
            ["the document `b`", r#"Unknown field "nmae" on type "Customer""#],
        ),
        (
            r#"{ "b": "query A { me { role } } query B { me { rool } }" }"#,
            ["the document `b`", r#"Unknown field "rool""#],
        ),
        (r#"{ "b": "subscription { payments { kind } }" }"#, ["the document `b`", "payments"]),
        (r#"{ "b": "{ ...A } fragment A on Query { ...A }" }"#, ["the document `b`", "contains itself"]),
        (r#"{ "b": "query A { customer(id: $other) { name } }" }"#, ["the document `b`", "other"]),
    ] {
        let error = load(content).await.unwrap_err();
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
    let missing = Trusted::load(std::path::Path::new("/nowhere/documents.json")).await.unwrap_err().to_string();
    assert!(missing.starts_with("cannot read /nowhere/documents.json: "), "{missing}");
}
