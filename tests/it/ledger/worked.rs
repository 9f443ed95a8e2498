//! Worked examples: figures that hold, whatever else changes.

use serde_json::{Value, json};

use crate::books::{assert_in_order, balance, dues, pay, refusals};
use crate::harness::{Client, Daybook, text};

/// What a payment gave to which charge, and what it has left.
async fn parts(client: &Client, payment: &Value) -> (Vec<(String, String)>, String) {
    let query = "query ($id: ID!) { payment(id: $id) { unallocated { amount }
        allocations { charge { id } amount { amount } } } }";
    let found = client.run(query, json!({ "id": payment["payment"]["id"] })).await["payment"].take();
    let part = |part: &Value| (text(&part["charge"]["id"]).to_owned(), text(&part["amount"]["amount"]).to_owned());
    (
        found["allocations"].as_array().unwrap().iter().map(part).collect(),
        text(&found["unallocated"]["amount"]).to_owned(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_for_three_times_three_hundred_is_refused_or_leaves_a_hundred_of_credit() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    for day in ["2026-01-01", "2026-01-02", "2026-01-03"] {
        owner.sale(&customer, day, "300.00").await;
    }
    let refused = pay(&owner, &customer, "1000.00").await;
    assert_eq!(refusals(&refused), ["OVERPAYMENT amount"]);
    assert!(text(&refused["userErrors"][0]["message"]).contains("900.00 USD outstanding"), "{refused}");
    assert_eq!(dues(&owner, &customer).await, ["300.00", "300.00", "300.00"]);

    let input = json!({ "customerId": customer, "amount": "1000.00", "method": "CASH", "allowCredit": true });
    let paid = owner.pay(input).await;
    assert_eq!(paid["payment"]["unallocated"]["amount"], "100.00");
    assert_eq!(dues(&owner, &customer).await, ["0.00", "0.00", "0.00"]);
    assert_eq!(balance(&owner, &customer).await, "-100.00");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_that_do_not_fit_the_charges_overlap_them_and_the_last_leaves_credit() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let mut charges = Vec::new();
    for (day, amount) in [("2026-01-01", "10000"), ("2026-01-02", "15000"), ("2026-01-03", "18000")] {
        charges.push(owner.sale(&customer, day, amount).await);
    }
    let mut payments = Vec::new();
    for amount in ["15000", "20000", "10000"] {
        let input = json!({ "customerId": customer, "amount": amount, "method": "CASH", "allowCredit": true });
        payments.push(owner.pay(input).await);
    }
    let part = |place: usize, amount: &str| (charges[place].clone(), amount.to_owned());
    let expected = [
        (vec![part(0, "10000.00"), part(1, "5000.00")], "0.00"),
        (vec![part(1, "10000.00"), part(2, "10000.00")], "0.00"),
        (vec![part(2, "8000.00")], "2000.00"),
    ];
    for (payment, (paid, left)) in payments.iter().zip(expected) {
        assert_eq!(parts(&owner, payment).await, (paid, left.to_owned()));
    }
    assert_eq!(balance(&owner, &customer).await, "-2000.00");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_are_written_as_the_locale_wants_them_with_the_decimals_of_the_currency() {
    let daybook = Daybook::start().await;
    for (currency, country, amount, locale, expected) in [
        ("INR", "IN", "123456", None, "₹1,23,456.00"),
        ("INR", "IN", "123456", Some("en-US"), "₹123,456.00"),
        ("USD", "US", "1234567.5", None, "$1,234,567.50"),
        ("USD", "US", "1234567.5", Some("de-DE"), "$1.234.567,50"),
        ("JPY", "JP", "1234567", None, "¥1,234,567"),
        ("KWD", "KW", "5.124", Some("en"), "د.ك\u{a0}5.124"),
    ] {
        let slug = format!("{}-{}", currency.to_lowercase(), locale.unwrap_or("own").to_lowercase());
        let owner = daybook.owner_of(&slug, currency, "UTC", country).await;
        let customer = owner.customer("Someone").await;
        owner.sale(&customer, "2026-01-01", amount).await;
        let query =
            "query ($id: ID!, $locale: String) { customer(id: $id) { balance { formatted(locale: $locale) } } }";
        let data = owner.run(query, json!({ "id": customer, "locale": locale })).await;
        assert_eq!(data["customer"]["balance"]["formatted"], expected, "{amount} {currency} {locale:?}");
    }
}
