//! Statements: accounts over periods, as of now or of then.

use chrono::{DateTime, Duration, Utc};
use daybook::clock::Clock;
use serde_json::{Value, json};

use crate::books::{
    ADJUST, DELETE_RECORD, Dice, MARK_UNPAID, REFUND, REVERSE, UPDATE_RECORD, VOID, assert_in_order, decimal, deliver,
    pay, pay_ahead,
};
use crate::harness::{Client, Daybook, text};

const STATEMENT: &str =
    "query ($id: ID!, $from: Date, $to: Date, $asOf: DateTime) { customer(id: $id) { balance { amount }
    statement(from: $from, to: $to, asOf: $asOf) { from to asOf opening { amount } charged { amount } paid { amount }
        closing { amount } lines { id occurredOn kind amount { amount } balance { amount } reason
            charge { id } payment { id } createdAt } } } }";

async fn statement(client: &Client, customer: &str, from: Option<&str>, to: Option<&str>) -> Value {
    let variables = json!({ "id": customer, "from": from, "to": to });
    client.run(STATEMENT, variables).await["customer"]["statement"].take()
}

/// The lines: `2026-01-01 CHARGE 10.00 10.00`.
fn lines(statement: &Value) -> Vec<String> {
    let line = |line: &Value| {
        let money = ["amount", "balance"].map(|field| text(&line[field]["amount"])).join(" ");
        format!("{} {} {money}", text(&line["occurredOn"]), text(&line["kind"]))
    };
    statement["lines"].as_array().unwrap().iter().map(line).collect()
}

