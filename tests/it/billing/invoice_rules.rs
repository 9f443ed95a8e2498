//! Invoices and credit notes together: who may what, what a list shows, and many at once.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::daybook_at;
use crate::books::assert_in_order;
use crate::harness::{Client, Daybook, text};

const DRAFT: &str = "mutation ($input: InvoiceCreateInput!) { invoiceCreate(input: $input) {
    invoice { id number status } userErrors { code field message } } }";

const UPDATE: &str = "mutation ($id: ID!, $input: InvoiceUpdateInput!) { invoiceUpdate(id: $id, input: $input) {
    invoice { id } userErrors { code field message } } }";

const DELETE: &str = "mutation ($id: ID!) { invoiceDelete(id: $id) { deletedId userErrors { code field message } } }";

const FINALIZE: &str = "mutation ($id: ID!, $input: InvoiceFinalizeInput) { invoiceFinalize(id: $id, input: $input) {
    invoice { id number status issuedOn dueOn outstanding { amount } } userErrors { code field message } } }";

const VOID: &str = "mutation ($id: ID!, $input: InvoiceVoidInput!) { invoiceVoid(id: $id, input: $input) {
    invoice { id number status outstanding { amount } } userErrors { code field message } } }";

const UNCOLLECTIBLE: &str = "mutation ($id: ID!) { invoiceMarkUncollectible(id: $id) {
    invoice { id status } userErrors { code field message } } }";

const PAY: &str = "mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) {
    payment { id } userErrors { code field message } } }";

const CREDIT: &str = "mutation ($input: CreditNoteCreateInput!) { creditNoteCreate(input: $input) {
    creditNote { id number net { amount } tax { amount } amount { amount } credit { unallocated { amount } } }
    invoice { status outstanding { amount } } userErrors { code field message } } }";

const REVERSE: &str = "mutation ($id: ID!) { paymentReverse(id: $id, input: { reason: \"A mistake\" }) {
    payment { id } userErrors { code field message } } }";

fn amount(invoice: &str, amount: &str) -> Value {
    json!({ "input": { "invoiceId": invoice, "amount": amount, "reason": "Came back" } })
}

/// A draft of lines, each `[unit price, rate of tax]`; its id.
async fn draft(client: &Client, customer: &str, lines: &[[&str; 2]]) -> String {
    let line = |[price, rate]: &[&str; 2]| json!({ "description": "Work", "unitPrice": price, "taxRate": rate });
    let input = json!({ "customerId": customer, "lines": lines.iter().map(line).collect::<Vec<_>>() });
    text(&client.change(DRAFT, json!({ "input": input })).await["invoice"]["id"]).to_owned()
}

/// Finalises a draft; its number.
async fn finalize(client: &Client, id: &str) -> String {
    text(&client.change(FINALIZE, json!({ "id": id })).await["invoice"]["number"]).to_owned()
}

/// An invoice of one line without tax; its id.
async fn invoice(client: &Client, customer: &str, amount: &str) -> String {
    let id = draft(client, customer, &[[amount, "0"]]).await;
    finalize(client, &id).await;
    id
}

/// What an invoice comes to, and where it stands: `OPEN 40.00 of 100.00`.
async fn standing(client: &Client, id: &str) -> String {
    let query = "query ($id: ID!) { invoice(id: $id) { status outstanding { amount } amount { amount } } }";
    let found = &client.run(query, json!({ "id": id })).await["invoice"];
    let amount = |field: &str| text(&found[field]["amount"]).to_owned();
    format!("{} {} of {}", text(&found["status"]), amount("outstanding"), amount("amount"))
}

async fn balance(client: &Client, customer: &str) -> String {
    let query = "query ($id: ID!) { customer(id: $id) { balance { amount } } }";
    text(&client.run(query, json!({ "id": customer })).await["customer"]["balance"]["amount"]).to_owned()
}

/// Pays so much of an invoice; the id of the payment.
async fn pay(client: &Client, customer: &str, invoice: &str, amount: &str) -> String {
    let charge = "query ($id: ID!) { invoice(id: $id) { charge { id } } }";
    let charge = client.run(charge, json!({ "id": invoice })).await["invoice"]["charge"]["id"].take();
    let input =
        json!({ "customerId": customer, "amount": amount, "method": "CASH", "charges": [{ "chargeId": charge }] });
    text(&client.change(PAY, json!({ "input": input })).await["payment"]["id"]).to_owned()
}

