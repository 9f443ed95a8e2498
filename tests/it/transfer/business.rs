//! A whole business goes out and comes in as it was, or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use daybook::billing::engine;
use reqwest::Method;
use serde_json::{Value, json};

use crate::books::{assert_in_order, balance, raw, value};
use crate::harness::{Client, Daybook, until};
use crate::process::{Data, Folder, daybook, output};
use crate::world::{World, tenant_tables, uuid};

/// What is not in a file: how to get in, what was asked for once already, and what is made from other rows.
const LEFT: [&str; 8] = [
    "api_keys",
    "customer_sessions",
    "figures",
    "idempotency_keys",
    "memberships",
    "refresh_tokens",
    "search_words",
    "share_links",
];

async fn exported(owner: &Client) -> String {
    let response = owner.request(Method::GET, "/export/business.jsonl").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/jsonl");
    response.text().await.unwrap()
}

/// Imports by the command. What it says, if it succeeds, or why it does not.
async fn import(on: &Daybook, slug: &str, file: &str) -> Result<String, String> {
    let folder = Folder::new("business");
    fs::create_dir(&folder.0).unwrap();
    let path = folder.0.join("business.jsonl");
    fs::write(&path, file).unwrap();
    let mut command = daybook(&Data::Database(&on.database));
    command.args(["import", "business", path.to_str().unwrap(), "--business", slug]);
    match output(command).await {
        (Some(0), out, _) => Ok(out),
        (_, _, err) => {
            Err(err.split_once("cannot be imported: ").unwrap_or_else(|| panic!("{err}")).1.trim().to_owned())
        }
    }
}

/// The rows of a file by table. Ids of users become their e-mail addresses.
fn rows(file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let lines: Vec<BTreeMap<String, Value>> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let member = |line: &BTreeMap<String, Value>| {
        line.get("member").map(|member| (member["id"].clone(), member["email"].clone()))
    };
    let members: Vec<(Value, Value)> = lines.iter().filter_map(member).collect();
    for (name, mut row) in lines.into_iter().flatten() {
        for column in ["actor_id", "assignee_id", "author_id", "received_by"] {
            if let Some(user) = row.get_mut(column)
                && let Some((_, email)) = members.iter().find(|(id, _)| id == user)
            {
                *user = email.clone();
            }
        }
        assert!(tables.entry(name).or_default().insert(row.to_string()), "no row is there twice");
    }
    for frame in ["daybook", "member", "end"] {
        tables.remove(frame).unwrap();
    }
    tables
}

