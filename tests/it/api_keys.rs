//! API keys: what they may do, and when that ends.

use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use daybook::clock::Clock;
use daybook::http::live::Limits;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::books::raw;
use crate::harness::{Client, Daybook, text, until};
use crate::introspection::{AFTER, Schema};
use crate::world::{self, World};

const CREATE: &str = "mutation ($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) {
    apiKey { id scopes } secret userErrors { code field message } } }";
const REVOKE: &str = "mutation ($id: ID!) { apiKeyRevoke(id: $id) {
    apiKey { id revokedAt } userErrors { code field message } } }";
const ME: &str = "{ me { user { id } role customer { id } apiKey { name scopes createdBy { id } } permissions
    memberships { id } business { id slug } } }";

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// A program with a new key.
async fn program(daybook: &Daybook, owner: &Client, scopes: &[&str]) -> Client {
    let (_, secret) = owner.api_key("Till 2", scopes).await;
    daybook.anyone().with_token(&secret)
}

fn codes(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    errors.iter().map(|error| text(&error["extensions"]["code"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_is_shown_once_and_kept_as_a_hash() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let input =
        json!({ "name": "Till 2", "scopes": ["LEDGER_READ", "CUSTOMERS_READ"], "expiresAt": "2999-01-01T00:00:00Z" });
    let made = world.owner.change(CREATE, json!({ "input": input })).await;
    let secret = text(&made["secret"]);
    assert!(secret.starts_with("dbk_") && secret.len() > 60, "{secret}");
    assert_eq!(made["apiKey"]["scopes"], json!(["CUSTOMERS_READ", "LEDGER_READ"]));
    let list =
        "{ apiKeys { totalCount nodes { id name scopes createdAt createdBy { id } lastUsedAt expiresAt revokedAt } } }";
    let listed = world.owner.run(list, json!({})).await["apiKeys"].take();
    assert_eq!(listed["totalCount"], 2);
    let key = &listed["nodes"][0];
    assert_eq!((&key["id"], &key["name"]), (&made["apiKey"]["id"], &json!("Till 2")));
    assert_eq!(key["createdBy"]["id"], world.ids["user"]);
    assert_eq!((&key["lastUsedAt"], &key["revokedAt"]), (&Value::Null, &Value::Null));
    assert_eq!(key["expiresAt"], "2999-01-01T00:00:00+00:00");
    for row in world.rows(&daybook).await {
        assert!(!row.contains(secret), "{row}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_may_what_its_scopes_say_and_says_what_it_lacks() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let reader = program(&daybook, &world.owner, &["CUSTOMERS_READ"]).await;
    let found = reader.run("{ customers { nodes { id name contacts { nodes { name } } } } }", json!({})).await;
    assert_eq!(found["customers"]["nodes"][0]["id"], world.ids["customer"]);
    let denied = reader.send("{ payments { nodes { id } } }", json!({})).await.body;
    assert_eq!(denied["errors"][0]["message"], "this API key lacks the permission LEDGER_READ");
    let id = json!({ "id": world.ids["customer"] });
    for field in ["balance { amount }", "records { nodes { id } }", "payments { totalCount }", "lastPaymentAt"] {
        let query = format!("query ($id: ID!) {{ customer(id: $id) {{ {field} }} }}");
        assert_eq!(codes(&reader.send(&query, id.clone()).await.body), ["FORBIDDEN"], "{field}");
    }
    // Nor may it find out by asking which customers owe how much.
    for arguments in ["filter: { balanceMin: 1 }", "sort: BALANCE_DESC", "filter: { tags: [\"x\"] }"] {
        let query = format!("{{ customers({arguments}) {{ nodes {{ id }} }} }}");
        assert_eq!(codes(&reader.send(&query, json!({})).await.body), ["FORBIDDEN"], "{arguments}");
    }

    // The other way round: no way leads from what it may read to what it may not, by an interface either.
    let books = program(&daybook, &world.owner, &["LEDGER_READ"]).await;
    let query =
        "query ($id: ID!) { payment(id: $id) { amount { amount } allocations { charge { id amount { amount } } } } }";
    let paid = books.run(query, json!({ "id": world.ids["payment"] })).await;
    assert_eq!(paid["payment"]["allocations"][0]["charge"]["id"], world.ids["sale"]);
    for field in [
        "customer { name }",
        "receivedBy { name }",
        "allocations { charge { customer { name } } }",
        "allocations { charge { ... on Sale { customer { name } } } }",
    ] {
        let query = format!("query ($id: ID!) {{ payment(id: $id) {{ {field} }} }}");
        let answer = books.send(&query, json!({ "id": world.ids["payment"] })).await.body;
        assert_eq!(codes(&answer), ["FORBIDDEN"], "{field}");
        assert!(!answer.to_string().contains(&world.mark), "{field}");
    }
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    for kind in ["customer", "contact", "note", "user", "apiKey", "shareLink", "business"] {
        assert_eq!(books.run(node, json!({ "id": world.ids[kind] })).await["node"], Value::Null, "{kind}");
    }
    for kind in ["record", "sale", "payment"] {
        assert_eq!(books.run(node, json!({ "id": world.ids[kind] })).await["node"]["id"], world.ids[kind]);
    }

    // Writing notes without reading them does not read them either.
    let writer = program(&daybook, &world.owner, &["CUSTOMERS_READ", "CUSTOMERS_WRITE"]).await;
    let update = "mutation ($id: ID!) { noteUpdate(id: $id, input: {}) { note { content } userErrors { code } } }";
    assert_eq!(codes(&writer.send(update, json!({ "id": world.ids["note"] })).await.body), ["FORBIDDEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_without_scopes_sees_who_it_is_and_nothing_else() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let program = program(&daybook, &world.owner, &[]).await;
    let expected = json!({ "user": null, "role": null, "customer": null, "permissions": [], "memberships": [],
        "apiKey": { "name": "Till 2", "scopes": [], "createdBy": null },
        "business": { "id": world.owner.business, "slug": "shop" } });
    let answer = program.send(ME, json!({})).await.body;
    assert_eq!(codes(&answer), ["FORBIDDEN"], "who made it");
    assert_eq!(answer["data"]["me"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_api_key_has_a_scope_that_its_maker_lacks() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let manager = daybook.member(&owner, "MANAGER").await;
    let refused = async |client: &Client, scopes: Value| {
        let input = json!({ "name": "Till", "scopes": scopes });
        let answer = client.send(CREATE, json!({ "input": input })).await.body;
        match codes(&answer).first() {
            Some(code) => (*code).to_owned(),
            None => text(&answer["data"]["apiKeyCreate"]["userErrors"][0]["message"]).to_owned(),
        }
    };
    for role in ["CLERK", "VIEWER"] {
        assert_eq!(refused(&daybook.member(&owner, role).await, json!([])).await, "FORBIDDEN", "{role}");
    }
    assert_eq!(refused(&owner, json!(["API_KEYS"])).await, "no API key can have API_KEYS: keys make no keys");
    let needs = "PAYMENTS_WRITE needs LEDGER_READ too: its answers show that";
    assert_eq!(refused(&owner, json!(["PAYMENTS_WRITE"])).await, needs);
    let all = world::scopes(&owner).await;
    let mighty = daybook.anyone().with_token(&owner.api_key("All", &all).await.1);
    assert_eq!(refused(&mighty, json!([])).await, "FORBIDDEN", "keys make no keys");
    assert_eq!(codes(&mighty.send("{ apiKeys { nodes { id } } }", json!({})).await.body), ["FORBIDDEN"]);

    // What a key may ends where its maker's role does.
    let till = program(&daybook, &manager, &["CUSTOMERS_READ", "CUSTOMERS_DELETE"]).await;
    let archive = "mutation ($id: ID!) { customerArchive(id: $id) { userErrors { code } } }";
    let customer = json!({ "id": owner.customer("Someone").await });
    assert_eq!(codes(&till.send(archive, customer.clone()).await.body), Vec::<&str>::new());
    let raw = raw(&daybook.database, &owner.business).await;
    raw.batch_execute("UPDATE memberships SET role = 'CLERK' WHERE role = 'MANAGER'").await.unwrap();
    assert_eq!(codes(&till.send(archive, customer).await.body), ["FORBIDDEN"]);
    till.run("{ customers { nodes { id } } }", json!({})).await;
    let me = "{ me { user { id } } }";
    let id = manager.run(me, json!({})).await["me"]["user"]["id"].take();
    let id: daybook::id::UserId = text(&id).parse().unwrap();
    raw.batch_execute(&format!("DELETE FROM memberships WHERE user_id = '{}'", id.0)).await.unwrap();
    assert_eq!(till.error_codes("{ me { permissions } }", json!({})).await, ["UNAUTHENTICATED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_expired_or_unknown_api_key_is_nobody() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let owner = daybook.owner("shop").await;
    let other = daybook.owner("other").await;
    let input = json!({ "name": "Till", "expiresAt": now() + Duration::minutes(10) });
    let made = owner.change(CREATE, json!({ "input": input })).await;
    let expiring = daybook.anyone().with_token(text(&made["secret"]));
    let (id, secret) = owner.api_key("Till", &["CUSTOMERS_READ"]).await;
    let revoked = daybook.anyone().with_token(&secret);
    let me = "{ me { business { id } } }";
    for program in [&expiring, &revoked] {
        program.run(me, json!({})).await;
    }
    // Nobody else revokes it.
    let refused = other.attempt(REVOKE, json!({ "id": id })).await;
    assert_eq!(refused["userErrors"][0]["code"], "NOT_FOUND");
    revoked.run(me, json!({})).await;
    assert_ne!(owner.change(REVOKE, json!({ "id": id })).await["apiKey"]["revokedAt"], Value::Null);
    owner.change(REVOKE, json!({ "id": id })).await;
    let kinds = "{ events(kinds: [API_KEY_CREATED, API_KEY_REVOKED]) { nodes { kind data } } }";
    let log = owner.log(kinds, json!({}), |data| data.to_string().contains("REVOKED")).await;
    let kinds: Vec<&str> =
        log["events"]["nodes"].as_array().unwrap().iter().map(|event| text(&event["kind"])).collect();
    assert_eq!(kinds, ["API_KEY_CREATED", "API_KEY_CREATED", "API_KEY_REVOKED"]);

    let answer = revoked.send(me, json!({})).await.body;
    assert_eq!(codes(&answer), ["UNAUTHENTICATED"]);
    assert!(text(&answer["errors"][0]["message"]).contains("revoked or expired"), "{answer}");
    daybook.clock.set(now() + Duration::minutes(10));
    assert_eq!(expiring.error_codes(me, json!({})).await, ["UNAUTHENTICATED"]);
    // The key of one business does not pass for one of another, and half a key for none.
    let half = daybook.anyone().with_token(&secret[..40]);
    assert_eq!(half.error_codes(me, json!({})).await, ["UNAUTHENTICATED"]);
    let wrong = format!("{}{}", &secret[..secret.len() - 1], if secret.ends_with('A') { "Q" } else { "A" });
    assert_eq!(daybook.anyone().with_token(&wrong).error_codes(me, json!({})).await, ["UNAUTHENTICATED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_connected_by_api_key_is_cut_off_when_it_ends() {
    let limits = Limits { recheck: StdDuration::from_millis(50), ..Limits::default() };
    let daybook = Daybook::with_limits(Clock::manual(now()), limits).await;
    let owner = daybook.owner("shop").await;
    let (id, secret) = owner.api_key("Till", &["LEDGER_READ", "CUSTOMERS_READ"]).await;
    let revoked = daybook.anyone().with_token(&secret);
    let input = json!({ "name": "T", "expiresAt": now() + Duration::minutes(10), "scopes": ["LEDGER_READ"] });
    let made = owner.change(CREATE, json!({ "input": input })).await;
    let expiring = daybook.anyone().with_token(text(&made["secret"]));
    let live = "subscription { paymentUpdates { payment { id } } }";
    let mut sockets = Vec::new();
    for program in [&revoked, &expiring] {
        let mut socket = program.socket().await;
        socket.subscribe(live, json!({})).await;
        sockets.push(socket);
    }
    crate::live::attached(&daybook, &owner, 2).await;
    owner.change(REVOKE, json!({ "id": id })).await;
    assert_eq!(sockets[0].closed().await.0, 4401);
    sockets[1].nothing().await;
    daybook.clock.set(now() + Duration::minutes(10));
    assert_eq!(sockets[1].closed().await.0, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_api_key_did_is_told_by_its_name() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let customer = &world.ids["customer"];
    let paid = world.program.pay(json!({ "customerId": customer, "amount": "1", "method": "CASH" })).await;
    assert_eq!(paid["userErrors"], json!([]));
    let note = "mutation ($input: NoteCreateInput!) { noteCreate(input: $input) {
        note { author { name } } userErrors { code field message } } }";
    let input = json!({ "customerId": customer, "kind": "ISSUE", "content": "By a program" });
    assert_eq!(world.program.change(note, json!({ "input": input })).await["note"]["author"], Value::Null);
    let query =
        "query ($id: ID!) { events(customerId: $id, first: 100) { nodes { kind actor { id kind name email } } } }";
    let complete = |data: &Value| data["events"]["nodes"].to_string().matches("\"NOTE_CREATED\"").count() == 2;
    let log = world.owner.log(query, json!({ "id": customer }), complete).await;
    let events = log["events"]["nodes"].as_array().unwrap();
    let actors = |kind: &str| -> Vec<&Value> {
        events.iter().filter(|event| event["kind"] == kind).map(|event| &event["actor"]).collect()
    };
    let program = json!({ "id": world.ids["apiKey"], "kind": "API_KEY", "name": world.mark, "email": null });
    let owner =
        json!({ "id": world.ids["user"], "kind": "USER", "name": "Owner of shop", "email": "shop@test.example" });
    assert_eq!(actors("PAYMENT_RECORDED"), [&owner, &program]);
    assert_eq!(actors("NOTE_CREATED"), [&owner, &program]);
    let signed_in = json!({ "id": customer, "kind": "CUSTOMER", "name": world.mark, "email": null });
    assert_eq!(actors("CUSTOMER_SIGNED_IN"), [&signed_in]);
    let received = "query ($id: ID!) { payment(id: $id) { receivedBy { name } } }";
    let payment = world.owner.run(received, json!({ "id": paid["payment"]["id"] })).await;
    assert_eq!(payment["payment"]["receivedBy"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_of_an_api_key_is_known_to_the_hour() {
    let daybook = Daybook::with_clock(Clock::manual(now())).await;
    let owner = daybook.owner("shop").await;
    let (id, secret) = owner.api_key("Till", &["CUSTOMERS_READ"]).await;
    let program = daybook.anyone().with_token(&secret);
    let raw = raw(&daybook.database, &owner.business).await;
    let uuid = daybook::id::decode(&id).unwrap().1;
    let used = async || {
        let query = format!(
            "SELECT coalesce(last_used_at AT TIME ZONE 'UTC', 'epoch')::text FROM api_keys WHERE id = '{uuid}'"
        );
        crate::books::value(&raw, &query).await
    };
    assert_eq!(used().await, "1970-01-01 00:00:00");
    for (minutes, expected) in [(1, "2026-03-01 12:01:00"), (59, "2026-03-01 12:01:00"), (61, "2026-03-01 13:01:00")] {
        daybook.clock.set(now() + Duration::minutes(minutes));
        program.run("{ me { permissions } }", json!({})).await;
        until("the use is noted", async || used().await == expected).await;
    }
}

/// A program is told by its token that it is none of the users.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_users_alone_is_not_for_programs_and_customers() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let schema = Schema::load().await;
    for root in schema.roots() {
        if !["businessSwitch", "passwordChange"].contains(&root.name.as_str()) {
            continue;
        }
        let call = schema.call(&root, |path| (!path.ends_with(AFTER)).then(|| json!(world.id(path))));
        for caller in [&world.program, &world.customer] {
            let answer = caller.send(&call.query, call.variables.clone()).await.body;
            assert_eq!(codes(&answer), ["FORBIDDEN"], "{}", root.name);
        }
    }
    let out = "mutation { signOut { userErrors { code } } }";
    assert_eq!(codes(&world.program.send(out, json!({})).await.body), ["FORBIDDEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_business_has_a_hundred_keys_that_can_be_used_and_no_more() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let (first, _) = owner.api_key("First", &[] as &[&str]).await;
    let create =
        "mutation { apiKeyCreate(input: { name: \"Till\" }) { apiKey { id } userErrors { code field message } } }";
    for _ in 0..98 {
        owner.change(create, json!({})).await;
    }
    let attempts = join_all((0..4).map(|_| owner.attempt(create, json!({})))).await;
    assert_eq!(attempts.iter().filter(|payload| payload["apiKey"].is_object()).count(), 1);
    assert_eq!(owner.refusals(create, json!({})).await, ["INVALID"]);
    let revoke = "mutation ($id: ID!) { apiKeyRevoke(id: $id) { userErrors { code field message } } }";
    owner.change(revoke, json!({ "id": first })).await;
    owner.change(create, json!({})).await;
    daybook.owner("other").await.api_key("Till", &[] as &[&str]).await;
}
