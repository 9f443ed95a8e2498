//! Membership by the sale that reaches the threshold of the business.

use std::fs;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::books::{VOID, assert_in_order, deliver, raw, value};
use crate::harness::{Client, Database, Daybook};
use crate::process::{Data, Folder, daybook, output};

const RULE: &str = "mutation ($rule: MembershipRuleInput!) { businessUpdate(input: { membershipRule: $rule }) {
    business { membershipRule { purchasesFrom spentFrom { amount } atSale } } userErrors { code field message } } }";
const MEMBERSHIP: &str = "query ($id: ID!) { customer(id: $id) { membership { isMember since byRule } } }";
/// How often customers were told to have become members by rule.
const TOLD: &str = "SELECT count(*) FROM events WHERE kind = 'CUSTOMER_UPDATED' AND data ->> 'byRule' = 'true'";

async fn membership(client: &Client, id: &str) -> Value {
    client.run(MEMBERSHIP, json!({ "id": id })).await["customer"]["membership"].take()
}

async fn told(database: &Database, client: &Client) -> String {
    value(&raw(database, &client.business).await, TOLD).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sale_that_reaches_the_threshold_makes_a_member_if_the_business_wants_that() {
    let daybook = crate::billing::daybook_at("2026-03-10").await;
    let owner = daybook.owner("shop").await;
    let none = json!({ "isMember": false, "since": null, "byRule": false });
    let by_rule = json!({ "isMember": true, "since": "2026-03-10", "byRule": true });
    // Not unless it says so.
    let rule = owner.change(RULE, json!({ "rule": { "purchasesFrom": 1 } })).await;
    assert_eq!(rule["business"]["membershipRule"]["atSale"], false);
    let asha = owner.customer("Asha").await;
    owner.sale(&asha, "2026-03-01", "10").await;
    assert_eq!(membership(&owner, &asha).await, none);

    // By how often, or by how much.
    let rule = json!({ "rule": { "purchasesFrom": 3, "spentFrom": "100", "atSale": true } });
    let rule = owner.change(RULE, rule).await;
    assert_eq!(
        rule["business"]["membershipRule"],
        json!({ "purchasesFrom": 3, "spentFrom": { "amount": "100.00" }, "atSale": true })
    );
    let clerk = daybook.member(&owner, "CLERK").await;
    clerk.sale(&asha, "2026-03-02", "10").await;
    assert_eq!(membership(&owner, &asha).await, none, "two of three");
    clerk.sale(&asha, "2026-01-02", "10").await;
    assert_eq!(membership(&owner, &asha).await, by_rule);
    let ben = owner.customer("Ben").await;
    owner.sale(&ben, "2026-03-01", "99.99").await;
    // What is delivered is no purchase.
    deliver(&owner, &ben, "2026-03-01", "1", "500").await;
    assert_eq!(membership(&owner, &ben).await, none, "99.99 of 100.00");
    owner.sale(&ben, "2026-03-01", "0.01").await;
    assert_eq!(membership(&owner, &ben).await, by_rule);

    // Told once, whatever they buy after that; and what becomes void takes nothing back.
    let last = clerk.sale(&ben, "2026-03-01", "500").await;
    owner.change(VOID, json!({ "id": last, "input": { "reason": "brought back" } })).await;
    assert_eq!(membership(&owner, &ben).await, by_rule);
    assert_eq!(told(&daybook.database, &owner).await, "2");

    // A member by hand stays one by hand; who takes no part, and who did not reach it, is none.
    let create = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
        customer { id } userErrors { code field message } } }";
    let input = json!({ "name": "Chen", "memberSince": "2026-02-01" });
    let chen = owner.change(create, json!({ "input": input })).await["customer"]["id"].take();
    let chen = chen.as_str().unwrap();
    owner.sale(chen, "2026-03-01", "1000").await;
    assert_eq!(membership(&owner, chen).await, json!({ "isMember": true, "since": "2026-02-01", "byRule": false }));
    let dina = owner.customer("Dina").await;
    let leave = "mutation ($id: ID!) { preferenceUpdate(customerId: $id, input: { takesPartInLoyalty: false }) {
        userErrors { code field message } } }";
    owner.change(leave, json!({ "id": dina })).await;
    owner.sale(&dina, "2026-03-01", "1000").await;
    assert_eq!(membership(&owner, &dina).await, none);
    assert_eq!(told(&daybook.database, &owner).await, "2");
    // Nobody is left for the mutation that does it for all.
    let activate = "mutation { membershipActivate { changed userErrors { code field message } } }";
    assert_eq!(owner.change(activate, json!({})).await["changed"], 0);
    let members = owner.run("{ dashboard { members } }", json!({})).await["dashboard"]["members"].take();
    assert_eq!(members, 3);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sales_at_once_that_all_reach_the_threshold_make_a_member_once() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    owner.change(RULE, json!({ "rule": { "purchasesFrom": 2, "atSale": true } })).await;
    let mut customers = Vec::new();
    for number in 0..4 {
        customers.push(owner.customer(&format!("Customer {number}")).await);
    }
    let sales = (0..6).flat_map(|_| customers.iter().map(|id| owner.sale(id, "2026-03-01", "10")));
    join_all(sales).await;
    for id in &customers {
        let membership = membership(&owner, id).await;
        assert_eq!((&membership["isMember"], &membership["byRule"]), (&json!(true), &json!(true)));
    }
    assert_eq!(told(&daybook.database, &owner).await, "4");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_sales_make_members_too_and_each_is_told_once() {
    let daybook_in_test = Daybook::start().await;
    let owner = daybook_in_test.owner("shop").await;
    owner.change(RULE, json!({ "rule": { "spentFrom": "30", "atSale": true } })).await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    let folder = Folder::new("membership");
    fs::create_dir(&folder.0).unwrap();
    let file = folder.0.join("sales.csv");
    let rows = "C-000001,2026-01-01,10\nC-000002,2026-01-01,29.99\nC-000001,2026-01-02,10\nC-000001,2026-01-03,10\n";
    fs::write(&file, format!("customer_code,occurred_on,amount\n{rows}")).unwrap();
    let mut command = daybook(&Data::Database(&daybook_in_test.database));
    command.args(["import", "sales", file.to_str().unwrap(), "--business", "shop"]);
    let (code, said, complaint) = output(command).await;
    assert_eq!(code, Some(0), "{said}{complaint}");
    assert_eq!(membership(&owner, &asha).await["byRule"], true);
    assert_eq!(membership(&owner, &ben).await["isMember"], false);
    assert_eq!(told(&daybook_in_test.database, &owner).await, "1");
    assert_in_order(&daybook_in_test, &owner).await;
}
