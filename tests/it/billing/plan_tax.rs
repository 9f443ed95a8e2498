//! The tax on what plans cost.

use serde_json::{Value, json};

use super::{CANCEL, CHANGE, CREATE_PLAN, Subscribed, advance, daybook_at, plan, sandbox, subscribe};
use crate::harness::{Client, text};

const TAX_MODE: &str = "mutation ($mode: TaxMode!) { businessUpdate(input: { taxMode: $mode }) {
    business { taxMode } userErrors { code field message } } }";

/// A sandbox on 1 March 2026 with a customer on a plan of 29.00 a month at 20 percent.
async fn taxed(mode: &str) -> Subscribed {
    let daybook = daybook_at("2026-03-01").await;
    let owner = sandbox(&daybook, "saas", "UTC").await;
    owner.change(TAX_MODE, json!({ "mode": mode })).await;
    let customer = owner.customer("Asha").await;
    let plan = basic(&owner, "basic", "29").await;
    let subscription = subscribe(&owner, &customer, &plan, json!({})).await;
    Subscribed { daybook, owner, customer, subscription }
}

async fn basic(owner: &Client, code: &str, price: &str) -> String {
    let input = json!({ "code": code, "name": code, "price": price, "interval": "MONTH", "taxRate": "20" });
    plan(owner, input).await
}

/// The last invoice: rate, net, tax and total.
async fn last(owner: &Client) -> String {
    let query = "{ invoices(sort: ISSUED_ON_DESC, first: 1) { nodes {
        net { amount } tax { amount } amount { amount } lines { taxRate } } } }";
    let found = owner.run(query, json!({})).await["invoices"]["nodes"][0].take();
    let money = |field: &str| text(&found[field]["amount"]).to_owned();
    format!("{} {} {} {}", text(&found["lines"][0]["taxRate"]), money("net"), money("tax"), money("amount"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_charged_and_given_back_of_a_plan_has_its_tax() {
    for (mode, first, account, total) in [
        // 29.00 → 99.00 on the 16th of 31 days: −14.97 + 51.10, and 20 percent on each.
        ("EXCLUSIVE", "20 29.00 5.80 34.80", ["2026-03-01 34.80", "2026-03-16 -17.96", "2026-03-16 61.32"], "43.36"),
        ("INCLUSIVE", "20 24.17 4.83 29.00", ["2026-03-01 29.00", "2026-03-16 -14.97", "2026-03-16 51.10"], "36.13"),
    ] {
        let world = taxed(mode).await;
        let owner = &world.owner;
        assert_eq!(last(owner).await, first);
        let pro = basic(owner, "pro", "99").await;
        advance(owner, "2026-03-16").await;
        let preview = "query ($id: ID!, $input: SubscriptionChangeInput!) {
            subscriptionChangePreview(id: $id, input: $input) {
                total { amount } lines { taxRate tax { amount } amount { amount } total { amount } } } }";
        let input = json!({ "id": world.subscription, "input": { "planId": pro } });
        let shown = owner.run(preview, input).await["subscriptionChangePreview"].take();
        assert_eq!(shown["total"]["amount"], total);
        let lines: Vec<_> = shown["lines"].as_array().unwrap().iter().map(|line| &line["amount"]["amount"]).collect();
        assert_eq!((lines, &shown["lines"][0]["taxRate"]), (vec![&json!("-14.97"), &json!("51.10")], &json!("20")));
        let totals = shown["lines"].as_array().unwrap().iter().map(|line| text(&line["total"]["amount"]));
        let booked = account[1..].iter().map(|line| &line[11..]);
        assert_eq!(totals.collect::<Vec<_>>(), booked.collect::<Vec<_>>());
        world.on("2026-03-16", CHANGE, json!({ "planId": pro })).await;
        world.assert_account(&account).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_subscribed_at_a_rate_keeps_it_and_who_is_moved_pays_the_new_one() {
    let world = taxed("EXCLUSIVE").await;
    let owner = &world.owner;
    let found = owner.run("{ plans { nodes { id } } }", json!({})).await;
    let id = text(&found["plans"]["nodes"][0]["id"]).to_owned();
    let change = "mutation ($id: ID!, $input: PlanPriceChangeInput!) { planPriceChange(id: $id, input: $input) {
        plan { taxRate priceVersion price { amount } prices { nodes { taxRate version } } }
        userErrors { code field message } } }";
    let set = async |input: Value| owner.change(change, json!({ "id": id, "input": input })).await["plan"].take();
    // The price alone leaves the rate, and the same of both changes nothing.
    assert_eq!(set(json!({ "price": "29" })).await["priceVersion"], 1);
    let plan = set(json!({ "price": "29", "taxRate": "10.5" })).await;
    assert_eq!((&plan["taxRate"], &plan["priceVersion"]), (&json!("10.5"), &json!(2)));
    assert_eq!(set(json!({ "price": "30" })).await["taxRate"], "10.5");
    advance(owner, "2026-04-01").await;
    assert_eq!(last(owner).await, "20 29.00 5.80 34.80");
    owner.change(CHANGE, json!({ "id": world.subscription, "input": { "planId": id, "mode": "PERIOD_END" } })).await;
    advance(owner, "2026-05-01").await;
    assert_eq!(last(owner).await, "10.5 30.00 3.15 33.15");
    for rate in ["-1", "100.0001", "1.23456"] {
        let input = json!({ "code": "x", "name": "X", "price": "1", "interval": "DAY", "taxRate": rate });
        assert_eq!(owner.refusals(CREATE_PLAN, json!({ "input": input })).await, ["INVALID taxRate"], "{rate}");
        let input = json!({ "id": id, "input": { "price": "1", "taxRate": rate } });
        assert_eq!(owner.refusals(change, input).await, ["INVALID taxRate"], "{rate}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn days_are_given_back_as_they_were_charged_though_the_business_changes_its_mode() {
    let world = taxed("EXCLUSIVE").await;
    advance(&world.owner, "2026-03-16").await;
    world.owner.change(TAX_MODE, json!({ "mode": "INCLUSIVE" })).await;
    world.on("2026-03-16", CANCEL, json!({ "mode": "NOW_WITH_CREDIT" })).await;
    world.assert_account(&["2026-03-01 34.80", "2026-03-16 -17.96"]).await;
}
