//! Contacts of customers and notes on them.

use daybook::db::Scope;
use diesel_async::SimpleAsyncConnection as _;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Client, Daybook, text};

const CONTACT: &str =
    "contact { id name email phone role isPrimary customer { id } } userErrors { code field message }";
const NOTE: &str = "note { id kind content author { email } customer { id } } userErrors { code field message }";

fn contact_create() -> String {
    format!("mutation ($input: ContactCreateInput!) {{ contactCreate(input: $input) {{ {CONTACT} }} }}")
}

fn contact_update() -> String {
    format!(
        "mutation ($id: ID!, $input: ContactUpdateInput!) {{ contactUpdate(id: $id, input: $input) {{ {CONTACT} }} }}"
    )
}

const CONTACT_DELETE: &str =
    "mutation ($id: ID!) { contactDelete(id: $id) { deletedId userErrors { code field message } } }";

async fn add(client: &Client, customer: &str, input: Value) -> Value {
    let mut input = input;
    input["customerId"] = json!(customer);
    client.change(&contact_create(), json!({ "input": input })).await["contact"].take()
}

async fn change(client: &Client, id: &Value, input: Value) -> Value {
    client.change(&contact_update(), json!({ "id": id, "input": input })).await["contact"].take()
}

/// The contacts of a customer in their order; the primary one with a star.
async fn contacts(client: &Client, customer: &str) -> Vec<String> {
    let query = "query ($id: ID!) { customer(id: $id) { contacts { totalCount nodes { name isPrimary } } } }";
    let connection = client.run(query, json!({ "id": customer })).await["customer"]["contacts"].take();
    let nodes = connection["nodes"].as_array().unwrap();
    assert_eq!(connection["totalCount"], nodes.len());
    let star = |node: &Value| if node["isPrimary"] == true { "*" } else { "" };
    nodes.iter().map(|node| format!("{}{}", text(&node["name"]), star(node))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_keeps_what_was_given_and_a_change_leaves_what_is_absent() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner_of("shop", "KES", "Africa/Nairobi", "KE").await;
    let customer = owner.customer("Someone").await;
    let contact = add(&owner, &customer, json!({ "name": "  Ann " })).await;
    let expected = json!({
        "id": contact["id"], "name": "Ann", "email": null, "phone": null, "role": "OWNER", "isPrimary": true,
        "customer": { "id": customer },
    });
    assert_eq!(contact, expected);

    let input = json!({ "name": "Bob", "email": "b@x.example", "phone": "0712 345678", "role": "BILLING" });
    let mut bob = add(&owner, &customer, input).await;
    assert_eq!(
        (&bob["phone"], &bob["role"], &bob["isPrimary"]),
        (&json!("+254712345678"), &json!("BILLING"), &json!(false))
    );
    for (name, value) in [
        ("name", json!("Bobby")),
        ("email", json!("bob@x.example")),
        ("phone", json!("+12125550123")),
        ("role", json!("TECHNICAL")),
        ("email", Value::Null),
        ("phone", Value::Null),
    ] {
        bob[name] = value.clone();
        assert_eq!(change(&owner, &bob["id"], json!({ name: value })).await, bob, "{name}");
    }
    assert_eq!(change(&owner, &bob["id"], json!({})).await, bob);
}

#[tokio::test(flavor = "multi_thread")]
async fn creating_and_changing_a_contact_refuse_the_same_values() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let contact = add(&owner, &customer, json!({ "name": "Ann" })).await;
    for (name, value, expected) in [
        ("name", json!(" "), "REQUIRED name"),
        ("name", json!("x".repeat(201)), "TOO_LONG name"),
        ("email", json!("nobody"), "INVALID email"),
        ("phone", json!("12"), "INVALID phone"),
    ] {
        let mut input = json!({ "customerId": customer, "name": "Bob" });
        input[name] = value.clone();
        assert_eq!(owner.refusals(&contact_create(), json!({ "input": input })).await, [expected]);
        let variables = json!({ "id": contact["id"], "input": { name: value } });
        assert_eq!(owner.refusals(&contact_update(), variables).await, [expected]);
    }
    let unnamed = json!({ "id": contact["id"], "input": { "name": null } });
    assert_eq!(owner.refusals(&contact_update(), unnamed).await, ["REQUIRED name"]);
    let several = json!({ "input": { "customerId": customer, "name": "", "email": "x", "phone": "x" } });
    assert_eq!(owner.refusals(&contact_create(), several).await, ["REQUIRED name", "INVALID email", "INVALID phone"]);
    assert_eq!(contacts(&owner, &customer).await, ["Ann*"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_contacts_has_one_primary_contact() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let ann = add(&owner, &customer, json!({ "name": "Ann" })).await;
    assert_eq!(contacts(&owner, &customer).await, ["Ann*"], "the first is it unasked");
    let bob = add(&owner, &customer, json!({ "name": "Bob" })).await;
    assert_eq!(contacts(&owner, &customer).await, ["Ann*", "Bob"]);
    let cleo = add(&owner, &customer, json!({ "name": "Cleo", "isPrimary": true })).await;
    assert_eq!(contacts(&owner, &customer).await, ["Ann", "Bob", "Cleo*"]);
    for _ in 0..2 {
        change(&owner, &bob["id"], json!({ "isPrimary": true })).await;
        assert_eq!(contacts(&owner, &customer).await, ["Ann", "Bob*", "Cleo"]);
    }
    change(&owner, &bob["id"], json!({ "isPrimary": false })).await;
    assert_eq!(contacts(&owner, &customer).await, ["Ann", "Bob*", "Cleo"], "it is given, not taken away");
    let elsewhere = owner.customer("Other").await;
    add(&owner, &elsewhere, json!({ "name": "Dan", "isPrimary": true })).await;
    assert_eq!(contacts(&owner, &customer).await, ["Ann", "Bob*", "Cleo"]);

    for (gone, left) in [(&cleo, &["Ann", "Bob*"] as &[&str]), (&bob, &["Ann*"]), (&ann, &[])] {
        let payload = owner.change(CONTACT_DELETE, json!({ "id": gone["id"] })).await;
        assert_eq!(payload["deletedId"], gone["id"]);
        assert_eq!(contacts(&owner, &customer).await, left, "the oldest takes over");
        assert_eq!(owner.refusals(CONTACT_DELETE, json!({ "id": gone["id"] })).await, ["NOT_FOUND id"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_change_the_primary_contact_at_once_leave_one() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d"] {
        ids.push(add(&owner, &customer, json!({ "name": name })).await["id"].take());
    }
    let (new, changed) = tokio::join!(
        join_all((0..6).map(|_| {
            let (owner, customer) = (owner.clone(), customer.clone());
            async move { add(&owner, &customer, json!({ "name": "new", "isPrimary": true })).await }
        })),
        join_all((0..6).map(|n| {
            let (owner, id) = (owner.clone(), ids[n % 4].clone());
            async move { change(&owner, &id, json!({ "isPrimary": true })).await }
        })),
    );
    assert_eq!((new.len(), changed.len()), (6, 6));
    let all = contacts(&owner, &customer).await;
    assert_eq!((all.len(), all.iter().filter(|name| name.ends_with('*')).count()), (10, 1), "{all:?}");
}

/// Two changes wait for the customer's row, the first of which removes what the second makes primary.
#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_is_deleted_while_it_is_made_the_primary_one_leaves_another() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    add(&owner, &customer, json!({ "name": "Ann" })).await;
    let bob = add(&owner, &customer, json!({ "name": "Bob" })).await["id"].take();

    let holder = daybook.scope(Scope::Business(owner.business.parse().unwrap(), None)).await;
    (&mut &*holder).batch_execute("SELECT FROM customers FOR UPDATE").await.unwrap();
    let delete = tokio::spawn({
        let (owner, bob) = (owner.clone(), bob.clone());
        async move { owner.refusals(CONTACT_DELETE, json!({ "id": bob })).await }
    });
    daybook.waiting(1).await;
    let promote = tokio::spawn({
        let (owner, bob) = (owner.clone(), bob.clone());
        async move { owner.refusals(&contact_update(), json!({ "id": bob, "input": { "isPrimary": true } })).await }
    });
    daybook.waiting(2).await;
    holder.rollback().await.unwrap();

    assert_eq!(delete.await.unwrap(), Vec::<String>::new());
    assert_eq!(promote.await.unwrap(), ["NOT_FOUND id"]);
    assert_eq!(contacts(&owner, &customer).await, ["Ann*"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_needs_a_customer_and_a_change_needs_a_contact() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Gone").await;
    let contact = add(&owner, &customer, json!({ "name": "Ann" })).await["id"].take();
    let delete = "mutation ($id: ID!) { customerDelete(id: $id) { userErrors { code field message } } }";
    owner.change(delete, json!({ "id": customer })).await;
    let input = json!({ "input": { "customerId": customer, "name": "Bob" } });
    assert_eq!(owner.refusals(&contact_create(), input).await, ["NOT_FOUND customerId"]);
    let variables = json!({ "id": contact, "input": { "name": "Bob" } });
    assert_eq!(owner.refusals(&contact_update(), variables).await, ["NOT_FOUND id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_come_in_pages_in_the_order_in_which_they_were_added() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let [one, two] = [owner.customer("One").await, owner.customer("Two").await];
    for number in 0..7 {
        add(&owner, if number % 2 == 0 { &one } else { &two }, json!({ "name": number.to_string() })).await;
    }
    let query = "query ($first: Int, $after: String) { customers { nodes { contacts(first: $first, after: $after) {
        nodes { name } pageInfo { hasNextPage endCursor } } } } }";
    let page = async |after: &Value| {
        owner.run(query, json!({ "first": 3, "after": after })).await["customers"]["nodes"].take()
    };
    let names = |connection: &Value| -> Vec<String> {
        connection["nodes"].as_array().unwrap().iter().map(|node| text(&node["name"]).to_owned()).collect()
    };
    let first = page(&Value::Null).await;
    let [of_one, of_two] = [&first[0]["contacts"], &first[1]["contacts"]];
    assert_eq!(
        (names(of_one), &of_one["pageInfo"]["hasNextPage"]),
        (vec!["0".into(), "2".into(), "4".into()], &json!(true))
    );
    assert_eq!(
        (names(of_two), &of_two["pageInfo"]["hasNextPage"]),
        (vec!["1".into(), "3".into(), "5".into()], &json!(false))
    );
    let next = page(&of_one["pageInfo"]["endCursor"]).await;
    assert_eq!(names(&next[0]["contacts"]), ["6"]);
}

fn note_create() -> String {
    format!("mutation ($input: NoteCreateInput!) {{ noteCreate(input: $input) {{ {NOTE} }} }}")
}

fn note_update() -> String {
    format!("mutation ($id: ID!, $input: NoteUpdateInput!) {{ noteUpdate(id: $id, input: $input) {{ {NOTE} }} }}")
}

const NOTE_DELETE: &str = "mutation ($id: ID!) { noteDelete(id: $id) { deletedId userErrors { code field message } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_note_keeps_its_author_and_what_a_change_leaves_out() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let customer = owner.customer("Someone").await;
    let input = json!({ "customerId": customer, "kind": "ISSUE", "content": " Gate was locked. " });
    let mut note = clerk.change(&note_create(), json!({ "input": input })).await["note"].take();
    let clerks = clerk.run("{ me { user { email } } }", json!({})).await["me"]["user"].take();
    let expected = json!({
        "id": note["id"], "kind": "ISSUE", "content": "Gate was locked.", "author": clerks, "customer": { "id": customer },
    });
    assert_eq!(note, expected);
    for (name, value) in [("kind", "FEEDBACK"), ("content", "Gate is open now.")] {
        note[name] = json!(value);
        let variables = json!({ "id": note["id"], "input": { name: value } });
        assert_eq!(owner.change(&note_update(), variables).await["note"], note, "{name}");
    }

    let another = json!({ "customerId": customer, "kind": "PERSONAL", "content": "Has two dogs." });
    owner.change(&note_create(), json!({ "input": another })).await;
    let viewer = daybook.member(&owner, "VIEWER").await;
    let list = "query ($id: ID!) { customer(id: $id) { notes { totalCount nodes { content } } } }";
    let notes = viewer.run(list, json!({ "id": customer })).await["customer"]["notes"].take();
    let newest_first =
        json!({ "totalCount": 2, "nodes": [{ "content": "Has two dogs." }, { "content": "Gate is open now." }] });
    assert_eq!(notes, newest_first);

    assert_eq!(owner.change(NOTE_DELETE, json!({ "id": note["id"] })).await["deletedId"], note["id"]);
    assert_eq!(owner.refusals(NOTE_DELETE, json!({ "id": note["id"] })).await, ["NOT_FOUND id"]);
    let variables = json!({ "id": note["id"], "input": { "content": "x" } });
    assert_eq!(owner.refusals(&note_update(), variables).await, ["NOT_FOUND id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn creating_and_changing_a_note_refuse_the_same_values() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let input = |content: &str| json!({ "customerId": customer, "kind": "ISSUE", "content": content });
    let note = owner.change(&note_create(), json!({ "input": input(&"न".repeat(4_000)) })).await["note"]["id"].take();
    for (content, expected) in [
        (" ".to_owned(), "REQUIRED content"),
        ("x".repeat(4_001), "TOO_LONG content"),
        ("a\0b".to_owned(), "INVALID content"),
    ] {
        assert_eq!(owner.refusals(&note_create(), json!({ "input": input(&content) })).await, [expected]);
        let variables = json!({ "id": note, "input": { "content": content } });
        assert_eq!(owner.refusals(&note_update(), variables).await, [expected]);
    }
}
