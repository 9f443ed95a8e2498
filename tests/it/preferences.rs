//! How customers want to be treated, and lists by it.

use serde_json::{Value, json};

use crate::books::{raw, value};
use crate::harness::{Client, Daybook, text};
use crate::world::{NUMBER, World};

const UPDATE: &str = "mutation ($id: ID!, $input: PreferenceUpdateInput!) {
    preferenceUpdate(customerId: $id, input: $input) {
        preferences { favouriteProducts paymentMethod bestTime prefersSms prefersEmail prefersCall doNotContact
            doNotContactReason mayReceiveOffers takesPartInLoyalty channels offersAllowed }
        userErrors { code field message } } }";
const READ: &str = "query ($id: ID!) { customer(id: $id) { preferences {
    favouriteProducts paymentMethod bestTime prefersSms prefersEmail prefersCall doNotContact
    doNotContactReason mayReceiveOffers takesPartInLoyalty channels offersAllowed } } }";

async fn read(client: &Client, id: &str) -> Value {
    client.run(READ, json!({ "id": id })).await["customer"]["preferences"].take()
}

async fn update(client: &Client, id: &str, input: Value) -> Value {
    client.change(UPDATE, json!({ "id": id, "input": input })).await["preferences"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_keep_what_was_said_and_a_change_leaves_what_is_absent() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (id, other) = (owner.customer("Asha").await, owner.customer("Ben").await);
    let unsaid = json!({ "favouriteProducts": [], "paymentMethod": null, "bestTime": null, "prefersSms": false,
        "prefersEmail": false, "prefersCall": false, "doNotContact": false, "doNotContactReason": null,
        "mayReceiveOffers": false, "takesPartInLoyalty": true, "channels": ["SMS", "EMAIL", "CALL"],
        "offersAllowed": false });
    assert_eq!(read(&owner, &id).await, unsaid);
    assert_eq!(update(&owner, &id, json!({})).await, unsaid);

    let mut expected = unsaid.clone();
    for (input, derived) in [
        (json!({ "favouriteProducts": [" Milk ", "Curd"] }), json!({ "favouriteProducts": ["Milk", "Curd"] })),
        (json!({ "paymentMethod": "UPI" }), json!({})),
        (json!({ "bestTime": "after 6 pm" }), json!({})),
        (json!({ "prefersSms": true }), json!({ "channels": ["SMS"] })),
        (json!({ "prefersCall": true }), json!({ "channels": ["SMS", "CALL"] })),
        (json!({ "prefersSms": false }), json!({ "channels": ["CALL"] })),
        (json!({ "mayReceiveOffers": true }), json!({ "offersAllowed": true })),
        (
            json!({ "doNotContact": true, "doNotContactReason": "Asked for it" }),
            json!({ "channels": [], "offersAllowed": false }),
        ),
        (json!({ "takesPartInLoyalty": false }), json!({})),
        (
            json!({ "doNotContact": false }),
            json!({ "doNotContactReason": null, "channels": ["CALL"], "offersAllowed": true }),
        ),
        (json!({ "paymentMethod": null, "bestTime": null, "favouriteProducts": null }), json!({ "favouriteProducts": [] })),
    ] {
        for change in [&input, &derived] {
            for (name, value) in change.as_object().unwrap() {
                expected[name] = value.clone();
            }
        }
        assert_eq!(update(&owner, &id, input.clone()).await, expected, "{input}");
        assert_eq!(read(&owner, &id).await, expected, "{input}");
    }
    assert_eq!(read(&owner, &other).await, unsaid, "another customer's stay unsaid");
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_that_make_no_sense_are_refused_by_field_and_nothing_changes() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let id = owner.customer("Asha").await;
    update(&owner, &id, json!({ "prefersSms": true })).await;
    let before = read(&owner, &id).await;
    for (input, expected) in [
        (json!({ "favouriteProducts": ["x".repeat(201)] }), "TOO_LONG favouriteProducts"),
        (json!({ "favouriteProducts": [" "] }), "REQUIRED favouriteProducts"),
        (json!({ "favouriteProducts": (0..51).map(|n| n.to_string()).collect::<Vec<_>>() }), "TOO_LONG favouriteProducts"),
        (json!({ "bestTime": "x".repeat(201) }), "TOO_LONG bestTime"),
        (json!({ "doNotContact": true, "doNotContactReason": "x".repeat(501) }), "TOO_LONG doNotContactReason"),
        (json!({ "doNotContactReason": "Because" }), "INVALID doNotContactReason"),
    ] {
        assert_eq!(owner.refusals(UPDATE, json!({ "id": id, "input": input })).await, [expected], "{input}");
        assert_eq!(read(&owner, &id).await, before);
    }
    let nobody = daybook.owner("other").await.customer("Elsewhere").await;
    let variables = json!({ "id": nobody, "input": { "prefersSms": true } });
    assert_eq!(owner.refusals(UPDATE, variables).await, ["NOT_FOUND customerId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_of_preferences_is_told_once_with_its_fields() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let id = owner.customer("Asha").await;
    for _ in 0..3 {
        update(&owner, &id, json!({ "prefersSms": true, "bestTime": "noon" })).await;
    }
    let raw = raw(&daybook.database, &owner.business).await;
    let told = "SELECT json_agg(data)::text FROM events WHERE kind = 'PREFERENCES_UPDATED'";
    assert_eq!(value(&raw, told).await, "[{\"fields\": [\"bestTime\", \"prefersSms\"]}]");
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_change_how_they_are_contacted_and_nothing_else() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let (customer, id) = (&world.customer, &world.ids["customer"]);
    update(&world.owner, id, json!({ "doNotContact": true, "doNotContactReason": "Owes us" })).await;
    let contact = "mutation ($id: ID!, $input: PreferenceUpdateInput!) {
        preferenceUpdate(customerId: $id, input: $input) {
            preferences { bestTime prefersEmail doNotContact mayReceiveOffers channels }
            userErrors { code field message } } }";
    let input = json!({ "bestTime": "noon", "prefersEmail": true, "prefersSms": false, "prefersCall": false,
        "doNotContact": false, "mayReceiveOffers": true });
    let changed = customer.change(contact, json!({ "id": id, "input": input })).await;
    let expected = json!({ "bestTime": "noon", "prefersEmail": true, "doNotContact": false, "mayReceiveOffers": true,
        "channels": ["EMAIL"] });
    assert_eq!(changed["preferences"], expected);
    for input in [
        json!({ "favouriteProducts": ["Milk"] }),
        json!({ "paymentMethod": "CASH" }),
        json!({ "doNotContactReason": null }),
        json!({ "takesPartInLoyalty": false }),
    ] {
        let codes = customer.error_codes(contact, json!({ "id": id, "input": input })).await;
        assert_eq!(codes, ["FORBIDDEN"], "{input}");
    }
    let answer = customer.send("{ customer { preferences { doNotContact doNotContactReason } } }", json!({})).await.body;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(answer["data"]["customer"]["preferences"], json!({ "doNotContact": false, "doNotContactReason": null }));

    // Of nobody else.
    let other = world.owner.customer("Someone else").await;
    let variables = json!({ "id": other, "input": { "doNotContact": true } });
    assert_eq!(customer.refusals(contact, variables).await, ["NOT_FOUND customerId"]);
    assert_eq!(read(&world.owner, &other).await["doNotContact"], false);
    world.owner.share_link(id).await;
    let (_, link) = world.owner.share_link(id).await;
    assert_eq!(daybook.anyone().as_customer(&link, NUMBER).await.run("{ customer { id } }", json!({})).await["customer"]["id"], *id);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_listed_by_what_they_prefer_and_by_free_data() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let create = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
        customer { id } userErrors { code field message } } }";
    let mut ids = Vec::new();
    for (name, metadata) in [
        ("Asha", json!({ "zone": "north", "router": { "model": "X1", "floor": 2 } })),
        ("Ben", json!({ "zone": "north", "router": { "model": "X2" } })),
        ("Cleo", json!({ "zone": "south" })),
        ("Dan", json!({})),
    ] {
        let made = owner.change(create, json!({ "input": { "name": name, "metadata": metadata } })).await;
        ids.push(text(&made["customer"]["id"]).to_owned());
    }
    update(&owner, &ids[0], json!({ "mayReceiveOffers": true })).await;
    update(&owner, &ids[1], json!({ "mayReceiveOffers": true, "doNotContact": true })).await;
    update(&owner, &ids[2], json!({ "prefersSms": true })).await;
    let names = async |filter: &Value| {
        let query = "query ($filter: CustomerFilter) { customers(filter: $filter) { totalCount nodes { name } } }";
        let list = owner.run(query, json!({ "filter": filter })).await["customers"].take();
        let names: Vec<_> = list["nodes"].as_array().unwrap().iter().map(|n| text(&n["name"]).to_owned()).collect();
        assert_eq!(list["totalCount"], names.len());
        names
    };
    for (filter, expected) in [
        (json!({ "doNotContact": true }), &["Ben"][..]),
        (json!({ "doNotContact": false }), &["Asha", "Cleo", "Dan"]),
        (json!({ "offersAllowed": true }), &["Asha"]),
        (json!({ "offersAllowed": false }), &["Ben", "Cleo", "Dan"]),
        (json!({ "metadata": { "zone": "north" } }), &["Asha", "Ben"]),
        (json!({ "metadata": { "zone": "north", "router": { "model": "X1" } } }), &["Asha"]),
        (json!({ "metadata": { "router": { "floor": 2 } } }), &["Asha"]),
        (json!({ "metadata": { "zone": "North" } }), &[]),
        (json!({ "metadata": {} }), &["Asha", "Ben", "Cleo", "Dan"]),
        (json!({ "metadata": { "zone": "north" }, "offersAllowed": false }), &["Ben"]),
    ] {
        assert_eq!(names(&filter).await, expected, "{filter}");
    }
    let query = "query ($filter: CustomerFilter) { customers(filter: $filter) { nodes { name } } }";
    for filter in [json!({ "metadata": ["north"] }), json!({ "metadata": { "a": "b\0" } })] {
        assert_eq!(owner.error_codes(query, json!({ "filter": filter })).await, ["BAD_USER_INPUT"], "{filter}");
    }
    // Who may not read free data does not find it out by asking for it.
    let (_, key) = owner.api_key("Till", &["CUSTOMERS_READ"]).await;
    let till = daybook.anyone().with_token(&key);
    let filter = json!({ "filter": { "metadata": { "zone": "north" } } });
    assert_eq!(till.error_codes(query, filter).await, ["FORBIDDEN"]);
}
