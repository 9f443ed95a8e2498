//! Tickets: by staff and by customers, who sees what, live.

use serde_json::{Value, json};

use crate::books::{raw, value};
use crate::harness::{Client, Daybook, text};
use crate::live::{attached, event_cursor, subscribed};
use crate::world::World;

const CREATE: &str = "mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) {
    ticket { id subject priority status assignee { id } customer { id } messages { nodes { content internal fromCustomer } } }
    userErrors { code field message } } }";
const OPEN: &str = "mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) {
    ticket { id subject priority status customer { id } messages { nodes { content fromCustomer } } }
    userErrors { code field message } } }";
const UPDATE: &str = "mutation ($id: ID!, $input: TicketUpdateInput!) { ticketUpdate(id: $id, input: $input) {
    ticket { id subject priority status assignee { id } } userErrors { code field message } } }";
const SAY: &str = "mutation ($input: TicketMessageCreateInput!) { ticketMessageCreate(input: $input) {
    message { id content internal fromCustomer } ticket { id status updatedAt } userErrors { code field message } } }";
const LIVE: &str = "subscription ($ticket: ID, $customer: ID, $after: String) {
    ticketUpdates(ticketId: $ticket, customerId: $customer, after: $after) {
        cursor kind ticket { id status } message { content internal } } }";

async fn open(client: &Client, customer: &str, subject: &str) -> String {
    let input = json!({ "customerId": customer, "subject": subject, "content": format!("about {subject}") });
    text(&client.change(OPEN, json!({ "input": input })).await["ticket"]["id"]).to_owned()
}

async fn say(client: &Client, ticket: &str, content: &str) -> Value {
    client.change(SAY, json!({ "input": { "ticketId": ticket, "content": content } })).await
}

async fn note(client: &Client, ticket: &str, content: &str) -> Value {
    client.change(SAY, json!({ "input": { "ticketId": ticket, "content": content, "internal": true } })).await
}

/// The messages of a ticket that someone sees.
async fn messages(client: &Client, ticket: &str) -> Vec<String> {
    let query = "query ($id: ID!) { ticket(id: $id) { messages { totalCount nodes { content } } } }";
    let found = client.run(query, json!({ "id": ticket })).await["ticket"]["messages"].take();
    let texts: Vec<_> = found["nodes"].as_array().unwrap().iter().map(|m| text(&m["content"]).to_owned()).collect();
    assert_eq!(found["totalCount"], texts.len());
    texts
}

