//! Sockets, by graphql-transport-ws: how they begin, how they end, and what happens between.

use std::time::Duration;

use chrono::DateTime;
use daybook::clock::Clock;
use daybook::http::Surroundings;
use daybook::http::live::Limits;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{Client, Daybook, PATIENCE, Socket, sql, text, until};

const LIVE: &str =
    "subscription ($after: String) { paymentUpdates(after: $after) { cursor payment { amount { amount } } } }";
const INSTANT: Duration = Duration::from_millis(50);

async fn pay(owner: &Client, customer: &str, amount: &str) {
    let paid =
        owner.pay(json!({ "customerId": customer, "amount": amount, "method": "CASH", "allowCredit": true })).await;
    assert_eq!(paid["userErrors"], json!([]));
}

fn subscribe(id: &str, query: &str) -> Value {
    json!({ "id": id, "type": "subscribe", "payload": { "query": query } })
}

/// Until what is subscribed to is.
async fn listening(daybook: &Daybook, owner: &Client, count: usize) {
    let business = owner.business.parse().unwrap();
    until("the subscription listens", async || daybook.engine.readers(business) == count).await;
}

/// Sends messages after `connection_init` and expects the end.
async fn expect_close(owner: &Client, messages: &[Value], code: u16, reason: &str) {
    let mut socket = owner.socket().await;
    for message in messages {
        socket.send(message.clone()).await;
    }
    assert_eq!(socket.closed().await, (code, reason.to_owned()), "{messages:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_breach_of_the_protocol_has_its_close_code() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let anyone = daybook.anyone();

    expect_close(&owner, &[json!({ "type": "connection_init" })], 4429, "Too many initialisation requests").await;
    let twice = [subscribe("a", LIVE), subscribe("a", LIVE)];
    expect_close(&owner, &twice, 4409, "Subscriber for a already exists").await;
    for message in [
        json!({ "type": "start", "id": "1", "payload": { "query": "{ __typename }" } }),
        json!({ "type": "next", "id": "1", "payload": {} }),
        json!({ "type": "subscribe", "id": "", "payload": { "query": "{ __typename }" } }),
        json!({ "type": "subscribe", "id": "1", "payload": { "query": 1 } }),
        json!("ping"),
        json!(null),
    ] {
        let mut socket = owner.socket().await;
        socket.send(message.clone()).await;
        assert_eq!(socket.closed().await.0, 4400, "{message}");
    }
    for frame in [Message::text("not JSON"), Message::binary(r#"{"type":"ping"}"#)] {
        let mut socket = owner.socket().await;
        socket.send_frame(frame.clone()).await;
        assert_eq!(socket.closed().await.0, 4400, "{frame}");
    }
    let mut socket = owner.socket().await;
    socket.send(json!({ "type": "ping", "payload": { "long": "x".repeat(1 << 20) } })).await;
    assert_eq!(socket.closed().await.0, 1009);

    let mut early = anyone.raw_socket(&[]).await.unwrap();
    early.send(subscribe("1", "{ __typename }")).await;
    assert_eq!(early.closed().await, (4401, "Unauthorized".into()));
    let mut wrong = anyone.raw_socket(&[]).await.unwrap();
    wrong.init(Some("not a token")).await;
    let (code, reason) = wrong.closed().await;
    assert!(code == 4403 && reason.starts_with("Forbidden"), "{code} {reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_of_another_protocol_is_told_so() {
    let daybook = Daybook::start().await;
    let request = tokio_tungstenite::tungstenite::client::IntoClientRequest::into_client_request(format!(
        "ws://{}/graphql",
        daybook.address
    ));
    let (mut stream, _) = tokio_tungstenite::connect_async(request.unwrap()).await.unwrap();
    let message = futures_util::StreamExt::next(&mut stream).await.unwrap().unwrap();
    let Message::Close(Some(frame)) = message else { panic!("{message}") };
    assert_eq!((u16::from(frame.code), frame.reason.as_str()), (4406, "Subprotocol not acceptable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_without_init_ends_and_so_does_one_that_answers_no_ping() {
    let limits = Limits { init: INSTANT, ping: INSTANT, ..Limits::default() };
    let daybook = Daybook::with_limits(Clock::System, limits).await;
    let mut silent = daybook.anyone().raw_socket(&[]).await.unwrap();
    assert_eq!(silent.closed().await, (4408, "Connection initialisation timeout".into()));

    // The client library answers pings while it reads; this one does not read for a while.
    let mut awake = daybook.anyone().socket().await;
    let mut asleep = daybook.anyone().socket().await;
    let watch = async {
        for _ in 0..10 {
            tokio::time::sleep(INSTANT).await;
            awake.nothing().await;
        }
    };
    watch.await;
    until("the silent one has gone", async || daybook.live.count() <= 1).await;
    assert_eq!(asleep.closed().await, (3008, "no answer to a ping".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_origins_may_not_connect() {
    let surroundings =
        Surroundings { origins: vec!["https://shop.example".parse().unwrap()], ..Surroundings::default() };
    let daybook = Daybook::within(surroundings).await;
    let own = format!("http://{}", daybook.address);
    for (origin, status) in [
        (own.as_str(), Ok(())),
        ("https://shop.example", Ok(())),
        ("https://evil.example", Err(Some(403))),
        ("null", Err(Some(403))),
    ] {
        let opened = daybook.anyone().raw_socket(&[("origin", origin)]).await;
        assert_eq!(opened.map(|_| ()), status, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_of_all_kinds_run_and_refused_ones_are_errors() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let mut socket = owner.socket().await;
    let answer = async |socket: &mut Socket, id: &str, query: &str| {
        socket.send(subscribe(id, query)).await;
        let first = socket.message().await;
        assert_eq!(first["id"], id);
        if first["type"] == "next" {
            assert_eq!(socket.message().await, json!({ "id": id, "type": "complete" }));
        }
        (text(&first["type"]).to_owned(), first["payload"].clone())
    };
    let (kind, payload) = answer(&mut socket, "1", "{ business { slug } }").await;
    assert_eq!((kind.as_str(), &payload["data"]), ("next", &json!({ "business": { "slug": "shop" } })));
    let create = r#"mutation { customerCreate(input: { name: "Ada" }) { customer { name } userErrors { code } } }"#;
    let (kind, payload) = answer(&mut socket, "1", create).await;
    assert_eq!((kind.as_str(), &payload["data"]["customerCreate"]["customer"]["name"]), ("next", &json!("Ada")));
    for (query, code) in
        [("{ nothing }", "BAD_USER_INPUT"), ("{", "BAD_USER_INPUT"), ("subscription { x }", "BAD_USER_INPUT")]
    {
        let (kind, payload) = answer(&mut socket, "\"quoted\"", query).await;
        assert_eq!((kind.as_str(), &payload[0]["extensions"]["code"]), ("error", &json!(code)), "{query}");
    }
    // Fields that fail are part of an answer.
    let (kind, payload) = answer(&mut socket, "2", r#"subscription { paymentUpdates(after: "x") { cursor } }"#).await;
    assert_eq!((kind.as_str(), &payload["errors"][0]["path"]), ("next", &json!(["paymentUpdates"])));
    socket.nothing().await;

    let mut anyone = daybook.anyone().socket().await;
    let (kind, payload) = answer(&mut anyone, "1", LIVE).await;
    assert_eq!((kind.as_str(), &payload["errors"][0]["extensions"]["code"]), ("next", &json!("UNAUTHENTICATED")));
}

#[tokio::test(flavor = "multi_thread")]
async fn pings_are_answered_before_and_after_init() {
    let daybook = Daybook::start().await;
    let mut socket = daybook.anyone().raw_socket(&[]).await.unwrap();
    socket.send(json!({ "type": "ping", "payload": { "at": [1, "ü"] } })).await;
    assert_eq!(socket.message().await, json!({ "type": "pong", "payload": { "at": [1, "ü"] } }));
    socket.init(None).await;
    assert_eq!(socket.message().await, json!({ "type": "connection_ack" }));
    socket.send(json!({ "type": "pong" })).await;
    socket.send(json!({ "type": "complete", "id": "unknown" })).await;
    socket.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_comes_after_complete_even_if_the_id_is_used_again() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Ada").await;
    let mut socket = owner.socket().await;
    for round in 1..=20 {
        socket.send(subscribe("same", LIVE)).await;
        listening(&daybook, &owner, 1).await;
        let (_, ()) = tokio::join!(pay(&owner, &customer, "1"), async {
            if round % 2 == 0 {
                tokio::time::sleep(Duration::from_millis(round)).await;
            }
            socket.send(json!({ "id": "same", "type": "complete" })).await;
            // An operation of another shape under the same id: whatever comes next is its answer.
            socket.send(subscribe("same", "{ __typename }")).await;
        });
        loop {
            let message = socket.message().await;
            if message["payload"]["data"] == json!({ "__typename": "Query" }) {
                break;
            }
            assert!(message["payload"]["data"]["paymentUpdates"].is_object(), "{message}");
        }
        assert_eq!(socket.message().await, json!({ "id": "same", "type": "complete" }));
        socket.nothing().await;
        listening(&daybook, &owner, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_runs_a_hundred_operations_and_not_one_more() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let mut socket = owner.socket().await;
    for id in 0..=100 {
        socket.send(subscribe(&id.to_string(), LIVE)).await;
    }
    let refused = socket.message().await;
    assert_eq!((&refused["id"], &refused["type"]), (&json!("100"), &json!("error")));
    assert_eq!(refused["payload"][0]["extensions"]["code"], "TOO_COMPLEX");
    listening(&daybook, &owner, 100).await;
    socket.send(json!({ "id": "0", "type": "complete" })).await;
    socket.send(subscribe("100", "{ __typename }")).await;
    assert_eq!(socket.message().await["payload"]["data"], json!({ "__typename": "Query" }));
    drop(socket);
    listening(&daybook, &owner, 0).await;
    until("the socket has left", async || daybook.live.count() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_runs_to_its_end_when_the_client_hangs_up() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let count = async || {
        let data = owner.run("{ customers { totalCount } }", json!({})).await;
        data["customers"]["totalCount"].as_u64().unwrap()
    };
    for id in 0..10 {
        let mut socket = owner.socket().await;
        let create = format!(r#"mutation {{ customerCreate(input: {{ name: "{id}" }}) {{ userErrors {{ code }} }} }}"#);
        socket.send(subscribe("1", &create)).await;
        if id % 2 == 0 {
            socket.send(json!({ "id": "1", "type": "complete" })).await;
        }
        // A close frame, so that what was sent is read before the end.
        socket.send_frame(Message::Close(None)).await;
    }
    until("all ten are there", async || count().await == 10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_or_the_end_of_a_membership_or_of_the_token_ends_the_socket() {
    let clock = Clock::manual(DateTime::from_timestamp(1_780_000_000, 0).unwrap());
    let limits = Limits { recheck: INSTANT, ..Limits::default() };
    let daybook = Daybook::with_limits(clock.clone(), limits).await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;

    let mut of_owner = owner.socket().await;
    let mut of_clerk = clerk.socket().await;
    let mut anyone = daybook.anyone().socket().await;
    let user = clerk.run("{ me { user { id } } }", json!({})).await;
    let user: daybook::id::UserId = text(&user["me"]["user"]["id"]).parse().unwrap();
    let business: daybook::id::BusinessId = owner.business.parse().unwrap();
    let end = format!(
        "SET daybook.scope = 'system'; SET daybook.business_id = '{}'; \
         DELETE FROM memberships WHERE user_id = '{}' AND business_id = '{}'",
        business.0, user.0, business.0
    );
    sql(&daybook.database.url, &end).await;
    assert_eq!(of_clerk.closed().await, (4401, "this sign-in has ended: sign in again".into()));
    of_owner.nothing().await;

    let mut other = owner.socket().await;
    clock.set(clock.now() + chrono::Duration::minutes(16));
    assert_eq!(other.closed().await.0, 4401);
    let (code, reason) = of_owner.closed().await;
    assert!(code == 4401 && reason.contains("expired"), "{code} {reason}");
    anyone.nothing().await;

    let input = json!({ "email": "shop@test.example", "password": crate::harness::PASSWORD });
    let sign_in = "mutation ($input: SignInInput!) { signIn(input: $input) {
        accessToken viewer { business { id } } userErrors { code } } }";
    let payload = daybook.anyone().change(sign_in, json!({ "input": input })).await;
    let again = owner.signed_in(&payload);
    let mut socket = again.socket().await;
    again.run("mutation { signOut { sessionId } }", json!({})).await;
    assert_eq!(socket.closed().await, (4401, "this sign-in has ended: sign in again".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_after_the_sign_out_is_not_delivered() {
    let limits = Limits { recheck: Duration::from_secs(3600), ..Limits::default() };
    let daybook = Daybook::with_limits(Clock::System, limits).await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let customer = owner.customer("Ada").await;
    let mut socket = clerk.socket().await;
    socket.subscribe(LIVE, json!({})).await;
    listening(&daybook, &owner, 1).await;
    clerk.run("mutation { signOut { sessionId } }", json!({})).await;
    pay(&owner, &customer, "1").await;
    assert_eq!(socket.closed().await.0, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_says_so_to_all_sockets_and_to_those_that_still_come() {
    let daybook = Daybook::start().await;
    let mut open = daybook.anyone().socket().await;
    let mut new = daybook.anyone().raw_socket(&[]).await.unwrap();
    until("both have joined", async || daybook.live.count() == 2).await;
    let reason = (1012, "the server restarts: connect again and resume".to_owned());
    let closing = async {
        assert_eq!(open.closed().await, reason);
        assert_eq!(new.closed().await, reason);
        drop((open, new));
    };
    tokio::join!(daybook.live.close(), closing);
    let mut late = daybook.anyone().raw_socket(&[]).await.unwrap();
    assert_eq!(late.closed().await, reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_stops_reading_must_resume_and_others_do_not_wait() {
    let limits = Limits { farewell: PATIENCE, ..Limits::default() };
    let daybook = Daybook::with_limits(Clock::System, limits).await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Ada").await;
    // Large payloads, so that what the kernel buffers is soon full.
    let wide = "subscription { paymentUpdates { cursor LIST } }";
    let list: String =
        (0..25).map(|n| format!(" a{n}: customer {{ id name notes {{ nodes {{ content }} }} }}")).collect();
    let note = "mutation ($input: NoteCreateInput!) { noteCreate(input: $input) { userErrors { code field } } }";
    for _ in 0..4 {
        let input = json!({ "customerId": customer, "kind": "PERSONAL", "content": "x".repeat(4_000) });
        owner.change(note, json!({ "input": input })).await;
    }
    let mut stuck = owner.socket().await;
    stuck.subscribe(&wide.replace("LIST", &list), json!({})).await;
    let mut reading = owner.socket().await;
    reading.subscribe(LIVE, json!({})).await;
    listening(&daybook, &owner, 2).await;
    let business: daybook::id::BusinessId = owner.business.parse().unwrap();
    let mut delivered = 0;
    while daybook.engine.readers(business) == 2 {
        pay(&owner, &customer, "1").await;
        assert!(reading.event().await["paymentUpdates"]["cursor"].is_string());
        delivered += 1;
        assert!(delivered < 2_000, "the one that does not read is never given up");
    }
    // Of 400 kB each, 16 MiB are kept for it.
    assert!(delivered > 40);
    pay(&owner, &customer, "1").await;
    reading.event().await;
    assert_eq!(stuck.closed().await, (4508, "resume".into()));
}
