//! Dunning: reminders, suspension, and what ends it.

use daybook::billing::engine;
use daybook::clock::Clock;
use daybook::db::Scope;
use diesel_async::SimpleAsyncConnection as _;
use futures_util::future::{join_all, try_join_all};
use serde_json::{Value, json};

use super::credit_notes::CREDIT;
use super::invoices::{FINALIZE, GIVE_UP, VOID_INVOICE, draft, invoice};
use super::{Subscribed, advance, midnight, monthly, plan, sandbox, subscribe};
use crate::books::{ADJUST, ARCHIVE, REFUND, REVERSE, assert_in_order, pay, raw, value};
use crate::harness::{Client, Daybook, text};
use crate::process::{Data, output};

const SETTINGS: &str = "mutation ($input: BusinessUpdateInput!) { businessUpdate(input: $input) {
    business { daysUntilDue reminderOffsets daysOfGrace suspendsOverdue } userErrors { code field message } } }";

const SET_STATUS: &str = "mutation ($id: ID!, $status: CustomerStatus!) {
    customerUpdate(id: $id, input: { status: $status }) { customer { status } userErrors { code field message } } }";

const HOLD: &str =
    "mutation ($id: ID!, $input: SubscriptionDunningHoldInput) { subscriptionDunningHold(id: $id, input: $input) {
    subscription { dunningHeld dunningHeldUntil } userErrors { code field message } } }";

const RELEASE: &str = "mutation ($id: ID!) { subscriptionDunningRelease(id: $id) {
    subscription { dunningHeld dunningHeldUntil } userErrors { code field message } } }";

/// A customer's status, and whether dunning made it that: `SUSPENDED by dunning`.
async fn status(client: &Client, customer: &str) -> String {
    let query = "query ($id: ID!) { customer(id: $id) { status suspendedByDunning } }";
    let found = client.run(query, json!({ "id": customer })).await["customer"].take();
    let by = if found["suspendedByDunning"] == true { " by dunning" } else { "" };
    format!("{}{by}", text(&found["status"]))
}

/// What the log has of invoices, reminders and suspensions, in the order in which it happened: `2026-03-12 REMINDER -3`.
async fn story(daybook: &Daybook, client: &Client) -> Vec<String> {
    let raw = raw(&daybook.database, &client.business).await;
    let query = "SELECT coalesce(string_agg(occurred_at::date || ' '
            || replace(replace(replace(kind, 'INVOICE_', ''), 'CUSTOMER_', ''), 'PAYMENT_', '')
            || coalesce(' ' || (data ->> 'days'), ''), ', ' ORDER BY txid, id), '')
        FROM events WHERE kind IN ('INVOICE_FINALIZED', 'INVOICE_REMINDER', 'CUSTOMER_SUSPENDED', 'CUSTOMER_REACTIVATED',
            'PAYMENT_RECORDED', 'PAYMENT_REVERSED')";
    let found = value(&raw, query).await;
    found.split(", ").filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The id of the first invoice.
async fn first(client: &Client) -> String {
    let found = client.run("{ invoices(sort: ISSUED_ON_ASC) { nodes { id } } }", json!({})).await;
    text(&found["invoices"]["nodes"][0]["id"]).to_owned()
}

