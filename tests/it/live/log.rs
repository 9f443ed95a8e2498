//! The log behind the streams: late commits, readers that fall behind, a log from another server.

use daybook::auth::Viewer;
use daybook::db::Scope;
use daybook::events::{Cursor, EventFilter, follow};
use daybook::graphql::{Output, Part, Session};
use daybook::id::{BusinessId, CustomerId};
use futures_util::{StreamExt as _, future};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    ACTIVITY, PAYMENTS, activity, attached, cursor, cursor_at, end, event_cursor, next, operate, payment, settled,
    subscribed,
};
use crate::books::{pay_ahead, raw, value};
use crate::harness::{Client, Daybook, sql, text, until};

/// SQL that records an event about a customer.
fn insert(client: &Client, id: Uuid, customer: &str) -> String {
    let business: BusinessId = client.business.parse().unwrap();
    let customer: CustomerId = customer.parse().unwrap();
    format!(
        "INSERT INTO events (business_id, id, kind, customer_id, subject_id, data, occurred_at)
         VALUES ('{}', '{id}', 'CUSTOMER_UPDATED', '{}', '{}', '{{}}', now())",
        business.0, customer.0, customer.0
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_commits_late_is_not_skipped_and_the_order_stays() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    settled(&daybook, &owner).await;
    let start = event_cursor(&owner).await;
    let mut live = subscribed(&owner, ACTIVITY, json!({})).await;
    attached(&daybook, &owner, 1).await;
    // Two transactions write early; the first commits last, and the second never.
    let late = raw(&daybook.database, &owner.business).await;
    let never = raw(&daybook.database, &owner.business).await;
    let early = insert(&owner, daybook.clock.id(), &customer);
    late.batch_execute(&format!("BEGIN; {early}")).await.unwrap();
    never.batch_execute(&format!("BEGIN; {}", insert(&owner, daybook.clock.id(), &customer))).await.unwrap();
    for _ in 0..2 {
        pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    }
    // Whoever comes now and resumes is not given what would let them skip the late one.
    let mut resumed = subscribed(&owner, ACTIVITY, json!({ "after": start })).await;
    attached(&daybook, &owner, 2).await;
    let middle = event_cursor(&owner).await;
    never.batch_execute("ROLLBACK").await.unwrap();
    late.batch_execute("COMMIT").await.unwrap();
    pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;

    let expected = ["CUSTOMER_UPDATED", "PAYMENT_RECORDED", "PAYMENT_RECORDED", "PAYMENT_RECORDED"];
    let mut from_middle = subscribed(&owner, ACTIVITY, json!({ "after": middle })).await;
    for socket in [&mut live, &mut resumed, &mut from_middle] {
        let mut events = Vec::new();
        for _ in 0..4 {
            events.push(activity(socket).await);
        }
        let kinds: Vec<_> = events.iter().map(|event| text(&event["kind"])).collect();
        assert_eq!(kinds, expected);
        assert!(events.is_sorted_by(|a, b| cursor(a) < cursor(b)), "{events:?}");
    }
}

/// Writes so many events to the log.
async fn write(daybook: &Daybook, owner: &Client, customer: &str, count: usize) {
    let raw = raw(&daybook.database, &owner.business).await;
    let statements: Vec<_> = (0..count).map(|_| insert(owner, daybook.clock.id(), customer)).collect();
    raw.batch_execute(&format!("BEGIN; {}; COMMIT", statements.join("; "))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_more_than_256_events_behind_is_told_to_resume_and_then_misses_nothing() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    settled(&daybook, &owner).await;
    let follow =
        |after: Option<&Cursor>| operate(&daybook, &owner, ACTIVITY, json!({ "after": after.map(Cursor::to_string) }));
    let next = async |outputs: &mut _| next(outputs).await.cursor.unwrap();
    let start = Cursor::parse(&event_cursor(&owner).await).unwrap();
    for (count, lost) in [(256, false), (257, true)] {
        let (mut slow, mut quick) = (follow(None), follow(None));
        tokio::select! {
            _ = future::join(slow.next(), quick.next()) => panic!("nothing has happened yet"),
            () = attached(&daybook, &owner, 2) => {}
        }
        write(&daybook, &owner, &customer, 1).await;
        assert_eq!(next(&mut slow).await, next(&mut quick).await);
        let mut published = Vec::new();
        while published.len() < count {
            let some = (count - published.len()).min(100);
            write(&daybook, &owner, &customer, some).await;
            for _ in 0..some {
                published.push(next(&mut quick).await);
            }
        }
        if lost {
            assert!(matches!(slow.next().await, Some(Output::Behind)));
            assert!(slow.next().await.is_none());
        } else {
            for cursor in published {
                assert_eq!(next(&mut slow).await, cursor);
            }
        }
    }
    // More than one batch of the back-fill, too.
    let mut resumed = follow(Some(&start));
    let mut last = start;
    for _ in 0..513 {
        let cursor = next(&mut resumed).await;
        assert!(cursor > last);
        last = cursor;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_cannot_keep_up_reads_the_log() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let business: BusinessId = owner.business.parse().unwrap();
    settled(&daybook, &owner).await;
    let viewer = Viewer::owner_of(&*daybook.scope(Scope::System).await, "shop").await.unwrap().unwrap();
    let part = Part::Live(daybook.app.bus.attach(business));
    let session = Session::of_all(daybook.app.clone(), viewer.clone(), part);
    let mut events = Box::pin(follow(&session, &viewer, None, EventFilter::default()).await.unwrap());
    let mut published = daybook.app.bus.attach(business);
    write(&daybook, &owner, &customer, 1).await;
    let mut last = events.next().await.unwrap().unwrap().cursor();
    published.recv().await.unwrap();
    for _ in 0..7 {
        write(&daybook, &owner, &customer, 90).await;
        for _ in 0..90 {
            published.recv().await.unwrap();
        }
    }
    for _ in 0..630 {
        let event = events.next().await.unwrap().unwrap();
        assert!(event.cursor() > last);
        last = event.cursor();
    }
    pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    assert_eq!(events.next().await.unwrap().unwrap().kind, daybook::events::EventKind::PaymentRecorded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_from_another_server_becomes_the_past_of_this_one() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    for _ in 0..3 {
        pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    }
    let query = "{ events(first: 100) { nodes { id } } }";
    let ids = async |client: &Client| client.run(query, json!({})).await["events"]["nodes"].take();
    // The log shows what no transaction of the whole server can come before any more.
    let mut before = Value::Null;
    until("all is in the log", async || {
        before = ids(&owner).await;
        before.as_array().unwrap().len() == 5
    })
    .await;
    let database = daybook.stop().await;
    // As a dump of a server that had come much further would leave it.
    let moved = "SET daybook.scope = 'system'; ALTER TABLE events DISABLE TRIGGER events_append_only;
        UPDATE events SET txid = (txid::text::bigint + 1000000000)::text::xid8;
        ALTER TABLE events ENABLE TRIGGER events_append_only";
    sql(&database.url, moved).await;
    let daybook = Daybook::on(database, daybook::clock::Clock::System).await;
    let owner = owner.at(daybook.address);
    assert_eq!(ids(&owner).await, before);

    // A cursor of the old server is refused rather than guessed at; that of this one sees what comes.
    let mut old = subscribed(&owner, PAYMENTS, json!({ "after": cursor_at(1_000_000_700) })).await;
    assert_eq!(end(&mut old).await, "RESUME");
    let mut live = subscribed(&owner, PAYMENTS, json!({ "after": event_cursor(&owner).await })).await;
    let new = pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    assert_eq!(payment(&mut live).await["payment"]["id"], new);
    let Value::Array(after) = ids(&owner).await else { panic!("a list") };
    assert_eq!(after[..after.len() - 1], before.as_array().unwrap()[..]);
    // From the beginning, everything comes in the same order.
    let mut all = subscribed(&owner, ACTIVITY, json!({ "after": cursor_at(0) })).await;
    for event in after {
        assert_eq!(activity(&mut all).await["id"], event["id"]);
    }
    // The log takes no changes again.
    let raw = raw(&daybook.database, &owner.business).await;
    assert!(raw.batch_execute("DELETE FROM events").await.is_err());
    assert_ne!(value(&raw, "SELECT count(*) FROM events").await, "0");
}
