//! What a payment would do, before it does it.

use serde_json::{Value, json};

use crate::books::{Dice, assert_in_order, decimal, raw, state};
use crate::harness::{Client, Daybook, text};

const PREVIEW: &str = "query ($input: PaymentRecordInput!) { paymentPreview(input: $input) {
    outstanding { amount } unallocated { amount }
    allocations { charge { id outstanding { amount } } amount { amount } remaining { amount } }
    userErrors { code field message } } }";

async fn preview(client: &Client, input: &Value) -> Value {
    client.run(PREVIEW, json!({ "input": input })).await["paymentPreview"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_does_what_its_preview_says_whatever_is_open() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let mut dice = Dice::throw();
    let (mut done, mut refused) = (0, 0);
    for _ in 0..25 {
        let customer = owner.customer("Someone").await;
        let mut charges = Vec::new();
        let mut outstanding = 0;
        for _ in 0..dice.between(0, 5) {
            let amount = dice.between(1, 3_000);
            outstanding += amount;
            let day = format!("2026-01-{:02}", dice.between(1, 4));
            charges.push(owner.sale(&customer, &day, &decimal(amount)).await);
        }
        for _ in 0..2 {
            let mut named = Vec::new();
            if !charges.is_empty() && dice.percent(50) {
                for _ in 0..dice.between(1, 3) {
                    let amount = dice.percent(50).then(|| decimal(dice.between(1, 1_000)));
                    named.push(json!({ "chargeId": dice.pick(&charges), "amount": amount }));
                }
            }
            let input = json!({
                "customerId": customer, "amount": decimal(dice.between(1, outstanding + 500)), "method": "CASH",
                "charges": named, "allowCredit": dice.percent(50),
            });
            let before = state(&raw).await;
            let told = preview(&owner, &input).await;
            assert_eq!(state(&raw).await, before, "a preview wrote something");
            let paid = owner.pay(input.clone()).await;
            assert_eq!(told["userErrors"], paid["userErrors"], "{input}");
            if paid["payment"].is_null() {
                refused += 1;
                assert_eq!((&told["allocations"], &told["unallocated"]), (&json!([]), &Value::Null), "{input}");
                continue;
            }
            done += 1;
            let part = |part: &Value| (part["charge"]["id"].clone(), part["amount"]["amount"].clone());
            let left = |part: &Value| part["charge"]["outstanding"]["amount"].clone();
            let (told_parts, paid_parts) = (parts(&told), parts(&paid["payment"]));
            assert!(told_parts.iter().map(part).eq(paid_parts.iter().map(part)), "{input}: {told} but {paid}");
            let remaining = told_parts.iter().map(|part| part["remaining"]["amount"].clone());
            assert!(remaining.eq(paid_parts.iter().map(left)), "{input}: {told} but {paid}");
            assert_eq!(told["unallocated"], paid["payment"]["unallocated"], "{input}");
        }
    }
    assert!(done > 5 && refused > 5, "{done} payments done and {refused} refused prove little");
    assert_in_order(&daybook, &owner).await;
}

fn parts(of: &Value) -> &Vec<Value> {
    of["allocations"].as_array().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_what_is_outstanding_and_a_viewer_may_ask() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let viewer = daybook.member(&owner, "VIEWER").await;
    let customer = owner.customer("Someone").await;
    let id = owner.sale(&customer, "2026-01-01", "100.50").await;
    let told = preview(&viewer, &json!({ "customerId": customer, "amount": 100, "method": "CASH" })).await;
    let expected = json!({
        "outstanding": { "amount": "100.50" }, "unallocated": { "amount": "0.00" }, "userErrors": [],
        "allocations": [{
            "charge": { "id": id, "outstanding": { "amount": "100.50" } }, "amount": { "amount": "100.00" },
            "remaining": { "amount": "0.50" },
        }],
    });
    assert_eq!(told, expected);

    let told = preview(&viewer, &json!({ "customerId": customer, "amount": 101, "method": "CASH" })).await;
    assert_eq!(
        (&told["outstanding"]["amount"], &told["userErrors"][0]["code"]),
        (&json!("100.50"), &json!("OVERPAYMENT"))
    );
    let stranger = json!({ "customerId": "cus_01jx0000000000000000000000", "amount": 1, "method": "CASH" });
    let told = preview(&viewer, &stranger).await;
    assert_eq!((&told["outstanding"], text(&told["userErrors"][0]["code"])), (&Value::Null, "NOT_FOUND"));
}
