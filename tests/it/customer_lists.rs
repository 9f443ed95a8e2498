//! Lists of customers: search, filters, orders, pages.

use daybook::clock::Clock;
use daybook::db::page::{Order, Position};
use daybook::graphql::write_cursor;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::billing;
use crate::harness::{Client, Daybook, text};

const CREATE: &str = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
    customer { id } userErrors { code field message } } }";
const LIST: &str = "query ($search: String, $filter: CustomerFilter, $sort: CustomerSort! = NAME_ASC,
        $first: Int, $after: String, $last: Int, $before: String, $offset: Int) {
    customers(search: $search, filter: $filter, sort: $sort,
            first: $first, after: $after, last: $last, before: $before, offset: $offset) {
        totalCount
        edges { cursor node { id name } }
        nodes { id }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
const SORTS: [&str; 10] = [
    "NAME_ASC",
    "NAME_DESC",
    "CODE_ASC",
    "CODE_DESC",
    "BALANCE_ASC",
    "BALANCE_DESC",
    "JOINED_ON_ASC",
    "JOINED_ON_DESC",
    "LAST_PAYMENT_AT_ASC",
    "LAST_PAYMENT_AT_DESC",
];

async fn create(client: &Client, input: Value) -> String {
    text(&client.change(CREATE, json!({ "input": input })).await["customer"]["id"]).to_owned()
}

async fn pay(client: &Client, customer: &str, amount: &str, at: &str) {
    let input = json!({
        "customerId": customer, "amount": amount, "method": "CASH", "receivedAt": at, "allowCredit": true,
    });
    assert_eq!(client.pay(input).await["userErrors"], json!([]));
}

async fn list(client: &Client, variables: Value) -> Value {
    let connection = client.run(LIST, variables).await["customers"].take();
    let ids: Vec<_> = connection["edges"].as_array().unwrap().iter().map(|edge| &edge["node"]["id"]).collect();
    let nodes: Vec<_> = connection["nodes"].as_array().unwrap().iter().map(|node| &node["id"]).collect();
    assert_eq!(ids, nodes);
    connection
}

fn each<'a>(connection: &'a Value, field: &str) -> Vec<&'a str> {
    connection["edges"].as_array().unwrap().iter().map(|edge| text(&edge["node"][field])).collect()
}

/// The names that a list has, which are all, in their order.
async fn names(client: &Client, variables: Value) -> Vec<String> {
    let connection = list(client, variables.clone()).await;
    let names = each(&connection, "name");
    assert_eq!(connection["totalCount"], names.len(), "{variables}");
    names.into_iter().map(str::to_owned).collect()
}

/// Customers of the tests of search and filters, added at noon of 2026-03-10.
async fn village(daybook: &Daybook) -> Client {
    let owner = daybook.owner_of("village", "KES", "Africa/Nairobi", "KE").await;
    let john = json!({
        "name": "John Smith", "code": "FARM-1", "email": "js@farm.example", "phone": "0712345678", "type": "VIP",
        "tags": ["milk", "cash"], "memberSince": "2026-01-01", "joinedOn": "2026-01-01",
    });
    let mary = json!({
        "name": "Mary Wanjiku", "code": "SHOP-7", "whatsappPhone": "0733999888", "type": "WHOLESALE",
        "status": "SUSPENDED", "tags": ["milk"], "joinedOn": "2026-02-01",
    });
    let discount = json!({ "name": "100% Discount", "code": "D_1", "status": "PENDING", "joinedOn": "2026-03-01" });
    let zoe = json!({ "name": "Zoë Ünal", "code": "Z-1", "joinedOn": "2026-03-05", "memberSince": "2026-03-05" });
    let [john, mary, _, zoe] = [
        create(&owner, john).await,
        create(&owner, mary).await,
        create(&owner, discount).await,
        create(&owner, zoe).await,
    ];
    let contact = "mutation ($id: ID!) { contactCreate(input: { customerId: $id, name: \"Peter Otieno\",
        email: \"peter@otieno.example\", phone: \"0744555666\" }) { userErrors { code field message } } }";
    owner.change(contact, json!({ "id": zoe })).await;
    owner.sale(&john, "2026-03-01", "500.00").await;
    owner.sale(&mary, "2026-03-01", "120.50").await;
    pay(&owner, &mary, "20.50", "2026-03-02T10:00:00Z").await;
    pay(&owner, &zoe, "10.00", "2026-03-04T10:00:00Z").await;
    owner
}

