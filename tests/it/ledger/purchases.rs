//! What customers bought at the till, paid on the spot or not, and the figures of it.

use chrono::{DateTime, Utc};
use daybook::clock::Clock;
use serde_json::{Value, json};

use crate::books::{SALE, VOID, assert_in_order, balance, deliver, pay_ahead, raw, state};
use crate::harness::{Client, Daybook, text};

const HISTORY: &str = "query ($id: ID!) { customer(id: $id) { purchaseHistory { purchases spent { amount } items
    average { amount } firstOn lastOn daysSinceLast isRepeat frequency lifetimeValue { amount } } } }";

async fn history(client: &Client, customer: &str) -> Value {
    client.run(HISTORY, json!({ "id": customer })).await["customer"]["purchaseHistory"].take()
}

async fn sell(client: &Client, customer: &str, day: &str, amount: &str, items: i32) -> String {
    let input = json!({ "customerId": customer, "occurredOn": day, "amount": amount, "items": items });
    text(&client.change(SALE, json!({ "input": input })).await["sale"]["id"]).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn purchases_make_a_history_and_void_ones_leave_it() {
    let now: DateTime<Utc> = "2026-03-31T20:00:00Z".parse().unwrap();
    let daybook = Daybook::with_clock(Clock::manual(now)).await;
    let owner = daybook.owner_of("shop", "INR", "Asia/Kolkata", "IN").await;
    let customer = owner.customer("Someone").await;
    let none = json!({ "purchases": 0, "spent": { "amount": "0.00" }, "items": 0, "average": null, "firstOn": null,
        "lastOn": null, "daysSinceLast": null, "isRepeat": false, "frequency": null, "lifetimeValue": { "amount": "0.00" } });
    assert_eq!(history(&owner, &customer).await, none);
    let first = sell(&owner, &customer, "2026-03-10", "10.00", 3).await;
    sell(&owner, &customer, "2026-03-01", "0.01", 2).await;
    let last = sell(&owner, &customer, "2026-03-30", "5.00", 1).await;
    // A delivery is no purchase, and counts for what the customer is worth.
    deliver(&owner, &customer, "2026-03-31", "1", "100").await;
    let expected = json!({ "purchases": 3, "spent": { "amount": "15.01" }, "items": 6, "average": { "amount": "5.00" },
        "firstOn": "2026-03-01", "lastOn": "2026-03-30",
        // It is April there.
        "daysSinceLast": 2, "isRepeat": true, "frequency": "OCCASIONAL", "lifetimeValue": { "amount": "115.01" } });
    assert_eq!(history(&owner, &customer).await, expected);
    for id in [&first, &last] {
        owner.change(VOID, json!({ "id": id, "input": { "reason": "brought back" } })).await;
        assert_in_order(&daybook, &owner).await;
    }
    let expected = json!({ "purchases": 1, "spent": { "amount": "0.01" }, "items": 2, "average": { "amount": "0.01" },
        "firstOn": "2026-03-01", "lastOn": "2026-03-01", "daysSinceLast": 31, "isRepeat": false,
        "frequency": "ONE_TIME", "lifetimeValue": { "amount": "100.01" } });
    assert_eq!(history(&owner, &customer).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tier_grows_with_the_purchases_by_the_bounds_of_the_business() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let tier = async || history(&owner, &customer).await["frequency"].take();
    for purchases in 1..=10 {
        sell(&owner, &customer, "2026-01-01", "1", 1).await;
        let expected = match purchases {
            1 => "ONE_TIME",
            2..=4 => "OCCASIONAL",
            5..=9 => "REGULAR",
            _ => "FREQUENT",
        };
        assert_eq!(tier().await, expected, "{purchases}");
    }
    let update = "mutation ($tiers: LoyaltyTiersInput!) { businessUpdate(input: { loyaltyTiers: $tiers }) {
        userErrors { code field message } } }";
    for (occasional, regular, frequent, expected) in
        [(2, 11, 12, "OCCASIONAL"), (11, 12, 13, "ONE_TIME"), (2, 3, 4, "FREQUENT")]
    {
        let tiers = json!({ "occasionalFrom": occasional, "regularFrom": regular, "frequentFrom": frequent });
        owner.change(update, json!({ "tiers": tiers })).await;
        assert_eq!(tier().await, expected);
    }
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_is_paid_on_the_spot_before_credit_is_used() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let older = owner.sale(&customer, "2026-01-01", "7").await;
    let sell = async |amount: &str, payment: Value, key: Option<&str>| {
        let input = json!({ "customerId": customer, "amount": amount, "payment": payment, "idempotencyKey": key });
        owner.attempt(SALE, json!({ "input": input })).await
    };
    // All of it, and none of it for what is older.
    let sold = sell("20", json!({ "method": "CARD", "reference": "T 1" }), None).await;
    assert_eq!(
        (&sold["sale"]["status"], &sold["sale"]["customer"]["balance"]["amount"]),
        (&json!("PAID"), &json!("7.00"))
    );
    // Some of it.
    let sold = sell("20", json!({ "method": "CASH", "amount": "12.50" }), None).await;
    assert_eq!((&sold["sale"]["status"], &sold["sale"]["outstanding"]["amount"]), (&json!("PARTIAL"), &json!("7.50")));
    let payments =
        "{ payments(sort: RECEIVED_AT_ASC) { nodes { amount { amount } method reference receipt { number } } } }";
    let found = owner.run(payments, json!({})).await["payments"]["nodes"].take();
    let expected = json!([
        { "amount": { "amount": "20.00" }, "method": "CARD", "reference": "T 1", "receipt": { "number": "C-000001/1" } },
        { "amount": { "amount": "12.50" }, "method": "CASH", "reference": null, "receipt": { "number": "C-000001/2" } },
    ]);
    assert_eq!(found, expected);
    // With a key, once.
    let first = sell("3", json!({ "method": "CASH" }), Some("k")).await;
    assert_eq!(sell("3", json!({ "method": "CASH" }), Some("k")).await, first);
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    let refused = |payload: Value| crate::books::refusals(&payload);
    assert_eq!(
        refused(sell("3", json!({ "method": "CARD" }), Some("k")).await),
        ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]
    );
    assert_eq!(
        refused(sell("3", json!({ "method": "CASH", "amount": "3.01" }), None).await),
        ["OVERPAYMENT payment.amount"]
    );
    assert_eq!(refused(sell("3", json!({ "method": "CASH", "amount": "0" }), None).await), ["INVALID payment.amount"]);
    assert_eq!(state(&raw).await, before);
    // A gift needs no payment.
    assert_eq!(sell("0", json!({ "method": "CASH" }), None).await["sale"]["status"], "PAID");

    // Cash first, then the credit.
    owner.change(VOID, json!({ "id": older, "input": { "reason": "x" } })).await;
    pay_ahead(&owner, &customer, "17.50", "2026-01-01T00:00:00Z").await;
    assert_eq!(balance(&owner, &customer).await, "-10.00");
    let sold = sell("15", json!({ "method": "CASH", "amount": "8" }), None).await;
    let parts: Vec<_> =
        sold["sale"]["allocations"].as_array().unwrap().iter().map(|part| text(&part["amount"]["amount"])).collect();
    assert_eq!((parts, &sold["sale"]["customer"]["balance"]["amount"]), (vec!["8.00", "7.00"], &json!("-3.00")));
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_by_lines_comes_to_their_sum() {
    const LINES: &str = "mutation ($input: SaleCreateInput!) { saleCreate(input: $input) {
        sale { amount { amount } items lines { product quantity unitPrice amount { amount } } }
        userErrors { code field message } } }";
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let lines = json!([
        { "product": " Rice ", "quantity": "2.5", "unitPrice": "1.335" },
        { "product": "Soap", "unitPrice": "0.99" },
    ]);
    let sell = async |change: Value| {
        let mut input = json!({ "customerId": customer, "amount": "4.33", "lines": lines });
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        owner.attempt(LINES, json!({ "input": input })).await
    };
    let expected = json!({
        "amount": { "amount": "4.33" }, "items": 2,
        "lines": [
            { "product": "Rice", "quantity": "2.5", "unitPrice": "1.335", "amount": { "amount": "3.34" } },
            { "product": "Soap", "quantity": "1", "unitPrice": "0.99", "amount": { "amount": "0.99" } },
        ],
    });
    assert_eq!(sell(json!({ "idempotencyKey": "k" })).await["sale"], expected);
    assert_eq!(sell(json!({ "idempotencyKey": "k" })).await["sale"], expected);
    assert_eq!(sell(json!({ "items": 7 })).await["sale"]["items"], 7);
    assert_eq!(history(&owner, &customer).await["items"], 9);

    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    let line = json!({ "product": "x", "unitPrice": 1 });
    for (change, expected) in [
        (json!({ "amount": "4.34" }), &["INVALID amount"][..]),
        (
            json!({ "amount": 1, "lines": [line, { "product": " ", "unitPrice": "-1", "quantity": "0" }] }),
            &["INVALID lines.1.quantity", "INVALID lines.1.unitPrice", "REQUIRED lines.1.product"],
        ),
        (json!({ "lines": vec![&line; 101], "amount": 1 }), &["TOO_LONG lines"]),
        (
            json!({ "lines": vec![json!({ "product": "x", "quantity": 10_000, "unitPrice": 1_000_000_000 }); 2] }),
            &["INVALID amount"],
        ),
        (json!({ "amount": 1, "idempotencyKey": "k", "lines": [line] }), &["IDEMPOTENCY_KEY_REUSED idempotencyKey"]),
    ] {
        assert_eq!(crate::books::refusals(&sell(change.clone()).await), expected, "{change}");
    }
    assert_eq!(state(&raw).await, before);
    // Without lines it is as before.
    assert_eq!(sell(json!({ "lines": null, "amount": 5 })).await["sale"]["lines"], json!([]));
    assert_in_order(&daybook, &owner).await;
}
