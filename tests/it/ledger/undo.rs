//! Payments that are reversed or refunded, charges that are voided.

use serde_json::{Value, json};

use crate::books::{
    REFUND, REVERSE, VOID, assert_in_order, balance, deliver, dues, pay, pay_ahead, raw, refusals, state, value,
};
use crate::harness::{Client, Daybook, text};

/// Pays `amount` oldest first; the id of the payment.
async fn paid(client: &Client, customer: &str, amount: &str) -> String {
    let paid = pay(client, customer, amount).await;
    assert_eq!(refusals(&paid), [""; 0]);
    text(&paid["payment"]["id"]).to_owned()
}

async fn reverse(client: &Client, payment: &str) -> Value {
    client.attempt(REVERSE, json!({ "id": payment, "input": { "reason": "the cheque bounced" } })).await
}

async fn refund(client: &Client, payment: &str, amount: Option<&str>) -> Value {
    client.attempt(REFUND, json!({ "id": payment, "input": { "amount": amount, "reason": "brought back" } })).await
}

async fn void(client: &Client, charge: &str) -> Value {
    client.attempt(VOID, json!({ "id": charge, "input": { "reason": "charged twice" } })).await
}

/// Charges of 163.00 and 162.00, and a payment of 325.00 for both.
async fn two_paid(client: &Client) -> (String, String) {
    let customer = client.customer("Someone").await;
    client.sale(&customer, "2026-01-01", "163").await;
    client.sale(&customer, "2026-01-02", "162").await;
    let payment = paid(client, &customer, "325.00").await;
    (customer, payment)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_takes_what_was_paid_last_and_leaves_the_rest_paid() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (customer, payment) = two_paid(&owner).await;
    let refunded = refund(&owner, &payment, Some("63.00")).await;
    assert_eq!(refusals(&refunded), [""; 0]);
    let payment_now = &refunded["payment"];
    assert_eq!(
        (&payment_now["status"], &payment_now["refunded"]["amount"]),
        (&json!("PARTLY_REFUNDED"), &json!("63.00"))
    );
    assert_eq!(dues(&owner, &customer).await, ["0.00", "63.00"]);
    assert_eq!(balance(&owner, &customer).await, "63.00");
    let parts = payment_now["allocations"].as_array().unwrap();
    assert_eq!(parts.iter().map(|part| text(&part["amount"]["amount"])).collect::<Vec<_>>(), ["163.00", "99.00"]);
    assert_in_order(&daybook, &owner).await;

    // Over both charges now, and no more than remains.
    assert_eq!(refusals(&refund(&owner, &payment, Some("262.01")).await), ["OVERPAYMENT amount"]);
    refund(&owner, &payment, Some("100")).await;
    assert_eq!(dues(&owner, &customer).await, ["1.00", "162.00"]);
    let all = refund(&owner, &payment, None).await;
    assert_eq!((&all["payment"]["status"], &all["payment"]["allocations"]), (&json!("REFUNDED"), &json!([])));
    assert_eq!(dues(&owner, &customer).await, ["163.00", "162.00"]);
    let refused = refund(&owner, &payment, None).await;
    assert_eq!(refusals(&refused), ["OVERPAYMENT amount"]);
    assert_eq!(refused["userErrors"][0]["message"], "only 0.00 USD of the payment remains to be refunded");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_takes_credit_before_what_was_allocated() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    owner.sale(&customer, "2026-01-01", "10").await;
    let payment = pay_ahead(&owner, &customer, "25", "2026-01-02T00:00:00Z").await;
    refund(&owner, &payment, Some("15")).await;
    assert_eq!((dues(&owner, &customer).await, balance(&owner, &customer).await), (vec!["0.00".into()], "0.00".into()));
    refund(&owner, &payment, Some("0.01")).await;
    assert_eq!(dues(&owner, &customer).await, ["0.01"]);
    // The charge that owes again is paid like any other.
    paid(&owner, &customer, "0.01").await;
    assert_eq!(dues(&owner, &customer).await, ["0.00"]);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_and_then_a_reversal_leave_the_charges_as_if_the_payment_had_never_been() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    for amounts in [&[][..], &["63.00"], &["162.01"], &["1", "2", "300"], &["325"]] {
        let (customer, payment) = two_paid(&owner).await;
        for amount in amounts {
            assert_eq!(refusals(&refund(&owner, &payment, Some(amount)).await), [""; 0]);
        }
        let reversed = reverse(&owner, &payment).await;
        assert_eq!(reversed["payment"]["status"], "REVERSED", "{amounts:?}");
        assert_eq!(dues(&owner, &customer).await, ["163.00", "162.00"], "{amounts:?}");
        assert_eq!(balance(&owner, &customer).await, "325.00", "{amounts:?}");
    }
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_gives_the_last_payment_back_to_the_one_before_and_the_original_is_kept() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    owner.sale(&customer, "2026-01-01", "100").await;
    let pay = async |at: &str| {
        let input = json!({ "customerId": customer, "amount": 10, "method": "CHEQUE", "receivedAt": at });
        text(&owner.pay(input).await["payment"]["id"]).to_owned()
    };
    let (first, second) = (pay("2026-01-02T00:00:00Z").await, pay("2026-01-03T00:00:00Z").await);
    let last = async || {
        let query = "query ($id: ID!) { customer(id: $id) { lastPaymentAt } }";
        owner.run(query, json!({ "id": customer })).await["customer"]["lastPaymentAt"].take()
    };
    reverse(&owner, &second).await;
    assert_eq!(last().await, "2026-01-02T00:00:00+00:00");
    reverse(&owner, &first).await;
    assert_eq!((last().await, balance(&owner, &customer).await.as_str()), (Value::Null, "100.00"));
    let kept = "query ($id: ID!) { payment(id: $id) { amount { amount } status reversedAt allocations { id } unallocated { amount } } }";
    let kept = owner.run(kept, json!({ "id": first })).await["payment"].take();
    assert_eq!(
        (&kept["amount"]["amount"], &kept["status"], &kept["allocations"]),
        (&json!("10.00"), &json!("REVERSED"), &json!([]))
    );
    assert!(kept["reversedAt"].is_string(), "{kept}");
    // Lists can be narrowed to those that stand.
    for (reversed, count) in [(json!(null), 2), (json!(true), 2), (json!(false), 0)] {
        let query = "query ($reversed: Boolean) { payments(filter: { reversed: $reversed }) { totalCount } }";
        assert_eq!(owner.run(query, json!({ "reversed": reversed })).await["payments"]["totalCount"], count);
    }
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credit_of_a_payment_that_paid_later_charges_is_taken_back_from_them_too() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let payment = pay_ahead(&owner, &customer, "30", "2026-01-01T00:00:00Z").await;
    owner.sale(&customer, "2026-01-02", "20").await;
    owner.sale(&customer, "2026-01-03", "20").await;
    assert_eq!(dues(&owner, &customer).await, ["0.00", "10.00"]);
    reverse(&owner, &payment).await;
    assert_eq!(dues(&owner, &customer).await, ["20.00", "20.00"]);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_undone_cannot_be_undone_again_and_nothing_changes_when_one_tries() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (customer, payment) = two_paid(&owner).await;
    let charge = owner.sale(&customer, "2026-01-03", "5").await;
    reverse(&owner, &payment).await;
    void(&owner, &charge).await;
    let raw = raw(&daybook.database, &owner.business).await;
    let before = state(&raw).await;
    assert_eq!(refusals(&reverse(&owner, &payment).await), ["REVERSED id"]);
    assert_eq!(refusals(&refund(&owner, &payment, Some("1")).await), ["REVERSED id"]);
    assert_eq!(refusals(&void(&owner, &charge).await), ["VOID id"]);
    for (mutation, id) in [
        (REVERSE, "pay_01jx0000000000000000000000"),
        (REFUND, "pay_01jx0000000000000000000000"),
        (VOID, "sal_01jx0000000000000000000000"),
    ] {
        let input = json!({ "id": id, "input": { "reason": "x" } });
        assert_eq!(owner.refusals(mutation, input).await, ["NOT_FOUND id"]);
        let input = json!({ "id": id, "input": { "reason": " " } });
        assert_eq!(owner.refusals(mutation, input).await, ["REQUIRED reason"]);
        let input = json!({ "id": id, "input": { "reason": "x".repeat(501) } });
        assert_eq!(owner.refusals(mutation, input).await, ["TOO_LONG reason"]);
    }
    let input = json!({ "id": payment, "input": { "reason": "x", "amount": "0" } });
    assert_eq!(owner.refusals(REFUND, input).await, ["INVALID amount"]);
    assert_eq!(state(&raw).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_void_charge_is_owed_no_more_and_what_was_paid_of_it_is_credit() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let first = owner.sale(&customer, "2026-01-01", "30").await;
    let second = deliver(&owner, &customer, "2026-01-02", "1", "20").await;
    paid(&owner, &customer, "40").await;
    let voided = void(&owner, &first).await;
    assert_eq!(refusals(&voided), [""; 0]);
    let charge = &voided["charge"];
    assert_eq!(
        (&charge["status"], &charge["amount"]["amount"], &charge["outstanding"]["amount"], &charge["overdue"]),
        (&json!("VOID"), &json!("30.00"), &json!("0.00"), &json!(false))
    );
    // 20.00 are owed, and 40.00 were paid, 10.00 of them for what is still owed.
    assert_eq!(balance(&owner, &customer).await, "-20.00");
    assert_eq!(dues(&owner, &customer).await, ["0.00", "10.00"]);
    let credit = "SELECT unallocated FROM payments";
    let raw = raw(&daybook.database, &owner.business).await;
    assert_eq!(value(&raw, credit).await, "3000");
    // The next charge takes it.
    owner.sale(&customer, "2026-01-03", "5").await;
    assert_eq!(value(&raw, credit).await, "2500");
    // It cannot be paid any more, by its name or in turn.
    let input = json!({ "customerId": customer, "amount": 1, "method": "CASH", "charges": [{ "chargeId": first }] });
    assert_eq!(refusals(&owner.pay(input).await), ["NOT_FOUND charges.0.chargeId"]);
    let statuses = "{ sales(filter: { status: [VOID] }) { totalCount } unpaid: sales(filter: { status: [UNPAID, PAID] }) { totalCount } }";
    let counts = owner.run(statuses, json!({})).await;
    assert_eq!((&counts["sales"]["totalCount"], &counts["unpaid"]["totalCount"]), (&json!(1), &json!(1)));
    void(&owner, &second).await;
    assert_eq!(balance(&owner, &customer).await, "-35.00");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_with_a_key_is_done_once_and_answers_alike() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (customer, payment) = two_paid(&owner).await;
    let (_, other) = two_paid(&owner).await;
    let charge = owner.sale(&customer, "2026-01-03", "5").await;
    for (mutation, id, input, changed) in [
        (REFUND, &payment, json!({ "reason": "r", "amount": "5", "idempotencyKey": "a" }), json!("6")),
        (REVERSE, &payment, json!({ "reason": "r", "idempotencyKey": "b" }), Value::Null),
        (VOID, &charge, json!({ "reason": "r", "idempotencyKey": "c" }), Value::Null),
    ] {
        let first = owner.change(mutation, json!({ "id": id, "input": input })).await;
        let raw = raw(&daybook.database, &owner.business).await;
        let before = state(&raw).await;
        assert_eq!(owner.change(mutation, json!({ "id": id, "input": input })).await, first);
        let mut other_input = input.clone();
        other_input["reason"] = json!("another");
        let reused = ["IDEMPOTENCY_KEY_REUSED idempotencyKey"];
        assert_eq!(owner.refusals(mutation, json!({ "id": id, "input": other_input })).await, reused);
        if !changed.is_null() {
            let mut input = input.clone();
            input["amount"] = changed;
            assert_eq!(owner.refusals(mutation, json!({ "id": id, "input": input })).await, reused);
            assert_eq!(owner.refusals(mutation, json!({ "id": other, "input": input })).await, reused);
        }
        assert_eq!(state(&raw).await, before);
    }
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_stay_and_say_why_and_the_log_tells_of_each() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (customer, payment) = two_paid(&owner).await;
    let charge = owner.sale(&customer, "2026-01-03", "5").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let entries =
        "SELECT string_agg(kind || ' ' || amount || coalesce(' ' || reason, ''), ', ' ORDER BY id) FROM entries";
    let before = value(&raw, entries).await;
    refund(&owner, &payment, Some("5")).await;
    reverse(&owner, &payment).await;
    void(&owner, &charge).await;
    let after = value(&raw, entries).await;
    let added = after.strip_prefix(&before).expect("entries are only added");
    assert_eq!(added, ", REFUND 500 brought back, REVERSAL 32000 the cheque bounced, VOID -500 charged twice");
    let events = "SELECT string_agg(kind, ' ' ORDER BY id) FROM events WHERE kind ~ 'PAYMENT|VOID'";
    assert_eq!(value(&raw, events).await, "PAYMENT_RECORDED PAYMENT_REFUNDED PAYMENT_REVERSED CHARGE_VOIDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn payment_updates_tell_of_reversals_and_refunds() {
    const UPDATES: &str = "subscription ($after: String) { paymentUpdates(after: $after) {
        kind payment { id status refunded { amount } } customer { balance { amount } } } }";
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let cursor = owner.run("{ eventCursor }", json!({})).await["eventCursor"].take();
    let mut socket = owner.socket().await;
    socket.subscribe(UPDATES, json!({ "after": cursor })).await;
    let (_, payment) = two_paid(&owner).await;
    let next = async |socket: &mut crate::harness::Socket| {
        let update = socket.event().await["paymentUpdates"].take();
        assert_eq!(update["payment"]["id"], payment.as_str());
        (text(&update["kind"]).to_owned(), text(&update["customer"]["balance"]["amount"]).to_owned())
    };
    assert_eq!(next(&mut socket).await, ("RECORDED".into(), "0.00".into()));
    refund(&owner, &payment, Some("63")).await;
    assert_eq!(next(&mut socket).await, ("REFUNDED".into(), "63.00".into()));
    reverse(&owner, &payment).await;
    assert_eq!(next(&mut socket).await, ("REVERSED".into(), "325.00".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_undo_at_once_one_does() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (customer, payment) = two_paid(&owner).await;
    let answers = futures_util::future::join_all((0..20).map(|_| reverse(&owner, &payment))).await;
    assert_eq!(answers.iter().filter(|answer| refusals(answer).is_empty()).count(), 1);
    assert_eq!(balance(&owner, &customer).await, "325.00");
    // 60.00 of 100.00 each: one fits.
    let payment = paid(&owner, &customer, "100").await;
    let answers = futures_util::future::join_all((0..20).map(|_| refund(&owner, &payment, Some("60")))).await;
    assert_eq!(answers.iter().filter(|answer| refusals(answer).is_empty()).count(), 1);
    assert_eq!(balance(&owner, &customer).await, "285.00");
    assert_in_order(&daybook, &owner).await;
}
