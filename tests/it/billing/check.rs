//! `daybook check` finds what is wrong with plans and subscriptions.

use daybook::billing::check;
use daybook::db::{Mode, Scope, Transaction};
use daybook::id::BusinessId;
use diesel_async::SimpleAsyncConnection as _;
use serde_json::json;

use super::{CHANGE, PAUSE, Subscribed, advance, monthly, subscribe};
use crate::books::{assert_in_order, raw, value};

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_figure_of_billing_is_found_with_its_subject() {
    let world = Subscribed::new("2026-03-01", "31").await;
    let other = world.owner.customer("Ben").await;
    let pro = monthly(&world.owner, "pro", "99").await;
    let second = subscribe(&world.owner, &other, &pro, json!({})).await;
    world.on("2026-03-11", CHANGE, json!({ "quantity": 2 })).await;
    world.owner.change(PAUSE, json!({ "id": second })).await;
    advance(&world.owner, "2026-04-01").await;
    assert_in_order(&world.daybook, &world.owner).await;

    let raw = raw(&world.daybook.database, &world.owner.business).await;
    let business: BusinessId = world.owner.business.parse().unwrap();
    let first = crate::world::uuid(&world.subscription);
    let second = crate::world::uuid(&second);
    let of = |condition: &str| format!("SELECT id FROM subscription_periods WHERE {condition}");
    let cut = value(&raw, &of(&format!("subscription_id = '{first}' AND ends_on < period_end"))).await;
    let last = value(&raw, &of(&format!("subscription_id = '{first}' ORDER BY starts_on DESC LIMIT 1"))).await;
    let (period, subscription) = (|id: &str| format!("period {id}"), |id: &str| format!("subscription {id}"));
    const TWICE: &str = "no day of a subscription is charged for twice";
    const COST: &str = "what days of a subscription cost is their share of the period, rounded half up";
    const BACK: &str = "what is given back of a period is the share of the days that were not used";
    const CHARGED: &str = "days that cost something were charged to whose they are, and others were not";
    const CURRENT: &str = "the current period of an active subscription is the last that it was charged for";
    const DUE: &str = "a subscription is due when its period or its pause ends, or when it begins";
    const PRICE: &str = "a subscription pays a price of its plan";
    const VERSION: &str = "the price of a plan is the last of its versions, which are numbered from one without gaps";

    const ARREARS: &str = "who is suspended by dunning owes an invoice for which they were suspended";
    const REMINDED: &str = "a reminder of an invoice was made once for a day, and the newest is noted";
    const WHOSE: &str = "dunning of an invoice is of whose that is";
    let dunned = value(&raw, "SELECT invoice_id FROM dunnings WHERE reminded_on = '2026-04-01'").await;
    let code = value(&raw, "SELECT code FROM customers WHERE name = 'Asha'").await;
    let invoice = format!("invoice {dunned}");

    for (corruption, expected) in [
        (
            "UPDATE dunnings SET suspended_on = NULL FROM customers c WHERE c.id = customer_id AND c.name = 'Asha'"
                .to_owned(),
            vec![(ARREARS, format!("customer {code}"))],
        ),
        (
            format!("UPDATE dunnings SET reminded_on = NULL WHERE invoice_id = '{dunned}'"),
            vec![(REMINDED, invoice.clone())],
        ),
        (
            format!(
                "INSERT INTO events (business_id, id, kind, customer_id, subject_id, data, occurred_at)
                 SELECT business_id, gen_random_uuid(), kind, customer_id, subject_id, data, occurred_at FROM events
                 WHERE kind = 'INVOICE_REMINDER' AND subject_id = '{dunned}'"
            ),
            vec![(REMINDED, invoice.clone())],
        ),
        (
            format!(
                "UPDATE dunnings SET customer_id = (SELECT id FROM customers WHERE name = 'Ben')
                 WHERE invoice_id = '{dunned}'"
            ),
            vec![(WHOSE, invoice)],
        ),
        (
            format!("UPDATE subscription_periods SET ends_on = ends_on + 1 WHERE id = '{cut}'"),
            vec![(TWICE, subscription(&first)), (BACK, period(&cut))],
        ),
        (
            format!("UPDATE subscription_periods SET period_amount = period_amount + 31 WHERE id = '{cut}'"),
            vec![(COST, period(&cut)), (BACK, period(&cut))],
        ),
        (
            format!("UPDATE subscription_periods SET credited = credited - 1 WHERE id = '{cut}'"),
            vec![(BACK, period(&cut))],
        ),
        (
            format!("UPDATE subscription_periods SET charge_id = NULL WHERE id = '{last}'"),
            vec![(CHARGED, period(&last))],
        ),
        (
            format!(
                "UPDATE subscription_periods SET charge_id = (SELECT charge_id FROM subscription_periods
                 WHERE subscription_id = '{second}') WHERE id = '{last}'"
            ),
            vec![(CHARGED, period(&last))],
        ),
        (
            format!(
                "UPDATE plan_subscriptions SET period_end = period_end + 1, due_on = due_on + 1 WHERE id = '{first}'"
            ),
            vec![(CURRENT, subscription(&first))],
        ),
        (format!("DELETE FROM subscription_periods WHERE id = '{last}'"), vec![(CURRENT, subscription(&first))]),
        (
            format!("UPDATE plan_subscriptions SET due_on = due_on + 1 WHERE id = '{first}'"),
            vec![(DUE, subscription(&first))],
        ),
        (
            format!("UPDATE plan_subscriptions SET due_on = period_end WHERE id = '{second}'"),
            vec![(DUE, subscription(&second))],
        ),
        (
            format!(
                "UPDATE plan_subscriptions SET price_id = (SELECT price_id FROM plan_subscriptions
                 WHERE id = '{first}') WHERE id = '{second}'"
            ),
            vec![(PRICE, subscription(&second))],
        ),
        (
            "INSERT INTO plan_prices SELECT business_id, gen_random_uuid(), plan_id, 2, 1, now() FROM plan_prices
             WHERE amount = 9900"
                .to_owned(),
            vec![(VERSION, "plan pro".to_owned())],
        ),
    ] {
        // Undone afterwards, so that each corruption is the only one.
        let scope = Scope::Business(business, None);
        let transaction = Transaction::begin(&world.daybook.app.pool, scope, Mode::Job).await.unwrap();
        (&mut &*transaction).batch_execute(&corruption).await.unwrap();
        let broken = check::check(&transaction, business).await.unwrap();
        transaction.rollback().await.unwrap();
        let found = broken.into_iter().flat_map(|(rule, rows)| rows.into_iter().map(move |row| (rule, row.subject)));
        assert_eq!(found.collect::<Vec<_>>(), expected, "{corruption}");
    }
    assert_in_order(&world.daybook, &world.owner).await;
}
