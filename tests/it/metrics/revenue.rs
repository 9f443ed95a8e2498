//! Recurring revenue, and how it moves.

use chrono::{Days, NaiveDate};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::{metrics, plain};
use crate::billing::{CANCEL, CHANGE, PAUSE, RESUME, advance, daybook_at, monthly, plan, sandbox, subscribe};
use crate::books::{Dice, assert_in_order, decimal};
use crate::harness::{Client, text};

const NOW: &str = "revenue { mrr { amount } arr { amount } arpu { amount } customers subscriptions
    byPlan { plan { code } subscriptions quantity customers mrr { amount } } }";
const MOVEMENTS: &str = "revenue { movements(from: \"2026-01-01\", to: \"2026-12-31\") { from to
    opening { amount } new { amount } expansion { amount } contraction { amount } churn { amount }
    reactivation { amount } change { amount } closing { amount } openingCustomers newCustomers churnedCustomers
    reactivatedCustomers closingCustomers customerChurnRate revenueChurnRate } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_monthly_and_fifty_yearly_subscriptions_bring_12_500_a_month() {
    let daybook = daybook_at("2026-03-01").await;
    let owner = sandbox(&daybook, "saas", "UTC").await;
    let month = monthly(&owner, "monthly", "100").await;
    let year = plan(&owner, json!({ "code": "yearly", "name": "Y", "price": "600", "interval": "YEAR" })).await;
    let one = async |number: usize| {
        let customer = owner.customer(&format!("Customer {number}")).await;
        let plan = if number < 100 { &month } else { &year };
        subscribe(&owner, &customer, plan, json!({})).await;
    };
    stream::iter(0..150).map(one).buffer_unordered(2).collect::<Vec<()>>().await;
    let expected = json!({
        "mrr": "12500.00", "arr": "150000.00", "arpu": "83.33", "customers": 150, "subscriptions": 150,
        "byPlan": [
            { "plan": { "code": "monthly" }, "subscriptions": 100, "quantity": 100, "customers": 100, "mrr": "10000.00" },
            { "plan": { "code": "yearly" }, "subscriptions": 50, "quantity": 50, "customers": 50, "mrr": "2500.00" },
        ],
    });
    assert_eq!(plain(&metrics(&owner, None, NOW).await["revenue"]), expected);
    // A month later they all renewed, and on the day before the first nobody paid.
    advance(&owner, "2026-04-02").await;
    assert_eq!(plain(&metrics(&owner, None, NOW).await["revenue"]), expected);
    assert_eq!(plain(&metrics(&owner, Some("2026-03-01"), NOW).await["revenue"]), expected);
    let before = plain(&metrics(&owner, Some("2026-02-28"), NOW).await["revenue"]);
    assert_eq!(before["mrr"], "0.00");
    assert_eq!((&before["arpu"], &before["byPlan"]), (&Value::Null, &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_of_days_weeks_months_and_years_are_brought_to_a_month() {
    let daybook = daybook_at("2026-03-01").await;
    let owner = sandbox(&daybook, "saas", "UTC").await;
    let customer = owner.customer("Asha").await;
    for (code, interval, count, price, quantity, mrr) in [
        ("day", "DAY", 1, "1.00", 1, "30.42"),
        ("week", "WEEK", 1, "3.00", 2, "26.00"),
        ("fortnight", "WEEK", 2, "10.00", 1, "21.67"),
        ("quarter", "MONTH", 3, "10.00", 1, "3.33"),
        ("year", "YEAR", 1, "100.00", 3, "25.00"),
        ("free", "MONTH", 1, "0.00", 5, "0.00"),
    ] {
        let input = json!({ "code": code, "name": code, "price": price, "interval": interval, "intervalCount": count });
        let plan = plan(&owner, input).await;
        let subscription = subscribe(&owner, &customer, &plan, json!({ "quantity": quantity })).await;
        assert_eq!(plain(&metrics(&owner, None, "revenue { mrr { amount } }").await["revenue"])["mrr"], mrr, "{code}");
        let input = json!({ "mode": "NOW" });
        owner.change(CANCEL, json!({ "id": subscription, "input": input })).await;
    }
}

/// Does something to a subscription on a day.
async fn on(owner: &Client, day: &str, mutation: &str, subscription: &str, input: Value) {
    advance(owner, day).await;
    owner.change(mutation, json!({ "id": subscription, "input": input })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_movements_of_each_month_of_a_year_sum_to_the_change_of_mrr() {
    let daybook = daybook_at("2026-01-01").await;
    let owner = sandbox(&daybook, "saas", "UTC").await;
    let basic = monthly(&owner, "basic", "10").await;
    let pro = monthly(&owner, "pro", "30").await;
    let yearly = plan(&owner, json!({ "code": "yearly", "name": "Y", "price": "120", "interval": "YEAR" })).await;
    let mut customers = Vec::new();
    for name in ["Asha", "Ben", "Chen", "Dina", "Eve"] {
        customers.push(owner.customer(name).await);
    }
    let [asha, ben, chen, dina, eve] = &customers[..] else { unreachable!() };
    let a = subscribe(&owner, asha, &basic, json!({})).await;
    let b = subscribe(&owner, ben, &pro, json!({})).await;
    advance(&owner, "2026-02-10").await;
    let c = subscribe(&owner, chen, &yearly, json!({})).await;
    on(&owner, "2026-02-11", CHANGE, &a, json!({ "planId": pro })).await;
    on(&owner, "2026-03-05", PAUSE, &b, json!({})).await;
    on(&owner, "2026-04-05", RESUME, &b, json!({})).await;
    // At the end of its period, on June 1.
    on(&owner, "2026-05-10", CHANGE, &a, json!({ "planId": basic })).await;
    on(&owner, "2026-07-07", CHANGE, &c, json!({ "quantity": 3 })).await;
    // Pays from September 3 on.
    advance(&owner, "2026-08-20").await;
    let d = subscribe(&owner, dina, &basic, json!({ "trialDays": 14 })).await;
    advance(&owner, "2026-10-02").await;
    let e = subscribe(&owner, eve, &basic, json!({})).await;
    on(&owner, "2026-10-15", CANCEL, &a, json!({ "mode": "NOW_WITH_CREDIT" })).await;
    // What was charged stays; the revenue does not.
    on(&owner, "2026-10-20", CANCEL, &e, json!({ "mode": "NOW" })).await;
    advance(&owner, "2026-11-03").await;
    subscribe(&owner, asha, &pro, json!({})).await;
    // Another subscription of one who pays is no new customer.
    subscribe(&owner, chen, &basic, json!({})).await;
    // At the end of its period, on December 3.
    on(&owner, "2026-12-01", CANCEL, &d, json!({})).await;
    on(&owner, "2026-12-02", CHANGE, &b, json!({ "quantity": 2 })).await;
    advance(&owner, "2026-12-31").await;
    assert_in_order(&daybook, &owner).await;

    let shown = plain(&metrics(&owner, None, MOVEMENTS).await["revenue"]["movements"]);
    let months = shown.as_array().unwrap();
    let row = |month: &Value| {
        let of = |names: &[&str]| names.iter().map(|name| month[name].to_string().replace('"', "")).collect::<Vec<_>>();
        of(&["opening", "new", "expansion", "contraction", "churn", "reactivation", "closing", "closingCustomers"])
            .join(" ")
    };
    let found: Vec<_> = months.iter().map(row).collect();
    assert_eq!(
        found,
        [
            "0.00 40.00 0.00 0.00 0.00 0.00 40.00 2",
            "40.00 10.00 20.00 0.00 0.00 0.00 70.00 3",
            "70.00 0.00 0.00 0.00 -30.00 0.00 40.00 2",
            "40.00 0.00 0.00 0.00 0.00 30.00 70.00 3",
            "70.00 0.00 0.00 0.00 0.00 0.00 70.00 3",
            "70.00 0.00 0.00 -20.00 0.00 0.00 50.00 3",
            "50.00 0.00 20.00 0.00 0.00 0.00 70.00 3",
            "70.00 0.00 0.00 0.00 0.00 0.00 70.00 3",
            "70.00 10.00 0.00 0.00 0.00 0.00 80.00 4",
            "80.00 10.00 0.00 0.00 -20.00 0.00 70.00 3",
            "70.00 0.00 10.00 0.00 0.00 30.00 110.00 4",
            "110.00 0.00 30.00 0.00 -10.00 0.00 130.00 3",
        ]
    );
    // Of the three who paid on February 28, Ben left with 30.00 of 70.00; of four on September 30, Asha and Eve.
    assert_eq!((&months[2]["customerChurnRate"], &months[2]["revenueChurnRate"]), (&json!("0.3333"), &json!("0.4286")));
    assert_eq!((&months[5]["customerChurnRate"], &months[5]["revenueChurnRate"]), (&json!("0.0000"), &json!("0.2857")));
    assert_eq!(months[9]["customerChurnRate"], "0.5000");
    assert_eq!((&months[0]["customerChurnRate"], &months[0]["revenueChurnRate"]), (&Value::Null, &Value::Null));
    let minor = |month: &Value, name: &str| text(&month[name]).replace('.', "").parse::<i64>().unwrap();
    for month in months {
        let five = ["new", "expansion", "contraction", "churn", "reactivation"];
        let sum: i64 = five.iter().map(|name| minor(month, name)).sum();
        assert_eq!(sum, minor(month, "closing") - minor(month, "opening"), "{}", month["from"]);
        assert_eq!(sum, minor(month, "change"), "{}", month["from"]);
        let closing = metrics(&owner, Some(text(&month["to"])), "revenue { mrr { amount } customers }").await;
        assert_eq!(plain(&closing["revenue"]["mrr"]), month["closing"], "{}", month["to"]);
        assert_eq!(closing["revenue"]["customers"], month["closingCustomers"], "{}", month["to"]);
    }
}

/// What a business shows of its recurring revenue as of a day: in all, and by plan.
async fn by_plan(owner: &Client, day: &str) -> String {
    let shown =
        metrics(owner, Some(day), "revenue { mrr { amount } byPlan { plan { code } quantity mrr { amount } } }");
    let shown = plain(&shown.await["revenue"]);
    let plans = shown["byPlan"].as_array().unwrap().iter();
    let plans = plans.map(|of| format!("{} {} {}", text(&of["plan"]["code"]), of["quantity"], text(&of["mrr"])));
    format!("{}: {}", text(&shown["mrr"]), plans.collect::<Vec<_>>().join(", "))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_without_proration_counts_from_the_next_period_also_after_a_pause_within_this_one() {
    let daybook = daybook_at("2026-03-01").await;
    let owner = sandbox(&daybook, "saas", "UTC").await;
    let (basic, pro) = (monthly(&owner, "basic", "10").await, monthly(&owner, "pro", "31").await);
    let weekly = json!({ "code": "weekly", "name": "W", "price": "7", "interval": "WEEK" });
    let weekly = plan(&owner, weekly).await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    let a = subscribe(&owner, &asha, &basic, json!({ "quantity": 2 })).await;
    let b = subscribe(&owner, &ben, &pro, json!({})).await;
    let unprorated =
        |plan: &str, quantity: i64| json!({ "planId": plan, "quantity": quantity, "mode": "NOW_WITHOUT_PRORATION" });
    on(&owner, "2026-03-05", CHANGE, &a, unprorated(&pro, 3)).await;
    on(&owner, "2026-03-05", CHANGE, &b, unprorated(&weekly, 1)).await;
    for subscription in [&a, &b] {
        on(&owner, "2026-03-10", PAUSE, subscription, json!({})).await;
    }
    for subscription in [&a, &b] {
        on(&owner, "2026-03-20", RESUME, subscription, json!({})).await;
    }
    // Once more, and with another change in the pause, at the terms of which it goes on.
    on(&owner, "2026-03-22", PAUSE, &a, json!({})).await;
    on(&owner, "2026-03-23", RESUME, &a, json!({})).await;
    on(&owner, "2026-03-25", PAUSE, &a, json!({})).await;
    on(&owner, "2026-03-26", CHANGE, &a, unprorated(&basic, 5)).await;
    on(&owner, "2026-03-27", RESUME, &a, json!({})).await;
    advance(&owner, "2026-04-02").await;
    assert_in_order(&daybook, &owner).await;
    for (day, expected) in [
        ("2026-03-04", "51.00: pro 1 31.00, basic 2 20.00"),
        ("2026-03-05", "51.00: pro 1 31.00, basic 2 20.00"),
        ("2026-03-10", "0.00: "),
        ("2026-03-20", "51.00: pro 1 31.00, basic 2 20.00"),
        ("2026-03-22", "31.00: pro 1 31.00"),
        ("2026-03-23", "51.00: pro 1 31.00, basic 2 20.00"),
        ("2026-03-26", "31.00: pro 1 31.00"),
        ("2026-03-27", "81.00: basic 5 50.00, pro 1 31.00"),
        // A week's price of 7.00 is 30.33 a month.
        ("2026-04-01", "80.33: basic 5 50.00, weekly 1 30.33"),
    ] {
        assert_eq!(by_plan(&owner, day).await, expected, "{day}");
    }
}

/// What subscriptions bring now in minor units, out of the list of them: those that are active and have begun.
async fn from_the_list(owner: &Client) -> i64 {
    const LIST: &str =
        "{ subscriptions(first: 100) { nodes { status periodStart quantity price { amount { minorUnits } }
        plan { interval intervalCount } } } }";
    let data = owner.run(LIST, json!({})).await;
    let of = |node: &Value| {
        if node["status"] != "ACTIVE" || node["periodStart"].is_null() {
            return 0;
        }
        let a_year = match text(&node["plan"]["interval"]) {
            "DAY" => 365,
            "WEEK" => 52,
            "MONTH" => 12,
            _ => 1,
        };
        let price: i64 = text(&node["price"]["amount"]["minorUnits"]).parse().unwrap();
        let (upper, lower) =
            (price * node["quantity"].as_i64().unwrap() * a_year, 12 * node["plan"]["intervalCount"].as_i64().unwrap());
        (2 * upper + lower) / (2 * lower)
    };
    data["subscriptions"]["nodes"].as_array().unwrap().iter().map(of).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_to_subscriptions_movements_sum_to_the_change_and_past_days_stay_as_they_were() {
    let mut dice = Dice::throw();
    let daybook = daybook_at("2026-01-01").await;
    let owner = sandbox(&daybook, "saas", "Asia/Kolkata").await;
    let mut plans = Vec::new();
    for (code, interval, price) in
        [("week", "WEEK", "3.33"), ("month", "MONTH", "9.99"), ("more", "MONTH", "25"), ("year", "YEAR", "100")]
    {
        plans.push(plan(&owner, json!({ "code": code, "name": code, "price": price, "interval": interval })).await);
    }
    let mut customers = Vec::new();
    for number in 0..4 {
        customers.push(owner.customer(&format!("Customer {number}")).await);
    }
    let (mut subscriptions, mut recorded) = (Vec::new(), Vec::new());
    let mut day: NaiveDate = "2026-01-01".parse().unwrap();
    for _ in 0..45 {
        day = day + Days::new(dice.between(0, 14).unsigned_abs());
        advance(&owner, &day.to_string()).await;
        if subscriptions.len() < 4 || dice.percent(10) {
            let trial = if dice.percent(30) { dice.between(1, 20) } else { 0 };
            let input = json!({ "trialDays": trial, "quantity": dice.between(1, 3) });
            let (customer, plan) = (dice.pick(&customers).clone(), dice.pick(&plans).clone());
            subscriptions.push(subscribe(&owner, &customer, &plan, input).await);
        } else {
            let (mutation, input) = match dice.between(0, 3) {
                0 => (PAUSE, json!({})),
                1 => (RESUME, json!({})),
                2 => (CANCEL, json!({ "mode": dice.pick(&["NOW", "NOW_WITH_CREDIT", "PERIOD_END"]) })),
                _ => (
                    CHANGE,
                    json!({ "planId": dice.pick(&plans), "quantity": dice.between(1, 3),
                    "mode": dice.pick(&["NOW", "PERIOD_END"]) }),
                ),
            };
            // What its state does not allow is refused.
            owner.attempt(mutation, json!({ "id": dice.pick(&subscriptions), "input": input })).await;
        }
        let (mrr, today) = (from_the_list(&owner).await, day.to_string());
        let shown = metrics(&owner, None, "revenue { mrr { amount } }").await;
        assert_eq!(plain(&shown["revenue"]["mrr"]), decimal(mrr), "{today}");
        recorded.retain(|(known, _)| *known != today);
        recorded.push((today, decimal(mrr)));
    }
    for (past, mrr) in &recorded {
        let shown = metrics(&owner, Some(past), "revenue { mrr { amount } }").await;
        assert_eq!(plain(&shown["revenue"]["mrr"]), *mrr, "{past}");
    }
    let selection = MOVEMENTS.replace("2026-12-31", &day.to_string());
    for by in ["DAY", "WEEK", "MONTH"] {
        // A year has more days than a series has points; the first ones are as good.
        let to = if by == "DAY" { "2026-12-31".to_owned().min(day.to_string()) } else { day.to_string() };
        let selection = selection.replace(&day.to_string(), &to).replace("to: ", &format!("by: {by}, to: "));
        let shown = metrics(&owner, None, &selection).await;
        let minor = |value: &Value| text(&value["amount"]).replace('.', "").parse::<i64>().unwrap();
        let mut before = 0;
        for point in shown["revenue"]["movements"].as_array().unwrap() {
            let five = ["new", "expansion", "contraction", "churn", "reactivation"].map(|name| minor(&point[name]));
            assert_eq!(minor(&point["opening"]), before, "{by} {point}");
            assert_eq!(five.iter().sum::<i64>(), minor(&point["change"]), "{by} {point}");
            before = minor(&point["closing"]);
            assert_eq!(before, minor(&point["opening"]) + minor(&point["change"]), "{by} {point}");
            assert!(five[0] >= 0 && five[1] >= 0 && five[2] <= 0 && five[3] <= 0 && five[4] >= 0, "{by} {point}");
        }
    }
}
