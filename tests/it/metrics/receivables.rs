//! What is owed and how long, as of any day.

use serde_json::{Value, json};

use super::{metrics, plain};
use crate::billing::{advance, daybook_at, sandbox};
use crate::books::{ADJUST, Dice, MARK_UNPAID, REFUND, REVERSE, VOID, assert_in_order, decimal, deliver, pay};
use crate::harness::{Client, Daybook, text};

const OWED: &str = "receivables { outstanding { amount } overdue { amount } credit { amount } balance { amount }
    ageing { current { amount } days1To30 { amount } days31To60 { amount } days61To90 { amount } over90Days { amount } } }";

async fn owed(client: &Client, as_of: Option<&str>) -> Value {
    plain(&metrics(client, as_of, OWED).await["receivables"])
}

#[tokio::test(flavor = "multi_thread")]
async fn ageing_as_of_a_past_day_ignores_later_payments() {
    let daybook = daybook_at("2026-06-30").await;
    let owner = daybook.owner("shop").await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    owner.sale(&asha, "2026-03-31", "100000").await;
    owner.sale(&ben, "2026-02-20", "50000").await;
    let expected = json!({
        "outstanding": "150000.00", "overdue": "50000.00", "credit": "0.00", "balance": "150000.00",
        "ageing": { "current": "100000.00", "days1To30": "0.00", "days31To60": "50000.00", "days61To90": "0.00",
            "over90Days": "0.00" },
    });
    assert_eq!(owed(&owner, Some("2026-03-31")).await, expected);
    // Whatever is paid, undone, refunded since.
    let paid = pay(&owner, &asha, "100000").await;
    assert_eq!(owed(&owner, Some("2026-03-31")).await, expected);
    pay(&owner, &ben, "20000").await;
    let reason = json!({ "id": paid["payment"]["id"], "input": { "reason": "bounced" } });
    owner.change(REVERSE, reason).await;
    owner.sale(&asha, "2026-04-01", "70").await;
    assert_eq!(owed(&owner, Some("2026-03-31")).await, expected);
    let now = owed(&owner, None).await;
    assert_eq!((&now["outstanding"], &now["balance"]), (&json!("130070.00"), &json!("130070.00")));
    assert_eq!(now["ageing"]["over90Days"], "130000.00", "due on March 31, 91 days ago");
    assert_eq!(now["ageing"]["days61To90"], "70.00", "due on April 1, 90 days ago");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bounds_of_ageing_are_at_30_60_and_90_days() {
    let daybook = daybook_at("2026-06-30").await;
    let owner = daybook.owner("shop").await;
    let asha = owner.customer("Asha").await;
    // By how many days they are late, each of another amount.
    for (day, amount) in [
        ("2026-06-30", "1"),
        ("2026-06-29", "2"),
        ("2026-05-31", "4"),
        ("2026-05-30", "8"),
        ("2026-05-01", "16"),
        ("2026-04-30", "32"),
        ("2026-04-01", "64"),
        ("2026-03-31", "128"),
    ] {
        owner.sale(&asha, day, amount).await;
    }
    let expected = json!({ "current": "1.00", "days1To30": "6.00", "days31To60": "24.00", "days61To90": "96.00",
        "over90Days": "128.00" });
    assert_eq!(owed(&owner, None).await["ageing"], expected);
    assert_eq!(owed(&owner, Some("2026-06-30")).await["ageing"], expected);
    let past = owed(&owner, Some("2026-06-29")).await;
    assert_eq!(past["ageing"]["current"], "2.00");
    assert_eq!(past["ageing"]["over90Days"], "0.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_down_later_counts_on_its_own_day() {
    let daybook = daybook_at("2026-06-30").await;
    let owner = daybook.owner_of("round", "INR", "Asia/Kolkata", "IN").await;
    let asha = owner.customer("Asha").await;
    deliver(&owner, &asha, "2026-03-01", "1", "100").await;
    // Received on March 31 at 19:00 UTC, which is April 1 in Kolkata.
    let late = json!({ "customerId": asha, "amount": "60", "method": "UPI", "receivedAt": "2026-03-31T19:00:00Z" });
    assert_eq!(owner.pay(late).await["userErrors"], json!([]));
    assert_eq!(owed(&owner, Some("2026-02-28")).await["outstanding"], "0.00");
    assert_eq!(owed(&owner, Some("2026-03-31")).await["outstanding"], "100.00");
    assert_eq!(owed(&owner, Some("2026-04-01")).await["outstanding"], "40.00");
    let flows = "receivables { flows(from: \"2026-03-01\", to: \"2026-04-30\") { from to charged { amount }
        collected { amount } collectedByMethod { method amount { amount } } } }";
    let by_method = json!([{ "method": "UPI", "amount": "60.00" }]);
    assert_eq!(
        plain(&metrics(&owner, None, flows).await["receivables"]["flows"]),
        json!([
            { "from": "2026-03-01", "to": "2026-03-31", "charged": "100.00", "collected": "0.00",
              "collectedByMethod": [] },
            { "from": "2026-04-01", "to": "2026-04-30", "charged": "0.00", "collected": "60.00",
              "collectedByMethod": by_method },
        ])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn series_are_bounded_and_say_what_to_do() {
    let daybook = daybook_at("2026-06-30").await;
    let owner = daybook.owner("shop").await;
    for (arguments, message) in [
        ("from: \"2025-01-01\", to: \"2026-06-30\", by: DAY", "give fewer days, or a longer interval in `by`"),
        ("from: \"2026-02-01\", to: \"2026-01-01\"", "`from` is 2026-02-01, after `to`, 2026-01-01"),
    ] {
        let query = format!("{{ metrics {{ receivables {{ flows({arguments}) {{ from }} }} }} }}");
        let answer = owner.send(&query, json!({})).await.body;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        assert!(text(&answer["errors"][0]["message"]).contains(message), "{answer}");
    }
    let future = owner.send("{ metrics(asOf: \"2026-07-01\") { asOf } }", json!({})).await.body;
    assert_eq!(future["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{future}");
    assert_eq!(owner.run("{ metrics { asOf } }", json!({})).await["metrics"]["asOf"], "2026-06-30");
}

/// What the charges and payments of all customers come to, added up from their lists, as of a day.
async fn added_up(owner: &Client, customers: &[String], today: chrono::NaiveDate) -> Value {
    const LISTS: &str = "query ($id: ID!) { customer(id: $id) { balance { minorUnits }
        charges(first: 100) { nodes { dueOn outstanding { minorUnits } } pageInfo { hasNextPage } } } }";
    let minor = |value: &Value| text(&value["minorUnits"]).parse::<i64>().unwrap();
    let (mut balance, mut late) = (0, [0; 5]);
    for id in customers {
        let customer = owner.run(LISTS, json!({ "id": id })).await["customer"].take();
        assert_eq!(customer["charges"]["pageInfo"]["hasNextPage"], false);
        balance += minor(&customer["balance"]);
        for charge in customer["charges"]["nodes"].as_array().unwrap() {
            let days = (today - text(&charge["dueOn"]).parse::<chrono::NaiveDate>().unwrap()).num_days();
            let bucket = [0, 30, 60, 90].iter().filter(|bound| days > **bound).count();
            late[bucket] += minor(&charge["outstanding"]);
        }
    }
    let outstanding: i64 = late.iter().sum();
    json!({
        "outstanding": decimal(outstanding), "overdue": decimal(outstanding - late[0]),
        "credit": decimal(outstanding - balance), "balance": decimal(balance),
        "ageing": { "current": decimal(late[0]), "days1To30": decimal(late[1]), "days31To60": decimal(late[2]),
            "days61To90": decimal(late[3]), "over90Days": decimal(late[4]) },
    })
}

/// Something that happens to a customer; what is not possible is refused.
async fn act(owner: &Client, dice: &mut Dice, customer: &str) {
    const LISTS: &str = "query ($id: ID!) { customer(id: $id) { charges(first: 100) { nodes { id kind } }
        payments(first: 100) { nodes { id } } } }";
    let amount = decimal(dice.between(1, 9_999));
    let lists = owner.run(LISTS, json!({ "id": customer })).await["customer"].take();
    let of = |list: &str, holds: &dyn Fn(&Value) -> bool| -> Vec<String> {
        let nodes = lists[list]["nodes"].as_array().unwrap();
        nodes.iter().filter(|node| holds(node)).map(|node| text(&node["id"]).to_owned()).collect()
    };
    let charges = of("charges", &|charge| charge["kind"] != "INVOICE");
    let records = of("charges", &|charge| charge["kind"] == "RECORD");
    let payments = of("payments", &|_| true);
    match dice.between(0, 11) {
        0..=2 => {
            let input = json!({ "customerId": customer, "product": "Milk", "quantity": "1", "unitPrice": amount });
            owner.change(crate::books::RECORD, json!({ "input": input })).await;
        }
        3 => {
            let input = json!({ "customerId": customer, "amount": amount });
            owner.change(crate::books::SALE, json!({ "input": input })).await;
        }
        4..=6 => {
            let method = dice.pick(&["CASH", "CARD", "UPI"]);
            let input = json!({ "customerId": customer, "amount": amount, "method": method, "allowCredit": true });
            owner.pay(input).await;
        }
        7 => {
            let input =
                json!({ "customerId": customer, "kind": "ADJUSTMENT", "amount": format!("-{amount}"), "reason": "x" });
            owner.attempt(ADJUST, json!({ "input": input })).await;
        }
        8 if !charges.is_empty() => {
            owner.attempt(VOID, json!({ "id": dice.pick(&charges), "input": { "reason": "x" } })).await;
        }
        9 if !payments.is_empty() => {
            owner.attempt(REVERSE, json!({ "id": dice.pick(&payments), "input": { "reason": "x" } })).await;
        }
        10 if !payments.is_empty() => {
            let input = json!({ "reason": "x", "amount": decimal(dice.between(1, 999)) });
            owner.attempt(REFUND, json!({ "id": dice.pick(&payments), "input": input })).await;
        }
        11 if !records.is_empty() => {
            let input = json!({ "customerId": customer, "recordIds": [dice.pick(&records)] });
            owner.attempt(MARK_UNPAID, json!({ "input": input })).await;
        }
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_day_stays_what_it_was_whatever_is_done_after_it() {
    let mut dice = Dice::throw();
    let daybook: Daybook = daybook_at("2026-01-01").await;
    let owner = sandbox(&daybook, "round", "Asia/Kolkata").await;
    let mut customers = Vec::new();
    for number in 0..3 {
        customers.push(owner.customer(&format!("Customer {number}")).await);
    }
    let mut day: chrono::NaiveDate = "2026-01-01".parse().unwrap();
    let mut recorded = Vec::new();
    for _ in 0..20 {
        day = day + chrono::Days::new(dice.between(1, 20).unsigned_abs());
        advance(&owner, &day.to_string()).await;
        for _ in 0..4 {
            let customer = dice.pick(&customers).clone();
            act(&owner, &mut dice, &customer).await;
        }
        let shown = owed(&owner, None).await;
        assert_eq!(shown, added_up(&owner, &customers, day).await, "{day}");
        recorded.push((day, shown));
    }
    day = day + chrono::Days::new(1);
    advance(&owner, &day.to_string()).await;
    for (past, shown) in recorded {
        assert_eq!(owed(&owner, Some(&past.to_string())).await, shown, "{past}");
    }
    assert_in_order(&daybook, &owner).await;
}
