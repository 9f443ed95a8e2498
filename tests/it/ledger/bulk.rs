//! The records of a day, for many customers at once.

use daybook::auth::Viewer;
use daybook::db::{Mode, Scope};
use daybook::graphql::Write;
use daybook::ledger::charge::{Booking, NewDetail, post_all};
use daybook::ledger::record::NewRecord;
use daybook::money::Amount;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::books::{CREATE_RECORDS, assert_in_order, balance, dues, pay_ahead, raw, state};
use crate::harness::{Client, Daybook, text};

async fn customers(client: &Client, count: usize) -> Vec<String> {
    let made =
        stream::iter(0..count).map(|number| async move { client.customer(&format!("Customer {number:03}")).await });
    made.buffered(8).collect().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_entered_with_what_is_the_same_for_all_said_once() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customers = customers(&owner, 3).await;
    pay_ahead(&owner, &customers[1], "50", "2026-01-01T00:00:00Z").await;
    let input = json!({
        "occurredOn": "2026-01-05", "product": "Milk", "quantity": "1.5", "unit": "l", "unitPrice": "40", "shift": "MORNING",
        "records": [
            { "customerId": customers[0] },
            { "customerId": customers[1], "quantity": "2", "shift": "EVENING" },
            { "customerId": customers[2], "product": "Curd", "unit": "kg", "unitPrice": "0.333333", "quantity": "0.333" },
            { "customerId": customers[1] },
        ],
    });
    let made = owner.change(CREATE_RECORDS, json!({ "input": input })).await;
    let rows: Vec<_> = made["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| {
            let field = |name: &str| text(&record[name]).to_owned();
            let money = |name: &str| text(&record[name]["amount"]).to_owned();
            (
                text(&record["customer"]["id"]).to_owned(),
                field("product"),
                field("quantity"),
                field("shift"),
                money("amount"),
                money("paid"),
            )
        })
        .collect();
    let row = |customer: usize, product: &str, quantity: &str, shift: &str, amount: &str, paid: &str| {
        let texts = [product, quantity, shift, amount, paid].map(String::from);
        let [product, quantity, shift, amount, paid] = texts;
        (customers[customer].clone(), product, quantity, shift, amount, paid)
    };
    assert_eq!(
        rows,
        [
            row(0, "Milk", "1.5", "MORNING", "60.00", "0.00"),
            row(1, "Milk", "2", "EVENING", "80.00", "50.00"),
            row(2, "Curd", "0.333", "MORNING", "0.11", "0.00"),
            row(1, "Milk", "1.5", "MORNING", "60.00", "0.00"),
        ]
    );
    assert_eq!(balance(&owner, &customers[1]).await, "90.00");
    assert_eq!(dues(&owner, &customers[1]).await, ["30.00", "60.00"]);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_that_is_wrong_is_named_and_then_none_is_recorded() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customers = customers(&owner, 3).await;
    owner.change(crate::books::ARCHIVE, json!({ "id": customers[2] })).await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    let fine = json!({ "customerId": customers[0], "quantity": 1, "unitPrice": 1 });
    for (input, expected) in [
        (
            json!({ "product": "Milk", "unitPrice": 1, "records": [fine, { "customerId": customers[1] }, { "customerId": customers[0], "quantity": 0 }] }),
            &["REQUIRED records.1.quantity", "INVALID records.2.quantity"][..],
        ),
        (
            json!({ "records": [fine, { "customerId": customers[1], "product": "x" }] }),
            &["REQUIRED records.0.product", "REQUIRED records.1.quantity", "REQUIRED records.1.unitPrice"],
        ),
        (
            json!({ "product": "x", "quantity": 1, "unitPrice": 1, "records": [fine, { "customerId": customers[2] }, { "customerId": "cus_01jx0000000000000000000000" }] }),
            &["NOT_FOUND records.2.customerId", "ARCHIVED records.1.customerId"],
        ),
        (json!({ "records": [] }), &["REQUIRED records"]),
        (json!({ "product": "x", "records": vec![&fine; 1001] }), &["TOO_LONG records"]),
    ] {
        assert_eq!(owner.refusals(CREATE_RECORDS, json!({ "input": input })).await, expected);
    }
    assert_eq!(state(&raw).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_with_a_key_is_entered_once() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customers = customers(&owner, 2).await;
    let rows: Vec<Value> = customers.iter().map(|id| json!({ "customerId": id })).collect();
    let mut input =
        json!({ "product": "Milk", "quantity": 1, "unitPrice": 10, "records": rows, "idempotencyKey": "k" });
    let first = owner.change(CREATE_RECORDS, json!({ "input": input })).await;
    assert_eq!(owner.change(CREATE_RECORDS, json!({ "input": input })).await, first);
    input["quantity"] = json!(2);
    assert_eq!(
        owner.refusals(CREATE_RECORDS, json!({ "input": input })).await,
        ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]
    );
    assert_eq!(balance(&owner, &customers[0]).await, "10.00");
}

/// How many statements it takes to book a record for each of these customers.
async fn statements(daybook: &Daybook, customers: &[String]) -> usize {
    let system = daybook.scope(Scope::System).await;
    let viewer = Viewer::owner_of(&system, "shop").await.unwrap().unwrap();
    let write = Write::begin(&daybook.app, viewer, Mode::Write).await.unwrap();
    let booking = |id: &String| {
        let record = NewRecord {
            customer: id.parse().unwrap(),
            occurred_on: None,
            product: "Milk".into(),
            quantity: 1.into(),
            unit: None,
            unit_price: 10.into(),
            shift: None,
            amount: Amount(1_000),
        };
        Booking { detail: NewDetail::Record(record), external_ref: None, batch_id: None }
    };
    let bookings: Vec<_> = customers.iter().map(booking).collect();
    let before = write.statements().count();
    post_all(&write, &bookings, |_| ()).await.unwrap();
    let count = write.statements().count() - before;
    write.rollback().await.unwrap();
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_at_once_take_as_many_statements_as_five() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customers = customers(&owner, 500).await;
    // Some have credit, which is used in bulk as well.
    stream::iter(customers.iter().step_by(5))
        .for_each_concurrent(8, |id| async { drop(pay_ahead(&owner, id, "25", "2026-01-01T00:00:00Z").await) })
        .await;
    let (few, many) = (statements(&daybook, &customers[..5]).await, statements(&daybook, &customers).await);
    assert!(few == many && many < 20, "{few} for 5 and {many} for 500");
    assert_in_order(&daybook, &owner).await;
}
