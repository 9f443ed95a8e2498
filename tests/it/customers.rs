//! Customers, through the API: what is kept, what is refused, codes, archive, deletion.

use daybook::clock::Clock;
use futures_util::future::join_all;
use serde_json::{Map, Value, json};

use crate::harness::{Client, Daybook, text};

const FIELDS: &str = "id code name email phone whatsappPhone address type status membership { isMember since } tags
    metadata joinedOn billingName billingAddress taxId balance { amount } lastPaymentAt";

async fn create(client: &Client, input: Value) -> Value {
    let query = format!(
        "mutation ($input: CustomerCreateInput!) {{ customerCreate(input: $input) {{
            customer {{ {FIELDS} }} userErrors {{ code field message }} }} }}"
    );
    client.change(&query, json!({ "input": input })).await["customer"].take()
}

async fn create_refused(client: &Client, input: Value) -> Vec<String> {
    const CREATE: &str = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
        customer { id } userErrors { code field message } } }";
    client.refusals(CREATE, json!({ "input": input })).await
}

async fn update(client: &Client, id: &Value, input: Value) -> Value {
    let query = format!(
        "mutation ($id: ID!, $input: CustomerUpdateInput!) {{ customerUpdate(id: $id, input: $input) {{
            customer {{ {FIELDS} }} userErrors {{ code field message }} }} }}"
    );
    client.change(&query, json!({ "id": id, "input": input })).await["customer"].take()
}

async fn update_refused(client: &Client, id: &Value, input: Value) -> Vec<String> {
    const UPDATE: &str = "mutation ($id: ID!, $input: CustomerUpdateInput!) { customerUpdate(id: $id, input: $input) {
        customer { id } userErrors { code field message } } }";
    client.refusals(UPDATE, json!({ "id": id, "input": input })).await
}

async fn find(client: &Client, id: &Value) -> Value {
    let query = format!("query ($id: ID!) {{ customer(id: $id) {{ {FIELDS} }} }}");
    client.run(&query, json!({ "id": id })).await["customer"].take()
}

/// `customerArchive`, `customerRestore` or `customerDelete`.
fn by_id(field: &str) -> String {
    let selection = if field == "customerDelete" { "deletedId" } else { "customer { id status }" };
    format!("mutation ($id: ID!) {{ {field}(id: $id) {{ {selection} userErrors {{ code field message }} }} }}")
}

/// The names in the list of all that the filter wants.
async fn listed(client: &Client, filter: Value) -> Vec<String> {
    let query = "query ($filter: CustomerFilter) { customers(filter: $filter) { nodes { name } } }";
    let data = client.run(query, json!({ "filter": filter })).await;
    data["customers"]["nodes"].as_array().unwrap().iter().map(|node| text(&node["name"]).to_owned()).collect()
}

/// An input with something in every field.
fn everything() -> Value {
    json!({
        "code": "SHOP-1", "name": "Mary Wanjiku", "email": "Mary@Shop.example", "phone": "+254712345678",
        "whatsappPhone": "+254733123456", "address": "12 Moi Avenue", "type": "VIP", "status": "PENDING",
        "memberSince": "2026-01-15", "tags": ["early", "cash"], "metadata": { "floor": 3, "gate": { "code": "7" } },
        "joinedOn": "2025-12-31", "billingName": "Wanjiku & Sons", "billingAddress": "PO Box 7", "taxId": "A0012",
    })
}

/// What is read of [`everything`].
fn as_read(input: &Value) -> Map<String, Value> {
    let mut read = input.as_object().unwrap().clone();
    let since = read.remove("memberSince").unwrap_or_default();
    read.insert("membership".into(), json!({ "isMember": !since.is_null(), "since": since }));
    read
}