async fn user(client: &Client) -> String {
    text(&client.run("{ me { user { id } } }", json!({})).await["me"]["user"]["id"]).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_open_a_ticket_change_it_and_talk_on_it() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let (id, clerk_id) = (owner.customer("Asha").await, user(&clerk).await);
    let input = json!({ "customerId": id, "subject": " No internet ", "content": "Since noon", "priority": "HIGH",
        "assigneeId": clerk_id });
    let ticket = clerk.change(CREATE, json!({ "input": input })).await["ticket"].take();
    let expected = json!({ "id": ticket["id"], "subject": "No internet", "priority": "HIGH", "status": "OPEN",
        "assignee": { "id": clerk_id }, "customer": { "id": id },
        "messages": { "nodes": [{ "content": "Since noon", "internal": false, "fromCustomer": false }] } });
    assert_eq!(ticket, expected);
    let ticket = text(&ticket["id"]);

    for (input, name, value) in [
        (json!({ "subject": "Slow" }), "subject", json!("Slow")),
        (json!({ "priority": "LOW" }), "priority", json!("LOW")),
        (json!({ "status": "PENDING" }), "status", json!("PENDING")),
        (json!({ "assigneeId": null }), "assignee", Value::Null),
        (json!({}), "subject", json!("Slow")),
    ] {
        let changed = owner.change(UPDATE, json!({ "id": ticket, "input": input })).await;
        assert_eq!(changed["ticket"][name], value, "{input}");
    }
    let said = say(&owner, ticket, "Try now").await;
    assert_eq!((&said["ticket"]["status"], &said["message"]["fromCustomer"]), (&json!("PENDING"), &json!(false)));
    let input = json!({ "ticketId": ticket, "content": "Mended", "status": "RESOLVED" });
    assert_eq!(owner.change(SAY, json!({ "input": input })).await["ticket"]["status"], "RESOLVED");
    assert_eq!(messages(&clerk, ticket).await, ["Since noon", "Try now", "Mended"]);

    let query = "query ($id: ID!) { customer(id: $id) { tickets { totalCount nodes { subject messages(last: 1) {
        nodes { content author { name kind } ticket { id } } } } } } }";
    let seen = owner.run(query, json!({ "id": id })).await["customer"]["tickets"].take();
    let last = json!([{ "content": "Mended", "author": { "name": "Owner of shop", "kind": "USER" }, "ticket": { "id": ticket } }]);
    assert_eq!(seen, json!({ "totalCount": 1, "nodes": [{ "subject": "Slow", "messages": { "nodes": last } }] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_that_make_no_sense_are_refused_by_field() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (id, other) = (owner.customer("Asha").await, daybook.owner("other").await);
    let ticket = open(&owner, &id, "Milk").await;
    let (stranger, elsewhere) = (user(&other).await, other.customer("Elsewhere").await);
    let input = |name: &str, value: Value| {
        let mut input = json!({ "customerId": id, "subject": "x", "content": "x" });
        input[name] = value;
        json!({ "input": input })
    };
    for (variables, expected) in [
        (input("subject", json!(" ")), "REQUIRED subject"),
        (input("subject", json!("x".repeat(201))), "TOO_LONG subject"),
        (input("content", json!("")), "REQUIRED content"),
        (input("content", json!("x".repeat(4_001))), "TOO_LONG content"),
        (input("assigneeId", json!(stranger)), "NOT_FOUND assigneeId"),
        (input("customerId", json!(elsewhere)), "NOT_FOUND customerId"),
    ] {
        assert_eq!(owner.refusals(CREATE, variables).await, [expected]);
    }
    for (input, expected) in [
        (json!({ "subject": "" }), "REQUIRED subject"),
        (json!({ "assigneeId": stranger }), "NOT_FOUND assigneeId"),
    ] {
        assert_eq!(owner.refusals(UPDATE, json!({ "id": ticket, "input": input })).await, [expected]);
    }
    let blank = json!({ "input": { "ticketId": ticket, "content": " " } });
    assert_eq!(owner.refusals(SAY, blank).await, ["REQUIRED content"]);
    let query = "query ($id: ID!) { customer(id: $id) { tickets { totalCount } } }";
    assert_eq!(owner.run(query, json!({ "id": id })).await["customer"]["tickets"]["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_open_tickets_of_their_own_and_answer_and_see_nothing_internal() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let (owner, customer, id) = (&world.owner, &world.customer, &world.ids["customer"]);
    let ticket = open(customer, id, "Curd was sour").await;
    assert_eq!(messages(customer, &ticket).await, ["about Curd was sour"]);
    note(owner, &ticket, "She always says so").await;
    say(owner, &ticket, "We are sorry").await;
    note(owner, &ticket, "Give her a discount").await;
    let all = ["about Curd was sour", "She always says so", "We are sorry", "Give her a discount"];
    assert_eq!(messages(owner, &ticket).await, all);
    assert_eq!(messages(customer, &ticket).await, ["about Curd was sour", "We are sorry"]);
    let internal = text(&note(owner, &ticket, "One more").await["message"]["id"]).to_owned();
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    assert_eq!(customer.run(node, json!({ "id": internal })).await["node"], Value::Null);
    assert_eq!(owner.run(node, json!({ "id": internal })).await["node"]["id"], internal);

    // Whatever a store forgot to ask.
    let own = daybook::db::Scope::Customer(world.business(), id.parse().unwrap());
    let scoped = daybook.scope(own).await;
    let seen = crate::harness::values(&scoped, "SELECT content AS value FROM ticket_messages WHERE internal").await;
    assert_eq!(seen, Vec::<String>::new());

    // A program that may not read notes is told of none either.
    let (_, key) = owner.api_key("Desk", &["CUSTOMERS_READ", "TICKETS_READ", "TICKETS_OPEN"]).await;
    let desk = daybook.anyone().with_token(&key);
    assert_eq!(messages(&desk, &ticket).await, ["about Curd was sour", "We are sorry"]);
    assert_eq!(desk.run(node, json!({ "id": internal })).await["node"], Value::Null);
    let whisper = json!({ "input": { "ticketId": ticket, "content": "x", "internal": true } });
    for client in [&desk, customer] {
        assert_eq!(client.error_codes(SAY, whisper.clone()).await, ["FORBIDDEN"]);
    }

    // What is the staff's to decide.
    let staffs = [
        json!({ "customerId": id, "subject": "x", "content": "x", "priority": "URGENT" }),
        json!({ "customerId": id, "subject": "x", "content": "x", "assigneeId": world.ids["user"] }),
    ];
    for input in staffs {
        assert_eq!(customer.error_codes(OPEN, json!({ "input": input })).await, ["FORBIDDEN"]);
    }
    let close = json!({ "input": { "ticketId": ticket, "content": "x", "status": "CLOSED" } });
    assert_eq!(customer.error_codes(SAY, close).await, ["FORBIDDEN"]);
    let input = json!({ "id": ticket, "input": { "status": "CLOSED" } });
    assert_eq!(customer.error_codes(UPDATE, input).await, ["FORBIDDEN"]);

    // Of others they neither see nor write anything.
    let other = owner.customer("Someone else").await;
    let others = open(owner, &other, "Secret").await;
    let listed = customer.run("{ tickets { totalCount nodes { id } } }", json!({})).await["tickets"].take();
    let expected = json!({ "totalCount": 2, "nodes": [{ "id": ticket }, { "id": world.ids["ticket"] }] });
    assert_eq!(listed, expected);
    assert_eq!(customer.run("query ($id: ID!) { ticket(id: $id) { id } }", json!({ "id": others })).await["ticket"], Value::Null);
    let input = json!({ "ticketId": others, "content": "x" });
    assert_eq!(customer.refusals(SAY, json!({ "input": input })).await, ["NOT_FOUND ticketId"]);
    let input = json!({ "customerId": other, "subject": "x", "content": "x" });
    assert_eq!(customer.refusals(OPEN, json!({ "input": input })).await, ["NOT_FOUND customerId"]);
    assert_eq!(messages(owner, &others).await, ["about Secret"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_the_customer_opens_the_ticket_again_unless_it_is_closed() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let (owner, customer, ticket) = (&world.owner, &world.customer, &world.ids["ticket"]);
    for (status, after) in [("OPEN", "OPEN"), ("PENDING", "OPEN"), ("RESOLVED", "OPEN")] {
        owner.change(UPDATE, json!({ "id": ticket, "input": { "status": status } })).await;
        assert_eq!(say(customer, ticket, "Still so").await["ticket"]["status"], after, "{status}");
    }
    owner.change(UPDATE, json!({ "id": ticket, "input": { "status": "CLOSED" } })).await;
    let input = json!({ "input": { "ticketId": ticket, "content": "But" } });
    assert_eq!(customer.refusals(SAY, input).await, ["INVALID ticketId"]);
    assert_eq!(say(owner, ticket, "For the record").await["ticket"]["status"], "CLOSED");

    // An internal message leaves no trace that a customer could see.
    let raw = raw(&daybook.database, &owner.business).await;
    let state = format!("SELECT t::text FROM tickets t WHERE id = '{}'", crate::world::uuid(ticket));
    let before = value(&raw, &state).await;
    note(owner, ticket, "Trouble").await;
    assert_eq!(value(&raw, &state).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_are_listed_by_filters_in_both_orders() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let (asha, ben, clerk_id) = (owner.customer("Asha").await, owner.customer("Ben").await, user(&clerk).await);
    let mut ids = Vec::new();
    for (customer, subject) in [(&asha, "one"), (&asha, "two"), (&ben, "three")] {
        ids.push(open(&owner, customer, subject).await);
    }
    let change = async |id: &str, input: Value| {
        owner.change(UPDATE, json!({ "id": id, "input": input })).await;
    };
    change(&ids[1], json!({ "priority": "URGENT", "assigneeId": clerk_id })).await;
    change(&ids[0], json!({ "status": "RESOLVED" })).await;
    let query = "query ($filter: TicketFilter, $sort: TicketSort! = CREATED_AT_DESC, $first: Int, $after: String) {
        tickets(filter: $filter, sort: $sort, first: $first, after: $after) {
            totalCount nodes { subject } pageInfo { endCursor hasNextPage } } }";
    let subjects = async |variables: Value| {
        let list = owner.run(query, variables).await["tickets"].take();
        let subjects: Vec<_> =
            list["nodes"].as_array().unwrap().iter().map(|t| text(&t["subject"]).to_owned()).collect();
        (subjects, list)
    };
    for (filter, expected) in [
        (json!({}), &["three", "two", "one"][..]),
        (json!({ "customerId": asha }), &["two", "one"]),
        (json!({ "status": ["OPEN"] }), &["three", "two"]),
        (json!({ "status": ["OPEN", "RESOLVED"], "customerId": asha }), &["two", "one"]),
        (json!({ "priority": ["URGENT", "HIGH"] }), &["two"]),
        (json!({ "assigneeId": clerk_id }), &["two"]),
        (json!({ "assigned": false }), &["three", "one"]),
        (json!({ "assigned": true }), &["two"]),
        (json!({ "status": [] }), &[]),
    ] {
        let (found, list) = subjects(json!({ "filter": filter })).await;
        assert_eq!((found, &list["totalCount"]), (expected.iter().map(|s| (*s).to_owned()).collect(), &json!(expected.len())), "{filter}");
    }
    for (sort, expected) in [
        ("CREATED_AT_ASC", ["one", "two", "three"]),
        ("CREATED_AT_DESC", ["three", "two", "one"]),
        ("UPDATED_AT_ASC", ["three", "two", "one"]),
        ("UPDATED_AT_DESC", ["one", "two", "three"]),
    ] {
        assert_eq!(subjects(json!({ "sort": sort })).await.0, expected, "{sort}");
        let (first, list) = subjects(json!({ "sort": sort, "first": 2 })).await;
        assert_eq!((first, &list["pageInfo"]["hasNextPage"]), (expected[..2].iter().map(|s| (*s).to_owned()).collect(), &json!(true)));
        let rest = json!({ "sort": sort, "first": 2, "after": list["pageInfo"]["endCursor"] });
        assert_eq!(subjects(rest).await.0, expected[2..], "{sort}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ticket_messages_of_a_page_of_customers_take_one_statement_a_level() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let query = "{ customers(first: 50) { nodes { name preferences { channels } tickets(first: 3) { totalCount nodes {
        subject assignee { name } messages(first: 3) { totalCount nodes { content author { name } } } } } } } }";
    let mut counts = Vec::new();
    for more in [1, 6] {
        for number in 0..more {
            let id = owner.customer(&format!("Customer {number}")).await;
            for subject in ["a", "b"] {
                let ticket = open(&owner, &id, subject).await;
                owner.change(UPDATE, json!({ "id": ticket, "input": { "assigneeId": user(&owner).await } })).await;
                say(&owner, &ticket, "x").await;
            }
        }
        let answer = owner.send(query, json!({})).await;
        assert_eq!(answer.body.get("errors"), None);
        counts.push(answer.statements);
    }
    assert!(counts[0] == counts[1] && counts[0] <= 7, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_tickets_arrives_live_and_internal_messages_at_the_staff_alone() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let (owner, customer, id) = (&world.owner, &world.customer, &world.ids["customer"]);
    let other = owner.customer("Someone else").await;
    let after = json!({ "after": event_cursor(owner).await });
    let mut staff = subscribed(owner, LIVE, after.clone()).await;
    let mut own = subscribed(customer, LIVE, after.clone()).await;
    attached(&daybook, owner, 2).await;
    open(owner, &other, "Secret").await;
    let ticket = open(customer, id, "Help").await;
    let mut of_ticket = subscribed(owner, LIVE, json!({ "ticket": ticket, "after": after["after"] })).await;
    note(owner, &ticket, "Whisper").await;
    say(owner, &ticket, "Aloud").await;
    owner.change(UPDATE, json!({ "id": ticket, "input": { "status": "RESOLVED" } })).await;
    let update = async |socket: &mut crate::harness::Socket| {
        let update = socket.event().await["ticketUpdates"].take();
        let content = update["message"]["content"].as_str().unwrap_or_default().to_owned();
        (text(&update["kind"]).to_owned(), content)
    };
    let (opened, secret, whisper, aloud, changed) = (
        ("OPENED".to_owned(), "about Help".to_owned()),
        ("OPENED".to_owned(), "about Secret".to_owned()),
        ("MESSAGE".to_owned(), "Whisper".to_owned()),
        ("MESSAGE".to_owned(), "Aloud".to_owned()),
        ("CHANGED".to_owned(), String::new()),
    );
    for expected in [&secret, &opened, &whisper, &aloud, &changed] {
        assert_eq!(update(&mut staff).await, *expected);
    }
    for expected in [&opened, &whisper, &aloud, &changed] {
        assert_eq!(update(&mut of_ticket).await, *expected);
    }
    for expected in [&opened, &aloud, &changed] {
        assert_eq!(update(&mut own).await, *expected);
    }
    own.nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_a_ticket_is_not_deleted_and_who_leaves_the_business_leaves_their_tickets() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let id = owner.customer("Asha").await;
    let ticket = open(&owner, &id, "Help").await;
    let delete = "mutation ($id: ID!) { customerDelete(id: $id) { deletedId userErrors { code field message } } }";
    let refused = owner.attempt(delete, json!({ "id": id })).await;
    assert!(text(&refused["userErrors"][0]["message"]).contains("1 tickets"), "{refused}");

    owner.change(UPDATE, json!({ "id": ticket, "input": { "assigneeId": user(&clerk).await } })).await;
    let raw = raw(&daybook.database, &owner.business).await;
    raw.batch_execute("DELETE FROM memberships WHERE role = 'CLERK'").await.unwrap();
    let query = "query ($id: ID!) { ticket(id: $id) { assignee { id } status } }";
    let expected = json!({ "assignee": null, "status": "OPEN" });
    assert_eq!(owner.run(query, json!({ "id": ticket })).await["ticket"], expected);
}
