//! Invoices by hand: drafts, numbers, tax, and what becomes of them.

use std::collections::BTreeSet;

use daybook::clock::Clock;
use daybook::graphql::Policy;
use futures_util::future::join_all;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::books::{REFUND, REVERSE, VOID, assert_in_order, balance, pay, pay_ahead, raw, value};
use crate::harness::{Client, Daybook, text};
use crate::world::NUMBER;

pub const CREATE: &str = "mutation ($input: InvoiceCreateInput!) { invoiceCreate(input: $input) {
    invoice { id number status issuedOn dueOn taxMode recurring memo net { amount } tax { amount } amount { amount }
        outstanding { amount } charge { id } lines { description quantity unitPrice taxRate net { amount }
            tax { amount } amount { amount } } }
    userErrors { code field message } } }";

pub const FINALIZE: &str =
    "mutation ($id: ID!, $input: InvoiceFinalizeInput! = {}) { invoiceFinalize(id: $id, input: $input) {
    invoice { id number status issuedOn dueOn paid { amount } outstanding { amount } overdue charge { id }
        customer { balance { amount } } }
    userErrors { code field message } } }";

const UPDATE: &str = "mutation ($id: ID!, $input: InvoiceUpdateInput!) { invoiceUpdate(id: $id, input: $input) {
    invoice { id dueOn memo taxMode amount { amount } lines { description } } userErrors { code field message } } }";

const DELETE: &str = "mutation ($id: ID!) { invoiceDelete(id: $id) { deletedId userErrors { code field message } } }";

pub const VOID_INVOICE: &str = "mutation ($id: ID!, $input: InvoiceVoidInput!) { invoiceVoid(id: $id, input: $input) {
    invoice { status outstanding { amount } voidedAt customer { balance { amount } } }
    userErrors { code field message } } }";

pub const GIVE_UP: &str = "mutation ($id: ID!) { invoiceMarkUncollectible(id: $id) {
    invoice { status uncollectibleAt outstanding { amount } } userErrors { code field message } } }";

const SETTINGS: &str = "mutation ($input: BusinessUpdateInput!) { businessUpdate(input: $input) {
    business { invoicePrefix creditNotePrefix taxMode } userErrors { code field message } } }";

const READ: &str = "query ($id: ID) { invoice(id: $id) { number status paid { amount } outstanding { amount } } }";

/// A draft of one line; its id.
pub async fn draft(client: &Client, customer: &str, price: &str) -> String {
    let lines = json!([{ "description": "Work", "unitPrice": price }]);
    let made = client.change(CREATE, json!({ "input": { "customerId": customer, "lines": lines } })).await;
    text(&made["invoice"]["id"]).to_owned()
}

/// A final invoice of one line; its id.
pub async fn invoice(client: &Client, customer: &str, price: &str) -> String {
    let id = draft(client, customer, price).await;
    client.change(FINALIZE, json!({ "id": id })).await;
    id
}

