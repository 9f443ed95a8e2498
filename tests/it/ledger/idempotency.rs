//! Requests that come more than once.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::books::{ARCHIVE, RECORD, SALE, assert_in_order, balance, raw, refusals, state, value};
use crate::harness::{Client, Daybook};

/// The owner of a new business, and a customer who owes 100.00.
async fn debtor(daybook: &Daybook, slug: &str) -> (Client, String) {
    let owner = daybook.owner(slug).await;
    let customer = owner.customer("Someone").await;
    owner.sale(&customer, "2026-01-01", "100").await;
    (owner, customer)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_again_answers_with_the_first_payment_and_does_nothing() {
    let daybook = Daybook::start().await;
    let (owner, customer) = debtor(&daybook, "shop").await;
    let input =
        json!({ "customerId": customer, "amount": "10", "method": "CASH", "reference": "R 1", "idempotencyKey": "k" });
    let first = owner.pay(input.clone()).await;
    assert_eq!(first["userErrors"], json!([]));
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    assert_eq!(owner.pay(input.clone()).await, first);
    // The same amount and the same words in another spelling, and by a colleague.
    let spelt = json!({ "customerId": customer, "amount": "10.00", "method": "CASH", "reference": " R 1 ", "charges": [],
        "allowCredit": false, "idempotencyKey": " k " });
    assert_eq!(daybook.member(&owner, "CLERK").await.pay(spelt).await, first);
    assert_eq!(state(&raw).await, before);
    assert_eq!(balance(&owner, &customer).await, "90.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_that_is_made_again_with_its_key_is_made_once() {
    let daybook = Daybook::start().await;
    let (owner, customer) = debtor(&daybook, "shop").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let record =
        json!({ "customerId": customer, "product": "Milk", "quantity": "1", "unitPrice": "1", "idempotencyKey": "r" });
    let sale = json!({ "customerId": customer, "amount": "1", "idempotencyKey": "s" });
    for (mutation, input) in [(RECORD, record), (SALE, sale)] {
        let first = owner.change(mutation, json!({ "input": input })).await;
        let before = state(&raw).await;
        assert_eq!(owner.change(mutation, json!({ "input": input })).await, first);
        assert_eq!(state(&raw).await, before);
        // Even if the customer was archived meanwhile: it was done before that.
        owner.change(ARCHIVE, json!({ "id": customer })).await;
        assert_eq!(owner.change(mutation, json!({ "input": input })).await, first);
        owner.change(crate::books::RESTORE, json!({ "id": customer })).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_comes_with_other_input_or_for_something_else_is_refused() {
    let daybook = Daybook::start().await;
    let (owner, customer) = debtor(&daybook, "shop").await;
    let other = owner.customer("Someone else").await;
    let charge = owner.sale(&other, "2026-01-01", "100").await;
    let input = json!({ "customerId": customer, "amount": "10", "method": "CASH", "idempotencyKey": "k" });
    owner.pay(input.clone()).await;
    let record =
        json!({ "customerId": customer, "product": "Milk", "quantity": "1", "unitPrice": "1", "idempotencyKey": "r" });
    owner.change(RECORD, json!({ "input": record })).await;

    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    for (field, changed) in [
        ("amount", json!("10.01")),
        ("method", json!("CARD")),
        ("reference", json!("R 1")),
        ("receivedAt", json!("2026-01-01T00:00:00Z")),
        ("allowCredit", json!(true)),
        ("customerId", json!(other)),
        ("charges", json!([{ "chargeId": charge }])),
        // The key of something else.
        ("idempotencyKey", json!("r")),
    ] {
        let mut input = input.clone();
        input[field] = changed;
        assert_eq!(refusals(&owner.pay(input).await), ["IDEMPOTENCY_KEY_REUSED idempotencyKey"], "{field}");
    }
    let with_key = |mut input: Value| {
        input["idempotencyKey"] = json!("k");
        json!({ "input": input })
    };
    let sale = json!({ "customerId": customer, "amount": "10" });
    assert_eq!(owner.refusals(RECORD, with_key(record)).await, ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
    assert_eq!(owner.refusals(SALE, with_key(sale)).await, ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
    assert_eq!(state(&raw).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_leaves_its_key_free() {
    let daybook = Daybook::start().await;
    let (owner, customer) = debtor(&daybook, "shop").await;
    for (amount, refused) in [("0", "INVALID amount"), ("100.01", "OVERPAYMENT amount")] {
        let input = |amount: &str| json!({ "customerId": customer, "amount": amount, "method": "CASH", "idempotencyKey": refused });
        assert_eq!(refusals(&owner.pay(input(amount)).await), [refused]);
        assert_eq!(refusals(&owner.pay(input("1")).await), Vec::<String>::new());
    }
    assert_eq!(balance(&owner, &customer).await, "98.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_one_business_are_free_in_another() {
    let daybook = Daybook::start().await;
    for slug in ["shop", "other"] {
        let (owner, customer) = debtor(&daybook, slug).await;
        let paid =
            owner.pay(json!({ "customerId": customer, "amount": "10", "method": "CASH", "idempotencyKey": "k" })).await;
        assert_eq!(paid["payment"]["customer"]["balance"]["amount"], "90.00", "{slug}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_with_one_key_make_one_payment_and_get_one_answer() {
    let daybook = Daybook::start().await;
    let (owner, customer) = debtor(&daybook, "shop").await;
    let input = json!({ "customerId": customer, "amount": "10", "method": "CASH", "idempotencyKey": "k" });
    let answers = join_all((0..50).map(|_| owner.pay(input.clone()))).await;
    assert_eq!(answers[0]["userErrors"], json!([]));
    assert_eq!(answers[0]["payment"]["customer"]["balance"]["amount"], "90.00");
    for answer in &answers {
        assert_eq!(*answer, answers[0]);
    }
    let raw = raw(&daybook.database, &owner.business).await;
    let counts = "SELECT (SELECT count(*) FROM payments) || ' ' || (SELECT count(*) FROM events WHERE kind = 'PAYMENT_RECORDED')";
    assert_eq!(value(&raw, counts).await, "1 1");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_for_payments_of_many_customers_at_once_is_good_for_one_of_them() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let mut inputs = Vec::new();
    for _ in 0..10 {
        let customer = owner.customer("Someone").await;
        owner.sale(&customer, "2026-01-01", "100").await;
        inputs.push(json!({ "customerId": customer, "amount": "10", "method": "CASH", "idempotencyKey": "k" }));
    }
    let answers = join_all(inputs.into_iter().map(|input| owner.pay(input))).await;
    let done = answers.iter().filter(|answer| refusals(answer).is_empty()).count();
    let reused = answers.iter().filter(|answer| refusals(answer) == ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]).count();
    assert_eq!((done, reused), (1, 9));
    assert_in_order(&daybook, &owner).await;
}
