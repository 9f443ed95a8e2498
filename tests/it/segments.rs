//! Segments, bulk changes, membership by rule.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::books::{assert_in_order, raw, value};
use crate::harness::{Client, Daybook, text};

const CREATE: &str = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
    customer { id } userErrors { code field message } } }";
const SAVE: &str = "mutation ($input: SegmentCreateInput!) { segmentCreate(input: $input) {
    segment { id name search filter } userErrors { code field message } } }";
const BULK: &str =
    "mutation ($search: String, $filter: CustomerFilter, $segment: ID, $ids: [ID!], $change: CustomersChangeInput!) {
    customersUpdate(search: $search, filter: $filter, segmentId: $segment, ids: $ids, change: $change) {
        matched changed userErrors { code field message } } }";
const PREVIEW: &str =
    "query ($search: String, $filter: CustomerFilter, $segment: ID, $ids: [ID!], $change: CustomersChangeInput!) {
    customersUpdatePreview(search: $search, filter: $filter, segmentId: $segment, ids: $ids, change: $change) {
        matched changing limit } }";
const RULE: &str = "mutation ($rule: MembershipRuleInput!) { businessUpdate(input: { membershipRule: $rule }) {
    business { membershipRule { purchasesFrom spentFrom { amount } } } userErrors { code field message } } }";

async fn add(client: &Client, input: Value) -> String {
    text(&client.change(CREATE, json!({ "input": input })).await["customer"]["id"]).to_owned()
}

/// Asha (milk, VIP), Ben (milk, suspended), Cleo (curd), and Dan, who is archived and has milk.
async fn village(owner: &Client) -> [String; 4] {
    let asha = add(owner, json!({ "name": "Asha", "tags": ["milk", "north"], "type": "VIP" })).await;
    let ben = add(owner, json!({ "name": "Ben", "tags": ["milk"], "status": "SUSPENDED" })).await;
    let cleo = add(owner, json!({ "name": "Cleo", "tags": ["curd"] })).await;
    let dan = add(owner, json!({ "name": "Dan", "tags": ["milk"] })).await;
    let archive = "mutation ($id: ID!) { customerArchive(id: $id) { userErrors { code field message } } }";
    owner.change(archive, json!({ "id": dan })).await;
    [asha, ben, cleo, dan]
}

