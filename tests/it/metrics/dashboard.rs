//! The dashboard: at once, live, and right whoever writes at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use daybook::metrics::figures::roll;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{metrics, plain};
use crate::books::{ARCHIVE, Dice, REFUND, REVERSE, VOID, assert_in_order, decimal, pay, raw, value};
use crate::harness::{Client, Daybook, text, until};
use crate::live::{attached, subscribed};

const FIGURES: &str = "outstanding { amount } overdue { amount } credit { amount } balance { amount }
    ageing { current { amount } days1To30 { amount } over90Days { amount } }
    customers activeCustomers suspendedCustomers members
    today { from to charged { amount } credited { amount } collected { amount }
        collectedByMethod { method amount { amount } } newCustomers }
    month { from to charged { amount } collected { amount } newCustomers }";

const CREATE: &str = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
    customer { id } userErrors { code field message } } }";
const UPDATE: &str = "mutation ($id: ID!, $input: CustomerUpdateInput!) { customerUpdate(id: $id, input: $input) {
    userErrors { code field message } } }";

async fn dashboard(client: &Client) -> Value {
    plain(&client.run(&format!("{{ dashboard {{ {FIGURES} }} }}"), json!({})).await["dashboard"])
}

/// The same figures out of the charges, entries and customers themselves.
async fn computed(daybook: &Daybook, client: &Client, today: &str) -> Value {
    let raw = raw(&daybook.database, &client.business).await;
    let sum = async |query: &str| -> i64 {
        value(&raw, &query.replace("TODAY", &format!("'{today}'::date"))).await.parse().unwrap()
    };
    let owed = async |condition: &str| {
        let query = "SELECT coalesce(sum(amount - paid), 0)::bigint FROM charges WHERE voided_at IS NULL AND";
        decimal(sum(&format!("{query} {condition}")).await)
    };
    let moved = async |kinds: &str, of: &str, days: &str| {
        let query = format!(
            "SELECT coalesce(sum(e.amount), 0)::bigint FROM entries e LEFT JOIN payments p ON p.id = e.payment_id
             WHERE e.kind IN ({kinds}) AND {of} AND e.occurred_on {days}"
        );
        sum(&query).await
    };
    const CHARGES: &str = "'CHARGE', 'CHANGE', 'VOID'";
    const PAYMENTS: &str = "'PAYMENT', 'REFUND', 'REVERSAL'";
    let (day, month) = ("= TODAY", "BETWEEN date_trunc('month', TODAY)::date AND TODAY");
    let mut by_method = Vec::new();
    for method in ["CASH", "CARD", "UPI"] {
        let of = format!("p.kind = 'PAYMENT' AND p.method = '{method}'");
        let amount = -moved(PAYMENTS, &of, day).await;
        if amount != 0 {
            by_method.push(json!({ "method": method, "amount": decimal(amount) }));
        }
    }
    let customers = async |condition: &str| sum(&format!("SELECT count(*) FROM customers WHERE {condition}")).await;
    json!({
        "outstanding": owed("true").await,
        "overdue": owed("due_on < TODAY").await,
        "credit": decimal(sum("SELECT coalesce(sum(unallocated), 0)::bigint FROM payments").await),
        "balance": decimal(sum("SELECT coalesce(sum(balance), 0)::bigint FROM customers").await),
        "ageing": {
            "current": owed("due_on >= TODAY").await,
            "days1To30": owed("due_on < TODAY AND due_on >= TODAY - 30").await,
            "over90Days": owed("due_on < TODAY - 90").await,
        },
        "customers": customers("archived_at IS NULL AND joined_on <= TODAY").await,
        "activeCustomers": customers("archived_at IS NULL AND joined_on <= TODAY AND status = 'ACTIVE'").await,
        "suspendedCustomers": customers("archived_at IS NULL AND joined_on <= TODAY AND status = 'SUSPENDED'").await,
        "members": customers("archived_at IS NULL AND joined_on <= TODAY AND member_since IS NOT NULL").await,
        "today": {
            "from": today, "to": today,
            "charged": decimal(moved(CHARGES, "true", day).await),
            "credited": decimal(-moved("'CREDIT', 'REVERSAL'", "p.kind = 'CREDIT'", day).await),
            "collected": decimal(-moved(PAYMENTS, "p.kind = 'PAYMENT'", day).await),
            "collectedByMethod": by_method,
            "newCustomers": customers("joined_on = TODAY").await,
        },
        "month": {
            "from": format!("{}-01", &today[..7]), "to": today,
            "charged": decimal(moved(CHARGES, "true", month).await),
            "collected": decimal(-moved(PAYMENTS, "p.kind = 'PAYMENT'", month).await),
            "newCustomers": customers(&format!("joined_on {month}")).await,
        },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn after_each_payment_the_new_figures_arrive_with_it() {
    let daybook = crate::billing::daybook_at("2026-03-10").await;
    let owner = daybook.owner("shop").await;
    let asha = owner.customer("Asha").await;
    owner.sale(&asha, "2026-03-01", "100").await;
    let query = "subscription { paymentUpdates { kind payment { amount { amount } } metrics {
        outstanding { amount } today { collected { amount } } } } }";
    let mut socket = subscribed(&owner, query, json!({})).await;
    attached(&daybook, &owner, 1).await;
    for (amount, outstanding, collected) in
        [("30", "70.00", "30.00"), ("0.01", "69.99", "30.01"), ("69.99", "0.00", "100.00")]
    {
        pay(&owner, &asha, amount).await;
        let update = plain(&socket.event().await["paymentUpdates"]);
        let expected = json!({ "outstanding": outstanding, "today": { "collected": collected } });
        // An object of one amount is that amount in these tests.
        assert_eq!(update["metrics"], plain(&expected), "{amount}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_dashboard_tells_of_whatever_moves_a_figure_and_of_nothing_else() {
    let daybook = crate::billing::daybook_at("2026-03-10").await;
    let owner = daybook.owner("shop").await;
    let query = format!("subscription {{ dashboard {{ cursor kind dashboard {{ {FIGURES} }} }} }}");
    let mut socket = subscribed(&owner, &query, json!({})).await;
    attached(&daybook, &owner, 1).await;
    let asha = owner.customer("Asha").await;
    let note = "mutation ($id: ID!) { noteCreate(input: { customerId: $id, kind: ISSUE, content: \"x\" }) {
        userErrors { code field message } } }";
    owner.change(note, json!({ "id": asha })).await;
    // What happens elsewhere is nothing here.
    let elsewhere = daybook.owner("elsewhere").await;
    let other = elsewhere.customer("Other").await;
    elsewhere.sale(&other, "2026-03-01", "7").await;
    pay(&elsewhere, &other, "1").await;
    owner.sale(&asha, "2026-03-01", "100").await;
    pay(&owner, &asha, "40").await;
    let mut kinds = vec!["CUSTOMER_CREATED", "SALE_CREATED", "PAYMENT_RECORDED"].into_iter();
    let mut last = Value::Null;
    while last["kind"] != "PAYMENT_RECORDED" {
        last = socket.event().await["dashboard"].take();
        // One may tell of those before it, too.
        assert!(kinds.any(|kind| last["kind"] == kind), "{last}");
    }
    assert_eq!(plain(&last["dashboard"]), dashboard(&owner).await);
    assert_eq!(plain(&last["dashboard"]), computed(&daybook, &owner, "2026-03-10").await);
    socket.nothing().await;
    // Whoever was away reads on from the cursor.
    pay(&owner, &asha, "1").await;
    let resumed =
        "subscription ($after: String) { dashboard(after: $after) { kind dashboard { outstanding { amount } } } }";
    let mut socket = subscribed(&owner, resumed, json!({ "after": last["cursor"] })).await;
    let update = socket.event().await["dashboard"].take();
    assert_eq!(update, json!({ "kind": "PAYMENT_RECORDED", "dashboard": { "outstanding": { "amount": "59.00" } } }));
    // Who is erased is archived, and counts no more.
    let erase = "mutation ($id: ID!) { customerErase(id: $id, input: { confirmCode: \"C-000001\" }) {
        userErrors { code field message } } }";
    owner.change(erase, json!({ "id": asha })).await;
    assert_eq!(socket.event().await["dashboard"]["kind"], "CUSTOMER_ERASED");
}

