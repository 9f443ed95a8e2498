//! Live streams: payments and activity over WebSocket, resumed by cursor.

mod access;
mod breaks;
mod feed;
mod log;
mod nodes;

use std::collections::HashSet;

use async_graphql::futures_util::stream::BoxStream;
use async_graphql::{Request, Variables};
use daybook::db::page::Position;
use daybook::events::{Cursor, LOG};
use daybook::graphql::{LivePayload, Output, write_cursor};
use daybook::id::{BusinessId, CustomerId};
use futures_util::future::join_all;
use futures_util::{Stream, StreamExt as _};
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use crate::books::{pay, pay_ahead};
use crate::harness::{Client, Daybook, PATIENCE, Socket, text, until};

pub const PAYMENTS: &str = "subscription ($customer: ID, $after: String) {
    paymentUpdates(customerId: $customer, after: $after) { cursor kind
        payment { id amount { amount } allocations { charge { id outstanding { amount } } amount { amount } } }
        customer { id balance { amount } } } }";
pub const ACTIVITY: &str = "subscription ($kinds: [EventKind!], $customer: ID, $after: String) {
    activity(kinds: $kinds, customerId: $customer, after: $after) { cursor id kind customer { id } } }";

/// Waits until so many live streams of the client's business are attached.
pub async fn attached(daybook: &Daybook, client: &Client, count: usize) {
    let business: BusinessId = client.business.parse().unwrap();
    until("live streams are attached", async || daybook.engine.readers(business) == count).await;
}

/// Waits until the relay has published everything so far: a stream that begins before that gets it as well.
pub async fn settled(daybook: &Daybook, client: &Client) {
    let business: BusinessId = client.business.parse().unwrap();
    let mut published = daybook.app.bus.attach(business);
    let marker: CustomerId = client.customer("Marker").await.parse().unwrap();
    let arrives = async { while published.recv().await.unwrap().customer_id != Some(marker) {} };
    timeout(PATIENCE, arrives).await.expect("the marker arrives");
}

/// A socket with one subscription.
pub async fn subscribed(client: &Client, query: &str, variables: Value) -> Socket {
    let mut socket = client.socket().await;
    socket.subscribe(query, variables).await;
    socket
}

/// The next payment: its update.
pub async fn payment(socket: &mut Socket) -> Value {
    socket.event().await["paymentUpdates"].take()
}

/// The next event.
pub async fn activity(socket: &mut Socket) -> Value {
    socket.event().await["activity"].take()
}

/// Runs an operation as a socket would.
pub fn operate(daybook: &Daybook, client: &Client, query: &str, variables: Value) -> BoxStream<'static, Output> {
    let token = format!("Bearer {}", client.token.as_ref().unwrap());
    let caller = daybook.app.tokens.bearer(Some(&token), daybook.clock.now());
    let request = Request::new(query).variables(Variables::from_json(variables));
    daybook.engine.operate(daybook.engine.prepare(request, &caller), caller)
}

/// The next payload.
pub async fn next(outputs: &mut (impl Stream<Item = Output> + Unpin)) -> LivePayload {
    match timeout(PATIENCE, outputs.next()).await.unwrap() {
        Some(Output::Next(payload)) => payload,
        _ => panic!("a payload comes next"),
    }
}

/// The code of the error with which the only subscription ends.
pub async fn end(socket: &mut Socket) -> String {
    let message = socket.message().await;
    assert_eq!((&message["type"], &message["payload"]["data"]), (&json!("next"), &Value::Null), "{message}");
    let code = text(&message["payload"]["errors"][0]["extensions"]["code"]).to_owned();
    assert_eq!(socket.message().await["type"], "complete");
    code
}

/// The cursor of an event.
pub fn cursor(event: &Value) -> Cursor {
    Cursor::parse(text(&event["cursor"])).unwrap()
}

/// A cursor of the log, as a client would send it.
pub fn cursor_at(txid: u64) -> String {
    write_cursor(&Position { key: txid.to_string(), id: Uuid::nil() }, LOG)
}

