//! Server-sent events, by the distinct connections mode of graphql-sse.

use std::time::Duration;

use chrono::DateTime;
use daybook::clock::Clock;
use daybook::http::live::Limits;
use serde_json::{Value, json};

use crate::harness::{Client, Daybook, PATIENCE, text, until};

const LIVE: &str =
    "subscription ($after: String) { paymentUpdates(after: $after) { cursor payment { amount { amount } } } }";

/// An event stream that is read.
struct Events {
    response: reqwest::Response,
    read: String,
}

/// What stands before an empty line.
#[derive(Debug, Default, PartialEq)]
struct Event {
    kind: String,
    id: String,
    data: Value,
    comment: String,
}

impl Events {
    async fn open(daybook: &Daybook, client: &Client, query: &str, last: Option<&str>) -> Self {
        let url = format!("http://{}/graphql", daybook.address);
        let mut request = reqwest::Client::new().post(url).json(&json!({ "query": query }));
        if let Some(token) = &client.token {
            request = request.bearer_auth(token);
        }
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        Self::of(request).await
    }

    async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.header("accept", "text/event-stream").send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, read: String::new() }
    }

    /// The next event or comment; nothing at the end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((lines, rest)) = self.read.split_once("\n\n") {
                let mut event = Event::default();
                for line in lines.lines() {
                    match line.split_once(':').unwrap() {
                        ("", comment) => event.comment = format!(":{comment}"),
                        ("event", kind) => event.kind = kind.trim().into(),
                        ("id", id) => event.id = id.trim().into(),
                        ("data", data) if data.trim().is_empty() => {}
                        ("data", data) => event.data = serde_json::from_str(data).unwrap(),
                        other => panic!("{other:?}"),
                    }
                }
                self.read = rest.to_owned();
                return Some(event);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("an event in time");
            self.read.push_str(std::str::from_utf8(&chunk.unwrap()?).unwrap());
        }
    }

    async fn amount(&mut self) -> (String, String) {
        let event = self.next().await.unwrap();
        let update = &event.data["data"]["paymentUpdates"];
        assert_eq!((event.kind.as_str(), text(&update["cursor"])), ("next", event.id.as_str()));
        (text(&update["payment"]["amount"]["amount"]).to_owned(), event.id)
    }

    async fn complete(&mut self) {
        assert_eq!(self.next().await, Some(Event { kind: "complete".into(), ..Event::default() }));
        assert_eq!(self.next().await, None);
    }
}

async fn pay(owner: &Client, customer: &str, amount: &str) {
    let paid =
        owner.pay(json!({ "customerId": customer, "amount": amount, "method": "CASH", "allowCredit": true })).await;
    assert_eq!(paid["userErrors"], json!([]));
}

async fn listening(daybook: &Daybook, owner: &Client) {
    let business = owner.business.parse().unwrap();
    until("the subscription listens", async || daybook.engine.readers(business) == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_goes_on_from_the_last_event_id() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Ada").await;
    let mut events = Events::open(&daybook, &owner, LIVE, None).await;
    listening(&daybook, &owner).await;
    pay(&owner, &customer, "1").await;
    let (amount, id) = events.amount().await;
    assert_eq!(amount, "1.00");
    drop(events);
    pay(&owner, &customer, "2").await;
    pay(&owner, &customer, "3").await;

    let mut events = Events::open(&daybook, &owner, LIVE, Some(&id)).await;
    assert_eq!(events.amount().await.0, "2.00");
    assert_eq!(events.amount().await.0, "3.00");
    pay(&owner, &customer, "4").await;
    assert_eq!(events.amount().await.0, "4.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_of_all_kinds_run_and_refused_ones_are_events() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let mut events = Events::open(&daybook, &owner, "{ business { slug } }", None).await;
    assert_eq!(events.next().await.unwrap().data, json!({ "data": { "business": { "slug": "shop" } } }));
    events.complete().await;
    let create = r#"mutation { customerCreate(input: { name: "Ada" }) { customer { name } } }"#;
    let mut events = Events::open(&daybook, &owner, create, None).await;
    assert_eq!(events.next().await.unwrap().data["data"]["customerCreate"]["customer"]["name"], "Ada");
    events.complete().await;
    for (query, code) in [("{ nothing }", "BAD_USER_INPUT"), ("{", "BAD_USER_INPUT"), (LIVE, "UNAUTHENTICATED")] {
        let mut events = Events::open(&daybook, &daybook.anyone(), query, None).await;
        assert_eq!(events.next().await.unwrap().data["errors"][0]["extensions"]["code"], code, "{query}");
        events.complete().await;
    }

    let url = format!("http://{}/graphql", daybook.address);
    let http = reqwest::Client::new();
    let mut events = Events::of(http.get(format!("{url}?query=%7B__typename%7D"))).await;
    assert_eq!(events.next().await.unwrap().data, json!({ "data": { "__typename": "Query" } }));
    events.complete().await;
    let mutation = http.get(format!("{url}?query=mutation%7BsignOut%7BsessionId%7D%7D")).send().await.unwrap();
    assert_eq!((mutation.status().as_u16(), &mutation.headers()["allow"]), (405, &"POST".parse().unwrap()));
    let plain = http.post(&url).header("content-type", "text/plain").body("{}").send().await.unwrap();
    assert_eq!(plain.status(), 415);
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_keep_a_silent_stream_alive() {
    let limits = Limits { silence: Duration::from_millis(20), ..Limits::default() };
    let daybook = Daybook::with_limits(Clock::System, limits).await;
    let owner = daybook.owner("shop").await;
    let mut events = Events::open(&daybook, &owner, LIVE, None).await;
    for _ in 0..3 {
        assert_eq!(events.next().await.unwrap().comment, ":");
    }
    drop(events);
    until("the stream has left", async || daybook.live.count() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_token_its_sign_in_and_the_server() {
    let clock = Clock::manual(DateTime::from_timestamp(1_780_000_000, 0).unwrap());
    let limits = Limits { recheck: Duration::from_millis(50), ..Limits::default() };
    let daybook = Daybook::with_limits(clock.clone(), limits).await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let mut of_owner = Events::open(&daybook, &owner, LIVE, None).await;
    let mut of_clerk = Events::open(&daybook, &clerk, LIVE, None).await;
    let mut of_anyone = Events::open(&daybook, &daybook.anyone(), "{ __typename }", None).await;
    of_anyone.next().await.unwrap();
    of_anyone.complete().await;

    clerk.run("mutation { signOut { sessionId } }", json!({})).await;
    assert_eq!(of_clerk.next().await.unwrap().data["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    of_clerk.complete().await;
    let mut last = Events::open(&daybook, &owner, LIVE, None).await;
    clock.set(clock.now() + chrono::Duration::minutes(16));
    assert_eq!(of_owner.next().await.unwrap().data["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    of_owner.complete().await;
    last.next().await.unwrap();
    last.complete().await;

    let member = daybook.owner("late").await;
    let mut events = Events::open(&daybook, &member, LIVE, None).await;
    listening(&daybook, &member).await;
    let (comment, ()) = tokio::join!(events.next(), daybook.live.close());
    // No `complete`: the client is to connect again.
    assert_eq!(comment.unwrap().comment, ": the server restarts, resume");
    assert_eq!(events.next().await, None);
}
