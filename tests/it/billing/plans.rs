//! The catalogue of plans.

use serde_json::{Value, json};

use super::{CREATE_PLAN, monthly, plan};
use crate::harness::{Client, Daybook, text};

const FIELDS: &str = "id code name description price { amount } priceVersion interval intervalCount
    monthlyPrice { amount } yearlyPrice { amount } trialDays features attributes archivedAt
    prices { totalCount nodes { version amount { amount } } }";

async fn read(client: &Client, id: &str) -> Value {
    let query = format!("query ($id: ID!) {{ plan(id: $id) {{ {FIELDS} }} }}");
    client.run(&query, json!({ "id": id })).await["plan"].take()
}

const UPDATE: &str = "mutation ($id: ID!, $input: PlanUpdateInput!) { planUpdate(id: $id, input: $input) {
    plan { id } userErrors { code field message } } }";
const PRICE: &str = "mutation ($id: ID!, $input: PlanPriceChangeInput!) { planPriceChange(id: $id, input: $input) {
    plan { priceVersion price { amount } } userErrors { code field message } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_reads_as_it_was_made_and_changed() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("wifi").await;
    let input = json!({
        "code": " home-50 ", "name": "Home 50", "description": "Wireless", "price": "1200", "interval": "YEAR",
        "trialDays": 14, "features": ["Unlimited", "Support by phone"], "attributes": { "speed": "50 Mbit/s" },
    });
    let id = plan(&owner, input).await;
    let made = json!({
        "id": id, "code": "home-50", "name": "Home 50", "description": "Wireless", "price": { "amount": "1200.00" },
        "priceVersion": 1, "interval": "YEAR", "intervalCount": 1, "monthlyPrice": { "amount": "100.00" },
        "yearlyPrice": { "amount": "1200.00" }, "trialDays": 14, "features": ["Unlimited", "Support by phone"],
        "attributes": { "speed": "50 Mbit/s" }, "archivedAt": null,
        "prices": { "totalCount": 1, "nodes": [{ "version": 1, "amount": { "amount": "1200.00" } }] },
    });
    assert_eq!(read(&owner, &id).await, made);

    let change = json!({ "name": "Home", "description": null, "trialDays": 0, "features": ["Support", "Unlimited"] });
    owner.change(UPDATE, json!({ "id": id, "input": change })).await;
    let mut changed = made.clone();
    changed["name"] = json!("Home");
    changed["description"] = Value::Null;
    changed["trialDays"] = json!(0);
    changed["features"] = json!(["Support", "Unlimited"]);
    assert_eq!(read(&owner, &id).await, changed);

    let by_code = owner.run("{ plan(code: \"home-50\") { id } none: plan(code: \"home\") { id } }", json!({})).await;
    assert_eq!(by_code, json!({ "plan": { "id": id }, "none": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_changes_is_another_version_and_the_same_one_is_none() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("saas").await;
    let id = monthly(&owner, "basic", "29").await;
    for (price, version) in [("29.00", 1), ("39", 2), ("39.00", 2), ("29", 3)] {
        let changed = owner.change(PRICE, json!({ "id": id, "input": { "price": price } })).await;
        assert_eq!(changed["plan"]["priceVersion"], version, "{price}");
    }
    let read = read(&owner, &id).await;
    let prices: Vec<_> = read["prices"]["nodes"].as_array().unwrap().iter().map(|p| &p["amount"]["amount"]).collect();
    assert_eq!(prices, ["29.00", "39.00", "29.00"]);
    assert_eq!(read["price"]["amount"], "29.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_that_change_at_once_get_versions_of_their_own() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("saas").await;
    let id = monthly(&owner, "basic", "29").await;
    let change = async |price: usize| {
        owner.change(PRICE, json!({ "id": id, "input": { "price": price } })).await;
    };
    futures_util::future::join_all((1..=10).map(change)).await;
    let read = read(&owner, &id).await;
    let versions: Vec<_> = read["prices"]["nodes"].as_array().unwrap().iter().map(|p| p["version"].as_i64()).collect();
    assert_eq!(versions, (1..=11).rev().map(Some).collect::<Vec<_>>());
    assert_eq!(read["priceVersion"], 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_plan_is_named() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("saas").await;
    monthly(&owner, "taken", "1").await;
    let good = json!({ "code": "x", "name": "X", "price": "1", "interval": "MONTH" });
    for (field, value, expected) in [
        ("code", json!("taken"), "TAKEN code"),
        ("code", json!(" "), "REQUIRED code"),
        ("code", json!("x".repeat(51)), "TOO_LONG code"),
        ("name", json!("x".repeat(201)), "TOO_LONG name"),
        ("description", json!("x".repeat(2_001)), "TOO_LONG description"),
        ("price", json!("-0.01"), "INVALID price"),
        ("price", json!("0.001"), "INVALID price"),
        ("intervalCount", json!(0), "INVALID intervalCount"),
        ("intervalCount", json!(121), "INVALID intervalCount"),
        ("trialDays", json!(-1), "INVALID trialDays"),
        ("trialDays", json!(731), "INVALID trialDays"),
        ("features", json!(["a", ""]), "REQUIRED features.1"),
        ("features", json!(vec!["a"; 51]), "TOO_LONG features"),
        ("attributes", json!([]), "INVALID attributes"),
        ("attributes", json!({ "a": "x".repeat(9_000) }), "TOO_LONG attributes"),
    ] {
        let mut input = good.clone();
        input[field] = value;
        assert_eq!(owner.refusals(CREATE_PLAN, json!({ "input": input })).await, [expected], "{field}");
    }
    // A price of nothing is one.
    plan(&owner, json!({ "code": "free", "name": "Free", "price": "0", "interval": "DAY", "intervalCount": 3650 }))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn archived_plans_are_listed_apart_and_can_be_restored() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("saas").await;
    let (basic, pro) = (monthly(&owner, "basic", "29").await, monthly(&owner, "pro", "99").await);
    plan(&owner, json!({ "code": "annual", "name": "annual", "price": "290", "interval": "YEAR" })).await;
    let listed = async |arguments: &str| {
        let data = owner.run(&format!("{{ plans({arguments}) {{ totalCount nodes {{ code }} }} }}"), json!({})).await;
        let codes = data["plans"]["nodes"].as_array().unwrap().iter().map(|plan| text(&plan["code"]).to_owned());
        let codes: Vec<_> = codes.collect();
        assert_eq!(data["plans"]["totalCount"], codes.len());
        codes
    };
    let archive = "mutation ($id: ID!) { planArchive(id: $id) { plan { archivedAt } userErrors { message } } }";
    let restore = "mutation ($id: ID!) { planRestore(id: $id) { plan { archivedAt } userErrors { message } } }";
    assert_eq!(listed("sort: NAME_DESC").await, ["pro", "basic", "annual"]);
    assert_eq!(listed("filter: { interval: MONTH }").await, ["basic", "pro"]);
    let first = owner.change(archive, json!({ "id": basic })).await;
    assert_eq!(owner.change(archive, json!({ "id": basic })).await, first, "asked for twice, done once");
    assert_eq!(listed("first: 5").await, ["annual", "pro"]);
    assert_eq!(listed("filter: { archived: true }").await, ["basic"]);
    assert_eq!(owner.change(restore, json!({ "id": basic })).await["plan"]["archivedAt"], Value::Null);
    assert_eq!(listed("filter: { interval: MONTH }").await, ["basic", "pro"]);
    assert_eq!(read(&owner, &pro).await["code"], "pro");
}
