//! Erasing a person: nothing that names them is left anywhere, and the books stay.

use serde_json::{Value, json};

use crate::books::{ADJUST, REVERSE, VOID, assert_in_order, balance, pay_ahead, raw, refusals, state, value};
use crate::harness::{Client, Daybook, text};
use crate::world::NUMBER;

const ERASE: &str = "mutation ($id: ID!, $code: String!) { customerErase(id: $id, input: { confirmCode: $code }) {
    customer { id code name email phone whatsappPhone address tags metadata billingName billingAddress taxId status
        erasedAt joinedOn balance { amount } contacts { totalCount } notes { totalCount } preferences { bestTime } }
    userErrors { code field message } } }";

/// Words that only the person has: each stands in a place of its own.
const WORDS: [&str; 24] = [
    "nameword",
    "mailword",
    "addressword",
    "tagword",
    "metaword",
    "billword",
    "streetword",
    "taxword",
    "contactword",
    "noteword",
    "timeword",
    "reasonword",
    "subjectword",
    "messageword",
    "refword",
    "labelword",
    "saleword",
    "feeword",
    "voidword",
    "backword",
    "codeword",
    "fileword",
    "formerword",
    "draftword",
];

async fn create(owner: &Client, field: &str, object: &str, input: Value) -> String {
    let kind = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
    let query = format!(
        "mutation ($input: {kind}!) {{ {field}(input: $input) {{ {object} {{ id }} userErrors {{ code field message }} }} }}"
    );
    text(&owner.change(&query, json!({ "input": input })).await[object]["id"]).to_owned()
}

/// A person in every table that can have one.
async fn person(daybook: &Daybook, owner: &Client) -> String {
    let id = create(owner, "customerCreate", "customer", json!({
        "code": "codeword", "name": "Formerword Nameword", "email": "mailword@x.example", "phone": "+12125550199",
        "whatsappPhone": NUMBER, "address": "1 Addressword", "tags": ["tagword"], "metadata": { "metaword": ["metaword"] },
        "billingName": "Billword Inc", "billingAddress": "2 Streetword", "taxId": "taxword",
    })).await;
    let rename = "mutation ($id: ID!) { customerUpdate(id: $id, input: { name: \"Nameword\" }) {
        userErrors { code field message } } }";
    owner.change(rename, json!({ "id": id })).await;
    let of = |mut input: Value| {
        input["customerId"] = json!(id);
        input
    };
    let contact = json!({ "name": "Contactword", "email": "contactword@x.example", "phone": "+12125550198" });
    create(owner, "contactCreate", "contact", of(contact)).await;
    create(owner, "noteCreate", "note", of(json!({ "kind": "ISSUE", "content": "noteword" }))).await;
    let prefer = "mutation ($id: ID!, $input: PreferenceUpdateInput!) {
        preferenceUpdate(customerId: $id, input: $input) { userErrors { code field message } } }";
    let preferred = json!({ "bestTime": "timeword", "doNotContact": true, "doNotContactReason": "reasonword" });
    owner.change(prefer, json!({ "id": id, "input": preferred })).await;
    let ticket = json!({ "subject": "subjectword", "content": "messageword" });
    create(owner, "ticketCreate", "ticket", of(ticket)).await;
    let method = json!({ "method": "CARD", "label": "labelword", "reference": "labelword" });
    let method = create(owner, "paymentMethodCreate", "paymentMethod", of(method)).await;
    let sale = json!({ "amount": "70", "reference": "saleword", "occurredOn": "2026-01-02" });
    create(owner, "saleCreate", "sale", of(sale)).await;
    let paid = json!({ "amount": "10", "method": "CARD", "paymentMethodId": method, "reference": "refword" });
    create(owner, "paymentRecord", "payment", of(paid)).await;
    let fee = json!({ "kind": "FEE", "amount": "3", "reason": "feeword", "occurredOn": "2026-01-03" });
    create(owner, "adjustmentCreate", "adjustment", of(fee)).await;
    let credit = json!({ "customerId": id, "kind": "ADJUSTMENT", "amount": "-1", "reason": "feeword" });
    owner.change(ADJUST, json!({ "input": credit })).await;
    let void = owner.sale(&id, "2026-01-05", "5").await;
    owner.change(VOID, json!({ "id": void, "input": { "reason": "voidword" } })).await;
    let back = pay_ahead(owner, &id, "20", "2026-01-05T00:00:00Z").await;
    owner.change(REVERSE, json!({ "id": back, "input": { "reason": "backword" } })).await;
    let file =
        "customer_code,occurred_on,product,quantity,unit_price,external_ref\ncodeword,2026-01-06,Milk,1,2,fileword\n";
    assert_eq!(owner.imported("records", file).await.0, 1);
    let file = "customer_code,amount,method,received_at,external_ref\ncodeword,2,CASH,2026-01-06,fileword\n";
    assert_eq!(owner.imported("payments", file).await.0, 1);
    let line = json!([{ "description": "Milk", "unitPrice": "50" }]);
    create(owner, "invoiceCreate", "invoice", of(json!({ "lines": line, "memo": "draftword" }))).await;
    let (_, link) = owner.share_link(&id).await;
    daybook.anyone().as_customer(&link, NUMBER).await;
    id
}

