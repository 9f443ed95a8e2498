//! The records of a month, day by day.

use serde_json::{Value, json};

use crate::books::{UPDATE_RECORD, VOID, deliver, pay};
use crate::harness::{Client, Daybook, text};

const CALENDAR: &str = "query ($id: ID!, $month: Month!) { customer(id: $id) { calendar(month: $month) {
    month quantity amount { amount } paid { amount } remaining { amount } status previousMonth nextMonth
    days { date records quantity amount { amount } paid { amount } remaining { amount } status } } } }";

async fn calendar(client: &Client, customer: &str, month: &str) -> Value {
    client.run(CALENDAR, json!({ "id": customer, "month": month })).await["customer"]["calendar"].take()
}

/// The days that have records: `01 2 3.5 10.00 4.00 6.00 PARTIAL`.
fn days(calendar: &Value) -> Vec<String> {
    let days = calendar["days"].as_array().unwrap();
    let described = days.iter().filter(|day| day["status"] != "NONE").map(|day| {
        let money = ["amount", "paid", "remaining"].map(|field| text(&day[field]["amount"])).join(" ");
        format!(
            "{} {} {} {money} {}",
            &text(&day["date"])[8..],
            day["records"],
            text(&day["quantity"]),
            text(&day["status"])
        )
    });
    described.collect()
}

fn totals(calendar: &Value) -> String {
    let money = ["amount", "paid", "remaining"].map(|field| text(&calendar[field]["amount"])).join(" ");
    format!("{} {money} {}", text(&calendar["quantity"]), text(&calendar["status"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_shows_what_was_delivered_on_each_day_and_what_is_paid() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("dairy").await;
    let customer = owner.customer("Someone").await;
    for (day, quantity) in [
        ("2026-02-01", "1"),
        ("2026-02-01", "1.5"),
        ("2026-02-14", "2.25"),
        ("2026-02-28", "0.001"),
        ("2025-11-30", "1"),
        ("2026-04-01", "1"),
    ] {
        deliver(&owner, &customer, day, quantity, "10").await;
    }
    // Neither sales nor void records are deliveries.
    owner.sale(&customer, "2026-02-14", "99").await;
    let void = deliver(&owner, &customer, "2026-03-10", "1", "10").await;
    owner.change(VOID, json!({ "id": void, "input": { "reason": "x" } })).await;

    let found = calendar(&owner, &customer, "2026-02").await;
    assert_eq!(found["days"].as_array().unwrap().len(), 28);
    let unpaid =
        ["01 2 2.5 25.00 0.00 25.00 UNPAID", "14 1 2.25 22.50 0.00 22.50 UNPAID", "28 1 0.001 0.01 0.00 0.01 UNPAID"];
    assert_eq!(
        (days(&found), totals(&found)),
        (unpaid.map(String::from).to_vec(), "4.751 47.51 0.00 47.51 UNPAID".into())
    );
    assert_eq!(
        (&found["month"], &found["previousMonth"], &found["nextMonth"]),
        (&json!("2026-02"), &json!("2025-11"), &json!("2026-04"))
    );

    // November takes 10.00, the first of February 25.00, and the 14th what is left of it.
    pay(&owner, &customer, "45").await;
    let found = calendar(&owner, &customer, "2026-02").await;
    let partly =
        ["01 2 2.5 25.00 25.00 0.00 PAID", "14 1 2.25 22.50 10.00 12.50 PARTIAL", "28 1 0.001 0.01 0.00 0.01 UNPAID"];
    assert_eq!(
        (days(&found), totals(&found)),
        (partly.map(String::from).to_vec(), "4.751 47.51 35.00 12.51 PARTIAL".into())
    );

    // A month without records says where there are some.
    let found = calendar(&owner, &customer, "2026-03").await;
    assert_eq!((days(&found), totals(&found)), (Vec::new(), "0 0.00 0.00 0.00 NONE".into()));
    assert_eq!((&found["previousMonth"], &found["nextMonth"]), (&json!("2026-02"), &json!("2026-04")));
    let last = calendar(&owner, &customer, "2026-04").await;
    assert_eq!((&last["previousMonth"], &last["nextMonth"]), (&json!("2026-02"), &Value::Null));
    assert_eq!(calendar(&owner, &customer, "2024-02").await["days"].as_array().unwrap().len(), 29);
    // A free delivery is paid from the start.
    deliver(&owner, &customer, "2026-05-05", "1", "0").await;
    assert_eq!(days(&calendar(&owner, &customer, "2026-05").await), ["05 1 1 0.00 0.00 0.00 PAID"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_moves_leaves_its_day() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("dairy").await;
    let customer = owner.customer("Someone").await;
    let id = deliver(&owner, &customer, "2026-02-01", "1", "10").await;
    owner.change(UPDATE_RECORD, json!({ "id": id, "input": { "occurredOn": "2026-02-03", "quantity": "2" } })).await;
    assert_eq!(days(&calendar(&owner, &customer, "2026-02").await), ["03 1 2 20.00 0.00 20.00 UNPAID"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn calendars_and_statements_of_many_customers_take_two_statements_each_and_months_must_be_months() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("dairy").await;
    for name in ["A", "B", "C"] {
        let customer = owner.customer(name).await;
        deliver(&owner, &customer, "2026-02-01", "1", "10").await;
    }
    let query = "{ customers { nodes { calendar(month: \"2026-02\") { amount { amount } nextMonth }
        statement(from: \"2026-02-01\", to: \"2026-02-28\") { opening { amount } closing { amount } }
        purchaseHistory { lifetimeValue { amount } } paymentMethods { label } } } }";
    let answer = owner.send(query, json!({})).await;
    let one = json!({ "calendar": { "amount": { "amount": "10.00" }, "nextMonth": null },
        "statement": { "opening": { "amount": "0.00" }, "closing": { "amount": "10.00" } },
        "purchaseHistory": { "lifetimeValue": { "amount": "10.00" } }, "paymentMethods": [] });
    assert_eq!(answer.body["data"]["customers"]["nodes"], json!([one, one, one]), "{}", answer.body);
    assert!(answer.statements <= 8, "{} statements", answer.statements);
    let id = owner.customer("D").await;
    for month in ["2026-13", "2026", "2026-1", "2026-02-01", "0000-01", ""] {
        assert_eq!(
            owner.error_codes(CALENDAR, json!({ "id": id, "month": month })).await,
            ["BAD_USER_INPUT"],
            "{month}"
        );
    }
}
