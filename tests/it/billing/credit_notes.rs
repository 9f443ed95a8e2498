//! Credit notes: what is taken off an invoice.

use std::collections::BTreeSet;

use daybook::billing::check;
use daybook::db::{Mode, Scope, Transaction};
use daybook::id::BusinessId;
use diesel_async::SimpleAsyncConnection as _;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::invoices::{CREATE, FINALIZE, VOID_INVOICE, draft, invoice, standing};
use crate::books::{REVERSE, assert_in_order, balance, pay, raw, refusals, value};
use crate::harness::{Client, Daybook, text};

pub const CREDIT: &str = "mutation ($input: CreditNoteCreateInput!) { creditNoteCreate(input: $input) {
    creditNote { id number net { amount } tax { amount } amount { amount } reversedAt
        credit { id kind reason unallocated { amount } allocations { amount { amount } charge { id } } } }
    invoice { status outstanding { amount } credited { amount } creditNotes { nodes { id } totalCount } }
    userErrors { code field message } } }";

async fn credit(client: &Client, invoice: &str, amount: &str) -> Value {
    let input = json!({ "invoiceId": invoice, "amount": amount, "reason": "Spilt" });
    client.attempt(CREDIT, json!({ "input": input })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_note_lowers_what_is_owed_and_what_was_paid_already_becomes_credit() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Asha").await;
    // An older debt, which the credit does not pay.
    owner.sale(&customer, "2020-01-01", "9").await;
    let id = invoice(&owner, &customer, "100").await;
    let charge = owner.run("query ($id: ID) { invoice(id: $id) { charge { id } } }", json!({ "id": id })).await;
    let named = json!([{ "chargeId": charge["invoice"]["charge"]["id"] }]);
    let paid = json!({ "customerId": customer, "amount": "60", "method": "CASH", "charges": named });
    assert_eq!(owner.pay(paid).await["userErrors"], json!([]));

    let first = credit(&owner, &id, "10").await;
    assert_eq!(first["userErrors"], json!([]));
    assert_eq!(standing(&owner, &id).await, "OPEN 30.00");
    assert_eq!(first["creditNote"]["credit"]["unallocated"]["amount"], "0.00");
    assert!(text(&first["creditNote"]["number"]).starts_with("CN-"));
    let second = credit(&owner, &id, "50").await;
    assert_eq!(standing(&owner, &id).await, "PAID 0.00");
    assert_eq!(second["creditNote"]["credit"]["unallocated"]["amount"], "20.00");
    assert_eq!(
        (&second["invoice"]["credited"]["amount"], &second["invoice"]["creditNotes"]["totalCount"]),
        (&json!("60.00"), &json!(2))
    );
    assert_eq!(balance(&owner, &customer).await, "-11.00");
    assert_eq!(refusals(&credit(&owner, &id, "40.01").await), ["OVERPAYMENT amount"]);
    let void = json!({ "id": id, "input": { "reason": "x" } });
    assert_eq!(owner.refusals(VOID_INVOICE, void.clone()).await, ["HAS_HISTORY id"]);

    // What is left, of which nothing is owed: it is all credit.
    let input = json!({ "invoiceId": id, "reason": "The rest" });
    let rest = owner.change(CREDIT, json!({ "input": input })).await;
    assert_eq!(rest["creditNote"]["amount"]["amount"], "40.00");
    assert_eq!(rest["creditNote"]["credit"]["unallocated"]["amount"], "40.00");
    assert_eq!(refusals(&credit(&owner, &id, "0.01").await), ["OVERPAYMENT amount"]);

    // Taken back, it counts no more.
    for note in [&first, &second, &rest] {
        let credit = &note["creditNote"]["credit"]["id"];
        owner.change(REVERSE, json!({ "id": credit, "input": { "reason": "mistake" } })).await;
    }
    assert_eq!(standing(&owner, &id).await, "OPEN 40.00");
    owner.change(VOID_INVOICE, void).await;
    assert_eq!(balance(&owner, &customer).await, "-51.00");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_clients_at_once_never_credit_more_than_the_invoice() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Asha").await;
    let id = invoice(&owner, &customer, "100").await;
    pay(&owner, &customer, "35").await;
    let answers = join_all((0..20).map(|_| credit(&owner, &id, "7"))).await;
    let numbers: BTreeSet<&str> = answers
        .iter()
        .filter(|answer| refusals(answer).is_empty())
        .map(|answer| text(&answer["creditNote"]["number"]))
        .collect();
    // Fourteen times seven is 98, and one more would be 105.
    assert_eq!(numbers.len(), 14);
    assert!(numbers.first().unwrap().ends_with("-000001") && numbers.last().unwrap().ends_with("-000014"));
    for answer in answers.iter().filter(|answer| !refusals(answer).is_empty()) {
        assert_eq!(refusals(answer), ["OVERPAYMENT amount"]);
    }
    assert_eq!(balance(&owner, &customer).await, "-33.00");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_an_invoice_have_parts_of_its_tax_that_come_to_the_whole() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Asha").await;
    let made = async |lines: Value| {
        let made = owner.change(CREATE, json!({ "input": { "customerId": customer, "lines": lines } })).await;
        owner.change(FINALIZE, json!({ "id": made["invoice"]["id"] })).await;
        text(&made["invoice"]["id"]).to_owned()
    };
    // 1.00 and 19 % of it, in seven parts of 0.17.
    let id = made(json!([{ "description": "Work", "unitPrice": "1", "taxRate": "19" }])).await;
    let mut taxes = Vec::new();
    for _ in 0..7 {
        let note = credit(&owner, &id, "0.17").await;
        taxes.push(text(&note["creditNote"]["tax"]["amount"]).to_owned());
    }
    // round(0.17 × n × 19 ÷ 119) less what came before: 0.027 × n.
    assert_eq!(taxes, ["0.03", "0.02", "0.03", "0.03", "0.03", "0.02", "0.03"]);

    // Line by line, as the invoice is taxed.
    let id = made(json!([{ "description": "Milk", "quantity": "10", "unitPrice": "1", "taxRate": "5" },
        { "description": "Delivery", "unitPrice": "3" }]))
    .await;
    let with = |lines: Value| json!({ "input": { "invoiceId": id, "lines": lines, "reason": "Sour" } });
    let sour = owner
        .change(CREDIT, with(json!([{ "description": "Milk", "quantity": "4", "unitPrice": "1", "taxRate": "5" }])))
        .await;
    let note = &sour["creditNote"];
    let figures = ["net", "tax", "amount"].map(|field| text(&note[field]["amount"]).to_owned());
    assert_eq!(figures, ["4.00", "0.20", "4.20"]);
    // More tax than is left of it.
    let taxed = with(json!([{ "description": "Milk", "unitPrice": "4", "taxRate": "50" }]));
    assert_eq!(owner.refusals(CREDIT, taxed).await, ["OVERPAYMENT lines"]);
    let both = json!({ "input": { "invoiceId": id, "amount": "1", "reason": "x", "lines": [{ "description": "x", "unitPrice": "1" }] } });
    assert_eq!(owner.refusals(CREDIT, both).await, ["INVALID amount"]);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_and_void_invoices_take_no_credit_note_and_a_repeated_request_makes_one() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Asha").await;
    let id = draft(&owner, &customer, "10").await;
    assert_eq!(refusals(&credit(&owner, &id, "1").await), ["INVALID invoiceId"]);
    owner.change(FINALIZE, json!({ "id": id })).await;
    let input = json!({ "invoiceId": id, "amount": "4", "reason": "x", "idempotencyKey": "once" });
    let answers = join_all((0..5).map(|_| owner.change(CREDIT, json!({ "input": input })))).await;
    let ids: BTreeSet<&str> = answers.iter().map(|answer| text(&answer["creditNote"]["id"])).collect();
    assert_eq!((ids.len(), standing(&owner, &id).await.as_str()), (1, "OPEN 6.00"));
    let other = invoice(&owner, &customer, "1").await;
    owner.change(VOID_INVOICE, json!({ "id": other, "input": { "reason": "x" } })).await;
    assert_eq!(refusals(&credit(&owner, &other, "1").await), ["VOID invoiceId"]);
    let number = &answers[0]["creditNote"]["number"];
    let found =
        owner.run("query ($n: String) { creditNote(number: $n) { id invoice { id } } }", json!({ "n": number })).await;
    assert_eq!(found["creditNote"]["invoice"]["id"], json!(id));
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_figure_of_invoices_and_credit_notes_is_found_with_its_subject() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    let lines = json!([{ "description": "Work", "unitPrice": "100", "taxRate": "10" }]);
    let made = owner.change(CREATE, json!({ "input": { "customerId": asha, "lines": lines } })).await;
    let first = text(&made["invoice"]["id"]).to_owned();
    owner.change(FINALIZE, json!({ "id": first })).await;
    let second = invoice(&owner, &ben, "20").await;
    let drafted = draft(&owner, &ben, "1").await;
    let line = json!({ "description": "Work", "unitPrice": "10", "taxRate": "10" });
    let input = json!({ "invoiceId": first, "lines": [line], "reason": "x" });
    let note = owner.change(CREDIT, json!({ "input": input })).await["creditNote"].take();
    assert_in_order(&daybook, &owner).await;

    let raw = raw(&daybook.database, &owner.business).await;
    let business: BusinessId = owner.business.parse().unwrap();
    let year = value(&raw, "SELECT year FROM invoices WHERE sequence = 1").await;
    let [first, second, drafted, noted] =
        [&first, &second, &drafted, &text(&note["id"]).to_owned()].map(|id| crate::world::uuid(id));
    let (invoice, of_note) = (|id: &str| format!("invoice {id}"), format!("credit note {noted}"));
    let number = |place: u32| format!("invoice INV-{year}-{place:06}");
    const CHARGE: &str = "an invoice that is final has a charge that is owed by the same and comes to the same";
    const GAPS: &str = "the numbers of invoices and of credit notes run from one in a year, without gaps";
    const NUMBER: &str = "a number has its year and its place in it";
    const LINE: &str = "a line of an invoice or a credit note comes to quantity × price with its tax, rounded half up";
    const SUM: &str = "an invoice, or a credit note with lines, comes to the sum of its lines";
    const ABOVE: &str = "the credit notes on an invoice come to no more than it, and to nothing if it is void";
    const CREDITED: &str = "a credit note is a credit of whose the invoice is, and comes to the same";
    let line = |field: &str, figure: &str| format!("lines = jsonb_set(lines, '{{0,{field}}}', to_jsonb({figure}))");

    for (corruption, expected) in [
        // A number that was left out, and one that was counted and is nowhere.
        (
            format!("UPDATE invoices SET sequence = 3, number = 'INV-{year}-000003' WHERE id = '{second}'"),
            vec![(GAPS, format!("invoice:{year}"))],
        ),
        (
            "UPDATE counters SET value = 3 WHERE name LIKE 'invoice:%'".to_owned(),
            vec![(GAPS, format!("invoice:{year}"))],
        ),
        (
            format!("UPDATE credit_notes SET sequence = 2, number = 'CN-{year}-000002'"),
            vec![(GAPS, format!("credit_note:{year}"))],
        ),
        (
            format!("UPDATE invoices SET number = 'INV-{year}-000009' WHERE id = '{second}'"),
            vec![(NUMBER, invoice(&second))],
        ),
        (format!("UPDATE invoices SET due_on = due_on + 1 WHERE id = '{first}'"), vec![(CHARGE, number(1))]),
        (
            format!("UPDATE invoices SET {} WHERE id = '{second}'", line("unit_price", "'21'::text")),
            vec![(LINE, format!("invoice {second} line 1"))],
        ),
        (
            format!("UPDATE invoices SET {} WHERE id = '{first}'", line("tax_rate", "'11'::text")),
            vec![(LINE, format!("invoice {first} line 1"))],
        ),
        (
            format!(
                "UPDATE invoices SET {}, net = net - 1, total = total - 1 WHERE id = '{drafted}'",
                line("net", "99")
            ),
            vec![(LINE, format!("invoice {drafted} line 1")), (SUM, invoice(&drafted))],
        ),
        (
            format!("UPDATE invoices SET net = net - 1, tax = tax + 1 WHERE id = '{first}'"),
            vec![(SUM, invoice(&first))],
        ),
        (
            // The tax of prices that have it in them is another.
            format!("UPDATE invoices SET tax_mode = 'INCLUSIVE' WHERE id = '{first}'"),
            vec![(LINE, format!("invoice {first} line 1")), (LINE, format!("{of_note} line 1"))],
        ),
        (
            "UPDATE credit_notes SET net = 10001, tax = 1, total = 10002, lines = '[]'".to_owned(),
            vec![(ABOVE, invoice(&first)), (CREDITED, format!("credit note CN-{year}-000001"))],
        ),
        (
            format!("UPDATE credit_notes SET invoice_id = '{second}'"),
            vec![(ABOVE, invoice(&second)), (CREDITED, format!("credit note CN-{year}-000001"))],
        ),
        (format!("UPDATE charges SET due_on = due_on - 1 WHERE id = '{second}'"), vec![(CHARGE, number(2))]),
        (
            format!("UPDATE charges SET kind = 'FEE' WHERE id = '{second}'"),
            vec![("a charge has what its kind has beside it", format!("charge {second}")), (CHARGE, number(2))],
        ),
    ] {
        // Undone afterwards, so that each corruption is the only one.
        let scope = Scope::Business(business, None);
        let transaction = Transaction::begin(&daybook.app.pool, scope, Mode::Job).await.unwrap();
        (&mut &*transaction).batch_execute(&corruption).await.unwrap();
        let broken = check::check(&transaction, business).await.unwrap();
        transaction.rollback().await.unwrap();
        let found = broken.into_iter().flat_map(|(rule, rows)| {
            rows.into_iter().map(move |row| {
                assert_ne!(row.found, row.expected);
                (rule, row.subject)
            })
        });
        let mut found: Vec<_> = found.collect();
        let mut expected = expected;
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{corruption}");
    }
    assert_in_order(&daybook, &owner).await;
}