/// In which columns of which tables a word stands, whatever case it is in: `customers.name nameword`.
async fn places(raw: &tokio_postgres::Client, words: &[&str]) -> Vec<String> {
    let columns = "SELECT coalesce(string_agg(format('%I.%I', c.table_name, c.column_name), ' '), '')
        FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
            AND (c.data_type IN ('text', 'jsonb', 'json', 'character varying') OR c.data_type = 'ARRAY')";
    let columns = value(raw, columns).await;
    assert!(columns.split(' ').count() > 80, "{columns}");
    let mut found = Vec::new();
    for place in columns.split(' ') {
        let (table, column) = place.split_once('.').unwrap();
        for word in words {
            let query = format!("SELECT count(*) FROM {table} WHERE {column}::text ILIKE '%{word}%'");
            if value(raw, &query).await != "0" {
                found.push(format!("{place} {word}"));
            }
        }
    }
    found
}

/// What of the books does not change.
async fn books(raw: &tokio_postgres::Client) -> String {
    value(
        raw,
        "SELECT json_build_array(
        (SELECT json_agg((id, amount, paid, occurred_on, due_on, kind, voided_at) ORDER BY id) FROM charges),
        (SELECT json_agg((id, amount, unallocated, refunded, received_at, method, receipt) ORDER BY id) FROM payments),
        (SELECT json_agg((id, amount, kind, occurred_on, created_at) ORDER BY id) FROM entries),
        (SELECT json_agg(allocations ORDER BY id) FROM allocations),
        (SELECT json_agg((id, txid::text, kind, subject_id, occurred_at) ORDER BY id)
         FROM events WHERE kind <> 'CUSTOMER_ERASED'),
        (SELECT json_agg((id, balance, joined_on) ORDER BY id) FROM customers))",
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_names_the_person_is_left_in_any_column_and_the_books_are_what_they_were() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let other = owner.customer("Commonword Other").await;
    let id = person(&daybook, &owner).await;
    let raw = raw(&daybook.database, &owner.business).await;
    let numbers = ["12125550199", "12125550198", "12125550123"];
    let words: Vec<&str> = WORDS.iter().chain(&numbers).copied().collect();
    // Each of them is somewhere, or this proves nothing.
    let there = places(&raw, &words).await;
    for word in &words {
        assert!(there.iter().any(|place| place.ends_with(word)), "{word} is nowhere");
    }
    let (books_before, balance_before) = (books(&raw).await, balance(&owner, &id).await);

    let refused = owner.attempt(ERASE, json!({ "id": id, "code": "nonsense" })).await;
    assert_eq!(refusals(&refused), ["INVALID confirmCode"]);
    assert_eq!(places(&raw, &words).await, there);
    let erased = owner.change(ERASE, json!({ "id": id, "code": "codeword" })).await["customer"].take();
    assert_eq!(places(&raw, &words).await, Vec::<String>::new());
    assert_eq!(books(&raw).await, books_before);
    assert_in_order(&daybook, &owner).await;
    assert!(erased["erasedAt"].is_string() && text(&erased["code"]).starts_with("ERASED-"), "{erased}");
    for (field, left) in
        [("name", json!("Erased")), ("status", json!("ARCHIVED")), ("tags", json!([])), ("metadata", json!({}))]
    {
        assert_eq!(erased[field], left, "{field}");
    }
    for field in ["email", "phone", "whatsappPhone", "address", "billingName", "billingAddress", "taxId"] {
        assert_eq!(erased[field], Value::Null, "{field}");
    }
    assert_eq!(balance(&owner, &id).await, balance_before);

    // Others keep theirs.
    assert_eq!(value(&raw, "SELECT count(*) FROM search_words WHERE word = 'commonword'").await, "1");
    let found = owner.run("{ customers(search: \"Comonword\") { nodes { id } } }", json!({})).await;
    assert_eq!(found["customers"]["nodes"][0]["id"], other);
    let log = "query { events(kinds: [CUSTOMER_ERASED], first: 9) { nodes { customer { id } } } }";
    let complete = |data: &Value| data["events"]["nodes"].as_array().unwrap().len() == 1;
    assert_eq!(owner.log(log, json!({}), complete).await["events"]["nodes"][0]["customer"]["id"], id);

    // Once, and for good.
    let before = state(&raw).await;
    let code = text(&erased["code"]);
    owner.change(ERASE, json!({ "id": id, "code": code })).await;
    let refused = owner.attempt(crate::books::RESTORE, json!({ "id": id })).await;
    assert_eq!(refusals(&refused), ["ARCHIVED id"]);
    let rename = "mutation ($id: ID!) { customerUpdate(id: $id, input: { name: \"Nameword\" }) {
        userErrors { code field message } } }";
    assert_eq!(refusals(&owner.attempt(rename, json!({ "id": id })).await), ["ARCHIVED id"]);
    assert_eq!(state(&raw).await, before);
    // What they owe can still be paid.
    let paid = owner.pay(json!({ "customerId": id, "amount": "1", "method": "CASH" })).await;
    assert_eq!(paid["userErrors"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_that_was_issued_keeps_whom_it_was_made_out_to_and_nothing_else_shows_it() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let id = person(&daybook, &owner).await;
    let line = json!([{ "description": "Milk", "unitPrice": "50" }]);
    let invoice = create(&owner, "invoiceCreate", "invoice", json!({ "customerId": id, "lines": line })).await;
    let finalize = "mutation ($id: ID!) { invoiceFinalize(id: $id) { userErrors { code field message } } }";
    owner.change(finalize, json!({ "id": invoice })).await;
    let raw = raw(&daybook.database, &owner.business).await;
    let erased = owner.change(ERASE, json!({ "id": id, "code": "codeword" })).await["customer"].take();
    let kept = ["customers.billing_address streetword", "customers.billing_name billword", "customers.tax_id taxword"];
    let mut found = places(&raw, &WORDS).await;
    found.sort();
    assert_eq!(found, kept);
    for field in ["billingName", "billingAddress", "taxId"] {
        assert_eq!(erased[field], Value::Null, "{field}");
    }
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_still_charged_is_not_erased() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let id = owner.customer("Ann").await;
    let daily =
        json!({ "customerId": id, "product": "Milk", "quantity": "1", "unitPrice": "50", "weekdays": ["MONDAY"] });
    create(&owner, "standingOrderCreate", "standingOrder", daily).await;
    let refused = owner.attempt(ERASE, json!({ "id": id, "code": "C-000001" })).await;
    assert_eq!(refusals(&refused), ["IN_USE id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_and_the_log_are_changed_by_nothing_else() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (ann, ben) = (owner.customer("Ann").await, owner.customer("Ben").await);
    owner.sale(&ann, "2026-01-01", "5").await;
    owner.sale(&ben, "2026-01-01", "5").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let ann = crate::world::uuid(&ann);
    for (set, statement, allowed) in [
        (false, "UPDATE events SET data = '{}'", false),
        (true, "UPDATE events SET data = '{}'", false),
        (true, "UPDATE events SET data = '{}' WHERE customer_id = $", true),
        (true, "UPDATE events SET kind = 'X' WHERE customer_id = $", false),
        (true, "DELETE FROM events WHERE customer_id = $", false),
        (false, "UPDATE entries SET reason = 'x' WHERE customer_id = $", false),
        (true, "UPDATE entries SET reason = 'x' WHERE customer_id = $", true),
        (true, "UPDATE entries SET amount = 1, reason = 'x' WHERE customer_id = $", false),
        (true, "UPDATE entries SET reason = 'x'", false),
    ] {
        let set = if set { format!("SET LOCAL daybook.erased_customer_id = '{ann}'; ") } else { String::new() };
        let statement = statement.replace('$', &format!("'{ann}'"));
        let done = raw.batch_execute(&format!("BEGIN; {set}{statement}; ROLLBACK")).await;
        assert_eq!(done.is_ok(), allowed, "{set}{statement}");
        raw.batch_execute("ROLLBACK").await.unwrap();
    }
}
