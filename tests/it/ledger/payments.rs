//! What customers pay, and for which charges.

use chrono::{DateTime, Duration, Utc};
use daybook::clock::Clock;
use serde_json::{Value, json};

use crate::books::{assert_in_order, balance, deliver, pay, raw, refusals, state};
use crate::harness::{Client, Daybook, PAY, text};

const CHARGES: &str = "query ($id: ID!) { customer(id: $id) { balance { amount } lastPaymentAt
    charges(first: 100) { nodes { id paid { amount } outstanding { amount } status } } } }";

/// What is paid of each charge of a customer, oldest first: `48.00 of 132.00 PARTIAL`.
async fn charges(client: &Client, customer: &str) -> Vec<String> {
    let data = client.run(CHARGES, json!({ "id": customer })).await;
    let describe = |charge: &Value| {
        let amount = |field: &str| text(&charge[field]["amount"]).to_owned();
        format!("{} paid, {} due, {}", amount("paid"), amount("outstanding"), text(&charge["status"]))
    };
    data["customer"]["charges"]["nodes"].as_array().unwrap().iter().rev().map(describe).collect()
}

/// What a payment gave to which charge.
fn allocations(paid: &Value) -> Vec<(String, String)> {
    let all = paid["payment"]["allocations"].as_array().unwrap_or_else(|| panic!("{paid}"));
    let part = |part: &Value| (text(&part["charge"]["id"]).to_owned(), text(&part["amount"]["amount"]).to_owned());
    all.iter().map(part).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn fourteen_deliveries_of_132_and_a_payment_of_1500_leave_348() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner_of("dairy", "INR", "Asia/Kolkata", "IN").await;
    let customer = owner.customer("Someone").await;
    let mut ids = Vec::new();
    for day in 1..=14 {
        ids.push(deliver(&owner, &customer, &format!("2026-03-{day:02}"), "2.4", "55").await);
    }
    let paid = pay(&owner, &customer, "1500.00").await;
    let given: Vec<_> = ids
        .iter()
        .take(12)
        .cloned()
        .zip([["132.00"; 11].as_slice(), &["48.00"]].concat().into_iter().map(String::from))
        .collect();
    assert_eq!(allocations(&paid), given);
    assert_eq!(paid["payment"]["unallocated"]["amount"], "0.00");
    assert_eq!(paid["payment"]["customer"]["balance"]["amount"], "348.00");

    let expected = [
        ["132.00 paid, 0.00 due, PAID"; 11].as_slice(),
        &["48.00 paid, 84.00 due, PARTIAL"],
        &["0.00 paid, 132.00 due, UNPAID"; 2],
    ];
    assert_eq!(charges(&owner, &customer).await, expected.concat());

    // One paisa more than what is left is refused with what is left, and changes nothing.
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    let refused = pay(&owner, &customer, "348.01").await;
    assert_eq!(refusals(&refused), ["OVERPAYMENT amount"]);
    let message = text(&refused["userErrors"][0]["message"]);
    assert!(message.contains("348.00 INR outstanding"), "{message}");
    assert_eq!((&refused["payment"], state(&raw).await), (&Value::Null, before));

    pay(&owner, &customer, "348.00").await;
    assert_eq!(charges(&owner, &customer).await, ["132.00 paid, 0.00 due, PAID"; 14]);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_day_is_paid_first_and_of_one_day_the_charge_that_was_booked_first() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let mut ids = Vec::new();
    for (day, kind) in
        [("2026-03-02", 's'), ("2026-03-01", 'r'), ("2026-03-02", 'r'), ("2026-03-01", 's'), ("2026-02-28", 's')]
    {
        ids.push(match kind {
            's' => owner.sale(&customer, day, "10").await,
            _ => deliver(&owner, &customer, day, "1", "10").await,
        });
    }
    let paid = pay(&owner, &customer, "45").await;
    let order: Vec<_> = allocations(&paid).into_iter().map(|(id, _)| id).collect();
    assert_eq!(order, [4, 1, 3, 0, 2].map(|place: usize| ids[place].clone()));
    assert_eq!(allocations(&paid)[4].1, "5.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn named_charges_get_what_is_named_for_them() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    // Each case has a customer with charges of 10, 20 and 30, oldest first.
    for (amount, named, credit, given, rest) in [
        ("25", &[(2, Some("5")), (1, None)][..], false, &[(2, "5.00"), (1, "20.00")][..], "0.00"),
        ("25", &[(1, None), (2, None)], false, &[(1, "20.00"), (2, "5.00")], "0.00"),
        ("20", &[(1, None), (2, None)], false, &[(1, "20.00")], "0.00"),
        (
            "60",
            &[(2, Some("30.00")), (0, Some("10")), (1, Some("20.0"))],
            false,
            &[(2, "30.00"), (0, "10.00"), (1, "20.00")],
            "0.00",
        ),
        ("50", &[(0, None)], true, &[(0, "10.00")], "40.00"),
        ("50", &[(0, Some("4"))], true, &[(0, "4.00")], "46.00"),
    ] {
        let (customer, ids) = ten_twenty_thirty(&owner).await;
        let charges: Vec<_> = named
            .iter()
            .map(|(place, amount): &(usize, _)| json!({ "chargeId": ids[*place], "amount": amount }))
            .collect();
        let input = json!({ "customerId": customer, "amount": amount, "method": "CARD", "charges": charges, "allowCredit": credit });
        let paid = owner.pay(input).await;
        let expected: Vec<_> =
            given.iter().map(|(place, part): &(usize, &str)| (ids[*place].clone(), (*part).to_owned())).collect();
        assert_eq!(allocations(&paid), expected, "{amount} for {named:?}");
        assert_eq!(paid["payment"]["unallocated"]["amount"], rest, "{amount} for {named:?}");
    }
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn named_charges_that_cannot_be_paid_so_are_refused_by_place_and_nothing_changes() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (customer, ids) = ten_twenty_thirty(&owner).await;
    let (_, strangers) = ten_twenty_thirty(&owner).await;
    let elsewhere = daybook.owner("other").await;
    let (_, foreign) = ten_twenty_thirty(&elsewhere).await;
    owner
        .pay(json!({ "customerId": customer, "amount": 10, "method": "CASH", "charges": [{ "chargeId": ids[0] }] }))
        .await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;

    let name = |id: &str, amount: Option<&str>| json!({ "chargeId": id, "amount": amount });
    for (amount, charges, credit, expected) in [
        ("5", json!([name(&strangers[0], None)]), false, &["NOT_FOUND charges.0.chargeId"][..]),
        ("5", json!([name(&foreign[0], None)]), true, &["NOT_FOUND charges.0.chargeId"]),
        ("5", json!([name("sal_01jx0000000000000000000000", None)]), false, &["NOT_FOUND charges.0.chargeId"]),
        ("5", json!([name(&ids[0], None)]), false, &["NOT_FOUND charges.0.chargeId"]),
        ("5", json!([name(&ids[1], Some("1")), name(&ids[1], Some("1"))]), false, &["NOT_FOUND charges.1.chargeId"]),
        ("40", json!([name(&ids[2], None), name(&ids[1], Some("20.01"))]), true, &["OVERPAYMENT charges.1.amount"]),
        ("5", json!([name(&ids[1], Some("3")), name(&ids[2], Some("2.01"))]), false, &["INVALID charges"]),
        ("20.01", json!([name(&ids[1], None)]), false, &["OVERPAYMENT amount"]),
        ("5", json!([name(&ids[1], Some("4.99"))]), false, &["OVERPAYMENT amount"]),
        (
            "5",
            json!([name(&ids[1], Some("0")), name(&ids[2], Some("-1"))]),
            false,
            &["INVALID charges.0.amount", "INVALID charges.1.amount"],
        ),
        ("5", json!([name(&ids[1], Some("0.001"))]), false, &["INVALID charges.0.amount"]),
        ("5", Value::from_iter(std::iter::repeat_n(name(&ids[1], None), 501)), false, &["TOO_LONG charges"]),
    ] {
        let input = json!({ "customerId": customer, "amount": amount, "method": "CARD", "charges": charges, "allowCredit": credit });
        assert_eq!(refusals(&owner.pay(input).await), expected, "{amount} for {charges}");
    }
    assert_eq!(state(&raw).await, before);
    // A message says what would do.
    let input =
        json!({ "customerId": customer, "amount": 40, "method": "CARD", "charges": [name(&ids[1], Some("20.01"))] });
    let refused = owner.pay(input).await;
    assert_eq!(refused["userErrors"][0]["message"], "only 20.00 USD of this charge is outstanding");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_cannot_be_is_refused_by_field_and_nothing_changes() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (customer, _) = ten_twenty_thirty(&owner).await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    let input = |change: Value| {
        let mut input = json!({ "customerId": customer, "amount": "5", "method": "CASH" });
        for (field, value) in change.as_object().unwrap() {
            input[field] = value.clone();
        }
        json!({ "input": input })
    };
    for (change, expected) in [
        (json!({ "amount": "0" }), &["INVALID amount"][..]),
        (json!({ "amount": "-5" }), &["INVALID amount"]),
        (json!({ "amount": "10000000000000.01" }), &["INVALID amount"]),
        (json!({ "reference": "x".repeat(101) }), &["TOO_LONG reference"]),
        (json!({ "idempotencyKey": "x".repeat(201) }), &["TOO_LONG idempotencyKey"]),
        (json!({ "customerId": "cus_01jx0000000000000000000000" }), &["NOT_FOUND customerId"]),
        (json!({ "amount": "60.01" }), &["OVERPAYMENT amount"]),
        (json!({ "amount": "0", "reference": "x".repeat(101) }), &["INVALID amount", "TOO_LONG reference"]),
    ] {
        assert_eq!(owner.refusals(PAY, input(change.clone())).await, expected, "{change}");
    }
    for change in [json!({ "method": "BARTER" }), json!({ "amount": 5.5 }), json!({ "receivedAt": "yesterday" })] {
        assert_eq!(owner.error_codes(PAY, input(change.clone())).await, ["BAD_USER_INPUT"], "{change}");
    }
    assert_eq!(state(&raw).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_may_be_received_in_the_past_and_at_most_five_minutes_ahead() {
    let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
    let daybook = Daybook::with_clock(Clock::manual(now)).await;
    let owner = daybook.owner("shop").await;
    let (customer, _) = ten_twenty_thirty(&owner).await;
    let pay = |at: Option<DateTime<Utc>>| {
        owner.pay(json!({ "customerId": customer, "amount": 1, "method": "CASH", "receivedAt": at }))
    };
    let last = async || {
        let data = owner.run(CHARGES, json!({ "id": customer })).await;
        data["customer"]["lastPaymentAt"].as_str().map(|at| at.parse::<DateTime<Utc>>().unwrap())
    };
    assert_eq!(last().await, None);
    let minutes = Duration::minutes(5);
    assert_eq!(refusals(&pay(Some(now + minutes + Duration::seconds(1))).await), ["INVALID receivedAt"]);
    assert_eq!(last().await, None);
    pay(None).await;
    assert_eq!(last().await, Some(now));
    // What was received earlier does not make the last payment an earlier one.
    pay(Some(now - Duration::days(400))).await;
    assert_eq!(last().await, Some(now));
    pay(Some(now + minutes)).await;
    assert_eq!(last().await, Some(now + minutes));
    assert_eq!(balance(&owner, &customer).await, "57.00");
    assert_in_order(&daybook, &owner).await;
}

/// A new customer and their charges of 10, 20 and 30.
async fn ten_twenty_thirty(client: &Client) -> (String, Vec<String>) {
    let customer = client.customer("Someone").await;
    let mut ids = Vec::new();
    for (day, amount) in [("2026-01-01", "10"), ("2026-01-02", "20"), ("2026-01-03", "30")] {
        ids.push(client.sale(&customer, day, amount).await);
    }
    (customer, ids)
}