fn assert_reads(customer: &Value, expected: &Map<String, Value>) {
    for (name, value) in expected {
        assert_eq!(&customer[name], value, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_keeps_what_was_given() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = create(&owner, everything()).await;
    assert_reads(&customer, &as_read(&everything()));
    assert_eq!((&customer["balance"]["amount"], &customer["lastPaymentAt"]), (&json!("0.00"), &Value::Null));
    assert_eq!(find(&owner, &customer["id"]).await, customer);
    let by_code = "{ customer(code: \"SHOP-1\") { id } none: customer(code: \"shop-1\") { id } }";
    assert_eq!(owner.run(by_code, json!({})).await, json!({ "customer": { "id": customer["id"] }, "none": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_asked_for_by_id_or_by_code() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let id = owner.customer("Someone").await;
    for arguments in
        ["".to_owned(), format!("(id: \"{id}\", code: \"C-000001\")"), "(id: \"pay_1\")".into(), "(id: \"x\")".into()]
    {
        let codes = owner.error_codes(&format!("{{ customer{arguments} {{ id }} }}"), json!({})).await;
        assert_eq!(codes, ["BAD_USER_INPUT"], "{arguments}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_only_a_name_is_regular_active_and_joined_today_in_the_zone_of_the_business() {
    let clock = Clock::manual("2026-03-01T20:00:00Z".parse().unwrap());
    let daybook = Daybook::with_clock(clock).await;
    for (zone, today) in [("Asia/Kolkata", "2026-03-02"), ("UTC", "2026-03-01"), ("Pacific/Kiritimati", "2026-03-02")] {
        let owner = daybook.owner_of(&zone.to_lowercase().replace('/', "-"), "USD", zone, "US").await;
        let customer = create(&owner, json!({ "name": "  Someone  " })).await;
        let expected = json!({
            "code": "C-000001", "name": "Someone", "email": null, "phone": null, "whatsappPhone": null,
            "address": null, "type": "REGULAR", "status": "ACTIVE", "membership": { "isMember": false, "since": null },
            "tags": [], "metadata": {}, "joinedOn": today, "billingName": null, "billingAddress": null, "taxId": null,
        });
        assert_reads(&customer, expected.as_object().unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_leaves_what_is_absent_as_it_is() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let id = create(&owner, everything()).await["id"].take();
    let mut expected = everything();
    let changes = json!({
        "code": "SHOP-2", "name": "Mary W.", "email": "m@shop.example", "phone": "+254712345679",
        "whatsappPhone": "+254733123457", "address": "13 Moi Avenue", "type": "WHOLESALE", "status": "SUSPENDED",
        "memberSince": "2026-01-16", "tags": ["late"], "metadata": { "floor": 4 }, "joinedOn": "2026-01-01",
        "billingName": "Sons", "billingAddress": "PO Box 8", "taxId": "A0013",
    });
    assert_reads(&update(&owner, &id, json!({})).await, &as_read(&expected));
    for (name, value) in changes.as_object().unwrap() {
        let changed = update(&owner, &id, json!({ name: value })).await;
        expected[name] = value.clone();
        assert_reads(&changed, &as_read(&expected));
        assert_eq!(find(&owner, &id).await, changed, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn null_clears_what_may_be_empty_and_is_refused_for_what_may_not() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let id = create(&owner, everything()).await["id"].take();
    for name in ["code", "name"] {
        assert_eq!(update_refused(&owner, &id, json!({ name: null })).await, [format!("REQUIRED {name}")]);
    }
    let mut expected = everything();
    for (name, cleared) in [
        ("email", json!(null)),
        ("phone", json!(null)),
        ("whatsappPhone", json!(null)),
        ("address", json!(null)),
        ("memberSince", json!(null)),
        ("billingName", json!(null)),
        ("billingAddress", json!(null)),
        ("taxId", json!(null)),
        ("tags", json!([])),
        ("metadata", json!({})),
    ] {
        expected[name] = cleared;
        assert_reads(&update(&owner, &id, json!({ name: null })).await, &as_read(&expected));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn blank_text_is_no_text() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let optional = ["email", "phone", "whatsappPhone", "address", "billingName", "billingAddress", "taxId"];
    let blank: Map<String, Value> = optional.iter().map(|name| ((*name).to_owned(), json!(" "))).collect();
    let mut input = Value::Object(blank.clone());
    input["name"] = json!("Someone");
    let customer = create(&owner, input).await;
    let id = create(&owner, everything()).await["id"].take();
    let changed = update(&owner, &id, Value::Object(blank)).await;
    for name in optional {
        assert_eq!((&customer[name], &changed[name]), (&Value::Null, &Value::Null), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn creating_and_changing_refuse_the_same_values() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner_of("shop", "KES", "Africa/Nairobi", "KE").await;
    let id = create(&owner, json!({ "name": "Someone" })).await["id"].take();
    let long = |count| "é".repeat(count);
    for (name, value, expected) in [
        ("code", json!(long(51)), "TOO_LONG code"),
        ("code", json!("a\0b"), "INVALID code"),
        ("name", json!(""), "REQUIRED name"),
        ("name", json!(" \t"), "REQUIRED name"),
        ("name", json!(long(201)), "TOO_LONG name"),
        ("name", json!("a\0b"), "INVALID name"),
        ("email", json!("nobody"), "INVALID email"),
        ("email", json!("a@b@c.example"), "INVALID email"),
        ("email", json!(format!("{}@x.example", "x".repeat(260))), "INVALID email"),
        ("phone", json!("12"), "INVALID phone"),
        ("phone", json!("hello"), "INVALID phone"),
        ("whatsappPhone", json!("0712 345678 99999"), "INVALID whatsappPhone"),
        ("address", json!(long(1_001)), "TOO_LONG address"),
        ("address", json!("a\0b"), "INVALID address"),
        ("status", json!("ARCHIVED"), "INVALID status"),
        ("tags", json!(vec!["x"; 51]), "TOO_LONG tags"),
        ("tags", json!([long(51)]), "TOO_LONG tags"),
        ("tags", json!([" "]), "REQUIRED tags"),
        ("tags", json!(["a\0b"]), "INVALID tags"),
        ("metadata", json!([1]), "INVALID metadata"),
        ("metadata", json!("text"), "INVALID metadata"),
        ("metadata", json!({ "a": ["b\0"] }), "INVALID metadata"),
        ("metadata", json!({ "a\0": 1 }), "INVALID metadata"),
        ("metadata", json!({ "x": "x".repeat(8 * 1024) }), "TOO_LONG metadata"),
        ("billingName", json!(long(201)), "TOO_LONG billingName"),
        ("billingAddress", json!(long(1_001)), "TOO_LONG billingAddress"),
        ("taxId", json!(long(51)), "TOO_LONG taxId"),
    ] {
        let mut input = json!({ "name": "Someone" });
        input[name] = value.clone();
        assert_eq!(create_refused(&owner, input).await, [expected], "{name} {value}");
        assert_eq!(update_refused(&owner, &id, json!({ name: value })).await, [expected], "{name} {value}");
    }
    assert_eq!(listed(&owner, Value::Null).await, ["Someone"], "nothing was added");
}

#[tokio::test(flavor = "multi_thread")]
async fn values_at_their_limits_are_taken() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let long = |count| "é".repeat(count);
    let tags: Vec<String> = (0..50).map(|n| format!("{n:é>50}")).collect();
    // {"x":""} has eight bytes.
    let metadata = json!({ "x": "x".repeat(8 * 1024 - 8) });
    let input = json!({
        "code": long(50), "name": long(200), "address": long(1_000), "tags": tags, "metadata": metadata,
        "billingName": long(200), "billingAddress": long(1_000), "taxId": long(50),
    });
    let customer = create(&owner, input.clone()).await;
    assert_reads(&customer, input.as_object().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_may_spell_out_an_escape_of_nul() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let metadata = json!({ "a regular expression": r"[\u0000-\u001f]" });
    let customer = create(&owner, json!({ "name": "Someone", "metadata": metadata })).await;
    assert_eq!(customer["metadata"], metadata);
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_trimmed_and_kept_once_in_their_order() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = create(&owner, json!({ "name": "Someone", "tags": ["b", " a ", "b", "a", "A"] })).await;
    assert_eq!(customer["tags"], json!(["b", "a", "A"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_mistakes_of_an_input_are_reported_at_once() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let input = json!({ "name": "", "email": "x", "phone": "x", "status": "ARCHIVED", "metadata": 1, "tags": [""] });
    let expected =
        ["REQUIRED name", "INVALID email", "INVALID phone", "INVALID status", "REQUIRED tags", "INVALID metadata"];
    assert_eq!(create_refused(&owner, input.clone()).await, expected);
    let id = create(&owner, json!({ "name": "Someone" })).await["id"].take();
    let mut refused = update_refused(&owner, &id, input).await;
    let mut expected = expected.to_vec();
    refused.sort();
    expected.sort_unstable();
    assert_eq!(refused, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_number_is_read_as_dialled_in_the_country_of_the_business() {
    let daybook = Daybook::start().await;
    for (number, (country, spelling, expected)) in [
        ("KE", "0712 345678", "+254712345678"),
        ("KE", "712-345-678", "+254712345678"),
        ("KE", "+1 (212) 555-0123", "+12125550123"),
        ("IN", "098765 43210", "+919876543210"),
        ("IN", "+254 712 345678", "+254712345678"),
        ("US", "(212) 555-0123", "+12125550123"),
        ("US", "+91 98765 43210", "+919876543210"),
    ]
    .into_iter()
    .enumerate()
    {
        let owner = daybook.owner_of(&format!("shop-{number}"), "USD", "UTC", country).await;
        let customer = create(&owner, json!({ "name": "x", "phone": spelling, "whatsappPhone": spelling })).await;
        assert_eq!(customer["phone"], expected, "{country} {spelling}");
        assert_eq!(customer["whatsappPhone"], expected, "{country} {spelling}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_and_an_address_belong_to_one_customer_of_a_business_archived_or_not() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let first = create(&owner, json!({ "name": "First", "code": "A", "email": "mary@shop.example" })).await;
    let second = create(&owner, json!({ "name": "Second" })).await;
    for archived in [false, true] {
        if archived {
            owner.change(&by_id("customerArchive"), json!({ "id": first["id"] })).await;
        }
        for (taken, expected) in [
            (json!({ "code": "A" }), "TAKEN code"),
            (json!({ "code": " A " }), "TAKEN code"),
            (json!({ "email": "mary@shop.example" }), "TAKEN email"),
            (json!({ "email": "MARY@Shop.Example" }), "TAKEN email"),
        ] {
            let mut input = taken.clone();
            input["name"] = json!("Third");
            assert_eq!(create_refused(&owner, input).await, [expected], "{taken}");
            assert_eq!(update_refused(&owner, &second["id"], taken.clone()).await, [expected], "{taken}");
        }
    }
    // One's own is not taken, nor is what another business has.
    update(&owner, &first["id"], json!({ "code": "A", "email": "Mary@shop.example" })).await;
    let other = daybook.owner("other").await;
    create(&other, json!({ "name": "First", "code": "A", "email": "mary@shop.example" })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_take_one_code_or_address_at_once_one_gets_it() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    for (field, values) in [("code", ["X", "X"]), ("email", ["x@shop.example", "X@Shop.Example"])] {
        let results = join_all((0..8).map(|n| {
            let input = json!({ "name": "Someone", field: values[n % 2] });
            let owner = owner.clone();
            async move { create_refused(&owner, input).await }
        }))
        .await;
        let taken = results.iter().filter(|refused| **refused == [format!("TAKEN {field}")]).count();
        let done = results.iter().filter(|refused| refused.is_empty()).count();
        assert_eq!((done, taken), (1, 7), "{results:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_counted_up_past_taken_ones_and_a_refusal_uses_none() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    create(&owner, json!({ "name": "By hand", "code": "C-000002", "email": "x@shop.example" })).await;
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(create(&owner, json!({ "name": "Counted" })).await["code"].take());
        let refused = create_refused(&owner, json!({ "name": "Refused", "email": "x@shop.example" })).await;
        assert_eq!(refused, ["TAKEN email"]);
    }
    assert_eq!(codes, ["C-000001", "C-000003", "C-000004"]);
    let other = daybook.owner("other").await;
    assert_eq!(create(&other, json!({ "name": "x" })).await["code"], "C-000001", "each business counts for itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_have_no_gaps_when_many_customers_are_created_at_once() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let created = join_all((0..20).map(|_| {
        let owner = owner.clone();
        async move { text(&create(&owner, json!({ "name": "Someone" })).await["code"]).to_owned() }
    }));
    let mut codes = created.await;
    codes.sort();
    let expected: Vec<_> = (1..=20).map(|number| format!("C-{number:06}")).collect();
    assert_eq!(codes, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_customer_is_hidden_unless_asked_for_and_comes_back_as_they_were() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    owner.customer("Active").await;
    let id = create(&owner, json!({ "name": "Suspended", "status": "SUSPENDED" })).await["id"].take();
    for _ in 0..2 {
        let payload = owner.change(&by_id("customerArchive"), json!({ "id": id })).await;
        assert_eq!(payload["customer"]["status"], "ARCHIVED");
    }
    for (filter, expected) in [
        (Value::Null, vec!["Active"]),
        (json!({ "status": ["SUSPENDED"] }), vec![]),
        (json!({ "status": ["ARCHIVED"] }), vec!["Suspended"]),
        (json!({ "status": ["ACTIVE", "ARCHIVED"] }), vec!["Active", "Suspended"]),
        (json!({ "status": [] }), vec![]),
    ] {
        assert_eq!(listed(&owner, filter.clone()).await, expected, "{filter}");
    }
    assert_eq!(find(&owner, &id).await["status"], "ARCHIVED");
    for _ in 0..2 {
        let payload = owner.change(&by_id("customerRestore"), json!({ "id": id })).await;
        assert_eq!(payload["customer"]["status"], "SUSPENDED");
    }
    assert_eq!(listed(&owner, Value::Null).await, ["Active", "Suspended"]);
    let events = "query ($id: ID!) { customer(id: $id) { events { nodes { kind } } } }";
    let complete = |data: &Value| data.to_string().contains("CUSTOMER_RESTORED");
    let data = owner.log(events, json!({ "id": id }), complete).await;
    let kinds: Vec<_> =
        data["customer"]["events"]["nodes"].as_array().unwrap().iter().map(|e| text(&e["kind"])).collect();
    assert_eq!(kinds, ["CUSTOMER_CREATED", "CUSTOMER_ARCHIVED", "CUSTOMER_RESTORED"], "asked twice, done once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_without_history_can_be_deleted_with_contacts_and_notes() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = create(&owner, everything()).await;
    let id = &customer["id"];
    let contact = "mutation ($id: ID!) { contactCreate(input: { customerId: $id, name: \"x\" }) {
        contact { id } userErrors { code field message } } }";
    let contact = owner.change(contact, json!({ "id": id })).await["contact"]["id"].take();
    let note = "mutation ($id: ID!) { noteCreate(input: { customerId: $id, kind: ISSUE, content: \"x\" }) {
        note { id } userErrors { code field message } } }";
    let note = owner.change(note, json!({ "id": id })).await["note"]["id"].take();

    let payload = owner.change(&by_id("customerDelete"), json!({ "id": id })).await;
    assert_eq!(payload["deletedId"], *id);
    let gone =
        owner.run("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": [id, contact, note] })).await;
    assert_eq!(gone["nodes"], json!([null, null, null]));
    assert_eq!(listed(&owner, json!({ "status": ["PENDING", "ARCHIVED"] })).await, Vec::<String>::new());
    create(&owner, everything()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_history_is_not_deleted_and_the_refusal_counts_it() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let [charged, paid, both] =
        [owner.customer("Charged").await, owner.customer("Paid").await, owner.customer("Both").await];
    let payment = |id: &str| json!({ "customerId": id, "amount": "1", "method": "CASH", "allowCredit": true });
    owner.sale(&charged, "2026-03-01", "5.00").await;
    owner.pay(payment(&paid)).await;
    for _ in 0..2 {
        owner.sale(&both, "2026-03-01", "5.00").await;
    }
    owner.pay(payment(&both)).await;
    for (id, counts) in
        [(charged, "1 charges, 0 payments"), (paid, "0 charges, 1 payments"), (both, "2 charges, 1 payments")]
    {
        let payload = owner.attempt(&by_id("customerDelete"), json!({ "id": id })).await;
        let error = &payload["userErrors"][0];
        assert_eq!(
            (&error["code"], &error["field"], &payload["deletedId"]),
            (&json!("HAS_HISTORY"), &json!(["id"]), &Value::Null)
        );
        assert!(text(&error["message"]).contains(counts), "{error}");
        owner.change(&by_id("customerArchive"), json!({ "id": id })).await;
        assert_eq!(find(&owner, &json!(id)).await["status"], "ARCHIVED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_and_a_deletion_at_once_leave_no_sale_without_a_customer() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let sale = "mutation ($id: ID!) { saleCreate(input: { customerId: $id, amount: \"1\" }) {
        sale { id } userErrors { code field message } } }";
    for _ in 0..10 {
        let id = owner.customer("Someone").await;
        let delete = by_id("customerDelete");
        let (sold, deleted) =
            tokio::join!(owner.refusals(sale, json!({ "id": id })), owner.refusals(&delete, json!({ "id": id })),);
        let there = !find(&owner, &json!(id)).await.is_null();
        match there {
            true => assert_eq!((sold, deleted), (vec![], vec!["HAS_HISTORY id".to_owned()])),
            false => assert_eq!((sold, deleted), (vec!["NOT_FOUND customerId".to_owned()], vec![])),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_cannot_be_changed() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let id = owner.customer("Gone").await;
    owner.change(&by_id("customerDelete"), json!({ "id": id })).await;
    for field in ["customerArchive", "customerRestore", "customerDelete"] {
        assert_eq!(owner.refusals(&by_id(field), json!({ "id": id })).await, ["NOT_FOUND id"], "{field}");
    }
    assert_eq!(update_refused(&owner, &json!(id), json!({ "name": "x" })).await, ["NOT_FOUND id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_without_a_code_gets_the_next_one() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    for code in ["C-000001", "C-000002"] {
        let id = owner.customer("Someone").await;
        let data = owner.run("query ($id: ID!) { customer(id: $id) { code } }", json!({ "id": id })).await;
        assert_eq!(data["customer"]["code"], code);
    }
}
