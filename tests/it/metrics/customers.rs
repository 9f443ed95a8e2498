//! How many customers there are, what they owe, how loyal they are.

use serde_json::{Value, json};

use super::{metrics, plain};
use crate::billing::daybook_at;
use crate::books::{ADJUST, ARCHIVE, VOID, deliver, pay};
use crate::harness::{Client, text};

const CREATE: &str = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
    customer { id } userErrors { code field message } } }";

async fn create(owner: &Client, input: Value) -> String {
    text(&owner.change(CREATE, json!({ "input": input })).await["customer"]["id"]).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_counted_as_of_any_day_by_status_type_and_membership() {
    let daybook = daybook_at("2026-06-30").await;
    let owner = daybook.owner("shop").await;
    create(&owner, json!({ "name": "Asha", "type": "VIP", "joinedOn": "2026-01-15", "memberSince": "2026-03-01" }))
        .await;
    create(&owner, json!({ "name": "Ben", "joinedOn": "2026-01-31", "status": "PENDING" })).await;
    let chen = create(&owner, json!({ "name": "Chen", "joinedOn": "2026-05-01" })).await;
    owner.change(ARCHIVE, json!({ "id": chen })).await;
    const COUNTS: &str = "customers { total members nonMembers byStatus { status count } byType { type count }
        joined(from: \"2026-01-01\", to: \"2026-06-30\") { from count } }";
    let counts = |shown: &Value| {
        let list = |name: &str, key: &str| {
            let items = shown["customers"][name].as_array().unwrap().iter();
            let shown = items.filter(|item| item["count"] != 0);
            shown.map(|item| format!("{} {}", text(&item[key]), item["count"])).collect::<Vec<_>>().join(", ")
        };
        let of = |name: &str| shown["customers"][name].as_i64().unwrap();
        format!(
            "{} {} {}; {}; {}; {}",
            of("total"),
            of("members"),
            of("nonMembers"),
            list("byStatus", "status"),
            list("byType", "type"),
            list("joined", "from")
        )
    };
    let now = metrics(&owner, None, COUNTS).await;
    assert_eq!(counts(&now), "2 1 1; PENDING 1, ACTIVE 1, ARCHIVED 1; REGULAR 1, VIP 1; 2026-01-01 2, 2026-05-01 1");
    // Chen was not archived then, and Asha no member.
    let past = metrics(&owner, Some("2026-02-28"), COUNTS).await;
    assert_eq!(counts(&past), "2 0 2; PENDING 1, ACTIVE 1; REGULAR 1, VIP 1; 2026-01-01 2");
    let past = metrics(&owner, Some("2026-06-29"), COUNTS).await;
    assert_eq!(counts(&past), "3 1 2; PENDING 1, ACTIVE 2; REGULAR 2, VIP 1; 2026-01-01 2, 2026-05-01 1");
    let past = metrics(&owner, Some("2026-01-14"), COUNTS).await;
    assert_eq!(counts(&past), "0 0 0; ; ; ");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_owe_the_most_and_the_average_are_of_the_day() {
    let daybook = daybook_at("2026-06-30").await;
    let owner = daybook.owner("shop").await;
    let asha = create(&owner, json!({ "name": "Asha", "joinedOn": "2026-01-01" })).await;
    let ben = create(&owner, json!({ "name": "Ben", "joinedOn": "2026-01-01" })).await;
    create(&owner, json!({ "name": "Chen", "joinedOn": "2026-01-01" })).await;
    deliver(&owner, &asha, "2026-03-01", "1", "100").await;
    deliver(&owner, &ben, "2026-03-01", "1", "70.01").await;
    pay(&owner, &asha, "90").await;
    const TOP: &str =
        "customers { averageBalance { amount } topByBalance(count: 2) { customer { name } balance { amount } } }";
    let shown = |of: Value| plain(&of["customers"]);
    assert_eq!(
        shown(metrics(&owner, None, TOP).await),
        json!({ "averageBalance": "26.67", "topByBalance": [
            { "customer": { "name": "Ben" }, "balance": "70.01" }, { "customer": { "name": "Asha" }, "balance": "10.00" }] })
    );
    assert_eq!(
        shown(metrics(&owner, Some("2026-03-01"), TOP).await),
        json!({ "averageBalance": "56.67", "topByBalance": [
            { "customer": { "name": "Asha" }, "balance": "100.00" }, { "customer": { "name": "Ben" }, "balance": "70.01" }] })
    );
    assert_eq!(
        shown(metrics(&owner, Some("2025-12-31"), TOP).await),
        json!({ "averageBalance": null, "topByBalance": [] })
    );
    for count in [0, 101] {
        let query =
            format!("{{ metrics {{ customers {{ topByBalance(count: {count}) {{ balance {{ amount }} }} }} }} }}");
        assert_eq!(owner.error_codes(&query, json!({})).await, ["BAD_USER_INPUT"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn loyalty_counts_purchases_and_what_customers_are_worth_as_of_any_day() {
    let daybook = daybook_at("2026-06-30").await;
    let owner = daybook.owner("shop").await;
    let mut sales = Vec::new();
    for (name, purchases) in [("Asha", 1), ("Ben", 2), ("Chen", 5), ("Dina", 10)] {
        let customer = owner.customer(name).await;
        for day in 0..purchases {
            sales.push(owner.sale(&customer, &format!("2026-05-{:02}", day + 1), "10").await);
        }
    }
    let eve = owner.customer("Eve").await;
    deliver(&owner, &eve, "2026-05-01", "1", "25").await;
    let credit = json!({ "customerId": eve, "kind": "ADJUSTMENT", "amount": "-5", "reason": "late" });
    owner.change(ADJUST, json!({ "input": credit })).await;
    // Ben's second.
    owner.change(VOID, json!({ "id": sales[2], "input": { "reason": "returned" } })).await;
    const LOYALTY: &str = "loyalty { customers repeatCustomers repeatShare tiers { frequency count }
        lifetimeValue { customers total { amount } average { amount } lowest { amount } lowerQuartile { amount }
            median { amount } upperQuartile { amount } highest { amount } } }";
    let shown = |of: Value| {
        let of = plain(&of["loyalty"]);
        let tiers: Vec<_> = of["tiers"].as_array().unwrap().iter().map(|tier| tier["count"].clone()).collect();
        let value = &of["lifetimeValue"];
        json!([
            of["customers"],
            of["repeatCustomers"],
            of["repeatShare"],
            tiers,
            value["customers"],
            value["total"],
            value["average"],
            [value["lowest"], value["lowerQuartile"], value["median"], value["upperQuartile"], value["highest"]]
        ])
    };
    // Worth 10, 10, 50, 100 and 20.
    assert_eq!(
        shown(metrics(&owner, None, LOYALTY).await),
        json!([4, 2, "0.5000", [2, 0, 1, 1], 5, "190.00", "38.00", ["10.00", "10.00", "20.00", "50.00", "100.00"]])
    );
    // Nothing was void or credited on the day before.
    assert_eq!(
        shown(metrics(&owner, Some("2026-06-29"), LOYALTY).await),
        json!([4, 3, "0.7500", [1, 1, 1, 1], 5, "205.00", "41.00", ["10.00", "20.00", "25.00", "50.00", "100.00"]])
    );
    assert_eq!(
        shown(metrics(&owner, Some("2026-05-01"), LOYALTY).await),
        json!([4, 0, "0.0000", [4, 0, 0, 0], 5, "65.00", "13.00", ["10.00", "10.00", "10.00", "10.00", "25.00"]])
    );
    assert_eq!(
        shown(metrics(&owner, Some("2026-04-30"), LOYALTY).await),
        json!([0, 0, null, [0, 0, 0, 0], 0, "0.00", null, [null, null, null, null, null]])
    );
}
