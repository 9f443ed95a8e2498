//! Payment methods kept on file.

use serde_json::{Value, json};

use crate::books::{assert_in_order, raw, state};
use crate::harness::{Client, Daybook, text};

const CREATE: &str = "mutation ($input: PaymentMethodCreateInput!) { paymentMethodCreate(input: $input) {
    paymentMethod { id method label reference } userErrors { code field message } } }";
const DELETE: &str =
    "mutation ($id: ID!) { paymentMethodDelete(id: $id) { deletedId userErrors { code field message } } }";

async fn on_file(client: &Client, customer: &str) -> Vec<String> {
    let query = "query ($id: ID!) { customer(id: $id) { paymentMethods { label } } }";
    let data = client.run(query, json!({ "id": customer })).await;
    data["customer"]["paymentMethods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|method| text(&method["label"]).to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_is_kept_by_its_label_until_it_is_deleted() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let input = json!({ "customerId": customer, "method": "CARD", "label": "Visa ending in 1111", "reference": "tok_1NXWPnLkdIwHu7ix" });
    let made = owner.change(CREATE, json!({ "input": input })).await["paymentMethod"].take();
    assert_eq!((&made["method"], &made["reference"]), (&json!("CARD"), &json!("tok_1NXWPnLkdIwHu7ix")));
    owner
        .change(CREATE, json!({ "input": { "customerId": customer, "method": "UPI", "label": "someone@bank" } }))
        .await;
    assert_eq!(on_file(&owner, &customer).await, ["Visa ending in 1111", "someone@bank"]);
    let node = "query ($id: ID!) { node(id: $id) { id ... on SavedPaymentMethod { label } } }";
    assert_eq!(owner.run(node, json!({ "id": made["id"] })).await["node"]["label"], "Visa ending in 1111");
    assert_eq!(owner.change(DELETE, json!({ "id": made["id"] })).await["deletedId"], made["id"]);
    assert_eq!(owner.refusals(DELETE, json!({ "id": made["id"] })).await, ["NOT_FOUND id"]);
    assert_eq!(on_file(&owner, &customer).await, ["someone@bank"]);
    assert_eq!(owner.run(node, json!({ "id": made["id"] })).await["node"], Value::Null);
    // Another business has its own.
    let other = daybook.owner("other").await;
    assert_eq!(other.refusals(CREATE, json!({ "input": input })).await, ["NOT_FOUND customerId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_names_a_method_on_file_of_its_customer_and_stays_when_that_is_deleted() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (customer, other) = (owner.customer("Someone").await, owner.customer("Someone else").await);
    let on_file = async |customer: &str, method: &str| {
        let input = json!({ "customerId": customer, "method": method, "label": format!("by {method}") });
        text(&owner.change(CREATE, json!({ "input": input })).await["paymentMethod"]["id"]).to_owned()
    };
    let (upi, card, foreign) =
        (on_file(&customer, "UPI").await, on_file(&customer, "CARD").await, on_file(&other, "UPI").await);
    owner.sale(&customer, "2026-01-01", "10").await;
    let input = |method: Option<&str>, key: &str| json!({ "customerId": customer, "amount": "1", "method": "UPI", "paymentMethodId": method, "idempotencyKey": key });
    let preview = "query ($input: PaymentRecordInput!) { paymentPreview(input: $input) { userErrors { code field } } }";
    for (method, expected) in [(&card, "INVALID"), (&foreign, "NOT_FOUND")] {
        let refused = owner.pay(input(Some(method), "key")).await;
        assert_eq!((&refused["payment"], &refused["userErrors"][0]["code"]), (&Value::Null, &json!(expected)));
        assert_eq!(refused["userErrors"][0]["field"], json!(["paymentMethodId"]));
        let errors = owner.run(preview, json!({ "input": input(Some(method), "key") })).await;
        assert_eq!(errors["paymentPreview"]["userErrors"], json!([{ "code": expected, "field": ["paymentMethodId"] }]));
    }
    let paid = owner.pay(input(Some(&upi), "key")).await;
    assert_eq!(paid["userErrors"], json!([]));
    let again = owner.pay(input(Some(&upi), "key")).await;
    assert_eq!(again["payment"]["id"], paid["payment"]["id"]);
    assert_eq!(owner.pay(input(None, "key")).await["userErrors"][0]["code"], "IDEMPOTENCY_KEY_REUSED");
    let query = "query ($id: ID!) { payment(id: $id) { method amount { amount } savedMethod { id label } } }";
    let mut expected = json!({ "method": "UPI", "amount": { "amount": "1.00" },
        "savedMethod": { "id": upi, "label": "by UPI" } });
    let id = json!({ "id": paid["payment"]["id"] });
    assert_eq!(owner.run(query, id.clone()).await["payment"], expected);
    owner.change(DELETE, json!({ "id": upi })).await;
    expected["savedMethod"] = Value::Null;
    assert_eq!(owner.run(query, id).await["payment"], expected);
    // The answer of before is still the answer.
    assert_eq!(owner.pay(input(Some(&upi), "key")).await["payment"]["id"], paid["payment"]["id"]);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_number_is_refused_wherever_it_stands_and_is_kept_nowhere() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    let fine = json!({ "customerId": customer, "method": "CARD", "label": "Visa" });
    for (change, expected) in [
        (json!({ "label": "4111 1111 1111 1111" }), &["INVALID label"][..]),
        (json!({ "reference": "4111111111111111" }), &["INVALID reference"]),
        (
            json!({ "label": "Amex 3782-822463-10005", "reference": "pan=5555555555554444" }),
            &["INVALID label", "INVALID reference"],
        ),
        (json!({ "label": " " }), &["REQUIRED label"]),
        (json!({ "label": "x".repeat(101) }), &["TOO_LONG label"]),
        (json!({ "reference": "x".repeat(201) }), &["TOO_LONG reference"]),
    ] {
        let mut input: Value = fine.clone();
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refusals = owner.refusals(CREATE, json!({ "input": input })).await;
        assert_eq!(refusals, expected, "{change}");
    }
    assert_eq!(state(&raw).await, before);
    for number in 0..20 {
        let input = json!({ "customerId": customer, "method": "UPI", "label": format!("{number}@bank") });
        owner.change(CREATE, json!({ "input": input })).await;
    }
    assert_eq!(owner.refusals(CREATE, json!({ "input": fine })).await, ["INVALID customerId"]);
}
