//! The upload mutation, by the GraphQL multipart request specification.

use reqwest::Method;
use serde_json::{Value, json};

use super::import::CUSTOMERS;
use crate::harness::{Client, Daybook};

const IMPORT: &str = "mutation ($file: Upload!, $dryRun: Boolean) {
    importCreate(input: { kind: CUSTOMERS, file: $file, dryRun: $dryRun }) {
        result { dryRun rows created alreadyThere sum { amount } outstanding { amount } furtherProblems
            problems { line column message } }
        userErrors { code field message } } }";

fn body(parts: &[(&str, &str)]) -> String {
    let part = |(name, content): &(&str, &str)| {
        let file = if *name == "operations" || *name == "map" { "" } else { "; filename=\"f.csv\"" };
        format!("--xYz\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n")
    };
    parts.iter().map(part).collect::<String>() + "--xYz--\r\n"
}

async fn post(client: &Client, body: String, header: bool) -> (u16, Value) {
    let mut request = client.request(Method::POST, "/graphql");
    request = request.header("content-type", "multipart/form-data; boundary=xYz");
    if header {
        request = request.header("graphql-require-preflight", "1");
    }
    let response = request.body(body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

fn operations(dry_run: bool) -> String {
    json!({ "query": IMPORT, "variables": { "file": null, "dryRun": dry_run } }).to_string()
}

const MAP: &str = r#"{"0": ["variables.file"]}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_imported_by_the_mutation() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let send = async |file: &str, dry_run| {
        let parts = body(&[("operations", &operations(dry_run)), ("map", MAP), ("0", file)]);
        let (status, answer) = post(&owner, parts, true).await;
        assert_eq!((status, answer.get("errors")), (200, None), "{answer}");
        answer["data"]["importCreate"].clone()
    };
    let zero = json!({ "amount": "0.00" });
    let result = |dry_run, created, there| {
        json!({ "result": { "dryRun": dry_run, "rows": 2, "created": created, "alreadyThere": there, "sum": zero,
            "outstanding": zero, "furtherProblems": 0, "problems": [] }, "userErrors": [] })
    };
    assert_eq!(send(CUSTOMERS, true).await, result(true, 2, 0));
    assert_eq!(send(CUSTOMERS, false).await, result(false, 2, 0));
    assert_eq!(send(CUSTOMERS, false).await, result(false, 0, 2));

    let refused = send("code,name\nC,\n", false).await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID");
    assert_eq!(refused["userErrors"][0]["field"], json!(["file"]));
    let problem = json!([{ "line": 2, "column": "name", "message": "name must not be blank" }]);
    assert_eq!((&refused["result"]["problems"], &refused["result"]["created"]), (&problem, &json!(0)));
    let refused = send("name\nC\n", false).await;
    assert!(refused["result"].is_null() && refused["userErrors"][0]["code"] == "INVALID", "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_refused_by_these_rules() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let operations = operations(false);
    let good = [("operations", operations.as_str()), ("map", MAP), ("0", CUSTOMERS)];
    let five = r#"{"0": ["variables.file"], "1": [], "2": [], "3": [], "4": []}"#;
    let large = "a".repeat((50 << 20) + 1);
    let set = json!({ "query": IMPORT, "variables": { "file": "x" } }).to_string();
    let batch = format!("[{operations}]");
    for (name, parts, header, status) in [
        ("without the header", &good[..], false, 415),
        ("a batch", &[("operations", &batch), ("map", MAP), ("0", CUSTOMERS)], true, 400),
        ("the map first", &[("map", MAP), ("operations", &operations), ("0", CUSTOMERS)], true, 400),
        ("no map", &[("operations", &operations)], true, 400),
        ("no file", &[("operations", &operations), ("map", MAP)], true, 400),
        ("too many files", &[("operations", &operations), ("map", five), ("0", CUSTOMERS)], true, 413),
        ("a part too many", &[good[0], good[1], good[2], ("1", CUSTOMERS)], true, 400),
        ("a part twice", &[good[0], good[1], good[2], good[2]], true, 400),
        ("too large", &[good[0], good[1], ("0", &large)], true, 413),
        ("another place", &[good[0], ("map", r#"{"0": ["variables.other"]}"#), good[2]], true, 400),
        ("no place", &[good[0], ("map", r#"{"0": ["query"]}"#), good[2]], true, 400),
        ("a place that is taken", &[("operations", &set), good[1], good[2]], true, 400),
        ("no JSON", &[("operations", "{"), good[1], good[2]], true, 400),
    ] {
        let (found, answer) = post(&owner, body(parts), header).await;
        assert_eq!(found, status, "{name}: {answer}");
    }
    assert_eq!(post(&daybook.anyone(), body(&good), true).await.0, 401);
    let (_, answer) = post(&clerk, body(&good), true).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    // What stands for a file is no file.
    for place in ["#upload:0", "#upload:18446744073709551615"] {
        let answer = owner.attempt(IMPORT, json!({ "file": place })).await;
        assert_eq!(answer["userErrors"][0]["code"], "REQUIRED", "{place}");
    }
    for wrong in ["#upload:x", "#__graphql_file__:0", ""] {
        assert_eq!(owner.error_codes(IMPORT, json!({ "file": wrong })).await, ["BAD_USER_INPUT"], "{wrong}");
    }
    assert_eq!(owner.run("{ customers { totalCount } }", json!({})).await["customers"]["totalCount"], 0);
}