fn amounts(statement: &Value) -> [String; 4] {
    ["opening", "charged", "paid", "closing"].map(|field| text(&statement[field]["amount"]).to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_has_every_line_with_the_balance_after_it() {
    let now: DateTime<Utc> = "2026-01-20T12:00:00Z".parse().unwrap();
    let daybook = Daybook::with_clock(Clock::manual(now)).await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let record = deliver(&owner, &customer, "2026-01-05", "1", "30").await;
    let sale = owner.sale(&customer, "2026-01-02", "20").await;
    let first = pay_ahead(&owner, &customer, "60", "2026-01-06T10:00:00Z").await;
    owner.change(UPDATE_RECORD, json!({ "id": record, "input": { "unitPrice": "35" } })).await;
    owner.change(VOID, json!({ "id": sale, "input": { "reason": "broken" } })).await;
    let adjust = |amount: &str| json!({ "input": { "customerId": customer, "kind": "ADJUSTMENT", "amount": amount, "reason": "agreed", "occurredOn": "2026-01-08" } });
    owner.change(ADJUST, adjust("-4")).await;
    owner.change(REFUND, json!({ "id": first, "input": { "amount": "5", "reason": "too much" } })).await;
    owner.change(REVERSE, json!({ "id": first, "input": { "reason": "bounced" } })).await;

    let all = statement(&owner, &customer, None, None).await;
    assert_eq!(
        lines(&all),
        [
            "2026-01-02 CHARGE 20.00 20.00",
            "2026-01-05 CHARGE 30.00 50.00",
            "2026-01-05 CHANGE 5.00 55.00",
            "2026-01-06 PAYMENT -60.00 -5.00",
            "2026-01-08 CREDIT -4.00 -9.00",
            "2026-01-20 VOID -20.00 -29.00",
            "2026-01-20 REFUND 5.00 -24.00",
            "2026-01-20 REVERSAL 55.00 31.00",
        ]
    );
    // 20 + 35 − 20 were charged, and 60 + 4 − 5 − 55 came in.
    assert_eq!(amounts(&all), ["0.00", "35.00", "4.00", "31.00"]);
    let line = |place: usize| &all["lines"][place];
    assert_eq!((&line(0)["charge"]["id"], &line(0)["payment"]), (&json!(sale), &Value::Null));
    assert_eq!((&line(3)["payment"]["id"], &line(3)["charge"]), (&json!(first), &Value::Null));
    let reasons = [4, 5, 6, 7].map(|place| text(&line(place)["reason"]).to_owned());
    assert_eq!(reasons, ["agreed", "broken", "too much", "bounced"]);

    let part = statement(&owner, &customer, Some("2026-01-05"), Some("2026-01-06")).await;
    assert_eq!((amounts(&part), lines(&part).len()), (["20.00", "35.00", "60.00", "-5.00"].map(String::from), 3));
    assert_eq!((&part["from"], &part["to"], &part["asOf"]), (&json!("2026-01-05"), &json!("2026-01-06"), &Value::Null));
    let empty = statement(&owner, &customer, Some("2026-01-09"), Some("2026-01-19")).await;
    assert_eq!((amounts(&empty), lines(&empty)), (["-9.00", "0.00", "0.00", "-9.00"].map(String::from), Vec::new()));
    let backwards = json!({ "id": customer, "from": "2026-01-02", "to": "2026-01-01" });
    assert_eq!(owner.error_codes(STATEMENT, backwards).await, ["BAD_USER_INPUT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_as_of_a_time_is_what_it_was_then_whatever_was_booked_since() {
    let begin: DateTime<Utc> = "2026-02-01T12:00:00Z".parse().unwrap();
    let daybook = Daybook::with_clock(Clock::manual(begin)).await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let kept = deliver(&owner, &customer, "2026-01-05", "1", "30").await;
    let gone = deliver(&owner, &customer, "2026-01-06", "1", "10").await;
    let then = statement(&owner, &customer, Some("2026-01-01"), Some("2026-01-31")).await;
    daybook.clock.set(begin + Duration::minutes(5));
    // January changes in February.
    owner.change(UPDATE_RECORD, json!({ "id": kept, "input": { "unitPrice": "1", "occurredOn": "2026-01-07" } })).await;
    owner.change(DELETE_RECORD, json!({ "id": gone })).await;
    let variables =
        |as_of: DateTime<Utc>| json!({ "id": customer, "from": "2026-01-01", "to": "2026-01-31", "asOf": as_of });
    let at = async |as_of| owner.run(STATEMENT, variables(as_of)).await["customer"]["statement"].take();
    let known = at(begin).await;
    assert_eq!((lines(&known), amounts(&known)), (lines(&then), amounts(&then)));
    assert_eq!(amounts(&known), ["0.00", "40.00", "0.00", "40.00"]);
    let now = at(begin + Duration::minutes(5)).await;
    assert_eq!(amounts(&now), ["0.00", "1.00", "0.00", "1.00"]);
    // The line of what was deleted stands, without it.
    assert_eq!((&now["lines"][2]["kind"], &now["lines"][2]["charge"]), (&json!("CHARGE"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_closing_balance_is_the_next_opening_balance_for_any_split_of_any_history() {
    let now: DateTime<Utc> = "2026-01-20T12:00:00Z".parse().unwrap();
    let daybook = Daybook::with_clock(Clock::manual(now)).await;
    let owner = daybook.owner("shop").await;
    let mut dice = Dice::throw();
    for _ in 0..4 {
        let customer = owner.customer("Someone").await;
        let (mut records, mut payments) = (Vec::new(), Vec::new());
        for _ in 0..25 {
            let day = format!("2026-01-{:02}", dice.between(1, 28));
            let amount = decimal(dice.between(1, 5_000));
            match dice.between(1, 8) {
                1..=3 => records.push(deliver(&owner, &customer, &day, "1", &amount).await),
                4 => payments.push(
                    pay_ahead(
                        &owner,
                        &customer,
                        &amount,
                        &format!("{day}T00:00:00Z").replace("2026-01-2", "2026-01-1"),
                    )
                    .await,
                ),
                5 if !records.is_empty() => {
                    let input =
                        json!({ "id": dice.pick(&records), "input": { "unitPrice": amount, "occurredOn": day } });
                    owner.attempt(UPDATE_RECORD, input).await;
                }
                6 if !records.is_empty() => {
                    owner.attempt(VOID, json!({ "id": dice.pick(&records), "input": { "reason": "x" } })).await;
                }
                7 if !payments.is_empty() => {
                    let (mutation, id) = (*dice.pick(&[REVERSE, REFUND]), dice.pick(&payments).clone());
                    owner.attempt(mutation, json!({ "id": id, "input": { "reason": "x" } })).await;
                }
                _ => {
                    owner.change(MARK_UNPAID, json!({ "input": { "customerId": customer, "day": day } })).await;
                    drop(pay(&owner, &customer, &amount).await);
                }
            }
        }
        // Cut anywhere, in any number of pieces.
        for _ in 0..6 {
            let mut cuts: Vec<i64> = (0..dice.between(1, 5)).map(|_| dice.between(1, 27)).collect();
            cuts.sort_unstable();
            cuts.dedup();
            let mut from: Option<String> = None;
            let (mut balance, mut found) = ("0.00".to_owned(), Vec::new());
            for cut in cuts.iter().map(Some).chain([None]) {
                let to = cut.map(|day| format!("2026-01-{day:02}"));
                let piece = statement(&owner, &customer, from.as_deref(), to.as_deref()).await;
                assert_eq!(text(&piece["opening"]["amount"]), balance);
                balance = text(&piece["closing"]["amount"]).to_owned();
                found.extend(lines(&piece));
                from = cut.map(|day| format!("2026-01-{:02}", day + 1));
            }
            let whole = statement(&owner, &customer, None, None).await;
            assert_eq!((found, balance.as_str()), (lines(&whole), text(&whole["closing"]["amount"])));
            let variables = json!({ "id": customer });
            assert_eq!(owner.run(STATEMENT, variables).await["customer"]["balance"]["amount"], balance);
        }
    }
    assert_in_order(&daybook, &owner).await;
}
