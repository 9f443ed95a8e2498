//! How many statements operations take, besides the session's own.

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::harness::{Client, Daybook, text};

/// Adds customers with contacts, notes, sales and payments.
async fn fill(owner: &Client, count: usize) {
    const CONTACT: &str = "mutation ($id: ID!) { contactCreate(input: { customerId: $id, name: \"Ann\" }) {
        userErrors { code field message } } }";
    const NOTE: &str = "mutation ($id: ID!) { noteCreate(input: { customerId: $id, kind: ISSUE, content: \"x\" }) {
        userErrors { code field message } } }";
    let one = async |number: usize| {
        let id = owner.customer(&format!("Customer {number:03}")).await;
        owner.change(CONTACT, json!({ "id": id })).await;
        owner.change(NOTE, json!({ "id": id })).await;
        for day in ["2026-03-01", "2026-03-02"] {
            owner.sale(&id, day, "10.00").await;
        }
        for amount in ["5.00", "10.00"] {
            let paid = owner.pay(json!({ "customerId": id, "amount": amount, "method": "CASH" })).await;
            assert_eq!(paid["userErrors"], json!([]));
        }
    };
    stream::iter(0..count).map(one).buffer_unordered(8).collect::<Vec<()>>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nested_page_takes_at_most_six_statements_whatever_its_size() {
    const PAGE: &str = "query ($first: Int!) { customers(first: $first) { totalCount nodes {
        id code name balance { amount currency }
        contacts { nodes { name role isPrimary } }
        payments(first: 5) { nodes { amount { amount } method receivedAt } }
        charges(first: 5) { nodes { kind amount { amount } outstanding { amount } status overdue } } } } }";
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    fill(&owner, 100).await;
    let mut counts = Vec::new();
    for first in [5, 20, 100] {
        let answer = owner.send(PAGE, json!({ "first": first })).await;
        let customers = &answer.body["data"]["customers"];
        assert_eq!(customers["totalCount"], 100, "{}", answer.body);
        let nodes = customers["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), first);
        for node in nodes {
            let counted = ["contacts", "payments", "charges"].map(|list| node[list]["nodes"].as_array().unwrap().len());
            assert_eq!(counted, [1, 2, 2]);
            assert_eq!(node["balance"]["amount"], "5.00");
        }
        counts.push(answer.statements);
    }
    assert!(counts[0] <= 6 && counts.iter().all(|count| *count == counts[0]), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn relations_take_one_statement_a_level() {
    const DEEP: &str = "{ payments(first: 100) { nodes { customer { name } receivedBy { name }
        allocations { amount { amount } charge { id ... on Sale { reference } } } } } }";
    const COUNTED: &str = "{ customers(first: 100) { nodes {
        notes(first: 1) { totalCount nodes { author { name } } } sales(first: 1) { totalCount nodes { items } } } } }";
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    fill(&owner, 10).await;
    for (query, most) in [(DEEP, 5), (COUNTED, 6)] {
        let answer = owner.send(query, json!({})).await;
        assert_eq!(answer.body.get("errors"), None);
        assert!((1..=most).contains(&answer.statements), "{} statements for {query}", answer.statements);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_look_up_is_one_statement() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    fill(&owner, 1).await;
    let ids = "{ customers { nodes { id contacts { nodes { id } } notes { nodes { id } } charges { nodes { id } }
        payments { nodes { id } } } } me { user { id } } }";
    let read = owner.run(ids, json!({})).await;
    let customer = &read["customers"]["nodes"][0];
    let payment = &customer["payments"]["nodes"][0]["id"];
    for (query, statements) in [
        (format!("{{ customer(id: {}) {{ name }} }}", customer["id"]), 1),
        ("{ customer(code: \"C-000001\") { name } }".into(), 1),
        (format!("{{ payment(id: {payment}) {{ method }} }}"), 1),
        ("{ me { role permissions } }".into(), 0),
        ("{ me { user { name } business { name } } }".into(), 2),
        ("{ business { name } }".into(), 1),
        ("{ customers { nodes { name } } }".into(), 1),
        ("{ customers { totalCount } }".into(), 2),
        // Whether anyone has it, and if nobody has, what it may have meant.
        ("{ customers(search: \"customer\") { nodes { name } } }".into(), 2),
        ("{ customers(search: \"cusotmer\") { nodes { name } } }".into(), 3),
        ("{ customers(search: \"98765\") { nodes { name } } }".into(), 2),
        ("{ segments { totalCount nodes { name filter } } }".into(), 2),
        ("{ payments { totalCount nodes { method } } }".into(), 2),
        ("{ records { nodes { product } } }".into(), 1),
        ("{ events { nodes { kind } } }".into(), 1),
    ] {
        let answer = owner.send(&query, json!({})).await;
        assert_eq!(answer.body.get("errors"), None, "{query}");
        assert_eq!(answer.statements, statements, "{query}");
    }
    let nodes = [
        &customer["id"],
        &customer["contacts"]["nodes"][0]["id"],
        &customer["notes"]["nodes"][0]["id"],
        &customer["charges"]["nodes"][0]["id"],
        payment,
        &read["me"]["user"]["id"],
        &json!(owner.business),
    ];
    for id in nodes {
        let answer = owner.send("query ($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
        assert_eq!((&answer.body["data"]["node"]["id"], answer.statements), (id, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_ids_take_one_statement_for_each_kind_among_them() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    fill(&owner, 20).await;
    let query = "{ customers(first: 20) { nodes { id contacts { nodes { id } } notes { nodes { id } }
        charges(first: 1) { nodes { id } } payments(first: 1) { nodes { id } } } } }";
    let read = owner.run(query, json!({})).await;
    let mut ids: Vec<&Value> = Vec::new();
    for customer in read["customers"]["nodes"].as_array().unwrap() {
        ids.push(&customer["id"]);
        ids.extend(["contacts", "notes", "charges", "payments"].map(|list| &customer[list]["nodes"][0]["id"]));
    }
    let nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let answer = owner.send(nodes, json!({ "ids": ids })).await;
    let found: Vec<_> = answer.body["data"]["nodes"].as_array().unwrap().iter().map(|node| text(&node["id"])).collect();
    assert_eq!((found.len(), found), (100, ids.iter().map(|id| text(id)).collect::<Vec<_>>()));
    assert!(answer.statements <= 5, "{} statements", answer.statements);

    ids.push(ids[0]);
    assert_eq!(owner.error_codes(nodes, json!({ "ids": ids })).await, ["BAD_USER_INPUT"]);
}
