//! The settings of a business.

use serde_json::{Value, json};

use crate::books::deliver;
use crate::harness::{Client, Daybook, text};

const UPDATE: &str = "mutation ($input: BusinessUpdateInput!) { businessUpdate(input: $input) {
    business { name daysUntilDue useCreditAutomatically loyaltyTiers { occasionalFrom regularFrom frequentFrom } }
    userErrors { code field message } } }";

fn tiers(occasional: i32, regular: i32, frequent: i32) -> Value {
    json!({ "occasionalFrom": occasional, "regularFrom": regular, "frequentFrom": frequent })
}

async fn settings(client: &Client) -> Value {
    let query = "{ business { name daysUntilDue useCreditAutomatically
        loyaltyTiers { occasionalFrom regularFrom frequentFrom } } }";
    client.run(query, json!({})).await["business"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_change_one_by_one_and_count_from_then_on() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let mut expected = json!({ "name": "shop", "daysUntilDue": 0, "useCreditAutomatically": true,
        "loyaltyTiers": tiers(2, 5, 10) });
    assert_eq!(settings(&owner).await, expected);
    for change in [
        json!({}),
        json!({ "name": " Corner shop " }),
        json!({ "daysUntilDue": 14 }),
        json!({ "useCreditAutomatically": false }),
        json!({ "loyaltyTiers": tiers(3, 4, 1_000_000) }),
    ] {
        let changed = owner.change(UPDATE, json!({ "input": change })).await["business"].take();
        for (field, value) in change.as_object().unwrap() {
            expected[field] = if field == "name" { json!("Corner shop") } else { value.clone() };
        }
        assert_eq!((&changed, &settings(&owner).await), (&expected, &expected), "{change}");
    }
    let customer = owner.customer("Someone").await;
    let charge = deliver(&owner, &customer, "2026-01-01", "1", "1").await;
    let due = "query ($id: ID!) { node(id: $id) { ... on Record { dueOn } } }";
    assert_eq!(owner.run(due, json!({ "id": charge })).await["node"]["dueOn"], "2026-01-15");
    let log = "{ events { nodes { kind data } } }";
    let told = |data: &Value| data.to_string().matches("BUSINESS_UPDATED").count() == 5;
    let data = owner.log(log, json!({}), told).await;
    let last = data["events"]["nodes"].as_array().unwrap().iter().rfind(|event| event["kind"] == "BUSINESS_UPDATED");
    assert_eq!(last.unwrap()["data"], json!({ "fields": ["loyaltyTiers"] }));
    // Another business has its own.
    assert_eq!(text(&settings(&daybook.owner("other").await).await["name"]), "other");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_make_no_sense_are_refused_all_at_once() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let before = settings(&owner).await;
    for (input, expected) in [
        (json!({ "loyaltyTiers": tiers(1, 5, 10) }), &["INVALID loyaltyTiers.occasionalFrom"][..]),
        (json!({ "loyaltyTiers": tiers(5, 5, 10) }), &["INVALID loyaltyTiers.regularFrom"]),
        (json!({ "loyaltyTiers": tiers(2, 10, 10) }), &["INVALID loyaltyTiers.frequentFrom"]),
        (json!({ "loyaltyTiers": tiers(2, 5, 1_000_001) }), &["INVALID loyaltyTiers.frequentFrom"]),
        (
            json!({ "loyaltyTiers": tiers(i32::MAX, i32::MAX, i32::MAX) }),
            &[
                "INVALID loyaltyTiers.occasionalFrom",
                "INVALID loyaltyTiers.regularFrom",
                "INVALID loyaltyTiers.frequentFrom",
            ],
        ),
        (json!({ "daysUntilDue": -1 }), &["INVALID daysUntilDue"]),
        (json!({ "daysUntilDue": 366, "name": " " }), &["REQUIRED name", "INVALID daysUntilDue"]),
        (json!({ "name": null }), &["REQUIRED name"]),
        (json!({ "name": "x".repeat(101), "daysUntilDue": 1 }), &["TOO_LONG name"]),
    ] {
        assert_eq!(owner.refusals(UPDATE, json!({ "input": input })).await, expected, "{input}");
    }
    assert_eq!(settings(&owner).await, before);
}