/// Its status and what is outstanding of it: `OPEN 70.00`.
pub async fn standing(client: &Client, id: &str) -> String {
    let found = client.run(READ, json!({ "id": id })).await["invoice"].take();
    format!("{} {}", text(&found["status"]), text(&found["outstanding"]["amount"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_has_no_number_and_is_owed_by_nobody_until_it_is_final_and_then_never_changes() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Asha").await;
    let lines = json!([{ "description": "Milk", "quantity": "2", "unitPrice": "10", "taxRate": "5" },
        { "description": "Discount", "unitPrice": "-1" }]);
    let input = json!({ "customerId": customer, "lines": lines, "memo": "Thank you" });
    let made = &owner.change(CREATE, json!({ "input": input })).await["invoice"];
    assert_eq!(
        (&made["number"], &made["issuedOn"], &made["dueOn"], &made["charge"]),
        (&Value::Null, &Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!((&made["status"], &made["amount"]["amount"]), (&json!("DRAFT"), &json!("20.00")));
    let id = text(&made["id"]).to_owned();
    assert_eq!(balance(&owner, &customer).await, "0.00");

    let change =
        json!({ "lines": [{ "description": "Ghee", "unitPrice": "30" }], "memo": null, "dueOn": "2099-01-01" });
    let changed = &owner.change(UPDATE, json!({ "id": id, "input": change })).await["invoice"];
    assert_eq!((&changed["memo"], &changed["dueOn"]), (&Value::Null, &json!("2099-01-01")));
    assert_eq!((&changed["amount"]["amount"], &changed["lines"][0]["description"]), (&json!("30.00"), &json!("Ghee")));

    let finished = &owner.change(FINALIZE, json!({ "id": id })).await["invoice"];
    let today =
        owner.run("{ invoices { nodes { issuedOn } } }", json!({})).await["invoices"]["nodes"][0]["issuedOn"].take();
    assert_eq!(finished["number"], json!(format!("INV-{}-000001", &text(&today)[..4])));
    assert_eq!((&finished["status"], &finished["dueOn"]), (&json!("OPEN"), &json!("2099-01-01")));
    assert_eq!(finished["customer"]["balance"]["amount"], "30.00");

    assert_eq!(owner.refusals(UPDATE, json!({ "id": id, "input": { "memo": "x" } })).await, ["FINAL id"]);
    assert_eq!(owner.refusals(DELETE, json!({ "id": id })).await, ["FINAL id"]);
    assert_eq!(owner.refusals(FINALIZE, json!({ "id": id })).await, ["FINAL id"]);

    let other = draft(&owner, &customer, "5").await;
    assert_eq!(owner.refusals(VOID_INVOICE, json!({ "id": other, "input": { "reason": "x" } })).await, ["INVALID id"]);
    owner.change(DELETE, json!({ "id": other })).await;
    assert_eq!(owner.run(READ, json!({ "id": other })).await["invoice"], Value::Null);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_that_cannot_be_is_refused_by_field() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Asha").await;
    let line = |fields: Value| {
        let mut line = json!({ "description": "Work", "unitPrice": "1" });
        line.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!([line])
    };
    for (lines, expected) in [
        (json!([]), "REQUIRED lines"),
        (line(json!({ "description": " " })), "REQUIRED lines.0.description"),
        (line(json!({ "quantity": "0" })), "INVALID lines.0.quantity"),
        (line(json!({ "quantity": "1.0001" })), "INVALID lines.0.quantity"),
        (line(json!({ "unitPrice": "0.0000001" })), "INVALID lines.0.unitPrice"),
        (line(json!({ "taxRate": "100.1" })), "INVALID lines.0.taxRate"),
        (line(json!({ "taxRate": "-1" })), "INVALID lines.0.taxRate"),
        (line(json!({ "unitPrice": "-1" })), "INVALID lines"),
        (json!(vec![json!({ "description": "x", "unitPrice": "1" }); 101]), "TOO_LONG lines"),
    ] {
        let input = json!({ "customerId": customer, "lines": lines });
        assert_eq!(owner.refusals(CREATE, json!({ "input": input })).await, [expected], "{lines}");
    }
    let id = draft(&owner, &customer, "1").await;
    let late = json!({ "id": id, "input": { "issuedOn": "2999-01-01" } });
    assert_eq!(owner.refusals(FINALIZE, late).await, ["INVALID issuedOn"]);
    owner.change(UPDATE, json!({ "id": id, "input": { "dueOn": "2020-01-01" } })).await;
    assert_eq!(owner.refusals(FINALIZE, json!({ "id": id })).await, ["INVALID issuedOn"]);
    // Another business has none of these.
    let other = daybook.owner("other").await;
    assert_eq!(other.refusals(FINALIZE, json!({ "id": id })).await, ["NOT_FOUND id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tax_is_added_or_part_of_the_price_line_by_line_rounded_half_up() {
    let daybook = Daybook::start().await;
    for (currency, zone, country, mode, quantity, price, rate, expected) in [
        ("USD", "UTC", "US", "EXCLUSIVE", "1", "100", "20", ["100.00", "20.00", "120.00"]),
        ("USD", "UTC", "US", "EXCLUSIVE", "1", "9.99", "8.875", ["9.99", "0.89", "10.88"]),
        ("USD", "UTC", "US", "EXCLUSIVE", "1", "0.10", "5", ["0.10", "0.01", "0.11"]),
        ("USD", "UTC", "US", "EXCLUSIVE", "0.333", "0.10", "5", ["0.03", "0.00", "0.03"]),
        ("USD", "UTC", "US", "INCLUSIVE", "1", "120", "20", ["100.00", "20.00", "120.00"]),
        ("USD", "UTC", "US", "INCLUSIVE", "1", "1", "7", ["0.93", "0.07", "1.00"]),
        ("JPY", "Asia/Tokyo", "JP", "EXCLUSIVE", "1", "105", "10", ["105", "11", "116"]),
        ("JPY", "Asia/Tokyo", "JP", "INCLUSIVE", "1", "108", "8", ["100", "8", "108"]),
        ("KWD", "Asia/Kuwait", "KW", "EXCLUSIVE", "3", "0.333", "5", ["0.999", "0.050", "1.049"]),
    ] {
        let slug = format!(
            "{}-{}-{}",
            currency.to_lowercase(),
            mode.to_lowercase(),
            price.replace('.', "-") + quantity.trim_start_matches("0.")
        );
        let owner = daybook.owner_of(&slug, currency, zone, country).await;
        owner.change(SETTINGS, json!({ "input": { "taxMode": mode } })).await;
        let customer = owner.customer("Asha").await;
        let line = json!({ "description": "Work", "quantity": quantity, "unitPrice": price, "taxRate": rate });
        let input = json!({ "customerId": customer, "lines": [line, line] });
        let made = &owner.change(CREATE, json!({ "input": input })).await["invoice"];
        let figures = |of: &Value| ["net", "tax", "amount"].map(|field| text(&of[field]["amount"]).to_owned());
        assert_eq!(figures(&made["lines"][0]), expected, "{slug}");
        // The sum is that of the rounded lines.
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(figures(made).map(|sum| number(&sum)), expected.map(|one| number(one) * Decimal::TWO), "{slug}");
        owner.change(FINALIZE, json!({ "id": made["id"] })).await;
        assert_in_order(&daybook, &owner).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_clients_of_two_nodes_finalise_a_thousand_drafts_and_no_number_is_left_out_or_given_twice() {
    let policy = || Policy { cost_per_second: 1_000_000, ..Policy::default() };
    let daybook = Daybook::under(policy(), Clock::System).await;
    let second = daybook.beside(policy()).await;
    let owner = daybook.owner("shop").await;
    let mut customers = Vec::new();
    for place in 0..10 {
        customers.push(owner.customer(&format!("Customer {place}")).await);
    }
    let first = draft(&owner, &customers[0], "7").await;
    // The rest of the drafts are copies of it, made past the API for the sake of time.
    let raw = raw(&daybook.database, &owner.business).await;
    let columns = "number, year, sequence, issued_on, due_on, tax_mode, lines, net, tax, total, memo, recurring,
        subscription_id, period_start, period_end, uncollectible_at, created_at, updated_at";
    raw.batch_execute(&format!(
        "INSERT INTO invoices (business_id, id, customer_id, {columns})
         SELECT i.business_id, gen_random_uuid(), c.id, {}
         FROM invoices i, customers c, generate_series(1, 100) AS n WHERE (c.id, n) <> (i.customer_id, 1)",
        columns.split(',').map(|column| format!("i.{}", column.trim())).collect::<Vec<_>>().join(", ")
    ))
    .await
    .unwrap();
    let ids = value(&raw, "SELECT string_agg(id::text, ',' ORDER BY id) FROM invoices").await;
    let ids: Vec<String> = ids.split(',').map(|id| daybook::id::encode("inv", id.parse().unwrap())).collect();
    assert!(ids.len() == 1_000 && ids.contains(&first));

    join_all(ids.chunks(100).enumerate().map(async |(place, ids)| {
        let client = if place % 2 == 0 { owner.clone() } else { owner.at(second.address) };
        for ids in ids.chunks(10) {
            let fields = ids.iter().enumerate().map(|(alias, id)| {
                format!("f{alias}: invoiceFinalize(id: {id:?}) {{ invoice {{ number }} userErrors {{ message }} }}")
            });
            let data = client.run(&format!("mutation {{ {} }}", fields.collect::<Vec<_>>().join(" ")), json!({})).await;
            assert!(data.as_object().unwrap().values().all(|one| one["userErrors"] == json!([])), "{data}");
        }
    }))
    .await;
    let numbers = value(&raw, "SELECT string_agg(number, ',') FROM invoices").await;
    let numbers: BTreeSet<&str> = numbers.split(',').collect();
    let year = value(&raw, "SELECT year FROM invoices LIMIT 1").await;
    let expected: Vec<String> = (1..=1_000).map(|place| format!("INV-{year}-{place:06}")).collect();
    assert_eq!(numbers.into_iter().collect::<Vec<_>>(), expected);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_year_has_its_own_numbers_and_a_refused_invoice_takes_none() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    let refused = draft(&owner, &ben, "1").await;
    owner.change(crate::books::ARCHIVE, json!({ "id": ben })).await;
    let number = async |day: &str| {
        let id = draft(&owner, &asha, "1").await;
        let done = owner.change(FINALIZE, json!({ "id": id, "input": { "issuedOn": day } })).await;
        text(&done["invoice"]["number"]).to_owned()
    };
    assert_eq!(number("2024-12-31").await, "INV-2024-000001");
    assert_eq!(number("2025-01-01").await, "INV-2025-000001");
    let input = json!({ "issuedOn": "2024-06-01" });
    assert_eq!(owner.refusals(FINALIZE, json!({ "id": refused, "input": input })).await, ["ARCHIVED customerId"]);
    assert_eq!(number("2024-06-01").await, "INV-2024-000002");
    owner.change(SETTINGS, json!({ "input": { "invoicePrefix": "BILL" } })).await;
    assert_eq!(number("2024-06-02").await, "BILL-2024-000003");
    let same = json!({ "input": { "creditNotePrefix": "BILL" } });
    assert_eq!(owner.refusals(SETTINGS, same).await, ["TAKEN invoicePrefix"]);
    assert_eq!(
        owner.refusals(SETTINGS, json!({ "input": { "invoicePrefix": "a-b" } })).await,
        ["INVALID invoicePrefix"]
    );
    let found =
        owner.run("{ invoice(number: \"INV-2024-000002\") { issuedOn dueOn status overdue } }", json!({})).await;
    let expected = json!({ "issuedOn": "2024-06-01", "dueOn": "2024-06-01", "status": "OPEN", "overdue": true });
    assert_eq!(found["invoice"], expected);
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_follows_payments_reversals_refunds_and_credit() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Asha").await;
    let id = invoice(&owner, &customer, "100").await;
    assert_eq!(standing(&owner, &id).await, "OPEN 100.00");
    let first = pay(&owner, &customer, "30").await["payment"]["id"].take();
    assert_eq!(standing(&owner, &id).await, "OPEN 70.00");
    let second = pay(&owner, &customer, "70").await["payment"]["id"].take();
    assert_eq!(standing(&owner, &id).await, "PAID 0.00");
    owner.change(REVERSE, json!({ "id": first, "input": { "reason": "bounced" } })).await;
    assert_eq!(standing(&owner, &id).await, "OPEN 30.00");
    owner.change(GIVE_UP, json!({ "id": id })).await;
    assert_eq!(standing(&owner, &id).await, "UNCOLLECTIBLE 30.00");
    assert_eq!(balance(&owner, &customer).await, "30.00");
    pay(&owner, &customer, "30").await;
    assert_eq!(standing(&owner, &id).await, "PAID 0.00");
    assert_eq!(owner.refusals(GIVE_UP, json!({ "id": id })).await, ["INVALID id"]);
    owner.change(REFUND, json!({ "id": second, "input": { "amount": "20", "reason": "too much" } })).await;
    assert_eq!(standing(&owner, &id).await, "UNCOLLECTIBLE 20.00");
    pay(&owner, &customer, "20").await;

    // What was paid ahead pays the next one when it is issued, and one of nothing is paid from the start.
    pay_ahead(&owner, &customer, "15", "2026-01-01T00:00:00Z").await;
    let next = draft(&owner, &customer, "10").await;
    assert_eq!(standing(&owner, &next).await, "DRAFT 0.00");
    let done = owner.change(FINALIZE, json!({ "id": next })).await;
    assert_eq!((&done["invoice"]["status"], &done["invoice"]["paid"]["amount"]), (&json!("PAID"), &json!("10.00")));
    let nothing = invoice(&owner, &customer, "0").await;
    assert_eq!(standing(&owner, &nothing).await, "PAID 0.00");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voided_invoice_is_owed_no_more_and_what_was_paid_of_it_is_credit() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Asha").await;
    let id = invoice(&owner, &customer, "100").await;
    pay(&owner, &customer, "40").await;
    let charge =
        owner.run("query ($id: ID) { invoice(id: $id) { charge { id invoice { id } } } }", json!({ "id": id })).await;
    let charge = &charge["invoice"]["charge"];
    assert_eq!(charge["invoice"]["id"], json!(id));
    let reason = json!({ "reason": "mistake" });
    assert_eq!(owner.refusals(VOID, json!({ "id": charge["id"], "input": reason })).await, ["INVALID id"]);

    let keyed = json!({ "id": id, "input": { "reason": "mistake", "idempotencyKey": "v" } });
    let done = owner.change(VOID_INVOICE, keyed.clone()).await;
    assert_eq!(
        (&done["invoice"]["status"], &done["invoice"]["outstanding"]["amount"]),
        (&json!("VOID"), &json!("0.00"))
    );
    assert_eq!(done["invoice"]["customer"]["balance"]["amount"], "-40.00");
    assert_eq!(owner.change(VOID_INVOICE, keyed).await["invoice"]["status"], "VOID");
    assert_eq!(owner.refusals(VOID_INVOICE, json!({ "id": id, "input": reason })).await, ["VOID id"]);
    // Its number stays taken.
    let next = draft(&owner, &customer, "1").await;
    let number = owner.change(FINALIZE, json!({ "id": next })).await["invoice"]["number"].take();
    assert!(text(&number).ends_with("-000002"), "{number}");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_again_makes_one_draft_and_takes_one_number() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Asha").await;
    let lines = json!([{ "description": "Work", "unitPrice": "1" }]);
    let input = json!({ "input": { "customerId": customer, "lines": lines, "idempotencyKey": "draft" } });
    let ids = join_all((0..5).map(|_| owner.change(CREATE, input.clone()))).await;
    let ids: BTreeSet<String> = ids.iter().map(|made| text(&made["invoice"]["id"]).to_owned()).collect();
    assert_eq!(ids.len(), 1);
    let id = ids.first().unwrap();
    let input = json!({ "id": id, "input": { "idempotencyKey": "final" } });
    let done = join_all((0..5).map(|_| owner.change(FINALIZE, input.clone()))).await;
    let numbers: BTreeSet<&str> = done.iter().map(|done| text(&done["invoice"]["number"])).collect();
    assert_eq!(numbers.len(), 1);
    assert_eq!(balance(&owner, &customer).await, "1.00");
    let other = draft(&owner, &customer, "2").await;
    let reused = json!({ "id": other, "input": { "idempotencyKey": "final" } });
    assert_eq!(owner.refusals(FINALIZE, reused).await, ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_narrow_by_status_and_days_and_customers_see_their_own_final_invoices_only() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let create = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
        customer { id } userErrors { code field message } } }";
    let input = json!({ "name": "Asha", "whatsappPhone": NUMBER });
    let asha = text(&owner.change(create, json!({ "input": input })).await["customer"]["id"]).to_owned();
    let ben = owner.customer("Ben").await;
    let open = invoice(&owner, &asha, "1").await;
    let paid = invoice(&owner, &asha, "0").await;
    let void = invoice(&owner, &asha, "2").await;
    owner.change(VOID_INVOICE, json!({ "id": void, "input": { "reason": "x" } })).await;
    let lost = invoice(&owner, &asha, "3").await;
    owner.change(GIVE_UP, json!({ "id": lost })).await;
    let drafted = draft(&owner, &asha, "4").await;
    let old = draft(&owner, &ben, "5").await;
    owner.change(FINALIZE, json!({ "id": old, "input": { "issuedOn": "2020-02-01" } })).await;

    let list = async |client: &Client, filter: Value| {
        let query = "query ($filter: InvoiceFilter) { invoices(filter: $filter, sort: ISSUED_ON_ASC) {
            nodes { id } totalCount } }";
        let data = client.run(query, json!({ "filter": filter })).await["invoices"].take();
        let ids: BTreeSet<String> =
            data["nodes"].as_array().unwrap().iter().map(|node| text(&node["id"]).to_owned()).collect();
        assert_eq!(data["totalCount"], json!(ids.len()));
        ids
    };
    let set = |ids: &[&String]| ids.iter().map(|id| (*id).clone()).collect::<BTreeSet<_>>();
    for (filter, expected) in [
        (json!({}), set(&[&open, &paid, &void, &lost, &drafted, &old])),
        (json!({ "status": ["OPEN"] }), set(&[&open, &old])),
        (json!({ "status": ["PAID", "VOID"] }), set(&[&paid, &void])),
        (json!({ "status": ["UNCOLLECTIBLE"] }), set(&[&lost])),
        (json!({ "status": ["DRAFT"] }), set(&[&drafted])),
        (json!({ "overdue": true }), set(&[&old])),
        (json!({ "overdue": false, "status": ["OPEN", "DRAFT"] }), set(&[&open, &drafted])),
        (json!({ "customerId": ben }), set(&[&old])),
        (json!({ "issuedTo": "2020-02-01" }), set(&[&old])),
        (json!({ "issuedFrom": "2020-02-02", "recurring": false }), set(&[&open, &paid, &void, &lost, &drafted])),
        (json!({ "recurring": true }), set(&[])),
    ] {
        assert_eq!(list(&owner, filter.clone()).await, expected, "{filter}");
    }
    let (_, link) = owner.share_link(&asha).await;
    let customer = daybook.anyone().as_customer(&link, NUMBER).await;
    assert_eq!(list(&customer, json!({})).await, set(&[&open, &paid, &void, &lost]));
    assert_eq!(list(&customer, json!({ "customerId": ben })).await, set(&[]));
    for (id, seen) in [(&open, true), (&drafted, false), (&old, false)] {
        assert_eq!(!customer.run(READ, json!({ "id": id })).await["invoice"].is_null(), seen);
        let node = customer.run("query ($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
        assert_eq!(!node["node"].is_null(), seen);
    }
    let own = "{ customers { nodes { invoices { nodes { id } totalCount } } } }";
    assert_eq!(customer.run(own, json!({})).await["customers"]["nodes"][0]["invoices"]["totalCount"], 4);
    // A draft is reason enough to keep a customer.
    let cleo = owner.customer("Cleo").await;
    draft(&owner, &cleo, "1").await;
    let delete = "mutation ($id: ID!) { customerDelete(id: $id) { deletedId userErrors { code field message } } }";
    assert_eq!(owner.refusals(delete, json!({ "id": cleo })).await, ["HAS_HISTORY id"]);
}
