//! Share links: how a customer signs in, what they see, and when that ends.

use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use daybook::clock::Clock;
use daybook::http::live::Limits;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::books::{pay_ahead, raw, value};
use crate::harness::{Client, Daybook, text};
use crate::introspection::{AFTER, Schema};
use crate::live::{PAYMENTS, attached, payment, subscribed};
use crate::world::{NUMBER, World, blank_messages, uuid};

const WRONG: &str = "+12125550199";
const CREATE: &str = "mutation ($input: ShareLinkCreateInput!) { shareLinkCreate(input: $input) {
    shareLink { id expiresAt customer { id } } token url message userErrors { code field message } } }";
const REVOKE: &str = "mutation ($id: ID!) { shareLinkRevoke(id: $id) {
    shareLink { id revokedAt } userErrors { code field message } } }";
const REFRESH: &str = "mutation ($token: String!) { sessionRefresh(input: { refreshToken: $token }) {
    accessToken refreshToken viewer { business { id } customer { id } } userErrors { code } } }";

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// A customer with a WhatsApp number.
async fn customer(owner: &Client, phone: &str) -> String {
    let create = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
        customer { id } userErrors { code field message } } }";
    let input = json!({ "name": "Someone", "whatsappPhone": phone });
    text(&owner.change(create, json!({ "input": input })).await["customer"]["id"]).to_owned()
}

