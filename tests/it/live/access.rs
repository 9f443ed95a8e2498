//! Who sees what of the live streams, and until when.

use chrono::{DateTime, Duration, Utc};
use daybook::clock::Clock;
use serde_json::{Value, json};

use super::{ACTIVITY, PAYMENTS, activity, attached, cursor_at, end, event_cursor, payment, settled, subscribed};
use crate::books::{pay_ahead, raw};
use crate::harness::{Client, Daybook, PASSWORD, text};

const SIGN_IN: &str = "mutation ($input: SignInInput!) { signIn(input: $input) {
    accessToken viewer { business { id } } userErrors { code field message } } }";

/// Signs the owner of `slug` in once more.
pub async fn again(daybook: &Daybook, slug: &str) -> Client {
    let input = json!({ "email": format!("{slug}@test.example"), "password": PASSWORD, "businessSlug": slug });
    daybook.anyone().signed_in(&daybook.anyone().change(SIGN_IN, json!({ "input": input })).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_read_the_audit_log_sees_only_what_is_about_customers() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let viewer = daybook.member(&owner, "VIEWER").await;
    let manager = daybook.member(&owner, "MANAGER").await;
    settled(&daybook, &owner).await;
    let mut sockets = Vec::new();
    for client in [&owner, &manager, &clerk, &viewer] {
        sockets.push(subscribed(client, ACTIVITY, json!({})).await);
        sockets.push(subscribed(client, ACTIVITY, json!({ "after": cursor_at(0) })).await);
    }
    attached(&daybook, &owner, 8).await;
    again(&daybook, "shop").await;
    owner.customer("Someone").await;

    for (place, socket) in sockets.iter_mut().enumerate() {
        let back_filled = place % 2 == 1;
        let expected: &[&str] = match (place < 4, back_filled) {
            (true, false) => &["SIGNED_IN", "CUSTOMER_CREATED"],
            (true, true) => &["BUSINESS_CREATED", "CUSTOMER_CREATED", "SIGNED_IN", "CUSTOMER_CREATED"],
            (false, false) => &["CUSTOMER_CREATED"],
            (false, true) => &["CUSTOMER_CREATED", "CUSTOMER_CREATED"],
        };
        for kind in expected {
            assert_eq!(activity(socket).await["kind"], *kind, "reader {place}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_streams_of_that_sign_in_at_the_next_event() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let leaving = again(&daybook, "shop").await;
    settled(&daybook, &owner).await;
    let mut staying = subscribed(&owner, PAYMENTS, json!({})).await;
    let mut payments = subscribed(&leaving, PAYMENTS, json!({})).await;
    let mut events = subscribed(&leaving, ACTIVITY, json!({})).await;
    attached(&daybook, &owner, 3).await;
    leaving.change("mutation { signOut { userErrors { code field message } } }", json!({})).await;
    pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    let ended = (4401, "this sign-in has ended: sign in again".to_owned());
    assert_eq!(payments.closed().await, ended);
    assert_eq!(events.closed().await, ended);
    payment(&mut staying).await;
    attached(&daybook, &owner, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_at_the_first_event_after_its_access_token_expired() {
    let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
    let daybook = Daybook::with_clock(Clock::manual(now)).await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let mut payments = subscribed(&owner, PAYMENTS, json!({})).await;
    let mut events = subscribed(&owner, ACTIVITY, json!({ "kinds": ["PAYMENT_RECORDED"] })).await;
    attached(&daybook, &owner, 2).await;
    daybook.clock.set(now + Duration::minutes(15) - Duration::seconds(1));
    pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    payment(&mut payments).await;
    activity(&mut events).await;

    daybook.clock.set(now + Duration::minutes(15));
    pay_ahead(&again(&daybook, "shop").await, &customer, "1", "2026-01-01T00:00:00Z").await;
    for mut socket in [payments, events] {
        let (code, reason) = socket.closed().await;
        assert!(code == 4401 && reason.contains("expired"), "{code} {reason}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_shows_no_more_than_its_reader_may_see_by_then() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let raw = raw(&daybook.database, &owner.business).await;
    let manager = daybook.member(&owner, "MANAGER").await;
    let mut demoted = subscribed(&manager, ACTIVITY, json!({ "kinds": ["SIGNED_IN", "PAYMENT_RECORDED"] })).await;
    attached(&daybook, &owner, 1).await;
    raw.batch_execute("UPDATE memberships SET role = 'CLERK' WHERE role = 'MANAGER'").await.unwrap();
    pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    assert_eq!(activity(&mut demoted).await["kind"], "PAYMENT_RECORDED");
    again(&daybook, "shop").await;
    pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    assert_eq!(activity(&mut demoted).await["kind"], "PAYMENT_RECORDED");

    let mut dismissed = subscribed(&manager, PAYMENTS, json!({})).await;
    attached(&daybook, &owner, 2).await;
    raw.batch_execute("DELETE FROM memberships WHERE role = 'CLERK'").await.unwrap();
    pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    assert_eq!(dismissed.closed().await.0, 4401);
    assert_eq!(demoted.closed().await.0, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_cannot_be_is_refused_with_a_code() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    owner.customer("Someone").await;
    let data = owner.run("{ customers { edges { cursor } } }", json!({})).await;
    let of_a_list = text(&data["customers"]["edges"][0]["cursor"]).to_owned();
    for query in [PAYMENTS, ACTIVITY] {
        for (after, expected) in [
            (json!(of_a_list), "BAD_USER_INPUT"),
            (json!("rubbish"), "BAD_USER_INPUT"),
            (json!(""), "BAD_USER_INPUT"),
            // Further than this server has come: the cursor of another one.
            (json!(cursor_at(1 << 40)), "RESUME"),
        ] {
            let mut socket = subscribed(&owner, query, json!({ "after": after })).await;
            assert_eq!(end(&mut socket).await, expected, "{after}");
        }
        let mut socket = subscribed(&daybook.anyone(), query, json!({})).await;
        assert_eq!(end(&mut socket).await, "UNAUTHENTICATED");
        let variables = json!({ "after": Value::Null, "customer": owner.business });
        let mut socket = subscribed(&owner, query, variables).await;
        assert_eq!(end(&mut socket).await, "BAD_USER_INPUT");
    }
    // The cursor of now is not of the future, and not before what has been published.
    settled(&daybook, &owner).await;
    let mut socket = subscribed(&owner, ACTIVITY, json!({ "after": event_cursor(&owner).await })).await;
    let id = owner.customer("Someone else").await;
    assert_eq!(activity(&mut socket).await["customer"]["id"], id);
    // Of another business a cursor is only a place in time: it opens nothing.
    let other = daybook.owner("other").await;
    let mut socket = subscribed(&other, ACTIVITY, json!({ "after": cursor_at(0) })).await;
    assert_eq!(activity(&mut socket).await["kind"], "BUSINESS_CREATED");
    let id = other.customer("Their own").await;
    assert_eq!(activity(&mut socket).await["customer"]["id"], id);
    let mut socket = subscribed(&other, PAYMENTS, json!({ "customer": id, "after": cursor_at(0) })).await;
    pay_ahead(&other, &id, "1", "2026-01-01T00:00:00Z").await;
    assert_eq!(payment(&mut socket).await["customer"]["id"], id);
}