async fn names(client: &Client, variables: Value) -> Vec<String> {
    let query = "query ($search: String, $filter: CustomerFilter, $segment: ID) {
        customers(search: $search, filter: $filter, segmentId: $segment) { totalCount nodes { name } } }";
    let list = client.run(query, variables).await["customers"].take();
    let names: Vec<_> = list["nodes"].as_array().unwrap().iter().map(|n| text(&n["name"]).to_owned()).collect();
    assert_eq!(list["totalCount"], names.len());
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_has_whoever_its_filter_finds_at_the_moment() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let [asha, ..] = village(&owner).await;
    let filter = json!({ "tags": ["milk"], "status": ["ACTIVE", "SUSPENDED"], "balanceMax": "10.50", "member": false });
    let saved = owner.change(SAVE, json!({ "input": { "name": " Milk ", "filter": filter } })).await["segment"].take();
    assert_eq!((&saved["name"], &saved["filter"], &saved["search"]), (&json!("Milk"), &filter, &Value::Null));
    let segment = saved["id"].clone();
    let read = "query ($id: ID!, $sort: CustomerSort!) { segment(id: $id) { customers(sort: $sort) { totalCount nodes { name } } } }";
    let members = async |sort: &str| {
        let found = owner.run(read, json!({ "id": segment, "sort": sort })).await["segment"]["customers"].take();
        let names: Vec<_> = found["nodes"].as_array().unwrap().iter().map(|n| text(&n["name"]).to_owned()).collect();
        assert_eq!(found["totalCount"], names.len());
        names
    };
    assert_eq!(members("NAME_ASC").await, ["Asha", "Ben"]);
    assert_eq!(members("NAME_DESC").await, ["Ben", "Asha"]);
    owner.sale(&asha, "2026-01-01", "10.51").await;
    assert_eq!(members("NAME_ASC").await, ["Ben"], "it is computed, not stored");
    add(&owner, json!({ "name": "Eve", "tags": ["milk"] })).await;
    assert_eq!(members("NAME_ASC").await, ["Ben", "Eve"]);

    // Together with a search and a filter, all must hold.
    assert_eq!(names(&owner, json!({ "segment": segment })).await, ["Ben", "Eve"]);
    assert_eq!(names(&owner, json!({ "segment": segment, "filter": { "status": ["SUSPENDED"] } })).await, ["Ben"]);
    assert_eq!(names(&owner, json!({ "segment": segment, "search": "eve" })).await, ["Eve"]);

    let change = "mutation ($id: ID!, $input: SegmentUpdateInput!) { segmentUpdate(id: $id, input: $input) {
        segment { name search filter } userErrors { code field message } } }";
    let input = json!({ "search": "cl", "filter": null });
    let changed = owner.change(change, json!({ "id": segment, "input": input })).await["segment"].take();
    assert_eq!(changed, json!({ "name": "Milk", "search": "cl", "filter": {} }));
    assert_eq!(members("NAME_ASC").await, ["Cleo"]);

    assert_eq!(owner.refusals(SAVE, json!({ "input": { "name": "MILK" } })).await, ["TAKEN name"]);
    assert_eq!(owner.refusals(SAVE, json!({ "input": { "name": " " } })).await, ["REQUIRED name"]);
    let wrong = json!({ "input": { "name": "x", "filter": { "metadata": ["x"] } } });
    assert_eq!(owner.refusals(SAVE, wrong).await, ["INVALID filter.metadata"]);
    let delete = "mutation ($id: ID!) { segmentDelete(id: $id) { deletedId userErrors { code field message } } }";
    assert_eq!(owner.change(delete, json!({ "id": segment })).await["deletedId"], segment);
    assert_eq!(names(&owner, json!({ "segment": segment })).await, Vec::<String>::new());
    assert_eq!(names(&owner, json!({})).await, ["Asha", "Ben", "Cleo", "Eve"], "its customers stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_shows_no_more_than_its_reader_may_filter_by() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    village(&owner).await;
    let saved = owner.change(SAVE, json!({ "input": { "name": "Owing", "filter": { "balanceMin": "1" } } })).await;
    let segment = &saved["segment"]["id"];
    let (_, key) = owner.api_key("Notes", &["CUSTOMERS_READ", "NOTES_READ"]).await;
    let program = daybook.anyone().with_token(&key);
    let query = "query ($id: ID!) { customers(segmentId: $id) { nodes { name } } }";
    assert_eq!(program.error_codes(query, json!({ "id": segment })).await, ["FORBIDDEN"]);
    let query = "query ($id: ID!) { segment(id: $id) { customers { nodes { name } } } }";
    assert_eq!(program.error_codes(query, json!({ "id": segment })).await, ["FORBIDDEN"]);
    let clerk = daybook.member(&owner, "CLERK").await;
    assert_eq!(clerk.error_codes(SAVE, json!({ "input": { "name": "Mine" } })).await, ["FORBIDDEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_customers_change_as_the_preview_says_and_a_second_time_nothing_does() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let [asha, ben, cleo, dan] = village(&owner).await;
    let segment = owner.change(SAVE, json!({ "input": { "name": "Milk", "filter": { "tags": ["milk"] } } })).await;
    let segment = &segment["segment"]["id"];
    let state = async |ids: &[&String]| {
        let query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { tags type status membership { isMember } } } }";
        owner.run(query, json!({ "ids": ids })).await["nodes"].take()
    };
    for (mut arguments, change, matched, changing) in [
        (json!({ "filter": { "tags": ["milk"] } }), json!({ "addTags": ["route 1"] }), 2, 2),
        (json!({ "filter": {} }), json!({ "addTags": ["route 1", "milk"] }), 3, 1),
        (json!({ "segment": segment }), json!({ "removeTags": ["north"], "status": "ACTIVE" }), 3, 2),
        (json!({ "ids": [asha, cleo] }), json!({ "type": "VIP" }), 2, 1),
        (json!({ "search": "asha" }), json!({ "member": true }), 1, 1),
        (json!({ "ids": [asha, ben], "filter": { "member": true } }), json!({ "member": false }), 1, 1),
        // Archived customers only where the filter asks for them.
        (json!({ "ids": [dan] }), json!({ "addTags": ["gone"] }), 0, 0),
        (json!({ "ids": [dan], "filter": { "status": ["ARCHIVED"] } }), json!({ "addTags": ["gone"] }), 1, 1),
        (json!({ "filter": {} }), json!({}), 3, 0),
    ] {
        let again = arguments.clone();
        arguments["change"] = change.clone();
        let preview = owner.run(PREVIEW, arguments.clone()).await["customersUpdatePreview"].take();
        assert_eq!(preview, json!({ "matched": matched, "changing": changing, "limit": 10_000 }), "{arguments}");
        let done = owner.change(BULK, arguments.clone()).await;
        assert_eq!((&done["matched"], &done["changed"]), (&json!(matched), &json!(changing)), "{arguments}");
        let before = state(&[&asha, &ben, &cleo, &dan]).await;
        let done = owner.change(BULK, arguments.clone()).await;
        assert_eq!(done["changed"], 0, "{again} a second time");
        assert_eq!(state(&[&asha, &ben, &cleo, &dan]).await, before);
    }
    let customer = |tags: &[&str], kind: &str, status: &str| json!({ "tags": tags, "type": kind, "status": status, "membership": { "isMember": false } });
    let expected = json!([
        customer(&["milk", "route 1"], "VIP", "ACTIVE"),
        customer(&["milk", "route 1"], "REGULAR", "ACTIVE"),
        customer(&["curd", "milk", "route 1"], "VIP", "ACTIVE"),
        customer(&["milk", "gone"], "REGULAR", "ARCHIVED"),
    ]);
    let sorted = |mut all: Value| {
        for customer in all.as_array_mut().unwrap() {
            customer["tags"].as_array_mut().unwrap().sort_by_key(|tag| text(tag).to_owned());
        }
        all
    };
    assert_eq!(sorted(state(&[&asha, &ben, &cleo, &dan]).await), sorted(expected));
    let raw = raw(&daybook.database, &owner.business).await;
    let told = "SELECT count(*)::text FROM events WHERE kind = 'CUSTOMER_UPDATED' AND data ->> 'bulk' = 'true'";
    assert_eq!(value(&raw, told).await, "9", "one event for each customer that changed");
    assert_in_order(&daybook, &owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_changes_that_make_no_sense_are_refused_and_change_nobody() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let [asha, ..] = village(&owner).await;
    let stranger = daybook.owner("other").await.customer("Elsewhere").await;
    let forty_nine: Vec<_> = (0..49).map(|n| format!("t{n}")).collect();
    for (arguments, expected) in [
        (json!({ "change": { "member": true } }), "REQUIRED filter"),
        (json!({ "ids": [asha, stranger], "change": { "member": true } }), "NOT_FOUND ids"),
        (json!({ "filter": {}, "change": { "status": "ARCHIVED" } }), "INVALID change.status"),
        (json!({ "filter": {}, "change": { "addTags": [" "] } }), "REQUIRED change.addTags"),
        (json!({ "filter": {}, "change": { "addTags": ["x".repeat(51)] } }), "TOO_LONG change.addTags"),
        (json!({ "filter": {}, "change": { "addTags": ["a"], "removeTags": ["a"] } }), "INVALID change.removeTags"),
        // Asha has two already.
        (json!({ "filter": {}, "change": { "addTags": forty_nine } }), "TOO_LONG change.addTags"),
    ] {
        assert_eq!(owner.refusals(BULK, arguments.clone()).await, [expected], "{arguments}");
    }
    let raw = raw(&daybook.database, &owner.business).await;
    let many = "INSERT INTO customers (business_id, id, code, name, type, status, joined_on, created_at, updated_at)
        SELECT current_business(), gen_random_uuid(), 'X' || n, 'Someone', 'REGULAR', 'ACTIVE', '2026-01-01', now(), now()
        FROM generate_series(1, 10001) n";
    raw.batch_execute(many).await.unwrap();
    let all = json!({ "filter": {}, "change": { "addTags": ["x"] } });
    let preview = owner.run(PREVIEW, all.clone()).await["customersUpdatePreview"].take();
    assert_eq!(preview, json!({ "matched": 10_004, "changing": 10_004, "limit": 10_000 }));
    assert_eq!(owner.refusals(BULK, all).await, ["INVALID filter"]);
    assert_eq!(value(&raw, "SELECT count(*)::text FROM customers WHERE 'x' = ANY (tags)").await, "0");
    // In parts it is done.
    let part = json!({ "search": "X1", "filter": {}, "change": { "addTags": ["x"] } });
    assert_eq!(owner.change(BULK, part).await["changed"], 1_113);
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_changes_at_once_change_each_customer_once() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    for number in 0..20 {
        owner.customer(&format!("Customer {number}")).await;
    }
    let change = json!({ "filter": {}, "change": { "addTags": ["x"], "member": true } });
    let done = join_all((0..6).map(|_| owner.change(BULK, change.clone()))).await;
    let changed: i64 = done.iter().map(|payload| payload["changed"].as_i64().unwrap()).sum();
    assert_eq!(changed, 20);
    let raw = raw(&daybook.database, &owner.business).await;
    assert_eq!(value(&raw, "SELECT count(*)::text FROM events WHERE kind = 'CUSTOMER_UPDATED'").await, "20");
    assert_eq!(
        value(&raw, "SELECT count(*)::text FROM customers WHERE tags = '{x}' AND member_since IS NOT NULL").await,
        "20"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_makes_members_of_those_who_reach_it_and_of_nobody_else() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let mut ids = Vec::new();
    // By purchases and what they come to.
    for (name, sales) in [
        ("Often", &["1", "1", "1"][..]),
        ("Much", &["100"]),
        ("Nearly", &["49.99", "50"]),
        ("Never", &[]),
        ("Member", &["200"]),
        ("Unwilling", &["200"]),
    ] {
        let id = add(&owner, json!({ "name": name, "joinedOn": "2026-01-01" })).await;
        for amount in sales {
            owner.sale(&id, "2026-01-02", amount).await;
        }
        ids.push(id);
    }
    let by_hand = "mutation ($id: ID!) { customerUpdate(id: $id, input: { memberSince: \"2026-01-03\" }) {
        userErrors { code field message } } }";
    owner.change(by_hand, json!({ "id": ids[4] })).await;
    let unwilling = "mutation ($id: ID!) { preferenceUpdate(customerId: $id, input: { takesPartInLoyalty: false }) {
        userErrors { code field message } } }";
    owner.change(unwilling, json!({ "id": ids[5] })).await;

    let due = json!({ "filter": { "dueForMembership": true } });
    for (rule, shown, expected) in [
        (json!({}), json!({ "purchasesFrom": null, "spentFrom": null }), &[][..]),
        (json!({ "purchasesFrom": 3 }), json!({ "purchasesFrom": 3, "spentFrom": null }), &["Often"]),
        (
            json!({ "spentFrom": "100" }),
            json!({ "purchasesFrom": null, "spentFrom": { "amount": "100.00" } }),
            &["Much"],
        ),
        (
            json!({ "spentFrom": "99.99" }),
            json!({ "purchasesFrom": null, "spentFrom": { "amount": "99.99" } }),
            &["Much", "Nearly"],
        ),
        (
            json!({ "purchasesFrom": 3, "spentFrom": "100" }),
            json!({ "purchasesFrom": 3, "spentFrom": { "amount": "100.00" } }),
            &["Much", "Often"],
        ),
    ] {
        let set = owner.change(RULE, json!({ "rule": rule })).await;
        assert_eq!(set["business"]["membershipRule"], shown);
        assert_eq!(names(&owner, due.clone()).await, expected, "{rule}");
    }
    for (rule, expected) in [
        (json!({ "purchasesFrom": 0 }), "INVALID membershipRule.purchasesFrom"),
        (json!({ "spentFrom": "0" }), "INVALID membershipRule.spentFrom"),
        (json!({ "spentFrom": "1.001" }), "INVALID membershipRule.spentFrom"),
    ] {
        assert_eq!(owner.refusals(RULE, json!({ "rule": rule })).await, [expected]);
    }
    assert_eq!(
        names(&owner, json!({ "filter": { "dueForMembership": false } })).await,
        ["Member", "Nearly", "Never", "Unwilling"]
    );

    let activate = "mutation { membershipActivate { matched changed userErrors { code field message } } }";
    let done = owner.change(activate, json!({})).await;
    assert_eq!((&done["matched"], &done["changed"]), (&json!(2), &json!(2)));
    assert_eq!(owner.change(activate, json!({})).await["changed"], 0);
    assert_eq!(names(&owner, due).await, Vec::<String>::new());
    assert_eq!(names(&owner, json!({ "filter": { "member": true } })).await, ["Member", "Much", "Often"]);
    let query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { membership { isMember byRule } } } }";
    let found = owner.run(query, json!({ "ids": [ids[0], ids[4], ids[5]] })).await;
    let membership =
        |is_member: bool, by_rule: bool| json!({ "membership": { "isMember": is_member, "byRule": by_rule } });
    assert_eq!(found["nodes"], json!([membership(true, true), membership(true, false), membership(false, false)]));

    // Filters by purchases, of which segments are made.
    for (filter, expected) in [
        (json!({ "purchasesMin": 2 }), &["Nearly", "Often"][..]),
        (json!({ "purchasesMin": 2, "spentMin": "99.99" }), &["Nearly"]),
        (json!({ "spentMin": "100" }), &["Member", "Much", "Unwilling"]),
    ] {
        assert_eq!(names(&owner, json!({ "filter": filter })).await, expected, "{filter}");
    }
}
