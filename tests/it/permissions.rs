//! Who may do what: every role and every root field, compared with a reviewed table.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::harness::{Client, Daybook, text};
use crate::introspection::{AFTER, Operation, Root, Schema};
use crate::world::{NUMBER, World, scopes};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/permissions.txt");
const ROLES: [&str; 4] = ["OWNER", "MANAGER", "CLERK", "VIEWER"];

/// What an answer says of whether the caller may: `yes`, `no` or `sign in`.
fn verdict(root: &Root, answer: &Value) -> &'static str {
    let codes: Vec<&str> = answer["errors"]
        .as_array()
        .map(|errors| {
            // What is refused further down leaves the rest of the answer standing.
            let of_root = errors.iter().filter(|error| error["path"].as_array().is_none_or(|path| path.len() == 1));
            of_root.map(|error| text(&error["extensions"]["code"])).collect()
        })
        .unwrap_or_default();
    match codes.as_slice() {
        [] => "yes",
        ["FORBIDDEN"] => "no",
        ["UNAUTHENTICATED"] => "sign-in",
        _ => panic!("{}: {answer}", root.name),
    }
}

/// The answer to an operation; of a subscription its first event.
async fn answer(client: &Client, root: &Root, call: Operation) -> Value {
    if root.operation != "subscription" {
        return client.send(&call.query, call.variables).await.body;
    }
    let mut socket = client.socket().await;
    socket.subscribe(&call.query, call.variables).await;
    let message = socket.message().await;
    match text(&message["type"]) {
        "next" => message["payload"].clone(),
        "error" => json!({ "errors": message["payload"] }),
        _ => panic!("{message}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_may_use_the_root_fields_that_the_reviewed_table_says() {
    let daybook = Daybook::start().await;
    let (world, other) = (World::new(&daybook, "shop").await, World::new(&daybook, "elsewhere").await);
    // Others than those that the calls revoke.
    let (_, no_scopes) = world.owner.api_key("Without", &[] as &[&str]).await;
    let (_, all_scopes) = world.owner.api_key("With", &scopes(&world.owner).await).await;
    let (_, link) = world.owner.share_link(&world.ids["customer"]).await;
    let mut callers = vec![world.owner.clone()];
    for role in &ROLES[1..] {
        callers.push(daybook.member(&world.owner, role).await);
    }
    callers.push(daybook.anyone().with_token(&no_scopes));
    callers.push(daybook.anyone().with_token(&all_scopes));
    callers.push(daybook.anyone().as_customer(&link, NUMBER).await);
    callers.extend([other.owner.clone(), daybook.anyone()]);
    let cursor = world.owner.run("{ eventCursor }", json!({})).await["eventCursor"].take();
    for world in [&world, &other] {
        let payment = json!({ "customerId": world.ids["customer"], "amount": "1", "method": "CASH" });
        assert_eq!(world.owner.pay(payment).await["userErrors"], json!([]));
        let say = "mutation ($input: TicketMessageCreateInput!) { ticketMessageCreate(input: $input) {
            userErrors { code field message } } }";
        let input = json!({ "ticketId": world.ids["ticket"], "content": world.mark });
        world.owner.change(say, json!({ "input": input })).await;
    }

    let schema = Schema::load().await;
    let mut roots = schema.roots();
    // Last, for it takes the session with it.
    roots.sort_by_key(|root| (root.operation == "mutation", root.name == "signOut"));
    let mut lines: Vec<_> = roots.iter().map(|root| format!("{:<13}{:<29}", root.operation, root.name)).collect();
    let mut verdicts = Vec::new();
    // Those who may do the most come last, for they revoke and archive what others are.
    for caller in callers.iter().rev() {
        let mut column = Vec::new();
        for root in &roots {
            let call = match root.operation {
                // From a place before the payment, which is thus the first event, to whoever may see it.
                "subscription" => schema.call(root, |path| path.ends_with(AFTER).then(|| cursor.clone())),
                _ => world.call(&schema, root),
            };
            column.push(verdict(root, &answer(caller, root, call).await));
        }
        verdicts.push(column);
    }
    for column in verdicts.iter().rev() {
        for (line, verdict) in lines.iter_mut().zip(column) {
            write!(line, "{verdict:<10}").unwrap();
        }
    }
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    lines.sort();
    let table = std::fs::read_to_string(TABLE).unwrap();
    let (head, reviewed): (Vec<&str>, Vec<&str>) = table.lines().partition(|line| line.starts_with('#'));
    if std::env::var_os("DAYBOOK_WRITE_TABLES").is_some() {
        std::fs::write(TABLE, format!("{}\n{}\n", head.join("\n"), lines.join("\n"))).unwrap();
    }
    assert_eq!(lines, reviewed, "review what DAYBOOK_WRITE_TABLES=1 writes to tests/it/permissions.txt");
}