/// Credits so much of an invoice; the id of the credit note.
async fn credit(client: &Client, invoice: &str, much: &str) -> String {
    text(&client.change(CREDIT, amount(invoice, much)).await["creditNote"]["id"]).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_invoice_clerks_read_and_customers_see_their_own_and_no_drafts() {
    let daybook = daybook_at("2026-03-10").await;
    let owner = daybook.owner("service").await;
    let phone = "+12125550123";
    let create = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) { customer { id } userErrors { message } } }";
    let made = owner.change(create, json!({ "input": { "name": "Asha", "whatsappPhone": phone } })).await;
    let asha = text(&made["customer"]["id"]).to_owned();
    let ben = owner.customer("Ben").await;
    let manager = daybook.member(&owner, "MANAGER").await;
    let id = invoice(&manager, &asha, "100").await;
    let drafted = draft(&manager, &asha, &[["1", "0"]]).await;
    let other = invoice(&manager, &ben, "50").await;

    let (_, token) = owner.share_link(&asha).await;
    let customer = daybook.anyone().as_customer(&token, phone).await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let viewer = daybook.member(&owner, "VIEWER").await;
    for client in [&clerk, &viewer, &customer] {
        for (mutation, variables) in [
            (DRAFT, json!({ "input": { "customerId": asha, "lines": [] } })),
            (UPDATE, json!({ "id": drafted, "input": {} })),
            (DELETE, json!({ "id": drafted })),
            (FINALIZE, json!({ "id": drafted })),
            (VOID, json!({ "id": id, "input": { "reason": "x" } })),
            (UNCOLLECTIBLE, json!({ "id": id })),
        ] {
            assert_eq!(client.error_codes(mutation, variables).await, ["FORBIDDEN"], "{mutation}");
        }
    }
    let all = "query ($ids: [ID!]!) { invoices { totalCount nodes { id } } nodes(ids: $ids) { id }
        none: invoice(number: \"INV-2026-000002\") { id } customers { nodes { invoices { totalCount nodes { id } } } } }";
    let ids = json!({ "ids": [id, drafted, other] });
    for client in [&clerk, &viewer] {
        let read = client.run(all, ids.clone()).await;
        assert_eq!(read["invoices"]["totalCount"], 3);
        assert_eq!(read["nodes"], json!([{ "id": id }, { "id": drafted }, { "id": other }]));
    }
    let own = json!({ "totalCount": 1, "nodes": [{ "id": id }] });
    let expected = json!({ "invoices": own, "nodes": [{ "id": id }, null, null], "none": null,
        "customers": { "nodes": [{ "invoices": own }] } });
    assert_eq!(customer.run(all, ids).await, expected);
    // Nor by asking for drafts, or for another's.
    let filtered = "query ($filter: InvoiceFilter) { invoices(filter: $filter) { nodes { id } } }";
    for filter in [json!({ "status": ["DRAFT"] }), json!({ "customerId": ben })] {
        assert_eq!(
            customer.run(filtered, json!({ "filter": filter })).await["invoices"]["nodes"],
            json!([]),
            "{filter}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_has_the_invoices_that_its_filter_names() {
    let daybook = daybook_at("2026-03-10").await;
    let owner = daybook.owner("service").await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    let drafted = draft(&owner, &asha, &[["1", "0"]]).await;
    let issued = async |customer: &str, day: &str| {
        let id = draft(&owner, customer, &[["10", "0"]]).await;
        owner.change(FINALIZE, json!({ "id": id, "input": { "issuedOn": day } })).await;
        id
    };
    let open = issued(&asha, "2026-03-10").await;
    let late = issued(&asha, "2026-03-01").await;
    let paid = issued(&ben, "2026-03-05").await;
    pay(&owner, &ben, &paid, "10").await;
    let void = issued(&ben, "2026-03-06").await;
    owner.change(VOID, json!({ "id": void, "input": { "reason": "x" } })).await;
    let lost = issued(&ben, "2026-03-07").await;
    owner.change(UNCOLLECTIBLE, json!({ "id": lost })).await;
    let names =
        [(&drafted, "draft"), (&open, "open"), (&late, "late"), (&paid, "paid"), (&void, "void"), (&lost, "lost")];
    let name = |id: &str| names.iter().find(|(known, _)| *known == id).unwrap().1;
    let query = "query ($filter: InvoiceFilter, $sort: InvoiceSort! = ISSUED_ON_DESC) {
        invoices(filter: $filter, sort: $sort) { totalCount nodes { id } } }";
    let list = async |variables: Value| {
        let found = owner.run(query, variables.clone()).await["invoices"].take();
        let ids: Vec<_> = found["nodes"].as_array().unwrap().iter().map(|node| name(text(&node["id"]))).collect();
        assert_eq!(found["totalCount"], ids.len(), "{variables}");
        ids
    };
    for (filter, expected) in [
        (json!({}), vec!["open", "draft", "lost", "void", "paid", "late"]),
        (json!({ "status": ["DRAFT"] }), vec!["draft"]),
        (json!({ "status": ["OPEN"] }), vec!["open", "late"]),
        (json!({ "status": ["PAID"] }), vec!["paid"]),
        (json!({ "status": ["VOID"] }), vec!["void"]),
        (json!({ "status": ["UNCOLLECTIBLE", "PAID"] }), vec!["lost", "paid"]),
        (json!({ "status": [] }), vec![]),
        (json!({ "overdue": true }), vec!["lost", "late"]),
        (json!({ "overdue": false }), vec!["open", "draft", "void", "paid"]),
        (json!({ "customerId": ben }), vec!["lost", "void", "paid"]),
        (json!({ "issuedFrom": "2026-03-05", "issuedTo": "2026-03-06" }), vec!["void", "paid"]),
        (json!({ "recurring": true }), vec![]),
        (json!({ "customerId": asha, "recurring": false, "status": ["OPEN"], "overdue": false }), vec!["open"]),
    ] {
        assert_eq!(list(json!({ "filter": filter })).await, expected, "{filter}");
    }
    let oldest = list(json!({ "sort": "ISSUED_ON_ASC" })).await;
    assert_eq!(oldest, ["late", "paid", "void", "lost", "draft", "open"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_invoices_with_what_belongs_to_them_takes_as_many_statements_for_one_as_for_many() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("service").await;
    let query = "{ invoices { totalCount nodes { number status customer { name invoices { nodes { id } } }
        charge { invoice { id } allocations { amount { amount } } } } } }";
    let asha = owner.customer("Asha").await;
    invoice(&owner, &asha, "1").await;
    let one = owner.send(query, json!({})).await.statements;
    for number in 0..5 {
        let customer = owner.customer(&format!("Customer {number}")).await;
        invoice(&owner, &customer, "1").await;
    }
    assert_eq!(owner.send(query, json!({})).await.statements, one);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_changes_and_goes_and_a_final_invoice_is_kept_and_voided() {
    let daybook = daybook_at("2026-03-10").await;
    let owner = daybook.owner("service").await;
    let asha = owner.customer("Asha").await;
    let reason = json!({ "reason": "Wrong customer" });
    let gone = draft(&owner, &asha, &[["1", "0"]]).await;
    assert_eq!(owner.refusals(VOID, json!({ "id": gone, "input": reason })).await, ["INVALID id"]);
    assert_eq!(owner.refusals(UNCOLLECTIBLE, json!({ "id": gone })).await, ["INVALID id"]);
    // A customer with a draft is not without history.
    let remove = "mutation ($id: ID!) { customerDelete(id: $id) { deletedId userErrors { code field message } } }";
    assert_eq!(owner.refusals(remove, json!({ "id": asha })).await, ["HAS_HISTORY id"]);
    assert_eq!(owner.change(DELETE, json!({ "id": gone })).await["deletedId"], gone);
    for (mutation, variables) in [
        (UPDATE, json!({ "id": gone, "input": {} })),
        (DELETE, json!({ "id": gone })),
        (FINALIZE, json!({ "id": gone })),
        (VOID, json!({ "id": gone, "input": reason })),
        (UNCOLLECTIBLE, json!({ "id": gone })),
    ] {
        assert_eq!(owner.refusals(mutation, variables).await, ["NOT_FOUND id"], "{mutation}");
    }

    let id = invoice(&owner, &asha, "100").await;
    for (mutation, variables) in [
        (UPDATE, json!({ "id": id, "input": { "memo": "x" } })),
        (DELETE, json!({ "id": id })),
        (FINALIZE, json!({ "id": id })),
    ] {
        assert_eq!(owner.refusals(mutation, variables).await, ["FINAL id"], "{mutation}");
    }
    // Its charge is not voided past it.
    let void_charge = "mutation ($id: ID!) { chargeVoid(id: $id, input: { reason: \"x\" }) {
        charge { id } userErrors { code field message } } }";
    let charge = id.replace("inv_", "ich_");
    assert_eq!(owner.refusals(void_charge, json!({ "id": charge })).await, ["INVALID id"]);

    pay(&owner, &asha, &id, "30").await;
    let key = json!({ "reason": "Wrong customer", "idempotencyKey": "void-1" });
    for _ in 0..2 {
        let void = owner.change(VOID, json!({ "id": id, "input": key })).await;
        assert_eq!(
            (&void["invoice"]["status"], &void["invoice"]["number"]),
            (&json!("VOID"), &json!("INV-2026-000001"))
        );
    }
    assert_eq!(balance(&owner, &asha).await, "-30.00");
    assert_eq!(standing(&owner, &id).await, "VOID 0.00 of 100.00");
    assert_eq!(owner.refusals(VOID, json!({ "id": id, "input": reason })).await, ["VOID id"]);
    assert_eq!(owner.refusals(UNCOLLECTIBLE, json!({ "id": id })).await, ["INVALID id"]);
    // The number stays taken, and what was paid pays the next.
    let next = draft(&owner, &asha, &[["100", "0"]]).await;
    assert_eq!(finalize(&owner, &next).await, "INV-2026-000002");
    assert_eq!(standing(&owner, &next).await, "OPEN 70.00 of 100.00");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credited_invoice_is_not_voided_until_its_credit_notes_are_taken_back() {
    let daybook = daybook_at("2026-03-10").await;
    let owner = daybook.owner("service").await;
    let asha = owner.customer("Asha").await;
    let id = invoice(&owner, &asha, "100").await;
    let note = credit(&owner, &id, "30").await;
    let void = json!({ "id": id, "input": { "reason": "x" } });
    assert_eq!(owner.refusals(VOID, void.clone()).await, ["HAS_HISTORY id"]);
    let query = "query ($id: ID!) { node(id: $id) { ... on CreditNote { credit { id } reversedAt } } }";
    let read = async || owner.run(query, json!({ "id": note })).await["node"].take();
    owner.change(REVERSE, json!({ "id": read().await["credit"]["id"] })).await;
    assert!(read().await["reversedAt"].is_string());
    assert_eq!(standing(&owner, &id).await, "OPEN 100.00 of 100.00");
    // All of it can be credited again.
    let again = owner.change(CREDIT, amount(&id, "100")).await["creditNote"].take();
    assert_eq!(again["number"], "CN-2026-000002");
    let query = "query ($id: ID!) { node(id: $id) { ... on CreditNote { credit { id } } } }";
    let second = owner.run(query, json!({ "id": again["id"] })).await["node"]["credit"]["id"].take();
    owner.change(REVERSE, json!({ "id": second })).await;
    owner.change(VOID, void).await;
    assert_eq!(standing(&owner, &id).await, "VOID 0.00 of 100.00");
    assert_eq!(balance(&owner, &asha).await, "0.00");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_credit_void_pay_and_finalise_at_once_leave_the_books_in_order() {
    let daybook = daybook_at("2026-03-10").await;
    let owner = daybook.owner("service").await;
    let mut subjects = Vec::new();
    for _ in 0..4 {
        let customer = owner.customer("Someone").await;
        let id = invoice(&owner, &customer, "100").await;
        let drafted = draft(&owner, &customer, &[["10", "20"]]).await;
        subjects.push((customer, id, drafted));
    }
    let work = |place: usize| {
        let (owner, (customer, id, drafted)) = (&owner, &subjects[place % 4]);
        async move {
            match place / 4 {
                0 | 1 => owner.attempt(CREDIT, amount(id, "60")).await,
                2 => owner.attempt(VOID, json!({ "id": id, "input": { "reason": "x" } })).await,
                3 => owner.attempt(FINALIZE, json!({ "id": drafted })).await,
                _ => {
                    let input =
                        json!({ "customerId": customer, "amount": "50", "method": "CASH", "allowCredit": true });
                    owner.attempt(PAY, json!({ "input": input })).await
                }
            }
        }
    };
    join_all((0..24).map(work)).await;
    for (customer, id, _) in &subjects {
        // Either it is void, or 60.00 of it was credited, once. The other is 12.00, and 100.00 were paid.
        let (found, owed) = (standing(&owner, id).await, balance(&owner, customer).await);
        let expected = if found.starts_with("VOID") { "-88.00" } else { "-48.00" };
        assert_eq!(owed, expected, "{found}");
    }
    assert_in_order(&daybook, &owner).await;
}