fn noon() -> Clock {
    Clock::manual("2026-03-10T09:00:00Z".parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn search_finds_parts_of_what_identifies_a_customer_and_forgives_typing_errors() {
    let daybook = Daybook::with_clock(noon()).await;
    let owner = village(&daybook).await;
    for (search, expected) in [
        ("smith", vec!["John Smith"]),
        ("SMI", vec!["John Smith"]),
        ("hn Sm", vec!["John Smith"]),
        ("  john smith  ", vec!["John Smith"]),
        ("farm-1", vec!["John Smith"]),
        ("js@farm", vec!["John Smith"]),
        ("712345", vec!["John Smith"]),
        ("733999888", vec!["Mary Wanjiku"]),
        ("peter otieno", vec!["Zoë Ünal"]),
        ("otieno.example", vec!["Zoë Ünal"]),
        ("744555666", vec!["Zoë Ünal"]),
        ("zoë", vec!["Zoë Ünal"]),
        ("ÜNAL", vec!["Zoë Ünal"]),
        ("jonh smyth", vec!["John Smith"]),
        ("mary wanjuki", vec!["Mary Wanjiku"]),
        ("wanjiko", vec!["Mary Wanjiku"]),
        ("peter ottieno", vec!["Zoë Ünal"]),
        ("smith, jonh", vec!["John Smith"]),
        ("smith john", vec!["John Smith"]),
        // A number in any spelling.
        ("+254 712-345", vec!["John Smith"]),
        ("0733 999 888", vec!["Mary Wanjiku"]),
        ("(0744) 555", vec!["Zoë Ünal"]),
        // An address is not like another one because they end alike.
        ("nobody@farm.example", vec![]),
        ("john wanjiku", vec![]),
        ("jose", vec![]),
        ("smug", vec![]),
        // What LIKE would take for a pattern stands for itself.
        ("%", vec!["100% Discount"]),
        ("0%", vec!["100% Discount"]),
        ("_", vec!["100% Discount"]),
        ("D_1", vec!["100% Discount"]),
        ("J_hn", vec![]),
        ("\\", vec![]),
        ("nobody at all", vec![]),
        ("", vec!["100% Discount", "John Smith", "Mary Wanjiku", "Zoë Ünal"]),
        ("  ", vec!["100% Discount", "John Smith", "Mary Wanjiku", "Zoë Ünal"]),
    ] {
        assert_eq!(names(&owner, json!({ "search": search })).await, expected, "{search:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_is_found_by_what_they_are_now() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let id = create(&owner, json!({ "name": "Somchai Suksan" })).await;
    let run = async |mutation: &str, variables: Value| owner.change(mutation, variables).await;
    let contact = "mutation ($id: ID!) { contactCreate(input: { customerId: $id, name: \"Malee Kaewta\" }) {
        contact { id } userErrors { code field message } } }";
    let contact = run(contact, json!({ "id": id })).await["contact"]["id"].take();
    for (search, expected) in [("somchay", 1), ("malle kaewta", 1), ("malee suksan", 1), ("wichai", 0)] {
        assert_eq!(names(&owner, json!({ "search": search })).await.len(), expected, "{search}");
    }
    let rename = "mutation ($id: ID!) { customerUpdate(id: $id, input: { name: \"Wichai\" }) { userErrors { code field message } } }";
    run(rename, json!({ "id": id })).await;
    let rename = "mutation ($id: ID!) { contactUpdate(id: $id, input: { name: \"Pranee\" }) { userErrors { code field message } } }";
    run(rename, json!({ "id": contact })).await;
    for (search, expected) in [("somchai", 0), ("malee", 0), ("wicahi", 1), ("pranie", 1)] {
        assert_eq!(names(&owner, json!({ "search": search })).await.len(), expected, "{search}");
    }
    let delete = "mutation ($id: ID!) { contactDelete(id: $id) { userErrors { code field message } } }";
    run(delete, json!({ "id": contact })).await;
    assert_eq!(names(&owner, json!({ "search": "pranee" })).await, Vec::<String>::new());
    crate::books::assert_in_order(&daybook, &owner).await;
}

/// Under row-level security PostgreSQL takes an index for that only if it knows the operator to be safe, which the
/// built-in server tells it: see README.md for others.
#[tokio::test(flavor = "multi_thread")]
async fn searches_and_filters_by_tags_and_free_data_are_looked_up_in_their_indexes() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let raw = crate::books::raw(&daybook.database, &owner.business).await;
    let many = "INSERT INTO customers (business_id, id, code, name, phone, type, status, tags, metadata, joined_on, created_at,
            updated_at)
        SELECT current_business(), gen_random_uuid(), 'X' || n, 'Someone ' || md5(n::text), '+1212555' || lpad(n::text, 4, '0'),
            'REGULAR', 'ACTIVE', ARRAY['t' || n % 500], jsonb_build_object('zone', n % 500), '2026-01-01', now(), now()
        FROM generate_series(1, 5000) n";
    // Each by itself: none of these runs within a transaction.
    for statement in [many, "VACUUM ANALYZE customers", "SET enable_seqscan = off"] {
        raw.batch_execute(statement).await.unwrap();
    }
    for (condition, index) in [
        ("found_by LIKE '%5554321%'", "customers_found_by_idx"),
        (
            "(found_by LIKE '%c4ca4238%') AND (found_by LIKE '%0b92aaaa%' OR found_by LIKE '%a0b92382%')",
            "customers_found_by_idx",
        ),
        ("tags @> '{t77}'", "customers_tags_idx"),
        ("metadata @> '{\"zone\": 77}'", "customers_metadata_idx"),
    ] {
        let explain =
            format!("EXPLAIN SELECT id FROM customers WHERE business_id = current_business() AND {condition}");
        let rows = raw.simple_query(&explain).await.unwrap();
        let plan: Vec<_> = rows
            .iter()
            .filter_map(|row| if let tokio_postgres::SimpleQueryMessage::Row(row) = row { row.get(0) } else { None })
            .collect();
        let looked_up = plan.windows(2).any(|lines| {
            let operator = ["~~", "@>"].iter().any(|operator| lines[1].contains(operator));
            lines[0].contains(index) && lines[1].contains("Index Cond") && operator
        });
        assert!(looked_up, "{condition}: {plan:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_filter_narrows_the_list_and_all_of_them_must_hold() {
    let daybook = Daybook::with_clock(noon()).await;
    let owner = village(&daybook).await;
    let (discount, john, mary, zoe) = ("100% Discount", "John Smith", "Mary Wanjiku", "Zoë Ünal");
    for (filter, expected) in [
        (json!({}), vec![discount, john, mary, zoe]),
        (json!({ "status": ["ACTIVE"] }), vec![john, zoe]),
        (json!({ "status": ["SUSPENDED", "PENDING"] }), vec![discount, mary]),
        (json!({ "type": ["VIP", "WHOLESALE"] }), vec![john, mary]),
        (json!({ "type": [] }), vec![]),
        (json!({ "member": true }), vec![john, zoe]),
        (json!({ "member": false }), vec![discount, mary]),
        (json!({ "tags": ["milk"] }), vec![john, mary]),
        (json!({ "tags": ["milk", "cash"] }), vec![john]),
        (json!({ "tags": ["Milk"] }), vec![]),
        (json!({ "tags": [] }), vec![discount, john, mary, zoe]),
        (json!({ "balanceMin": "100" }), vec![john, mary]),
        (json!({ "balanceMin": "100.01" }), vec![john]),
        (json!({ "balanceMax": "100.00" }), vec![discount, mary, zoe]),
        (json!({ "balanceMax": "-10" }), vec![zoe]),
        (json!({ "balanceMin": "0", "balanceMax": "0" }), vec![discount]),
        (json!({ "joinedFrom": "2026-02-01" }), vec![discount, mary, zoe]),
        (json!({ "joinedTo": "2026-02-01" }), vec![john, mary]),
        (json!({ "joinedFrom": "2026-02-02", "joinedTo": "2026-03-01" }), vec![discount]),
        (json!({ "lastPaymentFrom": "2026-03-02T10:00:00Z" }), vec![mary, zoe]),
        (json!({ "lastPaymentFrom": "2026-03-02T10:00:01Z" }), vec![zoe]),
        (json!({ "lastPaymentTo": "2026-03-04T13:00:00+03:00" }), vec![mary, zoe]),
        (json!({ "lastPaymentTo": "2026-03-04T09:59:59Z" }), vec![mary]),
        (json!({ "tags": ["milk"], "balanceMin": "200", "member": true, "type": ["VIP"] }), vec![john]),
        (json!({ "tags": ["milk"], "member": true, "type": ["WHOLESALE"] }), vec![]),
    ] {
        assert_eq!(names(&owner, json!({ "filter": filter })).await, expected, "{filter}");
    }
    let both = json!({ "search": "smith", "filter": { "tags": ["cash"] } });
    assert_eq!(names(&owner, both).await, [john]);
    let neither = json!({ "search": "smith", "filter": { "member": false } });
    assert_eq!(names(&owner, neither).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_found_by_the_plans_that_they_are_subscribed_to_and_by_what_they_use() {
    let daybook = billing::daybook_at("2026-03-10").await;
    let owner = billing::sandbox(&daybook, "wifi", "UTC").await;
    let (home, office) = (billing::monthly(&owner, "home", "20").await, billing::monthly(&owner, "office", "90").await);
    let trial = json!({ "code": "trial", "name": "Trial", "price": "5", "interval": "MONTH", "trialDays": 14 });
    let trial = billing::plan(&owner, trial).await;
    let mut ids = Vec::new();
    for name in ["Asha", "Ben", "Cleo", "Dan", "Eve"] {
        ids.push(owner.customer(name).await);
    }
    let [asha, ben, cleo, dan, _] = ids.as_slice() else { unreachable!() };
    for (customer, plan) in [(asha, &home), (asha, &office), (asha, &home), (cleo, &office), (dan, &trial)] {
        billing::subscribe(&owner, customer, plan, json!({})).await;
    }
    let paused = billing::subscribe(&owner, ben, &home, json!({})).await;
    owner.change(billing::PAUSE, json!({ "id": paused })).await;
    let ended = billing::subscribe(&owner, cleo, &home, json!({})).await;
    owner.change(billing::CANCEL, json!({ "id": ended, "input": { "mode": "NOW" } })).await;
    let ending = billing::subscribe(&owner, dan, &home, json!({})).await;
    owner.change(billing::CANCEL, json!({ "id": ending, "input": { "mode": "PERIOD_END" } })).await;
    let report = "mutation ($input: ServiceUsagesUpdateInput!) { serviceUsagesUpdate(input: $input) {
        reported userErrors { code field message } } }";
    let used = |id: &str, percent: i64| json!({ "customerId": id, "percent": percent, "devices": 1 });
    let reports = json!({ "reports": [used(asha, 100), used(ben, 80), used(cleo, 0)] });
    owner.change(report, json!({ "input": reports })).await;

    for (filter, expected) in [
        (json!({ "planIds": [home] }), vec!["Asha", "Ben", "Dan"]),
        (json!({ "planIds": [office] }), vec!["Asha", "Cleo"]),
        (json!({ "planIds": [office, home] }), vec!["Asha", "Ben", "Cleo", "Dan"]),
        (json!({ "planIds": [trial] }), vec!["Dan"]),
        (json!({ "planIds": [] }), vec![]),
        (json!({ "planIds": [home], "balanceMin": "100" }), vec!["Asha"]),
        (json!({ "serviceUsageMin": 0 }), vec!["Asha", "Ben", "Cleo"]),
        (json!({ "serviceUsageMin": 80 }), vec!["Asha", "Ben"]),
        (json!({ "serviceUsageMin": 81, "planIds": [home] }), vec!["Asha"]),
    ] {
        assert_eq!(names(&owner, json!({ "filter": filter })).await, expected, "{filter}");
    }
    // At the end of the period.
    billing::advance(&owner, "2026-04-10").await;
    assert_eq!(names(&owner, json!({ "filter": { "planIds": [home] } })).await, ["Asha", "Ben"]);

    // Saved, and for a change of all of them.
    let save = "mutation ($input: SegmentCreateInput!) { segmentCreate(input: $input) {
        segment { id filter } userErrors { code field message } } }";
    let filter = json!({ "planIds": [office] });
    let segment = owner.change(save, json!({ "input": { "name": "Offices", "filter": filter } })).await;
    assert_eq!(segment["segment"]["filter"], filter);
    let id = segment["segment"]["id"].clone();
    let within = "query ($id: ID!) { customers(segmentId: $id) { totalCount nodes { name } } }";
    let found = owner.run(within, json!({ "id": id })).await["customers"].take();
    assert_eq!(found, json!({ "totalCount": 2, "nodes": [{ "name": "Asha" }, { "name": "Cleo" }] }));
    let bulk = "mutation ($segment: ID, $filter: CustomerFilter) {
        customersUpdate(segmentId: $segment, filter: $filter, change: { addTags: [\"plan\"] }) {
            matched changed userErrors { code field message } } }";
    let done = owner.change(bulk, json!({ "segment": id })).await;
    assert_eq!((&done["matched"], &done["changed"]), (&json!(2), &json!(2)));
    let done = owner.change(bulk, json!({ "filter": { "planIds": [home] } })).await;
    assert_eq!((&done["matched"], &done["changed"]), (&json!(2), &json!(1)));

    // A plan of nobody's finds nobody; whoever would save it or change by it is told.
    let other = daybook.owner("other").await;
    let theirs = json!({ "planIds": [billing::monthly(&other, "home", "20").await] });
    assert_eq!(names(&owner, json!({ "filter": theirs })).await, Vec::<String>::new());
    assert_eq!(owner.refusals(bulk, json!({ "filter": theirs })).await, ["NOT_FOUND filter.planIds"]);
    let saved = json!({ "input": { "name": "Theirs", "filter": theirs } });
    assert_eq!(owner.refusals(save, saved).await, ["NOT_FOUND filter.planIds"]);
    // Nor may those find it out who may not read subscriptions.
    let (_, key) = owner.api_key("Reader", &["CUSTOMERS_READ"]).await;
    let list = "query ($filter: CustomerFilter) { customers(filter: $filter) { nodes { name } } }";
    let reader = daybook.anyone().with_token(&key);
    assert_eq!(reader.error_codes(list, json!({ "filter": { "planIds": [home] } })).await, ["FORBIDDEN"]);
    assert_eq!(reader.error_codes(list, json!({ "filter": { "serviceUsageMin": 1 } })).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_or_filter_that_makes_no_sense_is_the_callers_mistake() {
    let daybook = Daybook::with_clock(noon()).await;
    let owner = village(&daybook).await;
    for variables in [
        json!({ "filter": { "balanceMin": "1.001" } }),
        json!({ "filter": { "balanceMax": "99999999999999999999" } }),
        json!({ "filter": { "joinedFrom": "2026-02-30" } }),
        json!({ "filter": { "lastPaymentTo": "yesterday" } }),
        json!({ "filter": { "status": ["GONE"] } }),
        json!({ "search": "x".repeat(201) }),
        json!({ "search": "a\0b" }),
        json!({ "filter": { "tags": ["a\0b"] } }),
    ] {
        assert_eq!(owner.error_codes(LIST, variables.clone()).await, ["BAD_USER_INPUT"], "{variables}");
    }
    let by_code = "{ customer(code: \"a\\u0000b\") { id } }";
    assert_eq!(owner.error_codes(by_code, json!({})).await, Vec::<String>::new(), "no customer has such a code");
}

/// Thirteen customers with ties in every order, and some who never paid.
async fn many(daybook: &Daybook) -> Client {
    let owner = daybook.owner("many").await;
    for number in 0..13 {
        let name = ["Bee", "bee", "Ant", "Cat", "ant"][number % 5];
        let joined = format!("2026-01-{:02}", number % 3 + 1);
        let customer = create(&owner, json!({ "name": name, "joinedOn": joined })).await;
        if number % 4 == 0 {
            owner.sale(&customer, "2026-02-01", "5.00").await;
        }
        if number % 3 == 1 {
            let at = format!("2026-02-0{}T00:00:00.123456Z", number % 2 + 1);
            pay(&owner, &customer, "2.50", &at).await;
        }
    }
    owner
}

/// The ids in an order, worked out here: by the key, then by id.
async fn in_order(client: &Client, sort: &str) -> Vec<String> {
    let all = "{ customers(first: 100) { nodes { id name code joinedOn lastPaymentAt balance { minorUnits } } } }";
    let mut data = client.run(all, json!({})).await;
    let mut rows: Vec<(String, i64, String)> = data["customers"]["nodes"]
        .as_array_mut()
        .unwrap()
        .iter()
        .map(|node| {
            let balance: i64 = text(&node["balance"]["minorUnits"]).parse().unwrap();
            let (key, number) = match sort.rsplit_once('_').unwrap().0 {
                "NAME" => (text(&node["name"]).to_lowercase(), 0),
                "CODE" => (text(&node["code"]).to_owned(), 0),
                "BALANCE" => (String::new(), balance),
                "JOINED_ON" => (text(&node["joinedOn"]).to_owned(), 0),
                "LAST_PAYMENT_AT" => (node["lastPaymentAt"].as_str().unwrap_or_default().to_owned(), 0),
                other => panic!("{other} is a new order"),
            };
            (key, number, text(&node["id"]).to_owned())
        })
        .collect();
    rows.sort();
    if sort.ends_with("_DESC") {
        rows.reverse();
    }
    rows.into_iter().map(|(_, _, id)| id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_orders_of_the_test_are_all_there_are() {
    let schema = crate::introspection::Schema::load().await;
    let mut names = schema.enum_values("CustomerSort");
    let mut sorts = SORTS;
    names.sort();
    sorts.sort_unstable();
    assert_eq!(names, sorts);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_any_size_forward_and_backward_have_every_row_once_and_in_order() {
    let daybook = Daybook::start().await;
    let owner = many(&daybook).await;
    for sort in SORTS {
        let expected = in_order(&owner, sort).await;
        assert_eq!(expected.len(), 13);
        for size in 1..=14 {
            let (mut forward, mut cursor) = (Vec::new(), Value::Null);
            loop {
                let page = list(&owner, json!({ "sort": sort, "first": size, "after": cursor })).await;
                let info = &page["pageInfo"];
                assert_eq!(info["hasPreviousPage"], !forward.is_empty());
                forward.extend(each(&page, "id").into_iter().map(str::to_owned));
                assert_eq!(info["hasNextPage"], forward.len() < 13, "{sort} {size}");
                assert_eq!(page["totalCount"], 13);
                cursor = info["endCursor"].clone();
                if info["hasNextPage"] == false {
                    break;
                }
            }
            assert_eq!(forward, expected, "{sort} forward by {size}");

            let (mut backward, mut cursor) = (Vec::new(), Value::Null);
            loop {
                let page = list(&owner, json!({ "sort": sort, "last": size, "before": cursor })).await;
                let info = &page["pageInfo"];
                assert_eq!(info["hasNextPage"], !backward.is_empty());
                backward.splice(0..0, each(&page, "id").into_iter().map(str::to_owned));
                cursor = info["startCursor"].clone();
                if info["hasPreviousPage"] == false {
                    break;
                }
            }
            assert_eq!(backward, expected, "{sort} backward by {size}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_by_offset_have_every_row_once_and_in_order() {
    let daybook = Daybook::start().await;
    let owner = many(&daybook).await;
    let expected = in_order(&owner, "BALANCE_DESC").await;
    for size in [1, 4, 13, 20] {
        let mut found = Vec::new();
        while found.len() < 13 {
            let page = list(&owner, json!({ "sort": "BALANCE_DESC", "first": size, "offset": found.len() })).await;
            assert_eq!(
                (&page["totalCount"], &page["pageInfo"]["hasPreviousPage"]),
                (&json!(13), &json!(!found.is_empty()))
            );
            found.extend(each(&page, "id").into_iter().map(str::to_owned));
        }
        assert_eq!(found, expected, "by {size}");
    }
    let beyond = list(&owner, json!({ "offset": 10_000 })).await;
    assert_eq!((&beyond["edges"], &beyond["pageInfo"]["hasNextPage"]), (&json!([]), &json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_goes_on_from_where_a_row_was_that_is_gone_now() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d"] {
        ids.push(create(&owner, json!({ "name": name })).await);
    }
    let page = list(&owner, json!({ "first": 2 })).await;
    let delete = "mutation ($id: ID!) { customerDelete(id: $id) { userErrors { code field message } } }";
    for id in &ids[..2] {
        owner.change(delete, json!({ "id": id })).await;
    }
    let next = list(&owner, json!({ "first": 2, "after": page["pageInfo"]["endCursor"] })).await;
    assert_eq!(each(&next, "name"), ["c", "d"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_twenty_rows_unless_said_otherwise_and_may_have_none() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    for number in 0..21 {
        create(&owner, json!({ "name": format!("{number:02}") })).await;
    }
    let page = list(&owner, json!({})).await;
    assert_eq!((each(&page, "id").len(), &page["pageInfo"]["hasNextPage"]), (20, &json!(true)));
    let none = list(&owner, json!({ "first": 0 })).await;
    assert_eq!(
        (&none["edges"], &none["pageInfo"]["hasNextPage"], &none["totalCount"]),
        (&json!([]), &json!(true), &json!(21))
    );
    assert_eq!(each(&list(&owner, json!({ "first": 100 })).await, "id").len(), 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn page_arguments_out_of_bounds_or_at_odds_are_refused() {
    let daybook = Daybook::start().await;
    let owner = many(&daybook).await;
    let cursor = list(&owner, json!({ "first": 1 })).await["pageInfo"]["endCursor"].take();
    for arguments in [
        json!({ "first": 101 }),
        json!({ "first": -1 }),
        json!({ "last": 101 }),
        json!({ "last": -1 }),
        json!({ "first": 2_147_483_648_i64 }),
        json!({ "first": 1, "last": 1 }),
        json!({ "first": 1, "before": cursor }),
        json!({ "last": 1, "after": cursor }),
        json!({ "first": 1, "after": cursor, "before": cursor }),
        json!({ "offset": -1 }),
        json!({ "offset": 10_001 }),
        json!({ "offset": 1, "after": cursor }),
        json!({ "after": "" }),
        json!({ "after": "nonsense" }),
    ] {
        assert_eq!(owner.error_codes(LIST, arguments.clone()).await, ["BAD_USER_INPUT"], "{arguments}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_refused_in_every_order_but_its_own() {
    let daybook = Daybook::start().await;
    let owner = many(&daybook).await;
    for made in SORTS {
        let cursor = list(&owner, json!({ "sort": made, "first": 1 })).await["pageInfo"]["endCursor"].take();
        for used in SORTS {
            let codes = owner.error_codes(LIST, json!({ "sort": used, "first": 1, "after": cursor })).await;
            let expected: &[&str] = if made == used { &[] } else { &["BAD_USER_INPUT"] };
            assert_eq!(codes, expected, "{made} in {used}");
        }
    }
}

/// Cursors are opaque, and anyone can still write one.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_cursor_is_the_callers_mistake() {
    let daybook = Daybook::start().await;
    let owner = many(&daybook).await;
    let id = Uuid::from_u128(7);
    for (sort, key) in [
        ("BALANCE_ASC", "much"),
        ("BALANCE_ASC", "9223372036854775808"),
        ("BALANCE_ASC", ""),
        ("JOINED_ON_ASC", "2026-02-30"),
        ("JOINED_ON_ASC", "'; DROP TABLE customers; --"),
        ("LAST_PAYMENT_AT_ASC", "never"),
        ("LAST_PAYMENT_AT_ASC", "2026-02-30 00:00:00+00"),
    ] {
        let order = Order { name: sort, key: "", key_type: "text", id: "", descending: false };
        let cursor = write_cursor(&Position { key: key.into(), id }, order);
        let codes = owner.error_codes(LIST, json!({ "sort": sort, "first": 1, "after": cursor })).await;
        assert_eq!(codes, ["BAD_USER_INPUT"], "{sort} {key}");
    }
    let order = Order { name: "LOG", key: "", key_type: "text", id: "", descending: false };
    let cursor = write_cursor(&Position { key: "-1".into(), id }, order);
    let events = "query ($after: String) { events(after: $after) { nodes { kind } } }";
    assert_eq!(owner.error_codes(events, json!({ "after": cursor })).await, ["BAD_USER_INPUT"]);
}