#[tokio::test(flavor = "multi_thread")]
async fn clerks_see_no_metrics_and_the_rest_of_a_payment_stands() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let asha = owner.customer("Asha").await;
    owner.sale(&asha, "2026-03-01", "100").await;
    for role in ["CLERK", "VIEWER"] {
        let member = daybook.member(&owner, role).await;
        for query in ["{ metrics { asOf } }", "{ dashboard { customers } }"] {
            assert_eq!(member.error_codes(query, json!({})).await, ["FORBIDDEN"], "{role}");
        }
        let mut socket = member.socket().await;
        let query = "subscription { paymentUpdates { kind metrics { customers } } }";
        socket.subscribe(query, json!({})).await;
        attached(&daybook, &owner, 1).await;
        pay(&owner, &asha, "1").await;
        let message = socket.message().await;
        assert_eq!(
            message["payload"]["data"]["paymentUpdates"],
            json!({ "kind": "RECORDED", "metrics": null }),
            "{role}"
        );
        assert_eq!(message["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN", "{role}");
        assert_eq!(message["payload"]["errors"][0]["path"], json!(["paymentUpdates", "metrics"]), "{role}");
        drop(socket);
        attached(&daybook, &owner, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_is_one_statement_and_metrics_load_only_what_is_selected() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let counted = async |query: &str| {
        let answer = owner.send(query, json!({})).await;
        assert_eq!(answer.body.get("errors"), None, "{}", answer.body);
        answer.statements
    };
    assert_eq!(counted(&format!("{{ dashboard {{ {FIGURES} }} }}")).await, 1);
    assert_eq!(counted("{ metrics { asOf } }").await, 0);
    let counts = "customers { total members nonMembers byStatus { count } byType { count } }";
    assert_eq!(counted(&format!("{{ metrics {{ {counts} loyalty {{ members }} }} }}")).await, 1);
    let owed =
        "receivables { outstanding { amount } overdue { amount } ageing { current { amount } } credit { amount } }";
    assert_eq!(counted(&format!("{{ metrics {{ {owed} }} }}")).await, 1);
    let revenue = "revenue { mrr { amount } arr { amount } arpu { amount } byPlan { mrr { amount } } }";
    assert_eq!(counted(&format!("{{ metrics {{ {revenue} }} }}")).await, 1);
}

/// What one of many does at the same time with customers that others write to as well.
async fn work(owner: Client, mut dice: Dice, customers: Vec<String>) {
    let (mut charges, mut payments) = (Vec::new(), Vec::new());
    for _ in 0..25 {
        let (customer, amount) = (dice.pick(&customers).clone(), decimal(dice.between(1, 9_999)));
        match dice.between(0, 9) {
            0..=3 => charges.push(owner.sale(&customer, &format!("2026-01-{:02}", dice.between(1, 31)), &amount).await),
            4..=6 => {
                let method = dice.pick(&["CASH", "CARD", "UPI"]);
                let input = json!({ "customerId": customer, "amount": amount, "method": method, "allowCredit": true });
                payments.push(text(&owner.pay(input).await["payment"]["id"]).to_owned());
            }
            7 if !charges.is_empty() => {
                owner.attempt(VOID, json!({ "id": dice.pick(&charges), "input": { "reason": "x" } })).await;
            }
            8 if !payments.is_empty() => {
                owner.attempt(REVERSE, json!({ "id": dice.pick(&payments), "input": { "reason": "x" } })).await;
            }
            9 if !payments.is_empty() => {
                let input = json!({ "reason": "x", "amount": "0.50" });
                owner.attempt(REFUND, json!({ "id": dice.pick(&payments), "input": input })).await;
            }
            _ => {
                let day = format!("2026-{:02}-{:02}", dice.between(1, 2), dice.between(1, 28));
                let member = dice.percent(50).then_some("2026-01-01");
                let input = json!({ "name": "Another", "joinedOn": day, "memberSince": member });
                let made = owner.change(CREATE, json!({ "input": input })).await["customer"]["id"].take();
                let change = match dice.between(0, 3) {
                    0 => json!({ "status": "SUSPENDED" }),
                    1 => json!({ "memberSince": "2026-01-02" }),
                    2 => json!({ "joinedOn": "2026-01-20" }),
                    _ => json!({ "name": "Renamed" }),
                };
                owner.change(UPDATE, json!({ "id": made, "input": change })).await;
                if dice.percent(30) {
                    owner.change(ARCHIVE, json!({ "id": made })).await;
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_at_the_same_time_the_figures_are_those_of_a_fresh_computation() {
    let mut dice = Dice::throw();
    let daybook = crate::billing::daybook_at("2026-01-20").await;
    let owner = daybook.owner("shop").await;
    let mut customers = Vec::new();
    for number in 0..3 {
        customers.push(owner.customer(&format!("Customer {number}")).await);
    }
    let query = format!("subscription {{ dashboard {{ dashboard {{ {FIGURES} }} }} }}");
    let mut socket = subscribed(&owner, &query, json!({})).await;
    attached(&daybook, &owner, 1).await;
    let done = Arc::new(AtomicBool::new(false));
    let rolling = {
        let (app, done) = (daybook.app.clone(), Arc::clone(&done));
        tokio::spawn(async move {
            while !done.load(Ordering::Relaxed) {
                roll::run(&app).await.unwrap();
                tokio::task::yield_now().await;
            }
        })
    };
    let workers = (0..4).map(|_| tokio::spawn(work(owner.clone(), dice.fork(), customers.clone())));
    for worked in join_all(workers).await {
        worked.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    rolling.await.unwrap();

    let expected = computed(&daybook, &owner, "2026-01-20").await;
    assert_eq!(dashboard(&owner).await, expected);
    // The last of what arrives live is the same.
    until("the live figures are those", async || plain(&socket.event().await["dashboard"]["dashboard"]) == expected)
        .await;
    // And so is what `metrics` shows of today.
    let shown = plain(&metrics(&owner, None, "receivables { outstanding { amount } credit { amount } }").await);
    assert_eq!(shown["receivables"], json!({ "outstanding": expected["outstanding"], "credit": expected["credit"] }));
    let shown =
        metrics(&owner, None, "customers { total members byStatus { status count } }").await["customers"].take();
    let of = |status: &str| {
        let all = shown["byStatus"].as_array().unwrap();
        all.iter().find(|of| of["status"] == status).unwrap()["count"].clone()
    };
    let found = [&shown["total"], &shown["members"], &of("ACTIVE"), &of("SUSPENDED")].map(Clone::clone);
    let names = ["customers", "members", "activeCustomers", "suspendedCustomers"];
    assert_eq!(found, names.map(|name| expected[name].clone()));
    assert_in_order(&daybook, &owner).await;
}

/// Adds so many customers past the API; none of it is in the log.
async fn crowd(raw: &tokio_postgres::Client, count: usize) {
    let insert = format!(
        "INSERT INTO customers (business_id, id, code, name, type, status, joined_on, created_at, updated_at)
         SELECT current_business(), gen_random_uuid(), 'X' || n, 'Someone ' || n, 'REGULAR', 'ACTIVE', '2026-01-01', now(),
             now() FROM generate_series(1, {count}) n"
    );
    raw.batch_execute(&insert).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_thousands_at_once_is_told_by_few_updates_and_one_that_moves_no_figure_by_none() {
    const CROWD: usize = 3_000;
    const BULK: &str = "mutation ($change: CustomersChangeInput!) { customersUpdate(filter: {}, change: $change) {
        changed userErrors { code field message } } }";
    const WATCH: &str = "subscription ($after: String) { dashboard(after: $after) { cursor kind
        dashboard { activeCustomers suspendedCustomers members } } }";
    let daybook = crate::billing::daybook_at("2026-03-10").await;
    let owner = daybook.owner("shop").await;
    crowd(&raw(&daybook.database, &owner.business).await, CROWD).await;
    let begin = owner.run("{ eventCursor }", json!({})).await["eventCursor"].take();
    let mut socket = subscribed(&owner, WATCH, json!({})).await;
    attached(&daybook, &owner, 1).await;
    for (change, expected) in [
        (json!({ "status": "SUSPENDED" }), json!([0, CROWD, 0])),
        (json!({ "member": true }), json!([0, CROWD, CROWD])),
    ] {
        assert_eq!(owner.change(BULK, json!({ "change": change })).await["changed"], CROWD);
        let (mut updates, mut last) = (0, Value::Null);
        // All figures are there with the first of them; the log goes on to its last event.
        let end = owner.log("{ events(last: 1) { nodes { cursor data } } }", json!({}), |data| {
            data["events"]["nodes"][0]["data"]["fields"]
                == json!([if change["member"] == true { "memberSince" } else { "status" }])
        });
        let end = end.await["events"]["nodes"][0]["cursor"].take();
        while last["cursor"] != end {
            last = socket.event().await["dashboard"].take();
            updates += 1;
        }
        assert_eq!(last["kind"], "CUSTOMER_UPDATED");
        let shown = &last["dashboard"];
        assert_eq!(json!([shown["activeCustomers"], shown["suspendedCustomers"], shown["members"]]), expected);
        assert!(updates <= CROWD / 10, "{updates} updates of {CROWD} changes");
    }
    // What moves nothing is left out.
    for change in [json!({ "addTags": ["x"] }), json!({ "type": "VIP" })] {
        assert_eq!(owner.change(BULK, json!({ "change": change })).await["changed"], CROWD);
    }
    let asha = owner.customer("Asha").await;
    owner.change(UPDATE, json!({ "id": asha, "input": { "name": "Asha B", "address": "x" } })).await;
    let update = socket.event().await["dashboard"].take();
    assert_eq!((&update["kind"], &update["dashboard"]["activeCustomers"]), (&json!("CUSTOMER_CREATED"), &json!(1)));
    owner.change(UPDATE, json!({ "id": asha, "input": { "status": "PENDING", "name": "Asha" } })).await;
    let update = socket.event().await["dashboard"].take();
    assert_eq!((&update["kind"], &update["dashboard"]["activeCustomers"]), (&json!("CUSTOMER_UPDATED"), &json!(0)));
    socket.nothing().await;

    // Whoever was away for all of it catches up with few, too.
    let mut away = subscribed(&owner, WATCH, json!({ "after": begin })).await;
    let (mut updates, mut last) = (0, Value::Null);
    while last["cursor"] != update["cursor"] {
        last = away.event().await["dashboard"].take();
        updates += 1;
    }
    assert_eq!(last, update);
    assert!(updates <= CROWD / 50, "{updates} updates of what was missed");
}