/// The end of the log.
pub async fn event_cursor(client: &Client) -> String {
    text(&client.run("{ eventCursor }", json!({})).await["eventCursor"]).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_reaches_who_watches_once_and_with_the_figures_that_it_left() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    let mut sales = Vec::new();
    for (day, amount) in
        [("2026-01-01", "29.33"), ("2026-01-02", "29.73"), ("2026-01-03", "14.96"), ("2026-01-04", "26.48")]
    {
        sales.push(owner.sale(&asha, day, amount).await);
    }
    let elsewhere = daybook.owner("other").await;
    let stranger = elsewhere.customer("Stranger").await;

    let mut all = subscribed(&owner, PAYMENTS, json!({})).await;
    let mut of_asha = subscribed(&owner, PAYMENTS, json!({ "customer": asha })).await;
    let mut of_ben = subscribed(&owner, PAYMENTS, json!({ "customer": ben })).await;
    let mut of_others = subscribed(&elsewhere, PAYMENTS, json!({})).await;
    attached(&daybook, &owner, 3).await;
    attached(&daybook, &elsewhere, 1).await;

    let paid = pay(&owner, &asha, "100.00").await;
    let update = payment(&mut of_asha).await;
    assert_eq!((&update["kind"], &update["payment"]["id"]), (&json!("RECORDED"), &paid["payment"]["id"]));
    assert_eq!(update["payment"]["amount"]["amount"], "100.00");
    let part = |place: usize, outstanding: &str, amount: &str| json!({ "charge": { "id": sales[place], "outstanding": { "amount": outstanding } }, "amount": { "amount": amount } });
    let parts =
        [part(0, "0.00", "29.33"), part(1, "0.00", "29.73"), part(2, "0.00", "14.96"), part(3, "0.50", "25.98")];
    assert_eq!(update["payment"]["allocations"], json!(parts));
    assert_eq!(update["customer"], json!({ "id": asha, "balance": { "amount": "0.50" } }));
    assert_eq!(payment(&mut all).await, update);

    // What comes next everywhere is what happens next: that payment came once, and only where it should.
    pay(&owner, &asha, "0.50").await;
    pay_ahead(&owner, &ben, "7", "2026-01-01T00:00:00Z").await;
    pay_ahead(&elsewhere, &stranger, "9", "2026-01-01T00:00:00Z").await;
    for (socket, amounts) in [
        (&mut of_asha, &["0.50"][..]),
        (&mut all, &["0.50", "7.00"]),
        (&mut of_ben, &["7.00"]),
        (&mut of_others, &["9.00"]),
    ] {
        for amount in amounts {
            assert_eq!(payment(socket).await["payment"]["amount"]["amount"], *amount);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn activity_can_be_narrowed_to_kinds_and_to_a_customer() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (asha, ben) = (owner.customer("Asha").await, owner.customer("Ben").await);
    settled(&daybook, &owner).await;
    let mut all = subscribed(&owner, ACTIVITY, json!({})).await;
    let mut sales = subscribed(&owner, ACTIVITY, json!({ "kinds": ["SALE_CREATED"] })).await;
    let mut of_ben = subscribed(&owner, ACTIVITY, json!({ "customer": ben })).await;
    let mut bens_payments =
        subscribed(&owner, ACTIVITY, json!({ "kinds": ["PAYMENT_RECORDED"], "customer": ben })).await;
    attached(&daybook, &owner, 4).await;
    owner.sale(&asha, "2026-01-01", "1").await;
    pay(&owner, &asha, "1").await;
    owner.sale(&ben, "2026-01-01", "1").await;
    pay(&owner, &ben, "1").await;
    let cleo = owner.customer("Cleo").await;

    let (a, b, c) = (asha.as_str(), ben.as_str(), cleo.as_str());
    let (sale, paid, created) = ("SALE_CREATED", "PAYMENT_RECORDED", "CUSTOMER_CREATED");
    for (socket, expected) in [
        (&mut all, &[(sale, a), (paid, a), (sale, b), (paid, b), (created, c)][..]),
        (&mut sales, &[(sale, a), (sale, b)]),
        (&mut of_ben, &[(sale, b), (paid, b)]),
        (&mut bens_payments, &[(paid, b)]),
    ] {
        for (kind, customer) in expected {
            let event = activity(socket).await;
            assert_eq!((&event["kind"], &event["customer"]["id"]), (&json!(kind), &json!(customer)));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_gets_what_they_missed_and_then_what_comes() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let mut socket = subscribed(&owner, PAYMENTS, json!({ "customer": customer })).await;
    attached(&daybook, &owner, 1).await;
    pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    let last = payment(&mut socket).await["cursor"].clone();
    drop(socket);
    for amount in ["2", "3"] {
        pay_ahead(&owner, &customer, amount, "2026-01-01T00:00:00Z").await;
    }
    let mut socket = subscribed(&owner, PAYMENTS, json!({ "customer": customer, "after": last })).await;
    for amount in ["2.00", "3.00"] {
        assert_eq!(payment(&mut socket).await["payment"]["amount"]["amount"], amount);
    }
    pay_ahead(&owner, &customer, "4", "2026-01-01T00:00:00Z").await;
    assert_eq!(payment(&mut socket).await["payment"]["amount"]["amount"], "4.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_and_the_events_after_its_cursor_leave_no_gap() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    let writers = (0..4).map(|_| async {
        let mut ids = Vec::new();
        for _ in 0..20 {
            ids.push(pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await);
        }
        ids
    });
    let reader = async {
        // In the midst of the writing.
        let query = "{ payments(first: 100) { nodes { id } } eventCursor }";
        let mut data = Value::Null;
        until("some payments are there", async || {
            data = owner.run(query, json!({})).await;
            data["payments"]["nodes"].as_array().unwrap().len() >= 10
        })
        .await;
        let mut known: HashSet<String> =
            data["payments"]["nodes"].as_array().unwrap().iter().map(|node| text(&node["id"]).to_owned()).collect();
        assert!(known.len() < 80, "the writers were faster than the reader");
        let mut socket = subscribed(&owner, PAYMENTS, json!({ "after": data["eventCursor"] })).await;
        let mut live = HashSet::new();
        while known.len() < 80 {
            let id = text(&payment(&mut socket).await["payment"]["id"]).to_owned();
            assert!(live.insert(id.clone()), "{id} came twice");
            known.insert(id);
        }
        known
    };
    let (written, known) = tokio::join!(join_all(writers), reader);
    assert_eq!(written.into_iter().flatten().collect::<HashSet<_>>(), known);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_who_wait_hold_no_connection() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    settled(&daybook, &owner).await;
    let mut sockets = Vec::new();
    for place in 0..50 {
        // With a back-fill or without one.
        let after = if place % 2 == 0 { Value::Null } else { json!(event_cursor(&owner).await) };
        let query = if place % 3 == 0 { ACTIVITY } else { PAYMENTS };
        sockets.push(subscribed(&owner, query, json!({ "after": after })).await);
    }
    attached(&daybook, &owner, 50).await;
    until("all connections are free", async || {
        let status = daybook.app.pool.status();
        status.size == status.available
    })
    .await;
    join_all((0..40).map(|_| owner.run("{ customers { totalCount } }", json!({})))).await;
    pay_ahead(&owner, &customer, "1", "2026-01-01T00:00:00Z").await;
    for socket in &mut sockets {
        socket.event().await;
    }
}
