//! Records that are changed, deleted, marked as paid and as unpaid.

use serde_json::{Value, json};

use crate::books::{
    ARCHIVE, DELETE_RECORD, MARK_PAID, MARK_UNPAID, UPDATE_RECORD, VOID, assert_in_order, balance, deliver, dues, pay,
    pay_ahead, raw, refusals, state, value,
};
use crate::harness::{Client, Daybook, text};

async fn update(client: &Client, id: &str, input: Value) -> Value {
    client.attempt(UPDATE_RECORD, json!({ "id": id, "input": input })).await
}

async fn delete(client: &Client, id: &str) -> Value {
    client.attempt(DELETE_RECORD, json!({ "id": id })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_moves_what_is_owed_and_leaves_what_it_does_not_name() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let id = deliver(&owner, &customer, "2026-01-01", "2.4", "55").await;
    let changed = update(&owner, &id, json!({ "quantity": "2", "unit": "l", "shift": "EVENING" })).await;
    let record = &changed["record"];
    assert_eq!(
        (&record["amount"]["amount"], &record["quantity"], &record["unit"], &record["unitPrice"], &record["shift"]),
        (&json!("110.00"), &json!("2"), &json!("l"), &json!("55"), &json!("EVENING"))
    );
    assert_eq!((&record["product"], &record["customer"]["balance"]["amount"]), (&json!("Milk"), &json!("110.00")));
    let changed =
        update(&owner, &id, json!({ "product": "Curd", "unit": null, "shift": null, "unitPrice": "60.5" })).await;
    let record = &changed["record"];
    assert_eq!(
        (&record["product"], &record["unit"], &record["shift"], &record["amount"]["amount"]),
        (&json!("Curd"), &Value::Null, &Value::Null, &json!("121.00"))
    );
    assert_in_order(&daybook, &owner).await;

    // To another day: the account shows it there.
    let changed = update(&owner, &id, json!({ "occurredOn": "2026-01-05" })).await;
    assert_eq!(
        (&changed["record"]["occurredOn"], &changed["record"]["dueOn"]),
        (&json!("2026-01-05"), &json!("2026-01-05"))
    );
    let raw = raw(&daybook.database, &owner.business).await;
    let by_day = "SELECT string_agg(day || ' ' || sum, ', ' ORDER BY day) FROM
        (SELECT occurred_on AS day, sum(amount) FROM entries GROUP BY 1) AS days";
    assert_eq!(value(&raw, by_day).await, "2026-01-01 0, 2026-01-05 12100");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_cannot_come_to_less_than_is_paid_of_it_nor_be_deleted() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let id = deliver(&owner, &customer, "2026-01-01", "1", "132").await;
    pay(&owner, &customer, "48").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    let refused = update(&owner, &id, json!({ "unitPrice": "47.99" })).await;
    assert_eq!(refusals(&refused), ["BELOW_PAID input"]);
    let message = text(&refused["userErrors"][0]["message"]);
    assert!(message.contains("47.99 USD") && message.contains("48.00 USD of it is paid"), "{message}");
    assert_eq!(refusals(&delete(&owner, &id).await), ["BELOW_PAID id"]);
    assert_eq!(state(&raw).await, before);

    let changed = update(&owner, &id, json!({ "unitPrice": "48" })).await;
    assert_eq!(
        (&changed["record"]["status"], &changed["record"]["outstanding"]["amount"]),
        (&json!("PAID"), &json!("0.00"))
    );
    // Released, it can go.
    owner.change(MARK_UNPAID, json!({ "input": { "customerId": customer, "recordIds": [id] } })).await;
    assert_eq!(balance(&owner, &customer).await, "0.00");
    let gone = delete(&owner, &id).await;
    assert_eq!((&gone["deletedId"], &gone["customer"]["balance"]["amount"]), (&json!(id), &json!("-48.00")));
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_record_is_shown_nowhere_and_its_lines_stay_in_the_account() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let id = deliver(&owner, &customer, "2026-01-01", "1", "10").await;
    deliver(&owner, &customer, "2026-01-02", "1", "5").await;
    assert_eq!(refusals(&delete(&owner, &id).await), [""; 0]);
    let query =
        "query ($customer: ID!, $id: ID!) { node(id: $id) { id } records { totalCount nodes { amount { amount } } }
        customer(id: $customer) { balance { amount } charges { totalCount } records { totalCount nodes { id } } } }";
    let found = owner.run(query, json!({ "customer": customer, "id": id })).await;
    assert_eq!((&found["node"], &found["records"]["totalCount"]), (&Value::Null, &json!(1)));
    let of = &found["customer"];
    assert_eq!(
        (&of["balance"]["amount"], &of["charges"]["totalCount"], &of["records"]["totalCount"]),
        (&json!("5.00"), &json!(1), &json!(1))
    );
    let raw = raw(&daybook.database, &owner.business).await;
    let lines =
        "SELECT string_agg(kind || ' ' || amount, ', ' ORDER BY id) FROM entries WHERE occurred_on = '2026-01-01'";
    assert_eq!(value(&raw, lines).await, "CHARGE 1000, VOID -1000");
    // It is gone for whatever else one would do with it.
    assert_eq!(refusals(&update(&owner, &id, json!({ "product": "x" })).await), ["NOT_FOUND id"]);
    assert_eq!(refusals(&delete(&owner, &id).await), ["NOT_FOUND id"]);
    assert_eq!(owner.refusals(VOID, json!({ "id": id, "input": { "reason": "x" } })).await, ["NOT_FOUND id"]);
    assert_eq!(dues(&owner, &customer).await, ["5.00"]);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_cannot_be_is_refused_by_field_and_nothing_changes() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let id = deliver(&owner, &customer, "2026-01-01", "1", "10").await;
    let void = deliver(&owner, &customer, "2026-01-01", "1", "10").await;
    owner.change(VOID, json!({ "id": void, "input": { "reason": "x" } })).await;
    let sale = owner.sale(&customer, "2026-01-01", "1").await;
    let archived = owner.customer("Gone").await;
    let of_archived = deliver(&owner, &archived, "2026-01-01", "2", "10").await;
    owner.change(ARCHIVE, json!({ "id": archived })).await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    for (id, input, expected) in [
        (&id, json!({ "quantity": "0" }), &["INVALID quantity"][..]),
        (&id, json!({ "quantity": "1.0001", "unitPrice": "-1" }), &["INVALID quantity", "INVALID unitPrice"]),
        (&id, json!({ "product": " " }), &["REQUIRED product"]),
        (&id, json!({ "unit": "x".repeat(21) }), &["TOO_LONG unit"]),
        (&id, json!({ "idempotencyKey": "x".repeat(201) }), &["TOO_LONG idempotencyKey"]),
        (&void, json!({ "quantity": "2" }), &["VOID id"]),
        (&sale, json!({ "quantity": "2" }), &["NOT_FOUND id"]),
        (&"rec_01jx0000000000000000000000".to_owned(), json!({ "quantity": "2" }), &["NOT_FOUND id"]),
        (&of_archived, json!({ "quantity": "2.001" }), &["ARCHIVED customerId"]),
    ] {
        assert_eq!(refusals(&update(&owner, id, input.clone()).await), expected, "{input}");
    }
    for id in [&void, &sale] {
        let expected = if *id == void { "VOID id" } else { "NOT_FOUND id" };
        assert_eq!(refusals(&delete(&owner, id).await), [expected]);
    }
    assert_eq!(state(&raw).await, before);
    // Less may be owed by someone who is archived.
    assert_eq!(refusals(&update(&owner, &of_archived, json!({ "quantity": "1" })).await), [""; 0]);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_and_deleting_with_a_key_happen_once() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let id = deliver(&owner, &customer, "2026-01-01", "1", "10").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let input = json!({ "quantity": "2", "unit": null, "idempotencyKey": "k" });
    let first = update(&owner, &id, input.clone()).await;
    let before = state(&raw).await;
    assert_eq!(update(&owner, &id, input.clone()).await, first);
    assert_eq!(update(&owner, &id, json!({ "quantity": "2.000", "unit": null, "idempotencyKey": "k" })).await, first);
    for other in [
        json!({ "quantity": "3", "unit": null, "idempotencyKey": "k" }),
        json!({ "quantity": "2", "idempotencyKey": "k" }),
    ] {
        assert_eq!(refusals(&update(&owner, &id, other).await), ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
    }
    assert_eq!(state(&raw).await, before);
    let gone = owner.change(DELETE_RECORD, json!({ "id": id, "key": "d" })).await;
    assert_eq!(owner.change(DELETE_RECORD, json!({ "id": id, "key": "d" })).await, gone);
    assert_eq!(balance(&owner, &customer).await, "0.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn marking_as_paid_is_a_payment_of_exactly_what_is_outstanding() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let mut ids = Vec::new();
    for day in ["2026-01-30", "2026-01-31", "2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"] {
        ids.push(deliver(&owner, &customer, day, "1", "10").await);
    }
    owner.sale(&customer, "2026-01-31", "99").await;
    let pay_named =
        json!({ "customerId": customer, "amount": 4, "method": "CASH", "charges": [{ "chargeId": ids[1] }] });
    owner.pay(pay_named).await;
    let mark = async |which: Value| {
        let mut input = json!({ "customerId": customer, "method": "UPI" });
        input.as_object_mut().unwrap().extend(which.as_object().unwrap().clone());
        owner.attempt(MARK_PAID, json!({ "input": input })).await
    };
    for (which, amount, parts, owed) in [
        (json!({ "day": "2026-01-31" }), "16.00", &["6.00", "10.00"][..], "139.00"),
        (json!({ "month": "2026-01" }), "10.00", &["10.00"], "129.00"),
        (json!({ "recordIds": [ids[5], ids[3]] }), "20.00", &["10.00", "10.00"], "109.00"),
        (json!({ "month": "2026-02" }), "10.00", &["10.00"], "99.00"),
    ] {
        let marked = mark(which.clone()).await;
        assert_eq!(marked["payment"]["amount"]["amount"], amount, "{which}: {marked}");
        let found = marked["payment"]["allocations"].as_array().unwrap();
        assert!(
            found.iter().map(|part| text(&part["amount"]["amount"])).eq(parts.iter().copied()),
            "{which}: {marked}"
        );
        assert_eq!(
            (&marked["payment"]["method"], &marked["customer"]["balance"]["amount"]),
            (&json!("UPI"), &json!(owed))
        );
    }
    // What is paid already needs no payment.
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    for which in [json!({ "month": "2026-01" }), json!({ "recordIds": ids }), json!({ "day": "2020-01-01" })] {
        let marked = mark(which).await;
        assert_eq!((&marked["payment"], refusals(&marked).len()), (&Value::Null, 0));
    }
    for (which, expected) in [
        (json!({}), "REQUIRED recordIds"),
        (json!({ "recordIds": [] }), "REQUIRED recordIds"),
        (json!({ "day": "2026-01-01", "month": "2026-01" }), "REQUIRED recordIds"),
        (json!({ "recordIds": vec![&ids[0]; 501] }), "TOO_LONG recordIds"),
        (json!({ "recordIds": [ids[0], "rec_01jx0000000000000000000000"] }), "NOT_FOUND recordIds.1"),
        (json!({ "month": "2026-01", "customerId": "cus_01jx0000000000000000000000" }), "NOT_FOUND customerId"),
        (json!({ "month": "2026-01", "reference": "x".repeat(101) }), "TOO_LONG reference"),
    ] {
        assert_eq!(refusals(&mark(which.clone()).await), [expected], "{which}");
    }
    assert_eq!(state(&raw).await, before);
    let month = json!({ "input": { "customerId": customer, "month": "2026-13" } });
    assert_eq!(owner.error_codes(MARK_PAID, month).await, ["BAD_USER_INPUT"]);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn marking_as_unpaid_makes_credit_of_what_was_paid() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    pay_ahead(&owner, &customer, "15", "2026-01-01T00:00:00Z").await;
    let mut ids = Vec::new();
    for day in ["2026-01-30", "2026-01-31", "2026-02-01"] {
        ids.push(deliver(&owner, &customer, day, "1", "10").await);
    }
    pay(&owner, &customer, "15").await;
    assert_eq!(dues(&owner, &customer).await, ["0.00", "0.00", "0.00"]);
    let raw = raw(&daybook.database, &owner.business).await;
    let credit = "SELECT sum(unallocated) FROM payments";
    for (which, due, left) in [
        (json!({ "day": "2026-01-31" }), ["0.00", "10.00", "0.00"], "1000"),
        (json!({ "month": "2026-01" }), ["10.00", "10.00", "0.00"], "2000"),
        (json!({ "recordIds": ids }), ["10.00", "10.00", "10.00"], "3000"),
    ] {
        let mut input = json!({ "customerId": customer, "idempotencyKey": which.to_string() });
        input.as_object_mut().unwrap().extend(which.as_object().unwrap().clone());
        let marked = owner.change(MARK_UNPAID, json!({ "input": input })).await;
        assert_eq!(marked["customer"]["balance"]["amount"], "0.00");
        assert_eq!(owner.change(MARK_UNPAID, json!({ "input": input })).await, marked);
        assert_eq!(
            (dues(&owner, &customer).await, value(&raw, credit).await.as_str()),
            (due.map(String::from).to_vec(), left)
        );
        assert_in_order(&daybook, &owner).await;
    }
    let events = "SELECT count(*) FROM events WHERE kind = 'RECORD_MARKED_UNPAID'";
    assert_eq!(value(&raw, events).await, "3");
}