/// A yearly subscription of 31.00 from 1 March 2026, which is due on the 15th and suspends on the 30th.
async fn yearly() -> Subscribed {
    let daybook = super::daybook_at("2026-03-01").await;
    let owner = sandbox(&daybook, "isp", "UTC").await;
    owner.change(SETTINGS, json!({ "input": { "daysUntilDue": 14 } })).await;
    let customer = owner.customer("Asha").await;
    let plan = plan(&owner, json!({ "code": "y", "name": "Year", "price": "31", "interval": "YEAR" })).await;
    let subscription = subscribe(&owner, &customer, &plan, json!({})).await;
    Subscribed { daybook, owner, customer, subscription }
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_come_on_their_days_and_the_suspension_on_the_day_after_grace() {
    let world = yearly().await;
    let owner = &world.owner;
    advance(owner, "2026-03-29").await;
    assert_eq!(status(owner, &world.customer).await, "ACTIVE");
    advance(owner, "2026-03-30").await;
    assert_eq!(status(owner, &world.customer).await, "SUSPENDED by dunning");
    // A part of it is not enough.
    pay(owner, &world.customer, "30.99").await;
    assert_eq!(status(owner, &world.customer).await, "SUSPENDED by dunning");
    assert_in_order(&world.daybook, owner).await;
    pay(owner, &world.customer, "0.01").await;
    assert_eq!(status(owner, &world.customer).await, "ACTIVE");
    let raw = raw(&world.daybook.database, &owner.business).await;
    let same = "SELECT count(DISTINCT txid) || ' of ' || count(*) FROM events WHERE kind = 'CUSTOMER_REACTIVATED'
        OR id = (SELECT max(id::text)::uuid FROM events WHERE kind = 'PAYMENT_RECORDED')";
    assert_eq!(value(&raw, same).await, "1 of 2", "in the transaction of the payment");
    advance(owner, "2026-12-31").await;
    let expected = [
        "2026-03-01 FINALIZED",
        "2026-03-12 REMINDER -3",
        "2026-03-15 REMINDER 0",
        "2026-03-22 REMINDER 7",
        "2026-03-30 SUSPENDED",
        "2026-03-30 RECORDED",
        "2026-03-30 RECORDED",
        "2026-03-30 REACTIVATED",
    ];
    assert_eq!(story(&world.daybook, owner).await, expected);
    assert_in_order(&world.daybook, owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_happens_in_the_order_of_its_days_within_one_advance() {
    let world = Subscribed::new("2026-01-31", "10").await;
    advance(&world.owner, "2026-03-31").await;
    let expected = [
        "2026-01-31 FINALIZED",
        "2026-01-31 REMINDER 0",
        "2026-02-07 REMINDER 7",
        "2026-02-15 SUSPENDED",
        "2026-02-28 FINALIZED",
        "2026-02-28 REMINDER 0",
        "2026-03-07 REMINDER 7",
        "2026-03-31 FINALIZED",
        "2026-03-31 REMINDER 0",
    ];
    assert_eq!(story(&world.daybook, &world.owner).await, expected);
    // Both suspend by now: one of them paid is not enough.
    pay(&world.owner, &world.customer, "10").await;
    assert_eq!(status(&world.owner, &world.customer).await, "SUSPENDED by dunning");
    pay(&world.owner, &world.customer, "10").await;
    // The third is owed and not past its days of grace.
    assert_eq!(status(&world.owner, &world.customer).await, "ACTIVE");
    assert_in_order(&world.daybook, &world.owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_settles_an_invoice_reactivates_at_once() {
    for way in ["payment", "credit", "credit note", "void", "uncollectible", "hold"] {
        let world = yearly().await;
        let owner = &world.owner;
        advance(owner, "2026-04-05").await;
        assert_eq!(status(owner, &world.customer).await, "SUSPENDED by dunning");
        let id = first(owner).await;
        match way {
            "payment" => drop(pay(owner, &world.customer, "31").await),
            "credit" => {
                let input = json!({
                    "customerId": world.customer, "kind": "ADJUSTMENT", "amount": "-31", "reason": "Sorry"
                });
                owner.change(ADJUST, json!({ "input": input })).await;
            }
            "credit note" => {
                let input = json!({ "invoiceId": id, "amount": "31", "reason": "Sorry" });
                owner.change(CREDIT, json!({ "input": input })).await;
            }
            "void" => drop(owner.change(VOID_INVOICE, json!({ "id": id, "input": { "reason": "Wrong" } })).await),
            "uncollectible" => drop(owner.change(GIVE_UP, json!({ "id": id })).await),
            _ => drop(owner.change(HOLD, json!({ "id": world.subscription })).await),
        }
        assert_eq!(status(owner, &world.customer).await, "ACTIVE", "{way}");
        assert_in_order(&world.daybook, owner).await;
        advance(owner, "2026-12-31").await;
        assert_eq!(status(owner, &world.customer).await, "ACTIVE", "{way}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_someone_decides_by_hand_stands() {
    let world = Subscribed::new("2026-03-01", "10").await;
    let (owner, customer) = (&world.owner, &world.customer);
    let by_hand = async |status: &str| owner.change(SET_STATUS, json!({ "id": customer, "status": status })).await;
    // Suspended by hand: nothing that is paid changes it.
    by_hand("SUSPENDED").await;
    advance(owner, "2026-03-20").await;
    assert_eq!(status(owner, customer).await, "SUSPENDED");
    pay(owner, customer, "10").await;
    assert_eq!(status(owner, customer).await, "SUSPENDED");
    by_hand("ACTIVE").await;
    // Served again by hand, though they owe: dunning suspends them for the next invoice, and not for the same again.
    advance(owner, "2026-04-16").await;
    assert_eq!(status(owner, customer).await, "SUSPENDED by dunning");
    by_hand("ACTIVE").await;
    advance(owner, "2026-05-15").await;
    assert_eq!(status(owner, customer).await, "ACTIVE");
    advance(owner, "2026-05-16").await;
    assert_eq!(status(owner, customer).await, "SUSPENDED by dunning");
    // Suspended by hand on top of that: it is theirs from then on.
    by_hand("SUSPENDED").await;
    pay(owner, customer, "20").await;
    assert_eq!(status(owner, customer).await, "SUSPENDED");
    assert_in_order(&world.daybook, owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_suspended_with_many_is_suspended_by_hand() {
    let world = Subscribed::new("2026-03-01", "10").await;
    let (owner, customer) = (&world.owner, &world.customer);
    advance(owner, "2026-03-16").await;
    assert_eq!(status(owner, customer).await, "SUSPENDED by dunning");
    let all = "mutation { customersUpdate(filter: {}, change: { status: SUSPENDED }) {
        changed userErrors { code field message } } }";
    assert_eq!(owner.change(all, json!({})).await["changed"], 1);
    assert_eq!(owner.change(all, json!({})).await["changed"], 0);
    pay(owner, customer, "10").await;
    assert_eq!(status(owner, customer).await, "SUSPENDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_that_someone_lifted_does_not_keep_from_being_served_later() {
    let world = Subscribed::new("2026-03-01", "10").await;
    let (owner, customer) = (&world.owner, &world.customer);
    advance(owner, "2026-03-16").await;
    owner.change(SET_STATUS, json!({ "id": customer, "status": "ACTIVE" })).await;
    advance(owner, "2026-04-16").await;
    assert_eq!(status(owner, customer).await, "SUSPENDED by dunning");
    // The invoice of April is what they are suspended for; that of March is still owed.
    let newest = "{ invoices(sort: ISSUED_ON_DESC, first: 1) { nodes { charge { id } } } }";
    let charge = owner.run(newest, json!({})).await["invoices"]["nodes"][0]["charge"]["id"].take();
    let paid = json!({ "customerId": customer, "amount": "10", "method": "CASH", "charges": [{ "chargeId": charge }] });
    let record = "mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) {
        payment { id } userErrors { code field message } } }";
    owner.change(record, json!({ "input": paid })).await;
    assert_eq!(status(owner, customer).await, "ACTIVE");
    assert_in_order(&world.daybook, owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_off_charges_never_suspend_and_an_invoice_by_hand_is_reminded_of() {
    let daybook = super::daybook_at("2026-03-01").await;
    let owner = sandbox(&daybook, "shop", "UTC").await;
    let customer = owner.customer("Asha").await;
    owner.sale(&customer, "2026-03-01", "5").await;
    invoice(&owner, &customer, "100").await;
    advance(&owner, "2026-12-31").await;
    let expected = ["2026-03-01 FINALIZED", "2026-03-01 REMINDER 0", "2026-03-08 REMINDER 7"];
    assert_eq!(story(&daybook, &owner).await, expected);
    assert_eq!(status(&owner, &customer).await, "ACTIVE");
    // Nor are those reminded who are archived.
    invoice(&owner, &customer, "100").await;
    owner.change(ARCHIVE, json!({ "id": customer })).await;
    advance(&owner, "2027-06-01").await;
    assert_eq!(story(&daybook, &owner).await.len(), expected.len() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_taken_back_suspends_again_and_repeats_no_reminder() {
    for (mutation, reason) in [(REVERSE, "Bounced"), (REFUND, "Goodwill")] {
        let world = yearly().await;
        let owner = &world.owner;
        advance(owner, "2026-04-05").await;
        let paid = pay(owner, &world.customer, "31").await;
        assert_eq!(status(owner, &world.customer).await, "ACTIVE");
        let before = story(&world.daybook, owner).await.iter().filter(|line| line.contains("REMINDER")).count();
        advance(owner, "2026-04-20").await;
        owner.change(mutation, json!({ "id": paid["payment"]["id"], "input": { "reason": reason } })).await;
        advance(owner, "2026-04-21").await;
        assert_eq!(status(owner, &world.customer).await, "SUSPENDED by dunning", "{reason}");
        let after = story(&world.daybook, owner).await.iter().filter(|line| line.contains("REMINDER")).count();
        assert_eq!(after, before);
        assert_in_order(&world.daybook, owner).await;
        pay(owner, &world.customer, "31").await;
        assert_eq!(status(owner, &world.customer).await, "ACTIVE", "{reason}");
        assert_in_order(&world.daybook, owner).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_exempts_to_its_day_or_until_it_is_released() {
    let world = yearly().await;
    let owner = &world.owner;
    let hold = async |input: Value| owner.attempt(HOLD, json!({ "id": world.subscription, "input": input })).await;
    let refused = owner.refusals(HOLD, json!({ "id": world.subscription, "input": { "until": "2026-02-28" } })).await;
    assert_eq!(refused, ["INVALID until"]);
    let held = hold(json!({ "until": "2026-04-10" })).await["subscription"].take();
    assert_eq!(held, json!({ "dunningHeld": true, "dunningHeldUntil": "2026-04-10" }));
    advance(owner, "2026-04-10").await;
    assert_eq!(story(&world.daybook, owner).await, ["2026-03-01 FINALIZED"]);
    // Of the reminders that were left out, the newest comes after it.
    advance(owner, "2026-04-11").await;
    let expected = ["2026-03-01 FINALIZED", "2026-04-11 REMINDER 7", "2026-04-11 SUSPENDED"];
    assert_eq!(story(&world.daybook, owner).await, expected);
    hold(json!({})).await;
    assert_eq!(status(owner, &world.customer).await, "ACTIVE");
    advance(owner, "2026-12-31").await;
    assert_eq!(status(owner, &world.customer).await, "ACTIVE");
    let released = owner.change(RELEASE, json!({ "id": world.subscription })).await["subscription"].take();
    assert_eq!(released, json!({ "dunningHeld": false, "dunningHeldUntil": null }));
    advance(owner, "2027-01-01").await;
    assert_eq!(status(owner, &world.customer).await, "SUSPENDED by dunning");
    assert_in_order(&world.daybook, owner).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_settings_count_for_invoices_that_are_out() {
    let world = yearly().await;
    let owner = &world.owner;
    let set = async |input: Value| owner.change(SETTINGS, json!({ "input": input })).await["business"].take();
    let settings = set(json!({ "reminderOffsets": [5, -2, 5], "suspendsOverdue": false })).await;
    let expected =
        json!({ "daysUntilDue": 14, "reminderOffsets": [-2, 5], "daysOfGrace": 14, "suspendsOverdue": false });
    assert_eq!(settings, expected);
    advance(owner, "2026-04-30").await;
    let expected = ["2026-03-01 FINALIZED", "2026-03-13 REMINDER -2", "2026-03-20 REMINDER 5"];
    assert_eq!(story(&world.daybook, owner).await, expected);
    // Switched on after everything else was done.
    set(json!({ "suspendsOverdue": true, "daysOfGrace": 60 })).await;
    advance(owner, "2026-05-14").await;
    assert_eq!(status(owner, &world.customer).await, "ACTIVE");
    advance(owner, "2026-05-15").await;
    assert_eq!(status(owner, &world.customer).await, "SUSPENDED by dunning");

    for (input, expected) in [
        (json!({ "daysOfGrace": -1 }), "INVALID daysOfGrace"),
        (json!({ "daysOfGrace": 366 }), "INVALID daysOfGrace"),
        (json!({ "reminderOffsets": [0, 366] }), "INVALID reminderOffsets"),
        (json!({ "reminderOffsets": [-91] }), "INVALID reminderOffsets"),
        (json!({ "reminderOffsets": (0..11).collect::<Vec<_>>() }), "TOO_LONG reminderOffsets"),
    ] {
        assert_eq!(owner.refusals(SETTINGS, json!({ "input": input })).await, [expected], "{input}");
    }
}

/// What a dry run shows up to a day, in the words of the story.
async fn foreseen(daybook: &Daybook, until: &str) -> Vec<String> {
    let mut command = crate::process::daybook(&Data::Database(&daybook.database));
    command.args(["billing", "run", "--dry-run", "--until", until]);
    let (code, said, complaints) = output(command).await;
    assert_eq!((code, complaints.as_str()), (Some(0), ""));
    let tell = |line: &str| {
        let [on, _, what, _] = line.trim().split("  ").collect::<Vec<_>>()[..] else { return None };
        Some(match what.split_once(": ") {
            Some(("suspended", _)) => format!("{on} SUSPENDED"),
            Some((reminder, _)) => {
                let days: i32 = reminder.strip_prefix("reminder at ")?.strip_suffix(" days")?.parse().ok()?;
                format!("{on} REMINDER {days}")
            }
            None => format!("{on} FINALIZED"),
        })
    };
    said.lines().filter_map(tell).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_whom_dunning_reminds_and_suspends_if_nobody_pays() {
    let world = Subscribed::new("2026-01-31", "10").await;
    let (daybook, owner) = (&world.daybook, &world.owner);
    invoice(owner, &world.customer, "100").await;
    let plan = monthly(owner, "more", "20").await;
    for (name, until) in [("Ben", json!("2026-02-20")), ("Cid", Value::Null)] {
        let subscription = subscribe(owner, &owner.customer(name).await, &plan, json!({})).await;
        owner.change(HOLD, json!({ "id": subscription, "input": { "until": until } })).await;
    }
    let before = story(daybook, owner).await.len();
    let mut foreseen = foreseen(daybook, "2026-05-10").await;
    assert_eq!(story(daybook, owner).await.len(), before, "nothing happened");
    advance(owner, "2026-05-10").await;
    let mut happened = story(daybook, owner).await.split_off(before);
    assert_eq!(happened.iter().filter(|step| step.ends_with("SUSPENDED")).count(), 2, "{happened:?}");
    foreseen.sort();
    happened.sort();
    assert_eq!(foreseen, happened);
}

/// Whoever finalises an invoice has read the settings before they have its customer.
#[tokio::test(flavor = "multi_thread")]
async fn settings_that_change_while_an_invoice_is_made_count_for_it() {
    let clock = Clock::manual(midnight("2026-03-01"));
    let daybook = Daybook::with_clock(clock.clone()).await;
    let owner = daybook.owner("shop").await;
    let set = async |offsets: Value| {
        let input = json!({ "daysUntilDue": 14, "reminderOffsets": offsets });
        owner.change(SETTINGS, json!({ "input": input })).await;
        engine::run(&daybook.app).await.unwrap();
    };
    set(json!([])).await;
    let customer = owner.customer("Asha").await;
    let draft = draft(&owner, &customer, "100").await;

    let holder = daybook.scope(Scope::Business(owner.business.parse().unwrap(), None)).await;
    (&mut &*holder).batch_execute("SELECT FROM customers FOR UPDATE").await.unwrap();
    let made = tokio::spawn({
        let owner = owner.clone();
        async move { owner.change(FINALIZE, json!({ "id": draft })).await }
    });
    daybook.waiting(1).await;
    set(json!([-3])).await;
    holder.rollback().await.unwrap();
    made.await.unwrap();

    for day in ["2026-03-01", "2026-03-12"] {
        clock.set(midnight(day));
        engine::run(&daybook.app).await.unwrap();
    }
    assert_eq!(story(&daybook, &owner).await, ["2026-03-01 FINALIZED", "2026-03-12 REMINDER -3"]);
}

/// A business that lives in the time of everyone, with subscribers since 1 March 2026, and a key that reads it.
async fn subscribers(count: usize) -> (Daybook, Clock, Client, Vec<String>) {
    let clock = Clock::manual(midnight("2026-03-01"));
    let daybook = Daybook::with_clock(clock.clone()).await;
    let owner = daybook.owner("isp").await;
    let plan = monthly(&owner, "basic", "10").await;
    let customers = join_all((0..count).map(|_| owner.customer("Someone"))).await;
    for customer in &customers {
        subscribe(&owner, customer, &plan, json!({})).await;
    }
    let (_, secret) = owner.api_key("till", &["CUSTOMERS_READ", "LEDGER_READ", "PAYMENTS_WRITE"]).await;
    let till = owner.with_token(&secret);
    (daybook, clock, till, customers)
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_time_without_engines_many_at_once_make_the_newest_reminder_once() {
    let (daybook, clock, till, customers) = subscribers(150).await;
    clock.set(midnight("2026-03-25"));
    let reports = try_join_all((0..5).map(|_| engine::run(&daybook.app))).await.unwrap();
    assert!(reports.iter().map(|report| report.dunned).sum::<usize>() >= customers.len(), "{reports:?}");
    engine::run(&daybook.app).await.unwrap();
    let raw = raw(&daybook.database, &till.business).await;
    let reminders =
        "SELECT count(*) || ' of ' || count(DISTINCT subject_id) || ', ' || max(data ->> 'on') || min(data ->> 'on')
        FROM events WHERE kind = 'INVOICE_REMINDER'";
    assert_eq!(value(&raw, reminders).await, "150 of 150, 2026-03-082026-03-08");
    let suspended =
        "SELECT count(*) || ' of ' || count(DISTINCT subject_id) FROM events WHERE kind = 'CUSTOMER_SUSPENDED'";
    assert_eq!(value(&raw, suspended).await, "150 of 150");
    assert_in_order(&daybook, &till).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pays_at_the_moment_of_their_suspension_is_served_in_the_end() {
    let (daybook, clock, till, customers) = subscribers(40).await;
    clock.set(midnight("2026-03-16"));
    let payments = join_all(customers.iter().map(|customer| pay(&till, customer, "10")));
    let engines = try_join_all((0..3).map(|_| engine::run(&daybook.app)));
    let (paid, engines) = tokio::join!(payments, engines);
    engines.unwrap();
    assert!(paid.iter().all(|paid| paid["userErrors"] == json!([])));
    engine::run(&daybook.app).await.unwrap();
    for customer in &customers {
        assert_eq!(status(&till, customer).await, "ACTIVE");
    }
    assert_in_order(&daybook, &till).await;
}