fn codes(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    errors.iter().map(|error| text(&error["extensions"]["code"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_signs_in_by_link_with_any_common_spelling_of_their_number() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner_of("shop", "KES", "Africa/Nairobi", "KE").await;
    let id = customer(&owner, "+254712345678").await;
    let made = owner.change(CREATE, json!({ "input": { "customerId": id } })).await;
    let token = text(&made["token"]);
    assert_eq!(made["shareLink"]["customer"]["id"], id);
    assert!(token.len() > 40 && !token.contains(&id) && !token.contains(&uuid(&id)), "{token}");
    // What is sent leads to the page, whatever that is in this build.
    let url = format!("http://{}/c/{token}", daybook.address);
    assert_eq!(made["url"], url);
    assert!(text(&made["message"]).starts_with(&format!("shop: see your account at {url} ")), "{}", made["message"]);
    let page = async |url: String| reqwest::get(url).await.unwrap().text().await.unwrap();
    assert_eq!(page(url).await, page(format!("http://{}/", daybook.address)).await);
    for phone in ["+254 712 345678", "0712345678", "(0712) 345-678", "254712345678", "+254712345678"] {
        let payload = daybook.anyone().customer_signed_in(token, phone).await;
        assert_eq!(payload["userErrors"], json!([]), "{phone}");
        assert_eq!(payload["viewer"]["customer"]["id"], id);
        let me = "{ me { user { id } role apiKey { id } customer { id } permissions business { slug } } customer { id }
            customers { totalCount nodes { id } } }";
        let seen = daybook.anyone().signed_in(&payload).run(me, json!({})).await;
        let permissions = json!(["BUSINESS_READ", "CUSTOMERS_READ", "LEDGER_READ", "SUBSCRIPTIONS_READ", "TICKETS_READ",
            "PREFERENCES_WRITE", "TICKETS_OPEN"]);
        let expected = json!({ "user": null, "role": null, "apiKey": null, "customer": { "id": id },
            "permissions": permissions, "business": { "slug": "shop" } });
        assert_eq!(seen["me"], expected);
        assert_eq!((&seen["customer"]["id"], &seen["customers"]["totalCount"]), (&json!(id), &json!(1)));
    }
    let links =
        "query ($id: ID!) { customer(id: $id) { shareLinks { totalCount nodes { id createdBy { name } lastUsedAt
        expiresAt revokedAt lockedUntil } } events { nodes { kind } } } }";
    let complete = |data: &Value| data.to_string().matches("CUSTOMER_SIGNED_IN").count() == 5;
    let links = owner.log(links, json!({ "id": id }), complete).await["customer"]["shareLinks"].take();
    assert_eq!((&links["totalCount"], &links["nodes"][0]["revokedAt"]), (&json!(1), &Value::Null));
    assert_ne!(links["nodes"][0]["lastUsedAt"], Value::Null);
    let raw = raw(&daybook.database, &owner.business).await;
    let kept = value(&raw, "SELECT json_agg(l)::text FROM share_links l").await;
    assert!(!kept.contains(token), "{kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_customer_may_not_sign_in_cannot_be_told() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let owner = daybook.owner("shop").await;
    let id = customer(&owner, NUMBER).await;
    let without = owner.customer("Without a number").await;
    let (_, good) = owner.share_link(&id).await;
    let (_, locked) = owner.share_link(&id).await;
    let (_, numberless) = owner.share_link(&without).await;
    let (revoked_id, revoked) = owner.share_link(&id).await;
    owner.change(REVOKE, json!({ "id": revoked_id })).await;
    let input = json!({ "customerId": id, "expiresAt": now() + Duration::minutes(1) });
    let expired = text(&owner.change(CREATE, json!({ "input": input })).await["token"]).to_owned();
    daybook.clock.set(now() + Duration::minutes(1));
    for _ in 0..5 {
        daybook.anyone().customer_signed_in(&locked, WRONG).await;
    }
    let unknown = format!("{}{}", &good[..good.len() - 4], "AAAA");
    let mut seen = Vec::new();
    for (token, phone) in [
        (&good, WRONG),
        (&good, "no number at all"),
        (&good, ""),
        (&unknown, NUMBER),
        (&"rubbish".to_owned(), NUMBER),
        (&revoked, NUMBER),
        (&expired, NUMBER),
        (&locked, NUMBER),
        (&numberless, NUMBER),
    ] {
        let begun = std::time::Instant::now();
        let payload = daybook.anyone().customer_signed_in(token, phone).await;
        assert!(begun.elapsed() >= StdDuration::from_millis(250), "{token} {phone}");
        assert_eq!(payload["userErrors"][0]["code"], "WRONG_CREDENTIALS");
        seen.push(payload.to_string());
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
    daybook.anyone().as_customer(&good, NUMBER).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_numbers_lock_a_link_for_fifteen_minutes_on_every_node() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let node = Daybook::on(daybook.database.shared(), daybook.clock.clone()).await;
    let owner = daybook.owner("shop").await;
    let (_, token) = owner.share_link(&customer(&owner, NUMBER).await).await;
    let (_, other) = owner.share_link(&customer(&owner, "+12125550124").await).await;
    // Sixteen at once, half of them on another node, and only five are looked at.
    let wrong = (0..16).map(|try_| {
        let client = if try_ % 2 == 0 { daybook.anyone() } else { node.anyone() };
        let token = token.clone();
        async move { client.customer_signed_in(&token, WRONG).await["userErrors"][0]["code"].clone() }
    });
    assert_eq!(join_all(wrong).await, vec![json!("WRONG_CREDENTIALS"); 16]);
    let raw = raw(&daybook.database, &owner.business).await;
    let state = "SELECT cardinality(wrong_at) || ' ' || (locked_until - '2026-03-01T12:00:00Z'::timestamptz)
        FROM share_links WHERE locked_until IS NOT NULL";
    assert_eq!(value(&raw, state).await, "0 00:15:00");
    let events = "SELECT count(*)::text FROM events WHERE kind = 'SHARE_LINK_LOCKED'";
    assert_eq!(value(&raw, events).await, "1");
    let signs_in = async |daybook: &Daybook, token: &str| {
        daybook.anyone().customer_signed_in(token, NUMBER).await["userErrors"] == json!([])
    };
    assert!(!signs_in(&daybook, &token).await && !signs_in(&node, &token).await);
    daybook.anyone().as_customer(&other, "+12125550124").await;
    daybook.clock.set(now() + Duration::minutes(15) - Duration::seconds(1));
    assert!(!signs_in(&daybook, &token).await);
    daybook.clock.set(now() + Duration::minutes(15));
    assert!(signs_in(&daybook, &token).await);
    // A right number forgets the wrong ones before it.
    for _ in 0..2 {
        for _ in 0..4 {
            daybook.anyone().customer_signed_in(&token, WRONG).await;
            daybook.clock.set(daybook.clock.now() + Duration::seconds(60));
        }
        assert!(signs_in(&node, &token).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_by_link_is_limited_by_address() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let tries = (0..101).map(|try_| {
        let client = daybook.anyone();
        async move {
            let sign_in = "mutation ($token: String!) { customerSignIn(input: { token: $token, phone: \"1\" }) { userErrors { code } } }";
            client.send(sign_in, json!({ "token": format!("dbl_{try_}") })).await.body
        }
    });
    let limited = join_all(tries).await.iter().filter(|answer| codes(answer) == ["RATE_LIMITED"]).count();
    assert_eq!(limited, 1);
}

/// By every root field, with every id of another customer in it.
#[tokio::test(flavor = "multi_thread")]
async fn a_customer_reaches_nothing_of_another_customer_and_nothing_of_the_staff() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let owner = &world.owner;
    let id = customer(owner, "+12125550124").await;
    let (_, token) = owner.share_link(&id).await;
    let stranger = daybook.anyone().as_customer(&token, "+12125550124").await;
    let schema = Schema::load().await;
    let before = world.rows(&daybook).await;
    for root in schema.roots().iter().filter(|root| root.operation != "subscription") {
        if root.name.starts_with("sign") || root.name == "sessionRefresh" || root.name == "customerSignIn" {
            continue;
        }
        for filtered in [true, false] {
            let call = schema.call(root, |path| {
                let of_list = path.contains(".filter.") || path == "events.customerId";
                let left_out = path.ends_with(AFTER) || path.contains(".charges.") || (of_list && !filtered);
                (!left_out).then(|| json!(world.id(path)))
            });
            let mut answer = stranger.send(&call.query, call.variables).await.body;
            blank_messages(&mut answer["data"]);
            let written = answer["data"].to_string();
            assert!(!written.contains(&world.mark), "{}: {answer}", root.name);
            for kind in [
                "customer",
                "contact",
                "note",
                "record",
                "sale",
                "payment",
                "user",
                "membership",
                "apiKey",
                "subscription",
                "invoice",
                "creditNote",
                "ticket",
                "ticketMessage",
            ] {
                assert!(!written.contains(&world.ids[kind]), "{} {kind}: {answer}", root.name);
            }
            let own = [
                "me",
                "business",
                "customer",
                "customers",
                "node",
                "nodes",
                "payment",
                "payments",
                "records",
                "sales",
                "paymentPreview",
                "eventCursor",
                "plan",
                "plans",
                "subscription",
                "subscriptions",
                "subscriptionChangePreview",
                "subscriptionPausePreview",
                "subscriptionResumePreview",
                "subscriptionCancelPreview",
                "invoice",
                "invoices",
                "creditNote",
                "ticket",
                "tickets",
                "ticketCreate",
                "ticketMessageCreate",
                "preferenceUpdate",
            ];
            if !own.contains(&root.name.as_str()) {
                assert_eq!(codes(&answer), ["FORBIDDEN"], "{}", root.name);
            }
        }
    }
    assert_eq!(world.rows(&daybook).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_sees_their_own_account_without_what_is_the_staffs() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let own = "{ customer { id name balance { amount } contacts { nodes { name } }
            records { nodes { amount { amount } } } sales { nodes { outstanding { amount } } }
            payments { nodes { amount { amount } allocations { charge { id customer { id } } } } } }
        records { totalCount } sales { totalCount } payments { totalCount } business { name currency } }";
    let seen = world.customer.run(own, json!({})).await;
    assert_eq!(seen["customer"]["balance"]["amount"], "240.00");
    assert_eq!(seen["customer"]["payments"]["nodes"][0]["allocations"][0]["charge"]["id"], world.ids["sale"]);
    for list in ["records", "sales", "payments"] {
        assert_eq!(seen[list]["totalCount"], 1, "{list}");
    }
    for field in [
        "notes { nodes { id } }",
        "preferences { doNotContactReason }",
        "tickets { nodes { assignee { id } } }",
        "tickets { nodes { messages { nodes { author { id } } } } }",
        "events { nodes { id } }",
        "shareLinks { nodes { id } }",
        "tags",
        "metadata",
        "payments { nodes { receivedBy { name } } }",
    ] {
        let answer = world.customer.send(&format!("{{ customer {{ {field} }} }}"), json!({})).await.body;
        assert_eq!(codes(&answer), ["FORBIDDEN"], "{field}");
        assert_eq!(answer["errors"][0]["message"], "this is for the staff of the business");
        assert!(!answer["data"]["customer"].is_null(), "the rest of the answer stands");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_live_stream_has_their_own_payments_and_ends_with_the_link() {
    let limits = Limits { recheck: StdDuration::from_millis(50), ..Limits::default() };
    let daybook = Daybook::with_limits(Clock::System, limits).await;
    let world = World::new(&daybook, "shop").await;
    let other = world.owner.customer("Someone else").await;
    let cursor = json!(text(&world.customer.run("{ eventCursor }", json!({})).await["eventCursor"]));
    let mut all = subscribed(&world.customer, PAYMENTS, json!({ "after": cursor })).await;
    let mut of_other = subscribed(&world.customer, PAYMENTS, json!({ "customer": other, "after": cursor })).await;
    attached(&daybook, &world.owner, 2).await;
    pay_ahead(&world.owner, &other, "2", "2026-01-01T00:00:00Z").await;
    pay_ahead(&world.owner, &world.ids["customer"], "3", "2026-01-01T00:00:00Z").await;
    let update = payment(&mut all).await;
    assert_eq!(update["customer"]["id"], world.ids["customer"]);
    assert_eq!(update["payment"]["amount"]["amount"], "3.00");
    of_other.nothing().await;
    world.owner.change(REVOKE, json!({ "id": world.ids["shareLink"] })).await;
    assert_eq!(all.closed().await.0, 4401);
    assert_eq!(of_other.closed().await.0, 4401);
    assert_eq!(world.customer.error_codes("{ me { permissions } }", json!({})).await, ["UNAUTHENTICATED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_session_goes_on_by_refresh_until_a_spent_token_or_the_link_ends_it() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let owner = daybook.owner("shop").await;
    let id = customer(&owner, NUMBER).await;
    let (link, token) = owner.share_link(&id).await;
    let me = "{ me { customer { id } } }";
    let begin = async || daybook.anyone().customer_signed_in(&token, NUMBER).await;
    let refresh =
        async |payload: &Value| daybook.anyone().attempt(REFRESH, json!({ "token": payload["refreshToken"] })).await;
    let first = begin().await;
    daybook.clock.set(now() + Duration::minutes(16));
    let old = daybook.anyone().signed_in(&first);
    assert_eq!(old.error_codes(me, json!({})).await, ["UNAUTHENTICATED"]);
    let second = refresh(&first).await;
    assert_eq!((&second["userErrors"], &second["viewer"]["customer"]["id"]), (&json!([]), &json!(id)));
    let client = daybook.anyone().signed_in(&second);
    client.run(me, json!({})).await;
    // A copy of the spent one ends it all.
    assert_eq!(refresh(&first).await["userErrors"][0]["code"], "WRONG_CREDENTIALS");
    assert_eq!(refresh(&second).await["userErrors"][0]["code"], "WRONG_CREDENTIALS");
    assert_eq!(client.error_codes(me, json!({})).await, ["UNAUTHENTICATED"]);

    let payload = begin().await;
    let client = daybook.anyone().signed_in(&payload);
    client.run("mutation { signOut { sessionId userErrors { code } } }", json!({})).await;
    assert_eq!(client.error_codes(me, json!({})).await, ["UNAUTHENTICATED"]);
    assert_eq!(refresh(&payload).await["userErrors"][0]["code"], "WRONG_CREDENTIALS");

    let payload = begin().await;
    owner_again(&daybook).await.change(REVOKE, json!({ "id": link })).await;
    assert_eq!(refresh(&payload).await["userErrors"][0]["code"], "WRONG_CREDENTIALS");
}

async fn owner_again(daybook: &Daybook) -> Client {
    let sign_in = "mutation ($input: SignInInput!) { signIn(input: $input) {
        accessToken viewer { business { id } } userErrors { code field message } } }";
    let input = json!({ "email": "shop@test.example", "password": crate::harness::PASSWORD });
    daybook.anyone().signed_in(&daybook.anyone().change(sign_in, json!({ "input": input })).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_has_twenty_links_that_can_be_used_and_no_more_however_they_are_made() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let owner = daybook.owner("shop").await;
    let (id, other) = (customer(&owner, NUMBER).await, customer(&owner, "+12125550124").await);
    for _ in 0..5 {
        let (revoked, _) = owner.share_link(&id).await;
        owner.change(REVOKE, json!({ "id": revoked })).await;
        let input = json!({ "customerId": id, "expiresAt": now() + Duration::minutes(1) });
        owner.change(CREATE, json!({ "input": input })).await;
    }
    // Those that are revoked do not count, and the five others only for a minute.
    let create = json!({ "input": { "customerId": id } });
    let made = async |count: usize| {
        let attempts = join_all((0..count).map(|_| owner.attempt(CREATE, create.clone()))).await;
        attempts.iter().filter(|payload| payload["shareLink"].is_object()).count()
    };
    assert_eq!(made(18).await, 15);
    assert_eq!(owner.refusals(CREATE, create.clone()).await, ["INVALID customerId"]);
    daybook.clock.set(now() + Duration::minutes(1));
    assert_eq!(made(6).await, 5);
    owner.share_link(&other).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_that_are_over_are_forgotten_at_the_next() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let owner = daybook.owner("shop").await;
    let id = customer(&owner, NUMBER).await;
    let (_, token) = owner.share_link(&id).await;
    let (_, other) = owner.share_link(&id).await;
    let kept = async || {
        let raw = raw(&daybook.database, &owner.business).await;
        value(&raw, "SELECT count(*)::text FROM customer_sessions").await
    };
    let first = daybook.anyone().customer_signed_in(&token, NUMBER).await;
    daybook.anyone().as_customer(&other, NUMBER).await;
    let signed_out = daybook.anyone().as_customer(&token, NUMBER).await;
    signed_out.change("mutation { signOut { userErrors { code field message } } }", json!({})).await;
    assert_eq!(kept().await, "3");
    // One that goes on is not over.
    daybook.clock.set(now() + Duration::days(29));
    let refreshed = daybook.anyone().attempt(REFRESH, json!({ "token": first["refreshToken"] })).await;
    assert_eq!(refreshed["userErrors"], json!([]));
    daybook.clock.set(now() + Duration::days(31));
    daybook.anyone().as_customer(&token, NUMBER).await;
    // That of the other link stays until someone signs in by it.
    assert_eq!(kept().await, "3");
    let again = daybook.anyone().attempt(REFRESH, json!({ "token": refreshed["refreshToken"] })).await;
    assert_eq!(again["userErrors"], json!([]));
    daybook.anyone().as_customer(&other, NUMBER).await;
    assert_eq!(kept().await, "3");
}
