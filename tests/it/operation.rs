//! What happens to an operation before it runs: bounds, merging, errors.

use std::fmt::Write as _;

use daybook::graphql::{Introspection, Policy};
use serde_json::{Value, json};

use crate::harness::{Client, Daybook, text};

/// The code and message of the only error of an operation that must be refused as a whole.
async fn refusal(client: &Client, query: &str) -> (String, String) {
    let body = client.send(query, json!({})).await.body;
    let errors = body["errors"].as_array().unwrap_or_else(|| panic!("{body}"));
    assert_eq!(errors.len(), 1, "{body}");
    (text(&errors[0]["extensions"]["code"]).to_owned(), text(&errors[0]["message"]).to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_that_is_selected_twice_runs_once() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let data = owner
        .run(
            r#"mutation {
                customerCreate(input: { name: "Once" }) { customer { id } }
                ...More
                ... on Mutation { customerCreate(input: { name: "Once" }) { customer { name } } }
            }
            fragment More on Mutation { customerCreate(input: { name: "Once" }) { customer { code } userErrors { code } } }"#,
            json!({}),
        )
        .await;
    let customer = &data["customerCreate"]["customer"];
    assert_eq!((&customer["name"], &customer["code"]), (&json!("Once"), &json!("C-000001")));
    assert!(customer["id"].is_string());
    assert_eq!(owner.run("{ customers { totalCount } }", json!({})).await, json!({ "customers": { "totalCount": 1 } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn selections_of_one_key_are_merged_at_every_level_and_for_every_type() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    owner.sale(&customer, "2026-01-02", "12.50").await;
    let record = "mutation ($input: RecordCreateInput!) { recordCreate(input: $input) { userErrors { code field } } }";
    let input = json!({ "customerId": customer, "occurredOn": "2026-01-01", "product": "Milk", "quantity": "2", "unitPrice": "1.25" });
    owner.change(record, json!({ "input": input })).await;

    let query = "query ($id: ID!) { customer(id: $id) {
        charges { nodes { ... on Record { amount { amount } product } } }
        ...Rest
        charges { nodes { amount { minorUnits } ... on Sale { amount { currency } items } ... on Charge { kind } } }
    } }
    fragment Rest on Customer { charges { nodes { ... on Node { __typename } } pageInfo { hasNextPage } } }";
    let data = owner.run(query, json!({ "id": customer })).await;
    assert_eq!(
        data["customer"]["charges"],
        json!({
            "nodes": [
                { "amount": { "minorUnits": "1250", "currency": "USD" }, "items": 1, "kind": "SALE", "__typename": "Sale" },
                { "amount": { "amount": "2.50", "minorUnits": "250" }, "product": "Milk", "kind": "RECORD", "__typename": "Record" },
            ],
            "pageInfo": { "hasNextPage": false },
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_skip_and_include_leave_out_is_not_there() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let query = "query ($yes: Boolean!, $no: Boolean = false) {
        business { name @skip(if: $yes) slug @include(if: $yes) ... @include(if: $no) { currency } country @skip(if: $no) }
    }";
    let data = owner.run(query, json!({ "yes": true })).await;
    assert_eq!(data["business"], json!({ "slug": "shop", "country": "US" }));
    let data = owner.run(query, json!({ "yes": false, "no": true })).await;
    assert_eq!(data["business"], json!({ "name": "shop", "currency": "USD" }));

    // Where nothing is left, there is still what would have it.
    let query = "query ($no: Boolean!) {
        business { ... on Node @include(if: $no) { id } }
        me { memberships { ... on Membership { role @include(if: $no) } } }
        customers { nodes { id @include(if: $no) } }
    }";
    let data = owner.run(query, json!({ "no": false })).await;
    assert_eq!(data, json!({ "business": {}, "me": { "memberships": [{}] }, "customers": { "nodes": [] } }));
    for query in ["{ business @skip(if: true) { name } }", "mutation { signOut @skip(if: true) { sessionId } }"] {
        assert_eq!(owner.run(query, json!({})).await, json!({}), "{query}");
    }
    assert_eq!(owner.run("{ business { name } }", json!({})).await["business"]["name"], "shop", "still signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn fragments_that_spread_each_other_in_layers_cost_what_their_result_costs() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    for (levels, spreads) in [(4, 100), (10, 30), (10, 100)] {
        let mut bomb = String::from("{ business { ...F0 } }");
        for level in 0..levels {
            let inner = format!("...F{} ", level + 1).repeat(spreads);
            write!(bomb, " fragment F{level} on Business {{ {inner} }}").unwrap();
        }
        write!(bomb, " fragment F{levels} on Business {{ name }}").unwrap();
        assert_eq!(
            owner.run(&bomb, json!({})).await,
            json!({ "business": { "name": "shop" } }),
            "{levels} × {spreads}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_beyond_the_bounds_are_refused_and_say_which() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let many = |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<String>();
    let deep = format!("{{ me {}{} }}", "{ business ".repeat(20), "}".repeat(20));
    let aliases = format!("{{ {} }}", many(101, &|i| format!("a{i}: __typename ")));
    let directives = format!("{{ me {} {{ role }} }}", "@include(if: true) ".repeat(500));
    let tokens = format!("{{ {} }}", "__typename ".repeat(5_000));
    for (query, code, part) in [
        (deep.as_str(), "TOO_COMPLEX", "levels of fields"),
        (&aliases, "TOO_COMPLEX", "more than 30 aliases"),
        (&directives, "TOO_COMPLEX", "more than 20 directives"),
        (&tokens, "TOO_COMPLEX", "5000 tokens"),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "BAD_USER_INPUT", "contains itself"),
        ("{ ...A }", "BAD_USER_INPUT", "no fragment `A`"),
        ("{ ... on Nothing { me { role } } }", "BAD_USER_INPUT", "no type `Nothing`"),
        ("query A { me { role } } query B { me { role } }", "BAD_USER_INPUT", "operationName"),
        ("{ a: me { role } a: business { name } }", "BAD_USER_INPUT", "use an alias"),
        ("{ customers(first: 1) { totalCount } customers(first: 2) { totalCount } }", "BAD_USER_INPUT", "use an alias"),
        (
            "{ customers(first: 100) { nodes { payments(first: 100) { nodes { id } } } } }",
            "TOO_COMPLEX",
            "may return 10201 rows",
        ),
        ("{ customers(first: 1000000000) { totalCount } }", "BAD_USER_INPUT", "between 0 and 100"),
        ("{ customers(first: -1) { totalCount } }", "BAD_USER_INPUT", "between 0 and 100"),
        (
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
            "TOO_COMPLEX",
            "circles",
        ),
        ("{ nothing }", "BAD_USER_INPUT", "nothing"),
        ("{ me { role ", "BAD_USER_INPUT", ""),
    ] {
        let (found, message) = refusal(&owner, query).await;
        assert_eq!(found, code, "{message}");
        assert!(message.contains(part), "{message}");
    }
    // Five hundred times the same field is one field.
    let same = format!("{{ {} }}", "business { name } ".repeat(500));
    assert_eq!(owner.run(&same, json!({})).await["business"]["name"], "shop");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_one_mutation_leaves_the_answers_of_its_neighbours() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let customer = owner.customer("Someone").await;
    let query = r#"mutation ($id: ID!) {
        customerCreate(input: { name: "New" }) { customer { name } }
        customerDelete(id: $id) { deletedId }
    }"#;
    let body = clerk.send(query, json!({ "id": customer })).await.body;
    assert_eq!(body["data"], json!({ "customerCreate": { "customer": { "name": "New" } }, "customerDelete": null }));
    assert_eq!(body["errors"][0]["path"], json!(["customerDelete"]));
    assert_eq!(body["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_is_told_to_those_who_may_know_it() {
    let open = Daybook::start().await;
    let owner = open.owner("shop").await;
    let customer = r#"{ __type(name: "Customer") { name } }"#;
    let hidden = "fragment F on Query { ... on Query { a: __schema { types { name } } } } { __typename ...F }";
    let skipped = "{ __typename ... @include(if: false) { __schema { types { name } } } }";
    let unknown = "{ busines { name } }";
    let argument = "{ customer(code: \"C-000001\", codee: \"x\") { name } }";
    for (introspection, caller, told) in [
        (Introspection::Everyone, open.anyone(), ""),
        (Introspection::Everyone, owner.clone(), ""),
        (Introspection::SignedIn, open.anyone(), "UNAUTHENTICATED"),
        (Introspection::SignedIn, open.anyone().with_token("old"), "UNAUTHENTICATED"),
        (Introspection::SignedIn, owner.clone(), ""),
        (Introspection::Nobody, open.anyone(), "FORBIDDEN"),
        (Introspection::Nobody, owner.clone(), "FORBIDDEN"),
    ] {
        let node = open.beside(Policy { introspection, ..Policy::default() }).await;
        let caller = caller.at(node.address);
        for query in [customer, hidden, "{ __schema { queryType { name } } }"] {
            let codes = caller.error_codes(query, json!({})).await;
            assert_eq!(codes.join(" "), told, "{introspection:?} {query}");
        }
        if !told.is_empty() {
            let (_, message) = refusal(&caller, customer).await;
            let old = caller.token.as_deref() == Some("old");
            assert!(message.contains(if old { "is not valid" } else { "--introspection" }), "{message}");
        }
        for query in ["{ __typename }", skipped] {
            assert_eq!(caller.run(query, json!({})).await, json!({ "__typename": "Query" }));
        }
        // What is wrong is said to all, and what would be right to those who may know.
        for query in [unknown, argument] {
            let (code, message) = refusal(&caller, query).await;
            assert_eq!(code, "BAD_USER_INPUT");
            assert!(message.starts_with("Unknown "), "{message}");
            assert_eq!(message.contains("Did you mean"), told.is_empty(), "{introspection:?} {message}");
        }
        let mut socket = caller.raw_socket(&[]).await.unwrap();
        let token = caller.token.as_deref().filter(|token| *token != "old");
        socket.init(token).await;
        assert_eq!(socket.message().await["type"], "connection_ack");
        for (query, leak) in [(customer, "Customer"), ("subscription { paymentUpdate { kind } }", "paymentUpdates")] {
            socket.subscribe(query, json!({})).await;
            let message = socket.message().await;
            assert_eq!(message.to_string().contains(leak), told.is_empty(), "{message}");
            if message["type"] == "next" {
                assert_eq!(socket.message().await["type"], "complete");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_explorer_can_introspect_the_schema() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let of_type = format!("{}{}", "ofType { kind name ".repeat(9), "}".repeat(9));
    let query = format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} types {{ ...FullType }} }} }}
        fragment FullType on __Type {{ kind name description fields(includeDeprecated: true) {{ name args {{ ...InputValue }} type {{ ...TypeRef }} }} inputFields {{ ...InputValue }} interfaces {{ ...TypeRef }} possibleTypes {{ ...TypeRef }} }}
        fragment InputValue on __InputValue {{ name type {{ ...TypeRef }} defaultValue }}
        fragment TypeRef on __Type {{ kind name {of_type} }}"
    );
    let data = owner.run(&query, json!({})).await;
    let types = data["__schema"]["types"].as_array().unwrap();
    let customer = types.iter().find(|kind| kind["name"] == "Customer").unwrap();
    let has = |name: &str| customer["fields"].as_array().unwrap().iter().any(|field: &Value| field["name"] == name);
    assert!(has("balance") && has("contacts"));
}
