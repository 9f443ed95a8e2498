//! What strangers send: each attack is answered as said, while others are served. How much slower those are served is
//! measured by `make bench`; one that the server never finishes ends the run.

use std::fmt::Write as _;

use daybook::graphql::Policy;
use serde_json::{Value, json};

use crate::harness::{Client, Daybook};

/// Fragments that each spread the next many times, around `inner` in the last.
fn bomb(levels: usize, spreads: usize, inner: &str) -> String {
    let mut query = String::from("{ business { ...F0 } }");
    for level in 0..levels {
        let spread = format!("...F{} ", level + 1).repeat(spreads);
        write!(query, " fragment F{level} on Business {{ {spread} }}").unwrap();
    }
    write!(query, " fragment F{levels} on Business {{ {inner} }}").unwrap();
    query
}

fn many(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect()
}

/// Sends a body as it is. Its status, and the code of its first error.
async fn send(daybook: &Daybook, client: &Client, body: String) -> (u16, String, Value) {
    let request = reqwest::Client::new().post(format!("http://{}/graphql", daybook.address)).body(body);
    let request = request.header("content-type", "application/json");
    let response = request.bearer_auth(client.token.as_ref().unwrap()).send().await.unwrap();
    let status = response.status().as_u16();
    let answer: Value = response.json().await.unwrap();
    let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned();
    (status, code, answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn attacks_by_documents_and_variables_are_answered_while_others_are_served() {
    let daybook = Daybook::under(Policy { cost_per_second: 1_000_000, ..Policy::default() }, Default::default()).await;
    let (attacker, bystander) = (daybook.owner("shop").await, daybook.owner("mart").await);
    let query = |query: &str| json!({ "query": query }).to_string();
    let with = |query: &str, variables: Value| json!({ "query": query, "variables": variables }).to_string();

    let page = "query ($n: Int) { customers(first: $n) { totalCount } }";
    let nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let items = vec!["x"; 100_000];
    let circle = "fields { type { ".repeat(6) + "name" + &" } }".repeat(6);
    // Each of these fields looks at the whole variable.
    let looks = many(25, |n| format!("a{n}: customers(first: $x) {{ totalCount }} "));
    let looks = format!("query ($x: Int) {{ {looks} }}");
    let mut attacks = vec![
        ("cycle of one".to_owned(), query("{ ...A } fragment A on Query { ...A }"), 200, "BAD_USER_INPUT"),
        (
            "cycle of three".into(),
            query(
                "{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ... { ...A } }",
            ),
            200,
            "BAD_USER_INPUT",
        ),
        (
            "cycle that nothing spreads".into(),
            query("{ __typename } fragment A on Query { me { business { ...B } } } fragment B on Business { ...B }"),
            200,
            "BAD_USER_INPUT",
        ),
        ("depth 50".into(), query(&format!("{}__typename{}", "{ me ".repeat(50), "}".repeat(50))), 200, "TOO_COMPLEX"),
        ("brackets".into(), query(&format!("{{ nodes(ids: {} }}", "[".repeat(100_000))), 200, "TOO_COMPLEX"),
        (
            "101 aliases".into(),
            query(&format!("{{ {} }}", many(101, |n| format!("a{n}: __typename ")))),
            200,
            "TOO_COMPLEX",
        ),
        ("500 times a field".into(), query(&format!("{{ {} }}", "business { name } ".repeat(500))), 200, ""),
        (
            "1000 directives".into(),
            query(&format!("{{ __typename {} }}", "@include(if: true) ".repeat(1_000))),
            200,
            "TOO_COMPLEX",
        ),
        (
            "1000 unknown directives".into(),
            query(&format!("{{ __typename {} }}", many(1_000, |n| format!("@d{n} ")))),
            200,
            "TOO_COMPLEX",
        ),
        (
            "introspection in circles".into(),
            query(&format!("{{ __schema {{ types {{ {circle} }} }} }}")),
            200,
            "TOO_COMPLEX",
        ),
        ("a large page".into(), query("{ customers(first: 1000000000) { totalCount } }"), 200, "BAD_USER_INPUT"),
        ("a negative page".into(), query("{ customers(first: -1) { totalCount } }"), 200, "BAD_USER_INPUT"),
        ("a large page by variable".into(), with(page, json!({ "n": 1_000_000_000 })), 200, "BAD_USER_INPUT"),
        ("a negative page by variable".into(), with(page, json!({ "n": -1 })), 200, "BAD_USER_INPUT"),
        ("a page beyond integers".into(), with(page, json!({ "n": u64::MAX })), 200, "BAD_USER_INPUT"),
        ("100,000 ids".into(), with(nodes, json!({ "ids": items })), 413, "TOO_COMPLEX"),
        (
            "100,000 ids in the text".into(),
            query(&format!("{{ nodes(ids: {}) {{ id }} }}", json!(items))),
            200,
            "TOO_COMPLEX",
        ),
        (
            "a list that many fields look at".into(),
            with(&looks, json!({ "x": items[..15_000] })),
            200,
            "BAD_USER_INPUT",
        ),
        ("10 MB variable".into(), with(page, json!({ "n": "x".repeat(10 << 20) })), 413, "TOO_COMPLEX"),
        (
            "variables in each other".into(),
            format!(r#"{{ "query": "{{ __typename }}", "variables": {{ "a": {} }} }}"#, "[".repeat(10_000)),
            400,
            "BAD_USER_INPUT",
        ),
        ("a name of 900 kB".into(), query(&format!("{{ {} }}", "a".repeat(900_000))), 200, "TOO_COMPLEX"),
        (
            "2,000 fields that do not exist".into(),
            query(&format!("{{ customer {{ {} }} }}", many(2_000, |n| format!("fieldThatIsNotThere{n} ")))),
            200,
            "TOO_COMPLEX",
        ),
        ("1,000 operations".into(), query(&many(1_000, |n| format!("query Q{n} {{ a }} "))), 200, "BAD_USER_INPUT"),
        ("a batch".into(), json!(vec![json!({ "query": "{ __typename }" }); 1_000]).to_string(), 400, "BAD_USER_INPUT"),
    ];
    for levels in [4, 6, 8, 10] {
        for spreads in [30, 65, 100] {
            let name = |what: &str| format!("bomb of {levels} × {spreads} around {what}");
            let deep = "owner { business { ".repeat(10) + "name" + &" } }".repeat(10);
            attacks.push((name("a field"), query(&bomb(levels, spreads, "name")), 200, ""));
            attacks.push((name("many levels"), query(&bomb(levels, spreads, &deep)), 200, "TOO_COMPLEX"));
            attacks.push((name("itself"), query(&bomb(levels, spreads, "...F0")), 200, "BAD_USER_INPUT"));
        }
    }

    let others = async {
        for _ in 0..50 {
            bystander.run("{ business { name } customers { totalCount } }", json!({})).await;
        }
    };
    let attacks = async {
        for (name, body, status, code) in attacks {
            let (found, found_code, answer) = send(&daybook, &attacker, body).await;
            assert_eq!((found, found_code.as_str()), (status, code), "{name}: {:.500}", answer.to_string());
            assert!(answer.to_string().len() < 20_000, "{name}: the answer is long");
        }
    };
    tokio::join!(others, attacks);
}
