//! Payments of more than is owed, and what becomes of the rest.

use serde_json::{Value, json};

use crate::books::{SALE, assert_in_order, balance, deliver, pay, pay_ahead, raw, refusals};
use crate::harness::{Client, Daybook, text};

/// What a customer has left of their payments, the one received first in front.
async fn credit(client: &Client, customer: &str) -> Vec<String> {
    let query = "query ($id: ID!) { payments(filter: { customerId: $id }, sort: RECEIVED_AT_ASC) {
        nodes { unallocated { amount } } } }";
    let data = client.run(query, json!({ "id": customer })).await;
    let left = |payment: &Value| text(&payment["unallocated"]["amount"]).to_owned();
    data["payments"]["nodes"].as_array().unwrap().iter().map(left).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_is_owed_becomes_credit_only_where_that_is_allowed() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    assert_eq!(refusals(&pay(&owner, &customer, "1").await), ["OVERPAYMENT amount"]);
    owner.sale(&customer, "2026-01-01", "10").await;
    assert_eq!(refusals(&pay(&owner, &customer, "25").await), ["OVERPAYMENT amount"]);

    pay_ahead(&owner, &customer, "25", "2026-01-02T00:00:00Z").await;
    assert_eq!(
        (balance(&owner, &customer).await.as_str(), credit(&owner, &customer).await),
        ("-15.00", vec!["15.00".into()])
    );
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_charge_takes_the_credit_that_was_received_first() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    // Recorded in another order than received.
    let second = pay_ahead(&owner, &customer, "20", "2026-01-02T00:00:00Z").await;
    let first = pay_ahead(&owner, &customer, "10", "2026-01-01T00:00:00Z").await;
    let third = pay_ahead(&owner, &customer, "40", "2026-01-03T00:00:00Z").await;

    for (amount, parts, status, left, owed) in [
        ("4", &[(&first, "4.00")][..], "PAID", ["6.00", "20.00", "40.00"], "-66.00"),
        ("30", &[(&first, "6.00"), (&second, "20.00"), (&third, "4.00")], "PAID", ["0.00", "0.00", "36.00"], "-36.00"),
        ("0", &[], "PAID", ["0.00", "0.00", "36.00"], "-36.00"),
        ("50", &[(&third, "36.00")], "PARTIAL", ["0.00", "0.00", "0.00"], "14.00"),
        ("5", &[], "UNPAID", ["0.00", "0.00", "0.00"], "19.00"),
    ] {
        let input = json!({ "customerId": customer, "amount": amount });
        let sale = &owner.change(SALE, json!({ "input": input })).await["sale"];
        let expected: Vec<_> =
            parts.iter().map(|(id, part)| json!({ "amount": { "amount": part }, "payment": { "id": id } })).collect();
        assert_eq!(sale["allocations"], Value::from(expected), "a sale of {amount}");
        assert_eq!((&sale["status"], &sale["customer"]["balance"]["amount"]), (&json!(status), &json!(owed)));
        assert_eq!(credit(&owner, &customer).await, left, "after a sale of {amount}");
    }
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credit_stays_where_it_is_if_the_business_wants_it_so() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let raw = raw(&daybook.database, &owner.business).await;
    raw.batch_execute("UPDATE businesses SET use_credit_automatically = false").await.unwrap();
    let customer = owner.customer("Someone").await;
    pay_ahead(&owner, &customer, "25", "2026-01-01T00:00:00Z").await;
    deliver(&owner, &customer, "2026-01-02", "1", "10").await;
    assert_eq!(
        (balance(&owner, &customer).await.as_str(), credit(&owner, &customer).await),
        ("-15.00", vec!["25.00".into()])
    );
    // What is outstanding is what the charges want, whatever credit there is.
    assert_eq!(refusals(&pay(&owner, &customer, "10.01").await), ["OVERPAYMENT amount"]);
    assert_eq!(pay(&owner, &customer, "10").await["payment"]["customer"]["balance"]["amount"], "-25.00");
    assert_in_order(&daybook, &owner).await;
}
