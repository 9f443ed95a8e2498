//! The life of a subscription: pauses, changes, its end.

use serde_json::{Value, json};

use super::{CANCEL, CHANGE, PAUSE, RESUME, SUBSCRIBE, Subscribed, account, advance, field, monthly, plan, subscribe};
use crate::books::{ARCHIVE, assert_in_order, refusals};
use crate::harness::text;

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_gives_back_what_is_not_used_and_its_end_charges_to_the_next_anchor() {
    let world = Subscribed::new("2026-03-02", "249.95").await;
    world.on("2026-03-04", PAUSE, json!({})).await;
    world.on("2026-04-05", RESUME, json!({})).await;
    advance(&world.owner, "2026-05-02").await;
    let expected = ["2026-03-02 249.95", "2026-03-04 -233.82", "2026-04-05 224.96", "2026-05-02 249.95"];
    world.assert_account(&expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_can_be_paused_twice_in_a_period_and_on_the_day_on_which_it_begins() {
    let world = Subscribed::new("2026-03-01", "31").await;
    world.on("2026-03-01", PAUSE, json!({})).await;
    world.on("2026-03-01", RESUME, json!({})).await;
    world.on("2026-03-11", PAUSE, json!({})).await;
    world.on("2026-03-21", RESUME, json!({})).await;
    advance(&world.owner, "2026-04-01").await;
    let expected = [
        "2026-03-01 31.00",
        "2026-03-01 -31.00",
        "2026-03-01 31.00",
        "2026-03-11 -21.00",
        "2026-03-21 11.00",
        "2026-04-01 31.00",
    ];
    world.assert_account(&expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_ends_by_itself_on_the_day_that_was_set_and_also_on_an_anchor() {
    for (resume_on, charged) in [("2026-05-16", "2026-05-16 16.00"), ("2026-06-01", "2026-06-01 31.00")] {
        let world = Subscribed::new("2026-03-01", "31").await;
        world.on("2026-03-31", PAUSE, json!({ "resumeOn": resume_on })).await;
        advance(&world.owner, "2026-05-10").await;
        assert_eq!(field(&world.owner, &world.subscription, "status").await, "PAUSED");
        assert_eq!(account(&world.owner, &world.customer).await, ["2026-03-01 31.00", "2026-03-31 -1.00"]);
        advance(&world.owner, "2026-06-01").await;
        let mut expected = vec!["2026-03-01 31.00", "2026-03-31 -1.00", charged];
        if resume_on != "2026-06-01" {
            expected.push("2026-06-01 31.00");
        }
        world.assert_account(&expected).await;
    }
    // Set later, and set to now.
    let world = Subscribed::new("2026-03-01", "31").await;
    world.on("2026-03-11", PAUSE, json!({})).await;
    world.on("2026-03-12", RESUME, json!({ "resumeOn": "2026-03-20" })).await;
    assert_eq!(field(&world.owner, &world.subscription, "resumeOn").await, "2026-03-20");
    world.on("2026-03-13", RESUME, json!({})).await;
    world.assert_account(&["2026-03-01 31.00", "2026-03-11 -21.00", "2026-03-13 19.00"]).await;
}

/// Moves a subscription at `from` on a day to a plan at `to`; what was charged then, after the first line.
async fn moved(start: &str, day: &str, from: &str, to: &str, mode: Option<&str>) -> (Subscribed, Vec<String>) {
    let world = Subscribed::new(start, from).await;
    let other = monthly(&world.owner, "other", to).await;
    let input = json!({ "planId": other, "mode": mode });
    advance(&world.owner, day).await;
    let query =
        "query ($id: ID!, $input: SubscriptionChangeInput!) { subscriptionChangePreview(id: $id, input: $input) {
        effectiveOn mode total { amount } lines { description from to days daysOfPeriod amount { amount } } } }";
    let foreseen = world.owner.run(query, json!({ "id": world.subscription, "input": input })).await;
    world.owner.change(CHANGE, json!({ "id": world.subscription, "input": input })).await;
    let booked: Vec<_> = account(&world.owner, &world.customer).await.split_off(1);
    let lines = foreseen["subscriptionChangePreview"]["lines"].as_array().unwrap().clone();
    let lines = lines.iter().map(|line| format!("{} {}", text(&line["from"]), text(&line["amount"]["amount"])));
    assert_eq!(lines.collect::<Vec<_>>(), booked, "what the preview shows is what is done");
    assert_in_order(&world.daybook, &world.owner).await;
    (world, booked)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_now_gives_back_the_old_days_and_charges_the_new_ones() {
    for (start, day, from, to, mode, expected) in [
        ("2026-03-01", "2026-03-16", "29", "99", None, ["2026-03-16 -14.97", "2026-03-16 51.10"]),
        ("2026-03-01", "2026-03-16", "99", "29", Some("NOW"), ["2026-03-16 -51.10", "2026-03-16 14.97"]),
        ("2026-04-01", "2026-04-16", "10", "20", None, ["2026-04-16 -5.00", "2026-04-16 10.00"]),
        ("2026-04-01", "2026-04-01", "10", "20", Some("NOW"), ["2026-04-01 -10.00", "2026-04-01 20.00"]),
        ("2026-04-01", "2026-04-30", "30", "60", Some("NOW"), ["2026-04-30 -1.00", "2026-04-30 2.00"]),
    ] {
        let (world, booked) = moved(start, day, from, to, mode).await;
        assert_eq!(booked, expected, "{from} to {to} on {day}");
        advance(&world.owner, "2026-05-01").await;
        let last = account(&world.owner, &world.customer).await.pop().unwrap();
        assert_eq!(last, format!("2026-05-01 {to}.00"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_to_less_waits_for_the_end_of_the_period_unless_said_otherwise() {
    for mode in [None, Some("PERIOD_END"), Some("NOW_WITHOUT_PRORATION")] {
        let (world, booked) = moved("2026-03-01", "2026-03-16", "99", "29", mode).await;
        assert_eq!(booked, [] as [&str; 0], "{mode:?}");
        advance(&world.owner, "2026-04-01").await;
        world.assert_account(&["2026-03-01 99.00", "2026-04-01 29.00"]).await;
    }
    // What was charged is given back as it was charged, whatever is paid from now on.
    let (world, _) = moved("2026-03-01", "2026-03-16", "99", "29", Some("NOW_WITHOUT_PRORATION")).await;
    world.on("2026-03-17", PAUSE, json!({})).await;
    world.assert_account(&["2026-03-01 99.00", "2026-03-17 -47.90"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quantity_changes_like_a_plan_and_a_new_price_is_paid_by_who_moves_to_it() {
    let world = Subscribed::new("2026-04-01", "10").await;
    world.on("2026-04-16", CHANGE, json!({ "quantity": 3 })).await;
    let query = "query ($id: ID!) { subscription(id: $id) { plan { id } } }";
    let data = world.owner.run(query, json!({ "id": world.subscription })).await;
    let plan = text(&data["subscription"]["plan"]["id"]).to_owned();
    let change = "mutation ($id: ID!) { planPriceChange(id: $id, input: { price: \"20\" }) {
        plan { priceVersion } userErrors { message } } }";
    world.owner.change(change, json!({ "id": plan })).await;
    advance(&world.owner, "2026-05-01").await;
    world.on("2026-05-16", CHANGE, json!({ "planId": plan })).await;
    let expected = [
        "2026-04-01 10.00",
        "2026-04-16 -5.00",
        "2026-04-16 15.00",
        // The price that it began with.
        "2026-05-01 30.00",
        "2026-05-16 -15.48",
        "2026-05-16 30.97",
    ];
    world.assert_account(&expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_of_other_periods_begins_its_first_one_at_once_or_when_the_old_one_ends() {
    for (mode, expected) in [
        ("NOW", vec!["2026-04-01 30.00", "2026-04-16 -15.00", "2026-04-16 365.00", "2027-04-16 365.00"]),
        ("PERIOD_END", vec!["2026-04-01 30.00", "2026-05-01 365.00", "2027-05-01 365.00"]),
        ("NOW_WITHOUT_PRORATION", vec!["2026-04-01 30.00", "2026-05-01 365.00", "2027-05-01 365.00"]),
    ] {
        let world = Subscribed::new("2026-04-01", "30").await;
        let input = json!({ "code": "y", "name": "Y", "price": "365", "interval": "YEAR" });
        let yearly = plan(&world.owner, input).await;
        world.on("2026-04-16", CHANGE, json!({ "planId": yearly, "mode": mode })).await;
        advance(&world.owner, "2027-06-01").await;
        world.assert_account(&expected).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_ends_with_its_period_or_at_once_with_or_without_credit() {
    for (day, mode, status, expected) in [
        ("2026-03-16", "PERIOD_END", "ACTIVE", vec!["2026-03-01 31.00"]),
        ("2026-03-16", "NOW", "CANCELED", vec!["2026-03-01 31.00"]),
        ("2026-03-16", "NOW_WITH_CREDIT", "CANCELED", vec!["2026-03-01 31.00", "2026-03-16 -16.00"]),
        ("2026-03-01", "NOW_WITH_CREDIT", "CANCELED", vec!["2026-03-01 31.00", "2026-03-01 -31.00"]),
        ("2026-03-31", "NOW_WITH_CREDIT", "CANCELED", vec!["2026-03-01 31.00", "2026-03-31 -1.00"]),
    ] {
        let world = Subscribed::new("2026-03-01", "31").await;
        world.on(day, CANCEL, json!({ "mode": mode })).await;
        assert_eq!(field(&world.owner, &world.subscription, "status").await, status, "{mode}");
        advance(&world.owner, "2026-06-01").await;
        assert_eq!(field(&world.owner, &world.subscription, "status").await, "CANCELED", "{mode}");
        let canceled = if mode == "PERIOD_END" { "2026-04-01" } else { day };
        assert_eq!(field(&world.owner, &world.subscription, "canceledOn").await, canceled, "{mode}");
        assert_eq!(field(&world.owner, &world.subscription, "dueOn").await, Value::Null);
        world.assert_account(&expected).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_and_a_cancellation_on_the_same_day_give_back_all_that_the_change_charged() {
    let (world, _) = moved("2026-03-01", "2026-03-16", "29", "99", None).await;
    world.on("2026-03-16", CANCEL, json!({ "mode": "NOW_WITH_CREDIT" })).await;
    let expected = ["2026-03-01 29.00", "2026-03-16 -14.97", "2026-03-16 51.10", "2026-03-16 -51.10"];
    world.assert_account(&expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_can_be_withdrawn_until_it_is_done() {
    let world = Subscribed::new("2026-03-01", "31").await;
    world.on("2026-03-16", CANCEL, json!({})).await;
    let refused = world.owner.refusals(PAUSE, json!({ "id": world.subscription })).await;
    assert_eq!(refused, ["INVALID id"], "what is about to end is not paused");
    world.on("2026-03-31", RESUME, json!({})).await;
    advance(&world.owner, "2026-04-01").await;
    world.assert_account(&["2026-03-01 31.00", "2026-04-01 31.00"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_to_a_subscription_is_refused_and_changes_nothing() {
    let world = Subscribed::new("2026-03-01", "31").await;
    let (owner, id) = (&world.owner, json!(world.subscription));
    let with = |input: Value| json!({ "id": id, "input": input });
    assert_eq!(owner.refusals(RESUME, with(json!({}))).await, ["INVALID id"], "it is not paused");
    let past = json!({ "resumeOn": "2026-03-01" });
    assert_eq!(owner.refusals(PAUSE, with(past)).await, ["INVALID resumeOn"]);
    assert_eq!(owner.refusals(CHANGE, with(json!({}))).await, ["REQUIRED planId"]);
    assert_eq!(owner.refusals(CHANGE, with(json!({ "quantity": 0 }))).await, ["INVALID quantity"]);
    let dear = monthly(owner, "dear", "10000000000").await;
    let many = json!({ "planId": dear, "quantity": 1_000_000 });
    assert_eq!(owner.refusals(CHANGE, with(many)).await, ["INVALID quantity"]);
    let archive = "mutation ($id: ID!) { planArchive(id: $id) { plan { id } userErrors { message } } }";
    owner.change(archive, json!({ "id": dear })).await;
    assert_eq!(owner.refusals(CHANGE, with(json!({ "planId": dear }))).await, ["ARCHIVED planId"]);
    let of = |input: Value| {
        let mut input = input;
        input["customerId"] = json!(world.customer);
        json!({ "input": input })
    };
    assert_eq!(owner.refusals(SUBSCRIBE, of(json!({ "planId": dear }))).await, ["ARCHIVED planId"]);
    let early = json!({ "planId": dear, "startsOn": "2010-01-01" });
    assert_eq!(owner.refusals(SUBSCRIBE, of(early)).await, ["INVALID startsOn"]);
    let long = json!({ "planId": dear, "trialDays": 1_000 });
    assert_eq!(owner.refusals(SUBSCRIBE, of(long)).await, ["INVALID trialDays"]);

    world.on("2026-03-01", CANCEL, json!({ "mode": "NOW" })).await;
    for (mutation, input) in
        [(PAUSE, json!({})), (RESUME, json!({})), (CANCEL, json!({})), (CHANGE, json!({ "quantity": 2 }))]
    {
        assert_eq!(owner.refusals(mutation, with(input)).await, ["INVALID id"], "{mutation}");
    }
    world.assert_account(&["2026-03-01 31.00"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_again_does_nothing_more() {
    let world = Subscribed::new("2026-03-01", "31").await;
    for _ in 0..2 {
        world.on("2026-03-11", PAUSE, json!({ "idempotencyKey": "pause" })).await;
    }
    let reused = json!({ "id": world.subscription, "input": { "resumeOn": "2026-04-01", "idempotencyKey": "pause" } });
    assert_eq!(world.owner.refusals(PAUSE, reused).await, ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
    let query = "query ($id: ID!) { subscription(id: $id) { plan { id } } }";
    let data = world.owner.run(query, json!({ "id": world.subscription })).await;
    let again = json!({ "idempotencyKey": "create" });
    let plan = text(&data["subscription"]["plan"]["id"]);
    let first = subscribe(&world.owner, &world.customer, plan, again.clone()).await;
    assert_eq!(subscribe(&world.owner, &world.customer, plan, again).await, first);
    world.assert_account(&["2026-03-01 31.00", "2026-03-11 -21.00", "2026-03-11 31.00"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_a_subscription_is_not_deleted_and_an_archived_one_subscribes_to_nothing() {
    let world = Subscribed::new("2026-03-01", "0").await;
    let delete = "mutation ($id: ID!) { customerDelete(id: $id) { deletedId userErrors { code field message } } }";
    assert_eq!(world.owner.refusals(delete, json!({ "id": world.customer })).await, ["HAS_HISTORY id"]);
    world.owner.change(CANCEL, json!({ "id": world.subscription, "input": { "mode": "NOW" } })).await;
    world.owner.change(ARCHIVE, json!({ "id": world.customer })).await;
    let plan = monthly(&world.owner, "other", "1").await;
    let input = json!({ "customerId": world.customer, "planId": plan });
    assert_eq!(world.owner.refusals(SUBSCRIBE, json!({ "input": input })).await, ["ARCHIVED customerId"]);
    world.assert_account(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_subscription_tells_what_happened_to_it_in_order() {
    let world = Subscribed::new("2026-03-01", "31").await;
    world.on("2026-03-11", PAUSE, json!({})).await;
    world.on("2026-03-21", RESUME, json!({})).await;
    world.on("2026-03-22", CHANGE, json!({ "quantity": 2 })).await;
    world.on("2026-03-23", CANCEL, json!({})).await;
    advance(&world.owner, "2026-04-02").await;
    let query = "query ($id: ID!) { subscription(id: $id) { events { totalCount nodes { kind data } } } }";
    let expected = [
        "SUBSCRIPTION_CREATED",
        "SUBSCRIPTION_RENEWED",
        "SUBSCRIPTION_PAUSED",
        "SUBSCRIPTION_RESUMED",
        "SUBSCRIPTION_CHANGED",
        "SUBSCRIPTION_CANCEL_SCHEDULED",
        "SUBSCRIPTION_CANCELED",
    ];
    let complete = |data: &Value| data["subscription"]["events"]["totalCount"] == expected.len();
    let data = world.owner.log(query, json!({ "id": world.subscription }), complete).await;
    let nodes = data["subscription"]["events"]["nodes"].as_array().unwrap();
    let kinds: Vec<_> = nodes.iter().map(|event| text(&event["kind"])).collect();
    assert_eq!(kinds, expected);
    let paused = json!([{ "from": "2026-03-11", "to": "2026-03-31", "amount": -2100 }]);
    assert_eq!(nodes[2]["data"]["lines"], paused);
    assert_eq!(nodes[6]["data"]["on"], "2026-04-01");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_subscriptions_are_narrowed_and_lead_to_customers_and_plans() {
    let world = Subscribed::new("2026-03-01", "31").await;
    let ben = world.owner.customer("Ben").await;
    let pro = monthly(&world.owner, "pro", "99").await;
    let second = subscribe(&world.owner, &ben, &pro, json!({})).await;
    world.owner.change(PAUSE, json!({ "id": second })).await;
    let listed = async |filter: Value| {
        let query = "query ($filter: SubscriptionFilter) { subscriptions(filter: $filter) {
            totalCount nodes { id plan { code subscriptions { totalCount } } customer { name subscriptions { nodes { id } } } } } }";
        let data = world.owner.run(query, json!({ "filter": filter })).await;
        let nodes = data["subscriptions"]["nodes"].as_array().unwrap().clone();
        assert_eq!(data["subscriptions"]["totalCount"], nodes.len());
        for node in &nodes {
            assert_eq!(node["customer"]["subscriptions"]["nodes"], json!([{ "id": node["id"] }]));
            assert_eq!(node["plan"]["subscriptions"]["totalCount"], 1);
        }
        nodes.iter().map(|node| text(&node["id"]).to_owned()).collect::<Vec<_>>()
    };
    let first = world.subscription.clone();
    assert_eq!(listed(json!(null)).await, [first.clone(), second.clone()]);
    assert_eq!(listed(json!({ "customerId": ben })).await, std::slice::from_ref(&second));
    assert_eq!(listed(json!({ "planId": pro })).await, std::slice::from_ref(&second));
    assert_eq!(listed(json!({ "status": ["ACTIVE"] })).await, [first]);
    assert_eq!(listed(json!({ "failing": true })).await, [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_says_why_it_would_be_refused() {
    let world = Subscribed::new("2026-03-02", "10").await;
    let query = "query ($id: ID!) {
        resume: subscriptionResumePreview(id: $id) { total { amount } userErrors { code message } }
        change: subscriptionChangePreview(id: $id, input: { quantity: 0 }) { lines { description } userErrors { field } } }";
    let previews = world.owner.run(query, json!({ "id": world.subscription })).await;
    assert_eq!(
        previews,
        json!({
            "resume": { "total": null, "userErrors": [{ "code": "INVALID", "message": "the subscription is not paused" }] },
            "change": { "lines": [], "userErrors": [{ "field": ["quantity"] }] },
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_running_subscriptions_is_not_archived() {
    let world = Subscribed::new("2026-03-01", "31").await;
    let owner = &world.owner;
    let refused = owner.attempt(ARCHIVE, json!({ "id": world.customer })).await;
    assert_eq!(refusals(&refused), ["IN_USE id"]);
    assert!(
        text(&refused["userErrors"][0]["message"])
            .ends_with("running subscriptions or standing orders: basic. End them first")
    );
    // Nor while one is paused, or is to end with its period.
    world.on("2026-03-10", PAUSE, json!({})).await;
    assert_eq!(owner.refusals(ARCHIVE, json!({ "id": world.customer })).await, ["IN_USE id"]);
    world.on("2026-03-11", RESUME, json!({})).await;
    world.on("2026-03-12", CANCEL, json!({ "mode": "PERIOD_END" })).await;
    assert_eq!(owner.refusals(ARCHIVE, json!({ "id": world.customer })).await, ["IN_USE id"]);
    advance(owner, "2026-04-01").await;
    owner.change(ARCHIVE, json!({ "id": world.customer })).await;
    advance(owner, "2026-12-31").await;
    let failing = "{ subscriptions(filter: { failing: true }) { nodes { id } } }";
    assert_eq!(owner.run(failing, json!({})).await["subscriptions"]["nodes"], json!([]));
}
