//! Fees, and corrections of what is owed.

use serde_json::{Value, json};

use crate::books::{ADJUST, REFUND, REVERSE, VOID, assert_in_order, balance, dues, pay, pay_ahead, raw, state};
use crate::harness::{Client, Daybook, text};

async fn adjust(client: &Client, customer: &str, kind: &str, amount: &str) -> Value {
    let input = json!({ "customerId": customer, "kind": kind, "amount": amount, "reason": "agreed by phone",
        "occurredOn": "2026-01-05" });
    client.attempt(ADJUST, json!({ "input": input })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_and_a_correction_upwards_are_charges_with_a_reason() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    pay_ahead(&owner, &customer, "3", "2026-01-01T00:00:00Z").await;
    for (kind, prefix, amount, status, owed) in
        [("FEE", "fee_", "5.00", "PARTIAL", "2.00"), ("ADJUSTMENT", "adj_", "1.50", "UNPAID", "3.50")]
    {
        let made = adjust(&owner, &customer, kind, amount).await;
        let charge = &made["adjustment"];
        assert!(text(&charge["id"]).starts_with(prefix), "{made}");
        assert_eq!(
            (&charge["kind"], &charge["reason"], &charge["amount"]["amount"], &charge["status"]),
            (&json!(kind), &json!("agreed by phone"), &json!(amount), &json!(status))
        );
        assert_eq!((&made["credit"], &made["customer"]["balance"]["amount"]), (&Value::Null, &json!(owed)));
        let node = "query ($id: ID!) { node(id: $id) { id ... on Adjustment { reason kind } } }";
        assert_eq!(owner.run(node, json!({ "id": charge["id"] })).await["node"]["kind"], kind);
    }
    // They are charges like others: paid, and voided.
    pay(&owner, &customer, "3.50").await;
    assert_eq!(dues(&owner, &customer).await, ["0.00", "0.00"]);
    let made = adjust(&owner, &customer, "FEE", "7").await;
    owner.change(VOID, json!({ "id": made["adjustment"]["id"], "input": { "reason": "waived" } })).await;
    assert_eq!(balance(&owner, &customer).await, "0.00");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_downwards_is_a_credit_that_pays_the_oldest_charges_and_is_no_payment() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    for day in ["2026-01-01", "2026-01-02"] {
        owner.sale(&customer, day, "10").await;
    }
    let made = adjust(&owner, &customer, "ADJUSTMENT", "-12.50").await;
    let credit = &made["credit"];
    assert_eq!(
        (&made["adjustment"], &credit["kind"], &credit["reason"], &credit["receipt"], &credit["amount"]["amount"]),
        (&Value::Null, &json!("CREDIT"), &json!("agreed by phone"), &Value::Null, &json!("12.50"))
    );
    assert_eq!(
        (dues(&owner, &customer).await, balance(&owner, &customer).await),
        (vec!["0.00".into(), "7.50".into()], "7.50".into())
    );
    let query = "query ($id: ID!) { payments { totalCount } credits: payments(filter: { kind: CREDIT }) { totalCount }
        customer(id: $id) { lastPaymentAt payments { totalCount nodes { id } } purchaseHistory { lifetimeValue { amount } } } }";
    let found = owner.run(query, json!({ "id": customer })).await;
    assert_eq!((&found["payments"]["totalCount"], &found["credits"]["totalCount"]), (&json!(0), &json!(1)));
    let expected = json!({ "lastPaymentAt": null, "payments": { "totalCount": 0, "nodes": [] },
        "purchaseHistory": { "lifetimeValue": { "amount": "7.50" } } });
    assert_eq!(found["customer"], expected);

    // More than is owed is kept for what comes.
    let more = adjust(&owner, &customer, "ADJUSTMENT", "-10").await;
    assert_eq!(more["credit"]["unallocated"]["amount"], "2.50");
    owner.sale(&customer, "2026-01-06", "3").await;
    assert_eq!(dues(&owner, &customer).await, ["0.00", "0.00", "0.50"]);
    // There is nothing to give back of it, but it can be taken back.
    let refund = json!({ "id": more["credit"]["id"], "input": { "reason": "x" } });
    assert_eq!(owner.refusals(REFUND, refund.clone()).await, ["INVALID id"]);
    let reversed = owner.change(REVERSE, refund).await;
    assert_eq!(reversed["payment"]["status"], "REVERSED");
    assert_eq!(dues(&owner, &customer).await, ["0.00", "7.50", "3.00"]);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adjustment_that_cannot_be_is_refused_by_field_and_nothing_changes() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    let fine = json!({ "customerId": customer, "kind": "ADJUSTMENT", "amount": "-1", "reason": "x" });
    for (change, expected) in [
        (json!({ "amount": "0" }), &["INVALID amount"][..]),
        (json!({ "amount": "0.001" }), &["INVALID amount"]),
        (json!({ "amount": "-10000000000000.01" }), &["INVALID amount"]),
        (json!({ "kind": "FEE" }), &["INVALID amount"]),
        (json!({ "reason": " " }), &["REQUIRED reason"]),
        (json!({ "reason": "x".repeat(501) }), &["TOO_LONG reason"]),
        (json!({ "customerId": "cus_01jx0000000000000000000000" }), &["NOT_FOUND customerId"]),
        (json!({ "amount": "0", "reason": "" }), &["INVALID amount", "REQUIRED reason"]),
    ] {
        let mut input = fine.clone();
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(owner.refusals(ADJUST, json!({ "input": input })).await, expected, "{change}");
    }
    assert_eq!(state(&raw).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adjustment_with_a_key_is_made_once_whichever_way_it_goes() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    for amount in ["4", "-3"] {
        let input = json!({ "customerId": customer, "kind": "ADJUSTMENT", "amount": amount, "reason": "x", "idempotencyKey": amount });
        let first = owner.change(ADJUST, json!({ "input": input })).await;
        assert_eq!(owner.change(ADJUST, json!({ "input": input })).await, first);
    }
    assert_eq!(balance(&owner, &customer).await, "1.00");
}