/// What a dashboard and a search tell of a business.
async fn seen(owner: &Client, mark: &str) -> Value {
    let query = "query ($search: String!) {
        me { business { name currency timeZone daysUntilDue invoicePrefix } }
        dashboard { outstanding { amount } overdue { amount } credit { amount } customers members
            month { charged { amount } collected { amount } } }
        customers(search: $search) { nodes { code name balance { amount } tags purchaseHistory { spent { amount } }
            contacts { nodes { name phone } } notes { nodes { content author { name } } } } }
        search: customers(search: \"contact@x.example\") { totalCount }
        invoices { nodes { number amount { amount } lines { description } } }
        tickets { nodes { subject assignee { name } messages { nodes { content } } } }
        plans { nodes { code prices { nodes { amount { amount } } } } } }";
    owner.run(query, json!({ "search": mark })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_business_that_went_out_comes_in_as_it_was() {
    let here = Daybook::start().await;
    let world = World::new(&here, "mine").await;
    let settings = "mutation { businessUpdate(input: { name: \"Mine\", daysUntilDue: 9, invoicePrefix: \"M\" }) {
        userErrors { code field message } } }";
    world.owner.change(settings, json!({})).await;
    engine::run(&here.app).await.unwrap();
    let file = exported(&world.owner).await;
    let out = rows(&file);
    let books = raw(&here.database, &world.owner.business).await;
    let mut all: BTreeSet<String> = tenant_tables(&here).await.into_iter().collect();
    all.insert("business".to_owned());
    let known: BTreeSet<String> = out.keys().cloned().chain(LEFT.map(str::to_owned)).collect();
    assert_eq!(known, all, "every table is in the file, or it is said above why it is not");
    for table in out.keys().filter(|name| *name != "business") {
        let count = value(&books, &format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(count, out[table].len().to_string(), "{table}");
    }
    let secrets = value(
        &books,
        "SELECT string_agg(DISTINCT encode(hash, 'hex'), ' ') FROM (SELECT token_hash AS hash FROM api_keys
         UNION ALL SELECT token_hash FROM share_links UNION ALL SELECT refresh_hash FROM customer_sessions) AS hashes",
    )
    .await;
    assert!(secrets.len() > 100 && secrets.split(' ').all(|secret| !file.contains(secret)));
    assert!(!file.contains("argon2"));

    // Another server, and a business that is like it in nothing but who owns it.
    let there = Daybook::start().await;
    let owner = there.owner_of("mine", "JPY", "Asia/Tokyo", "JP").await;
    let mut socket = owner.socket().await;
    socket
        .subscribe(
            "subscription { activity(kinds: [CUSTOMER_CREATED, PAYMENT_RECORDED, BUSINESS_IMPORTED]) { kind } }",
            json!({}),
        )
        .await;
    let said = import(&there, "mine", &file).await.unwrap();
    let owed = balance(&world.owner, world.id_of("Customer")).await;
    let lines = file.lines().count();
    assert!(said.contains("rows, and the books are in order") && said.contains(&format!("{owed} USD")), "{said}");
    assert!(said.starts_with(&format!("{} rows", lines - 4)), "{lines} lines: {said}");

    assert_in_order(&there, &owner).await;
    let again = rows(&exported(&owner).await);
    for (table, rows) in &out {
        match table.as_str() {
            // It has what opening it and importing said, as well.
            "events" => {
                assert_eq!(rows - &again[table], BTreeSet::new());
                assert_eq!(again[table].len() - rows.len(), 2);
            }
            _ => assert_eq!(&again[table], rows, "{table}"),
        }
    }
    assert_eq!(seen(&owner, &world.mark).await, seen(&world.owner, &world.mark).await);
    // What is new goes on from what was.
    let create = "mutation { customerCreate(input: { name: \"Next\" }) { customer { code } userErrors { code field message } } }";
    let next = owner.change(create, json!({})).await;
    assert_eq!(next, world.owner.change(create, json!({})).await);
    // The past of another server is no news.
    assert_eq!(socket.event().await, json!({ "activity": { "kind": "BUSINESS_IMPORTED" } }));
    assert_eq!(socket.event().await, json!({ "activity": { "kind": "CUSTOMER_CREATED" } }));
    let log = "query ($id: ID!) { customer(id: $id) { events(last: 1) { nodes { kind actor { __typename } } } } }";
    until("the log is there", async || {
        let [there, here] = [&owner, &world.owner];
        let id = json!({ "id": world.id_of("Customer") });
        there.run(log, id.clone()).await == here.run(log, id).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_the_business_that_it_came_from_it_is_another_one() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "mine").await;
    let before = world.rows(&daybook).await;
    let file = exported(&world.owner).await;
    let owner = daybook.owner("copy").await;
    import(&daybook, "copy", &file).await.unwrap();
    assert_eq!(world.rows(&daybook).await, before);
    assert_in_order(&daybook, &owner).await;
    // Nobody of the file belongs to it.
    let mark = &world.mark;
    let copy = seen(&owner, mark).await;
    assert_eq!(copy["dashboard"], seen(&world.owner, mark).await["dashboard"]);
    assert_eq!(copy["customers"]["nodes"][0]["notes"]["nodes"], json!([{ "content": mark, "author": null }]));
    assert_eq!(copy["tickets"]["nodes"][0]["assignee"], Value::Null);
    // A second time it is not empty any more.
    let said = import(&daybook, "copy", &file).await.unwrap_err();
    assert_eq!(said, "the business has plans already: import into an empty one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_right_is_refused_by_its_line_and_nothing_of_it_stays() {
    let daybook = Daybook::start().await;
    let world = World::new(&daybook, "mine").await;
    let file = exported(&world.owner).await;
    let owner = daybook.owner("other").await;
    let lines: Vec<&str> = file.lines().collect();
    let at = |begin: &str| lines.iter().position(|line| line.starts_with(begin)).unwrap();
    let changed = |line: usize, from: &str, to: &str| {
        assert!(lines[line].contains(from), "{}", lines[line]);
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines[line] = lines[line].replacen(from, to, 1);
        lines.join("\n")
    };
    let without = |line: usize| [&lines[..line], &lines[line + 1..]].concat().join("\n");
    let (customer, note, end) = (at("{\"customers\""), at("{\"notes\""), lines.len() - 1);
    let entry = at("{\"entries\"");
    let mut moved = lines.clone();
    let segment = moved.remove(at("{\"segments\""));
    moved.insert(end - 1, segment);
    for (file, expected) in [
        (String::new(), "the file is empty".to_owned()),
        ("code,name\nA,Ann\n".to_owned(), "line 1: this is not the export of a business".to_owned()),
        (changed(0, "\"version\":1", "\"version\":2"), "line 1: the file is of version 2 and this".to_owned()),
        (without(1), "line 2: `business` is missing before `member`".to_owned()),
        (changed(1, "\"UTC\"", "null"), "up to line 2: `business`: null value in column \"time_zone\"".to_owned()),
        (lines[..end].join("\n"), format!("line {}: the file ends here, before its end", end + 1)),
        (
            lines[..=note].join("\n")[..file.find("{\"notes\"").unwrap() + 20].to_owned(),
            format!("line {}: EOF", note + 1),
        ),
        (changed(note, "\"notes\"", "\"memos\""), format!("line {}: `memos` is not known", note + 1)),
        (changed(note, "\"content\"", "\"text\""), format!("line {}: `notes` has no `text` here", note + 1)),
        (changed(note, "{\"notes\"", "[\"notes\""), format!("line {}: ", note + 1)),
        (changed(note, "\"ISSUE\"", "\"RUMOUR\""), format!("up to line {}: `notes`: new row", note + 2)),
        (
            changed(customer, "\"name\"", "\"business_id\":1,\"name\""),
            format!("line {}: `customers` has no `business_id`", customer + 1),
        ),
        (moved.join("\n"), format!("line {end}: `segments` stands behind `events`, and must stand before it")),
        (without(note), "the file says that it has".to_owned()),
        (without(customer), "violates foreign key constraint".to_owned()),
        (changed(end, "\"balance\":", "\"balance\":1"), "the file says that its customers owe".to_owned()),
        (changed(entry, "\"amount\":", "\"amount\":1"), "the books of the file do not add up: ".to_owned()),
        (format!("{file}{{}}\n"), format!("line {}: there is more behind the end", end + 2)),
    ] {
        let said = import(&daybook, "other", &file).await.unwrap_err();
        assert!(said.contains(&expected), "{said}, not {expected}");
    }
    let left = "{ customers { totalCount } plans { totalCount } me { business { name timeZone } } }";
    let nothing = json!({ "customers": { "totalCount": 0 }, "plans": { "totalCount": 0 },
        "me": { "business": { "name": "other", "timeZone": "UTC" } } });
    assert_eq!(owner.run(left, json!({})).await, nothing);
    // And the file as it was comes in.
    import(&daybook, "other", &file).await.unwrap();
    let ids =
        value(&raw(&daybook.database, &owner.business).await, "SELECT string_agg(id::text, '') FROM customers").await;
    assert_eq!(ids, uuid(world.id_of("Customer")));
}
