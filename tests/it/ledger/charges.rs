//! What customers owe: records and sales.

use chrono::{DateTime, Duration, Utc};
use daybook::clock::Clock;
use serde_json::{Value, json};

use crate::books::{ARCHIVE, RECORD, RESTORE, SALE, assert_in_order, balance, deliver, pay, raw, state, value};
use crate::harness::{Client, Daybook, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_record_comes_to_quantity_times_price_rounded_half_up_in_its_currency() {
    let daybook = Daybook::start().await;
    for (currency, zone, country, rows) in [
        (
            "USD",
            "America/New_York",
            "US",
            &[
                ("2.4", "55", "132.00"),
                ("0.5", "0.01", "0.01"),
                ("1.499", "0.01", "0.01"),
                ("3", "0.335", "1.01"),
                ("0.001", "4.999999", "0.00"),
            ][..],
        ),
        ("INR", "Asia/Kolkata", "IN", &[("1", "1.005", "1.01"), ("2.675", "1", "2.68"), ("0.333", "0.333333", "0.11")]),
        ("JPY", "Asia/Tokyo", "JP", &[("1.5", "1", "2"), ("0.499", "1", "0"), ("2.5", "3", "8")]),
        (
            "KWD",
            "Asia/Kuwait",
            "KW",
            &[("1", "5.124", "5.124"), ("0.5", "0.001", "0.001"), ("0.333", "0.333333", "0.111")],
        ),
    ] {
        let owner = daybook.owner_of(&currency.to_lowercase(), currency, zone, country).await;
        let customer = owner.customer("Someone").await;
        for (quantity, price, expected) in rows {
            let input = json!({ "customerId": customer, "product": "Milk", "quantity": quantity, "unitPrice": price });
            let record = &owner.change(RECORD, json!({ "input": input })).await["record"];
            assert_eq!(record["amount"]["amount"], *expected, "{quantity} × {price} {currency}");
        }
        assert_in_order(&daybook, &owner).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_take_the_decimals_of_their_currency_and_no_more() {
    let daybook = Daybook::start().await;
    for (currency, zone, country, taken, refused) in [
        ("USD", "America/New_York", "US", &[("5.12", "5.12"), ("5.120", "5.12"), ("5", "5.00")][..], "5.124"),
        ("INR", "Asia/Kolkata", "IN", &[("1.5", "1.50")], "0.001"),
        ("JPY", "Asia/Tokyo", "JP", &[("7", "7"), ("7.0", "7")], "1.5"),
        ("KWD", "Asia/Kuwait", "KW", &[("5.124", "5.124")], "5.1241"),
    ] {
        let owner = daybook.owner_of(&currency.to_lowercase(), currency, zone, country).await;
        let customer = owner.customer("Someone").await;
        for (given, written) in taken {
            let sale = json!({ "input": { "customerId": customer, "amount": given } });
            assert_eq!(owner.change(SALE, sale).await["sale"]["amount"]["amount"], *written, "{given} {currency}");
            let paid = pay(&owner, &customer, given).await;
            assert_eq!(paid["payment"]["amount"]["amount"], *written, "{given} {currency}");
            assert_eq!(
                paid["payment"]["customer"]["balance"]["amount"].as_str(),
                Some(balance(&owner, &customer).await.as_str())
            );
        }
        let sale = json!({ "input": { "customerId": customer, "amount": refused } });
        assert_eq!(owner.refusals(SALE, sale).await, ["INVALID amount"], "{refused} {currency}");
        assert_eq!(
            crate::books::refusals(&pay(&owner, &customer, refused).await),
            ["INVALID amount"],
            "{refused} {currency}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_cannot_be_is_refused_by_field() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    let fine = json!({ "customerId": customer, "product": "Milk", "quantity": "1", "unitPrice": "1" });
    for (change, expected) in [
        (json!({ "quantity": "0" }), &["INVALID quantity"][..]),
        (json!({ "quantity": "-1" }), &["INVALID quantity"]),
        (json!({ "quantity": "1.0001" }), &["INVALID quantity"]),
        (json!({ "quantity": "1000000000.001" }), &["INVALID quantity"]),
        (json!({ "quantity": "1000000000", "unitPrice": "1000000000" }), &["INVALID quantity"]),
        (json!({ "unitPrice": "-0.01" }), &["INVALID unitPrice"]),
        (json!({ "unitPrice": "0.0000001" }), &["INVALID unitPrice"]),
        (json!({ "unitPrice": "1000000001" }), &["INVALID unitPrice"]),
        (json!({ "product": " \t" }), &["REQUIRED product"]),
        (json!({ "product": "x".repeat(201) }), &["TOO_LONG product"]),
        (json!({ "product": "a\0b" }), &["INVALID product"]),
        (json!({ "unit": "x".repeat(21) }), &["TOO_LONG unit"]),
        (json!({ "idempotencyKey": "x".repeat(201) }), &["TOO_LONG idempotencyKey"]),
        (json!({ "customerId": "cus_01jx0000000000000000000000" }), &["NOT_FOUND customerId"]),
        (
            json!({ "quantity": "0", "unitPrice": "-1", "product": "" }),
            &["INVALID quantity", "INVALID unitPrice", "REQUIRED product"],
        ),
    ] {
        let refusals = owner.refusals(RECORD, json!({ "input": merged(&fine, &change) })).await;
        assert_eq!(refusals, expected, "{change}");
    }
    // What has not the form of its type is the caller's operation, not their data.
    for change in [
        json!({ "quantity": 1.5 }),
        json!({ "quantity": "a few" }),
        json!({ "occurredOn": "2026-02-30" }),
        json!({ "customerId": "1" }),
        json!({ "customerId": owner.business }),
        json!({ "shift": "NIGHT" }),
    ] {
        let codes = owner.error_codes(RECORD, json!({ "input": merged(&fine, &change) })).await;
        assert_eq!(codes, ["BAD_USER_INPUT"], "{change}");
    }
    assert_eq!(state(&raw).await, before);
    // What is just within the bounds is taken.
    let bounds =
        json!({ "product": "x".repeat(200), "unit": "x".repeat(20), "quantity": "0.001", "unitPrice": "1000000000" });
    owner.change(RECORD, json!({ "input": merged(&fine, &bounds) })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_that_cannot_be_is_refused_by_field() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    let fine = json!({ "customerId": customer, "amount": "1.00" });
    for (change, expected) in [
        (json!({ "amount": "-0.01" }), &["INVALID amount"][..]),
        (json!({ "amount": "10000000000000.01" }), &["INVALID amount"]),
        (json!({ "items": -1 }), &["INVALID items"]),
        (json!({ "items": 1_000_001 }), &["INVALID items"]),
        (json!({ "reference": "x".repeat(101) }), &["TOO_LONG reference"]),
        (json!({ "customerId": "cus_01jx0000000000000000000000" }), &["NOT_FOUND customerId"]),
        (json!({ "amount": "-1", "items": -1 }), &["INVALID amount", "INVALID items"]),
    ] {
        let refusals = owner.refusals(SALE, json!({ "input": merged(&fine, &change) })).await;
        assert_eq!(refusals, expected, "{change}");
    }
    assert_eq!(state(&raw).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_shows_what_was_given_and_what_follows_from_it() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let input = json!({
        "customerId": customer, "occurredOn": "2026-03-01", "product": " Milk ", "quantity": "2.400", "unit": "l",
        "unitPrice": "55.000000", "shift": "EVENING",
    });
    let record = owner.change(RECORD, json!({ "input": input })).await["record"].clone();
    let expected = json!({
        "id": record["id"], "kind": "RECORD", "occurredOn": "2026-03-01", "dueOn": "2026-03-01",
        "amount": { "amount": "132.00" }, "paid": { "amount": "0.00" }, "outstanding": { "amount": "132.00" },
        "status": "UNPAID", "overdue": true, "product": "Milk", "quantity": "2.4", "unit": "l", "unitPrice": "55",
        "shift": "EVENING", "customer": { "id": customer, "balance": { "amount": "132.00" } }, "allocations": [],
    });
    assert_eq!(record, expected);
    assert!(text(&record["id"]).starts_with("rec_"));

    let sale = owner.change(SALE, json!({ "input": { "customerId": customer, "amount": "0" } })).await["sale"].clone();
    assert!(text(&sale["id"]).starts_with("sal_"));
    assert_eq!((&sale["status"], &sale["items"], &sale["overdue"]), (&json!("PAID"), &json!(1), &json!(false)));
    assert_eq!(sale["customer"]["balance"]["amount"], "132.00");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_without_a_day_is_of_today_in_the_zone_of_the_business() {
    for (zone, country, midnight, before, after) in [
        ("Asia/Kolkata", "IN", "2026-03-31T18:30:00Z", "2026-03-31", "2026-04-01"),
        ("America/New_York", "US", "2026-03-08T05:00:00Z", "2026-03-07", "2026-03-08"),
        // The clocks there went forward that day.
        ("America/New_York", "US", "2026-03-09T04:00:00Z", "2026-03-08", "2026-03-09"),
    ] {
        let midnight: DateTime<Utc> = midnight.parse().unwrap();
        let daybook = Daybook::with_clock(Clock::manual(midnight - Duration::minutes(1))).await;
        let owner = daybook.owner_of("shop", "USD", zone, country).await;
        let customer = owner.customer("Someone").await;
        let raw = raw(&daybook.database, &owner.business).await;
        for (time, day) in [(midnight - Duration::seconds(1), before), (midnight, after)] {
            daybook.clock.set(time);
            let record = json!({ "customerId": customer, "product": "Milk", "quantity": 1, "unitPrice": 1 });
            let record = &owner.change(RECORD, json!({ "input": record })).await["record"];
            assert_eq!((&record["occurredOn"], &record["dueOn"]), (&json!(day), &json!(day)), "{zone} {time}");
            let sale = json!({ "customerId": customer, "amount": 1 });
            assert_eq!(owner.change(SALE, json!({ "input": sale })).await["sale"]["occurredOn"], day, "{zone} {time}");
            // A payment stands in the account on the day in that zone, too.
            pay(&owner, &customer, "1").await;
            let last = "SELECT occurred_on FROM entries WHERE kind = 'PAYMENT' ORDER BY id DESC LIMIT 1";
            assert_eq!(value(&raw, last).await, day, "{zone} {time}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_is_due_by_the_terms_of_the_business_and_overdue_from_the_day_after() {
    // Midnight in Kolkata, and so the beginning of the day after the charge is due.
    let midnight: DateTime<Utc> = "2026-03-02T18:30:00Z".parse().unwrap();
    let daybook = Daybook::with_clock(Clock::manual(midnight - Duration::minutes(1))).await;
    let owner = daybook.owner_of("shop", "INR", "Asia/Kolkata", "IN").await;
    let customer = owner.customer("Someone").await;
    let raw = raw(&daybook.database, &owner.business).await;
    raw.batch_execute("UPDATE businesses SET days_until_due = 30").await.unwrap();
    deliver(&owner, &customer, "2026-01-31", "1", "10").await;
    let paid = deliver(&owner, &customer, "2026-01-31", "1", "5").await;
    owner.pay(json!({ "customerId": customer, "amount": 5, "method": "UPI", "charges": [{ "chargeId": paid }] })).await;
    deliver(&owner, &customer, "2026-01-31", "1", "0").await;

    let query = "query { records(sort: OCCURRED_ON_ASC) { nodes { dueOn overdue } }
        late: records(filter: { overdue: true }) { totalCount } soon: records(filter: { overdue: false }) { totalCount } }";
    for (time, overdue) in [(midnight - Duration::seconds(1), false), (midnight, true)] {
        daybook.clock.set(time);
        let data = owner.run(query, json!({})).await;
        let due = |overdue: bool| json!({ "dueOn": "2026-03-02", "overdue": overdue });
        assert_eq!(data["records"]["nodes"], json!([due(overdue), due(false), due(false)]), "{time}");
        let late = i32::from(overdue);
        assert_eq!((&data["late"]["totalCount"], &data["soon"]["totalCount"]), (&json!(late), &json!(3 - late)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_customer_is_charged_nothing_until_restored_and_pays_what_they_owe() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    owner.sale(&customer, "2026-01-01", "10.00").await;
    owner.change(ARCHIVE, json!({ "id": customer })).await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    let record = json!({ "customerId": customer, "product": "Milk", "quantity": "1", "unitPrice": "1" });
    assert_eq!(owner.refusals(RECORD, json!({ "input": record })).await, ["ARCHIVED customerId"]);
    let sale = json!({ "customerId": customer, "amount": "1" });
    assert_eq!(owner.refusals(SALE, json!({ "input": sale })).await, ["ARCHIVED customerId"]);
    assert_eq!(state(&raw).await, before);

    let paid = pay(&owner, &customer, "4.00").await;
    assert_eq!(paid["payment"]["customer"]["balance"]["amount"], "6.00", "{paid}");
    owner.change(RESTORE, json!({ "id": customer })).await;
    assert_eq!(
        owner.change(RECORD, json!({ "input": record })).await["record"]["customer"]["balance"]["amount"],
        "7.00"
    );
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_and_events_refuse_to_be_changed_or_removed() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    owner.sale(&customer, "2026-01-01", "10.00").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    for statement in [
        "UPDATE entries SET amount = 0",
        "DELETE FROM entries",
        "TRUNCATE entries",
        "UPDATE events SET data = '{}'",
        "DELETE FROM events",
        "TRUNCATE events",
    ] {
        let error = raw.batch_execute(statement).await.unwrap_err();
        let message = error.as_db_error().unwrap().message().to_owned();
        assert!(message.contains("is append-only"), "{statement}: {message}");
    }
    assert_eq!(state(&raw).await, before);
}

/// `input` with some fields changed.
fn merged(input: &Value, change: &Value) -> Value {
    let mut input = input.clone();
    for (field, value) in change.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_of_one_business_is_no_charge_of_another() {
    let daybook = Daybook::start().await;
    let (shop, other) = (daybook.owner("shop").await, daybook.owner("other").await);
    let customer = other.customer("Someone").await;
    let refused = |client: Client, input: Value| async move { client.refusals(SALE, json!({ "input": input })).await };
    let input = json!({ "customerId": customer, "amount": "1" });
    assert_eq!(refused(shop, input.clone()).await, ["NOT_FOUND customerId"]);
    assert_eq!(refused(other, input).await, Vec::<String>::new());
}