/// The rows of the table in the domain's design that this release has fields for.
#[tokio::test(flavor = "multi_thread")]
async fn roles_may_do_what_the_domain_says() {
    const WRITES: &[&str] = &[
        "customerCreate",
        "customerUpdate",
        "contactCreate",
        "contactUpdate",
        "noteCreate",
        "noteUpdate",
        "preferenceUpdate",
        "ticketCreate",
        "ticketMessageCreate",
        "ticketUpdate",
        "recordCreate",
        "recordUpdate",
        "recordsCreate",
        "recordsMarkPaid",
        "recordsMarkUnpaid",
        "saleCreate",
        "serviceUsageUpdate",
        "serviceUsagesUpdate",
        "paymentMethodCreate",
        "paymentRecord",
    ];
    const REMOVES: &[&str] = &[
        "customerArchive",
        "customerRestore",
        "customerDelete",
        "contactDelete",
        "noteDelete",
        "recordDelete",
        "paymentMethodDelete",
        // Not removals, but as few may: they undo what others booked.
        "adjustmentCreate",
        "chargeVoid",
        "paymentReverse",
        "paymentRefund",
        // Nor these: they are about many at once.
        "customersUpdate",
        "membershipActivate",
        "segmentCreate",
        "segmentDelete",
        "segmentUpdate",
    ];
    let table = std::fs::read_to_string(TABLE).unwrap();
    let may = |role: &str, field: &str| {
        let line = table.lines().find(|line| line.split_whitespace().nth(1) == Some(field)).expect(field);
        let column = ROLES.iter().position(|name| *name == role).unwrap();
        line.split_whitespace().nth(2 + column) == Some("yes")
    };
    for field in WRITES {
        assert_eq!(ROLES.map(|role| may(role, field)), [true, true, true, false], "{field}");
    }
    for field in REMOVES {
        assert_eq!(ROLES.map(|role| may(role, field)), [true, true, false, false], "{field}");
    }
    for field in ["customer", "customers", "payment", "payments", "records", "sales", "tickets", "events"] {
        assert_eq!(ROLES.map(|role| may(role, field)), [true; 4], "{field}");
    }
    for field in ["metrics", "dashboard"] {
        assert_eq!(ROLES.map(|role| may(role, field)), [true, true, false, false], "{field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_cannot_delete_and_a_viewer_cannot_write_and_nothing_happens_when_they_try() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let (clerk, viewer) = (daybook.member(&world.owner, "CLERK").await, daybook.member(&world.owner, "VIEWER").await);
    let before = world.rows(&daybook).await;
    let schema = Schema::load().await;
    for root in schema.roots().iter().filter(|root| root.operation == "mutation") {
        let own =
            ["signUp", "signIn", "customerSignIn", "signOut", "sessionRefresh", "businessSwitch", "passwordChange"];
        if own.contains(&root.name.as_str()) {
            continue;
        }
        let forbidden = |answer: Value| answer["errors"][0]["extensions"]["code"] == "FORBIDDEN";
        let call = world.call(&schema, root);
        assert!(forbidden(viewer.send(&call.query, call.variables.clone()).await.body), "viewer: {}", root.name);
        if ["Delete", "Archive", "Restore"].iter().any(|verb| root.name.ends_with(verb)) {
            assert!(forbidden(clerk.send(&call.query, call.variables).await.body), "clerk: {}", root.name);
        }
    }
    assert_eq!(world.rows(&daybook).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_are_about_no_customer_are_for_owners_and_managers() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    owner.customer("Someone").await;
    let complete = |data: &Value| data.to_string().contains("CUSTOMER_CREATED");
    let all = owner
        .log("{ events { nodes { id } } }", json!({}), |data| data["events"]["nodes"].as_array().unwrap().len() == 2);
    let all = all.await["events"]["nodes"].take();
    let ids: Vec<&Value> = all.as_array().unwrap().iter().map(|event| &event["id"]).collect();
    for (role, expected) in [
        ("MANAGER", vec!["BUSINESS_CREATED", "CUSTOMER_CREATED"]),
        ("CLERK", vec!["CUSTOMER_CREATED"]),
        ("VIEWER", vec!["CUSTOMER_CREATED"]),
    ] {
        let member = daybook.member(&owner, role).await;
        let data = member.log("{ events { nodes { kind } } }", json!({}), complete).await;
        let kinds: Vec<&str> = data["events"]["nodes"].as_array().unwrap().iter().map(|e| text(&e["kind"])).collect();
        assert_eq!(kinds, expected, "{role}");

        let query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Event { kind } } }";
        let found = member.run(query, json!({ "ids": ids })).await["nodes"].take();
        let kinds: Vec<&str> = found.as_array().unwrap().iter().filter_map(|event| event["kind"].as_str()).collect();
        assert_eq!(kinds, expected, "{role}, by their ids");
    }
}
