//! Nobody reaches another business: not through the API, and not through the data base if a store forgot to ask.

use daybook::billing::engine;
use daybook::db::{Scope, Transaction};
use daybook::id::{CustomerId, encode};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::billing::{monthly, subscribe};
use crate::harness::{Daybook, text, values};
use crate::introspection::{AFTER, Root, Schema};
use crate::world::{World, tables, tenant_tables, uuid};

/// Whether an answer to an id of another business is that there is no such thing.
fn says_there_is_nothing(answer: &Value) -> bool {
    let field = &answer["data"].as_object().expect("data").values().next().expect("a root field").clone();
    let refused = |field: &Value| {
        let errors = field["userErrors"].as_array().cloned().unwrap_or_default();
        errors.iter().any(|error| error["code"] == "NOT_FOUND")
    };
    answer.get("errors").is_none()
        && (field.is_null() || refused(field) || field["nodes"] == json!([]) || *field == json!([null]))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_root_field_reaches_another_business_by_any_id() {
    let daybook = Daybook::start().await;
    let (mine, theirs) = (World::new(&daybook, "mine").await, World::new(&daybook, "theirs").await);
    let schema = Schema::load().await;
    let before = theirs.rows(&daybook).await;
    let mut tried = 0;
    for root in schema.roots().iter().filter(|root| root.operation != "subscription") {
        for foreign in schema.ids(root) {
            // One id of theirs, the others of mine: each is the only reason to refuse.
            let call = schema.call(root, |path| {
                let of = if path == foreign { &theirs } else { &mine };
                (path == foreign || !path.contains(".charges.") && !path.ends_with(AFTER)).then(|| json!(of.id(path)))
            });
            let answer = mine.owner.send(&call.query, call.variables.clone()).await.body;
            assert!(says_there_is_nothing(&answer), "{foreign}: {answer}");
            assert!(!theirs.shows_in(&answer), "{foreign}: {answer}");
            tried += 1;
        }
    }
    assert!(tried >= 25, "only {tried} ids were found in the schema");
    assert_eq!(theirs.rows(&daybook).await, before);
}

/// The test above proves something only because the same calls reach what is one's own.
#[tokio::test(flavor = "multi_thread")]
async fn the_calls_of_these_tests_reach_what_is_ones_own() {
    let daybook = Daybook::start().await;
    let mine = World::new(&daybook, "mine").await;
    let schema = Schema::load().await;
    for root in schema.roots().iter().filter(|root| root.operation == "query" && !schema.ids(root).is_empty()) {
        let call = mine.call(&schema, root);
        let answer = mine.owner.send(&call.query, call.variables).await.body;
        assert!(!says_there_is_nothing(&answer), "{}: {answer}", root.name);
        if root.name == "customersUpdatePreview" {
            assert_eq!(answer["data"][&root.name]["matched"], 1, "it only counts");
            continue;
        }
        assert!(mine.shows_in(&answer), "{}: {answer}", root.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_searches_have_nothing_of_another_business() {
    let daybook = Daybook::start().await;
    let (mine, theirs) = (World::new(&daybook, "mine").await, World::new(&daybook, "theirs").await);
    let schema = Schema::load().await;
    for root in schema.roots().iter().filter(|root| root.operation == "query") {
        // As little as a call needs: a filter by customer would be a reason of its own to show nothing.
        let call = schema.call(root, |path| {
            let filters = path.ends_with(AFTER) || path.contains(".charges.") || path.contains(".filter.");
            (!filters && path != "events.customerId").then(|| json!(mine.id(path)))
        });
        let answer = mine.owner.send(&call.query, call.variables).await.body;
        assert_eq!(answer.get("errors"), None, "{}", root.name);
        assert!(!theirs.shows_in(&answer), "{}: {answer}", root.name);
    }
    let search = "query ($search: String!, $code: String!) { customers(search: $search) { totalCount nodes { id } }
        customer(code: $code) { name } }";
    let variables = json!({ "search": theirs.mark, "code": "C-000001" });
    let found = mine.owner.run(search, variables).await;
    assert_eq!(found["customers"], json!({ "totalCount": 0, "nodes": [] }));
    assert_eq!(found["customer"]["name"], json!(mine.mark));
}

#[tokio::test(flavor = "multi_thread")]
async fn node_and_nodes_resolve_ones_own_ids_of_every_kind_and_nobody_elses() {
    let daybook = Daybook::start().await;
    let (mine, theirs) = (World::new(&daybook, "mine").await, World::new(&daybook, "theirs").await);
    let schema = Schema::load().await;
    let mut resolvable: Vec<&str> =
        schema.types["Node"]["possibleTypes"].as_array().unwrap().iter().map(|t| text(&t["name"])).collect();
    let node = "query ($id: ID!) { node(id: $id) { __typename id } }";
    let nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let mut kinds = Vec::new();
    for (kind, id) in &mine.ids {
        let found = mine.owner.run(node, json!({ "id": id })).await["node"].take();
        if !found.is_null() {
            let expected = match *kind {
                "charge" => "sale",
                "subscription" => "plansubscription",
                "paymentMethod" => "savedpaymentmethod",
                kind => kind,
            };
            assert_eq!(text(&found["__typename"]).to_lowercase(), expected.to_lowercase());
            assert_eq!(found["id"], *id);
            kinds.push(text(&found["__typename"]).to_owned());
        }
    }
    kinds.sort();
    kinds.dedup();
    resolvable.sort_unstable();
    assert_eq!(kinds, resolvable, "every type that is a Node");

    let all: Vec<&String> = theirs.ids.values().collect();
    for id in &all {
        assert_eq!(mine.owner.run(node, json!({ "id": id })).await["node"], Value::Null, "{id}");
        assert_eq!(daybook.anyone().error_codes(node, json!({ "id": id })).await, ["UNAUTHENTICATED"], "{id}");
    }
    let found = mine.owner.run(nodes, json!({ "ids": all })).await;
    assert_eq!(found["nodes"], json!(vec![Value::Null; all.len()]));

    // Nor does one's own UUID under the prefix of another kind.
    let (_, sale) = daybook::id::decode(&mine.ids["sale"]).unwrap();
    for prefix in ["rec", "pay", "cus", "con", "note", "usr", "bus", "evt", "xyz"] {
        let id = encode(prefix, sale);
        assert_eq!(mine.owner.run(node, json!({ "id": id })).await["node"], Value::Null, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_stream_has_nothing_of_another_business() {
    let daybook = Daybook::start().await;
    let (mine, theirs) = (World::new(&daybook, "mine").await, World::new(&daybook, "theirs").await);
    let schema = Schema::load().await;
    // The dashboard names no customer: its own tests hold that it tells nothing of another business.
    let of_customers = |root: &&Root| root.operation == "subscription" && root.name != "dashboard";
    for root in schema.roots().iter().filter(of_customers) {
        let cursor = mine.owner.run("{ eventCursor }", json!({})).await["eventCursor"].take();
        let mut socket = mine.owner.socket().await;
        // For their customer, for mine, and for all customers; from here on, however long attaching takes.
        for wanted in [Some(&theirs), Some(&mine), None] {
            let call = schema.call(root, |path| match wanted {
                _ if path.ends_with(AFTER) => Some(cursor.clone()),
                wanted => wanted.map(|world| json!(world.id(path))),
            });
            socket.subscribe(&call.query, call.variables).await;
        }
        // Their payment comes first: what arrives after mine has not been sent.
        for world in [&theirs, &mine] {
            if root.name == "ticketUpdates" {
                let say = "mutation ($input: TicketMessageCreateInput!) { ticketMessageCreate(input: $input) {
                    userErrors { code field message } } }";
                let input = json!({ "ticketId": world.ids["ticket"], "content": world.mark });
                world.owner.change(say, json!({ "input": input })).await;
                continue;
            }
            let input = json!({ "customerId": world.ids["customer"], "amount": "1", "method": "CASH" });
            assert_eq!(world.owner.pay(input).await["userErrors"], json!([]));
        }
        let mut streams = Vec::new();
        while streams.len() < 2 {
            let message = socket.message().await;
            assert_eq!(message["type"], "next", "{message}");
            assert_eq!(message["payload"].get("errors"), None, "{message}");
            assert!(!theirs.shows_in(&message["payload"]), "{message}");
            assert!(mine.shows_in(&message["payload"]), "{message}");
            streams.push(text(&message["id"]).to_owned());
        }
        streams.sort();
        assert_eq!(streams, ["2", "3"]);
        socket.nothing().await;
    }
}

async fn visible(transaction: &Transaction, tables: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for table in tables {
        let count = values(transaction, &format!("SELECT count(*)::text AS value FROM {table}")).await;
        if count != ["0"] {
            found.push(table.clone());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_forces_row_level_security_and_has_a_policy() {
    let daybook = Daybook::start().await;
    let system = daybook.scope(Scope::System).await;
    let open = "SELECT c.relname::text AS value FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> '__diesel_schema_migrations'
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))";
    assert_eq!(values(&system, open).await, Vec::<String>::new());
    assert!(tables(&daybook).await.len() >= 17);
    let without = "SELECT c.relname::text AS value FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> '__diesel_schema_migrations'
          AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive AND p.polcmd = '*')";
    assert_eq!(
        values(&system, without).await,
        Vec::<String>::new(),
        "give these a restrictive policy `customer`, which shows a customer what is theirs: see migrations/README.md"
    );
}

/// Whatever a store forgot to ask: where a customer acts, row-level security shows what is theirs.
#[tokio::test(flavor = "multi_thread")]
async fn a_customers_transaction_sees_rows_of_that_customer_only() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    let other = world.owner.customer("Someone else").await;
    let sale = world.owner.sale(&other, "2026-01-01", "5").await;
    let paid = json!({ "customerId": other, "amount": "5", "method": "CASH", "charges": [{ "chargeId": sale }] });
    assert_eq!(world.owner.pay(paid).await["userErrors"], json!([]));
    let plan = monthly(&world.owner, "of-others", "5").await;
    subscribe(&world.owner, &other, &plan, json!({})).await;
    let own: CustomerId = world.ids["customer"].parse().unwrap();
    let scoped = daybook.scope(Scope::Customer(world.business(), own)).await;
    let all = daybook.scope(Scope::Business(world.business(), Some(world.user()))).await;
    let rows = async |transaction: &Transaction, table: &str| {
        values(transaction, &format!("SELECT to_jsonb(t)::text AS value FROM {table} t ORDER BY 1")).await
    };
    let theirs = [
        "adjustments",
        "allocations",
        "businesses",
        "charges",
        "contacts",
        "credit_notes",
        "customer_sessions",
        "customers",
        "entries",
        "invoices",
        "payment_methods",
        "payments",
        "plan_prices",
        "plan_subscriptions",
        "plans",
        "preferences",
        "records",
        "sales",
        "service_usages",
        "share_links",
        "standing_orders",
        "subscription_periods",
        "ticket_messages",
        "tickets",
    ];
    assert_eq!(visible(&scoped, &tables(&daybook).await).await, theirs);
    for table in theirs {
        let (seen, there) = (rows(&scoped, table).await, rows(&all, table).await);
        assert!(seen.iter().all(|row| there.contains(row)));
        assert!(!seen.iter().any(|row| row.contains(&uuid(&other)) || row.contains(&uuid(&sale))), "{table}");
        let of_others = ["allocations", "charges", "customers", "entries", "invoices", "payments", "sales"];
        let of_others = of_others.contains(&table) || table.starts_with("plan") || table.starts_with("subscription");
        assert_eq!(seen.len() < there.len(), of_others, "{table}");
    }
    // Nor can anything of others be changed, or written down for them.
    for statement in [
        format!("UPDATE customers SET name = 'x' WHERE id = '{}'", uuid(&other)),
        format!("DELETE FROM allocations WHERE charge_id = '{}'", uuid(&sale)),
    ] {
        let touched = format!("WITH done AS ({statement} RETURNING 1) SELECT count(*)::text AS value FROM done");
        assert_eq!(values(&scoped, &touched).await, ["0"], "{statement}");
    }
    let insert = format!(
        "INSERT INTO contacts (business_id, id, customer_id, name, role, is_primary, created_at, updated_at)
         VALUES ('{}', '{}', '{}', 'x', 'OPS', false, now(), now())",
        uuid(&world.ids["business"]),
        Uuid::from_u128(7),
        uuid(&other)
    );
    let refused = (&mut &*scoped).batch_execute(&insert).await.unwrap_err().to_string();
    assert!(refused.contains("violates row-level security policy"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_without_any_filter_sees_the_rows_of_one_business_only() {
    let daybook = Daybook::start().await;
    let (mine, theirs) = (World::new(&daybook, "mine").await, World::new(&daybook, "theirs").await);
    // Days of standing orders are its to make.
    engine::run(&daybook.app).await.unwrap();
    let tenant = tenant_tables(&daybook).await;
    for (world, user) in [(&mine, Some(mine.user())), (&theirs, None)] {
        let scoped = daybook.scope(Scope::Business(world.business(), user)).await;
        for table in &tenant {
            let seen = values(&scoped, &format!("SELECT business_id::text AS value FROM {table}")).await;
            // Refresh tokens are for sign-in alone.
            assert_eq!(seen.is_empty(), table == "refresh_tokens", "{table}");
            assert!(seen.iter().all(|business| *business == uuid(&world.ids["business"])), "{table}");
        }
        let businesses = values(&scoped, "SELECT id::text AS value FROM businesses").await;
        assert_eq!(businesses, [uuid(&world.ids["business"])]);
        let users = values(&scoped, "SELECT id::text AS value FROM users").await;
        assert_eq!(users, [uuid(&world.ids["user"])]);
        let sessions = values(&scoped, "SELECT user_id::text AS value FROM sessions").await;
        assert_eq!(sessions, user.map(|user| user.0.to_string()).into_iter().collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_scope_sees_identities_and_events_and_no_scope_sees_nothing() {
    let daybook = Daybook::start().await;
    World::new(&daybook, "mine").await;
    World::new(&daybook, "theirs").await;
    let all = tables(&daybook).await;
    let system = daybook.scope(Scope::System).await;
    let expected = [
        "api_keys",
        "businesses",
        "customer_sessions",
        // When they are due, like subscriptions.
        "dunnings",
        "events",
        // What is to be rolled up.
        "figures",
        "memberships",
        // When they are due; the rest of billing is out of sight.
        "plan_subscriptions",
        "refresh_tokens",
        "sessions",
        "share_links",
        // When they are due, like subscriptions.
        "standing_orders",
        "users",
    ];
    assert_eq!(visible(&system, &all).await, expected);

    let nobody = AsyncPgConnection::establish(&daybook.database.url).await.unwrap();
    for table in &all {
        let count = values(&nobody, &format!("SELECT count(*)::text AS value FROM {table}")).await;
        assert_eq!(count, ["0"], "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_cannot_be_written_into_another_business_nor_changed_there() {
    let daybook = Daybook::start().await;
    let (mine, theirs) = (World::new(&daybook, "mine").await, World::new(&daybook, "theirs").await);
    // Days of standing orders are its to make.
    engine::run(&daybook.app).await.unwrap();
    let (here, there) = (uuid(&mine.ids["business"]), uuid(&theirs.ids["business"]));
    let before = theirs.rows(&daybook).await;
    let scope = Scope::Business(mine.business(), Some(mine.user()));
    let refused = async |statement: &str| {
        let scoped = daybook.scope(scope).await;
        let failed = (&mut &*scoped).batch_execute(statement).await.map_err(|error| error.to_string());
        scoped.rollback().await.unwrap();
        failed.expect_err(statement)
    };
    for table in tenant_tables(&daybook).await {
        let system = daybook.scope(if table == "refresh_tokens" { Scope::System } else { scope }).await;
        let row = format!("SELECT to_jsonb(t)::text AS value FROM {table} t WHERE business_id = '{here}' LIMIT 1");
        let row = values(&system, &row).await.remove(0);
        let columns = format!(
            "SELECT string_agg(quote_ident(attname), ', ') AS value FROM pg_attribute
             WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped
                 AND attgenerated = '' AND attidentity = ''"
        );
        let columns = values(&system, &columns).await.remove(0);
        system.rollback().await.unwrap();

        // Whatever else might be wrong with the row: the policy comes first.
        let mut row: Value = serde_json::from_str(&row).unwrap();
        row["business_id"] = json!(there);
        for (key, other) in [("id", json!(Uuid::from_u128(7))), ("token_hash", json!("\\x07"))] {
            // One that is counted up is not inserted.
            if row.get(key).is_some_and(Value::is_string) {
                row[key] = other;
            }
        }
        let row = row.to_string().replace('\'', "''");
        let insert = format!(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, '{row}')"
        );
        let error = refused(&insert).await;
        assert!(error.contains("violates row-level security policy"), "{table}: {error}");

        if table != "refresh_tokens" {
            let error = refused(&format!("UPDATE {table} SET business_id = '{there}'")).await;
            let append_only = ["entries", "events"].contains(&table.as_str());
            let expected = if append_only { "append-only" } else { "violates row-level security policy" };
            assert!(error.contains(expected), "{table}: {error}");
        }
        // What cannot be seen cannot be changed or removed either.
        for statement in [format!("UPDATE {table} SET business_id = business_id"), format!("DELETE FROM {table}")] {
            let scoped = daybook.scope(scope).await;
            let touched = format!(
                "WITH done AS ({statement} WHERE business_id = '{there}' RETURNING 1) SELECT count(*)::text AS value FROM done"
            );
            assert_eq!(values(&scoped, &touched).await, ["0"], "{statement}");
            scoped.rollback().await.unwrap();
        }
    }
    assert_eq!(theirs.rows(&daybook).await, before);
}

/// Someone who belongs to two businesses acts in one of them: the other can be seen, to switch to, and no more.
#[tokio::test(flavor = "multi_thread")]
async fn who_belongs_to_two_businesses_cannot_change_one_from_within_the_other() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let me = clerk.run("{ me { user { id } memberships { business { id } } } }", json!({})).await;
    let own = text(&me["me"]["memberships"][0]["business"]["id"]);
    let scope = Scope::Business(own.parse().unwrap(), Some(text(&me["me"]["user"]["id"]).parse().unwrap()));
    let scoped = daybook.scope(scope).await;
    let shop = uuid(&owner.business);
    let seen = "SELECT count(*)::text AS value FROM memberships JOIN businesses b ON b.id = business_id";
    assert_eq!(values(&scoped, seen).await, ["2"]);
    for statement in [
        format!("UPDATE memberships SET role = 'OWNER' WHERE business_id = '{shop}'"),
        format!("DELETE FROM memberships WHERE business_id = '{shop}'"),
        format!("UPDATE businesses SET name = 'taken over' WHERE id = '{shop}'"),
        format!("DELETE FROM businesses WHERE id = '{shop}'"),
    ] {
        let touched = format!("WITH done AS ({statement} RETURNING 1) SELECT count(*)::text AS value FROM done");
        assert_eq!(values(&scoped, &touched).await, ["0"], "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_name_is_seen_and_their_account_is_out_of_reach() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "shop").await;
    daybook.member(&world.owner, "CLERK").await;
    let scoped = daybook.scope(Scope::Business(world.business(), Some(world.user()))).await;
    let count = async |statement: &str| {
        let counted = format!("WITH done AS ({statement} RETURNING 1) SELECT count(*)::text AS value FROM done");
        values(&scoped, &counted).await.remove(0)
    };
    assert_eq!(values(&scoped, "SELECT count(*)::text AS value FROM users").await, ["2"]);
    assert_eq!(count("UPDATE users SET password_hash = 'known'").await, "1", "one's own");
    let other = format!("DELETE FROM users WHERE id <> '{}'", world.user().0);
    assert_eq!(count(&other).await, "0");
    assert_eq!(values(&scoped, "SELECT count(*)::text AS value FROM sessions").await, ["1"], "one's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_foreign_key_between_tenant_tables_includes_the_business() {
    let daybook = Daybook::start().await;
    let system = daybook.scope(Scope::System).await;
    let keys = |condition: &str| {
        format!(
            "SELECT k.conrelid::regclass || ' -> ' || k.confrelid::regclass || ' ' || k.conname AS value
             FROM pg_constraint k
             JOIN pg_attribute mine ON mine.attrelid = k.conrelid AND mine.attname = 'business_id'
             JOIN pg_attribute theirs ON theirs.attrelid = k.confrelid AND theirs.attname = 'business_id'
             WHERE k.contype = 'f' AND {condition}"
        )
    };
    // In the same place on both sides, so that it is the same business.
    let same = "array_position(k.conkey, mine.attnum) = array_position(k.confkey, theirs.attnum)";
    let without = values(&system, &keys(&format!("({same}) IS NOT TRUE"))).await;
    assert_eq!(without, Vec::<String>::new());
    assert!(values(&system, &keys(same)).await.len() >= 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_business_leads_every_index_of_a_tenant_table_but_a_few() {
    let daybook = Daybook::start().await;
    let system = daybook.scope(Scope::System).await;
    let led_by_others = "SELECT i.indexrelid::regclass::text AS value
        FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'business_id'
        WHERE i.indkey[0] <> a.attnum AND i.indrelid::regclass::text NOT LIKE 'pg_%' ORDER BY 1";
    let expected = [
        // The relay reads the log of all businesses in commit order.
        "events_relay_idx",
        // Sign-in looks for the businesses of a user, before any business is known.
        "memberships_user_idx",
        // A refresh token comes without its business, and is ended with its session.
        "refresh_tokens_pkey",
        "refresh_tokens_session_idx",
    ];
    assert_eq!(values(&system, led_by_others).await, expected);
}
