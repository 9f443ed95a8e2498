//! The attacks.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Value, json};

use super::shots::{Deaf, Messages, Requests, Slow, operation, post};
use super::{Attack, Shot};
use crate::http::{head, request};
use crate::world::{Owner, World};

/// How often a second an attacker tries, and with what is large.
const RATE: u32 = 20;
const RATE_OF_LARGE: u32 = 5;
/// A reader is cut off within the time of an attack: after 256 events.
const RATE_OF_READERS: u32 = 1;
const READERS: &str = "readers that stop reading, beside 100 payments a second";
const GREEDY_READERS: &str = "the same, of 100 subscriptions each";
const JSON: &str = "application/json";
const FOREIGN: &str = "origin: https://elsewhere.example\r\n";
/// An event of which is long enough to fill what the kernel buffers.
const LIVE: &str = "subscription { paymentUpdates { cursor payment { id amount { amount } } customer { name
    payments(first: 10) { nodes { id amount { amount formatted } method receivedAt } } } } }";

/// All of them, by someone who is signed in where that gets them further.
pub async fn attacks(world: &World, attacker: Owner) -> Vec<Attack> {
    let (to, token) = (world.address, attacker.token.as_str());
    let requests = |requests| -> Arc<dyn Shot> { Arc::new(Requests { to, requests }) };
    let queries =
        |queries: &[String]| requests(queries.iter().map(|query| operation(token, query, &json!({}))).collect());
    let messages = |messages: Vec<Value>, token: Option<&str>, headers| -> Arc<dyn Shot> {
        Arc::new(Messages { to, token: token.map(str::to_owned), headers, messages })
    };
    let deaf =
        |subscriptions| -> Arc<dyn Shot> { Arc::new(Deaf { to, subscriptions, token: token.to_owned(), query: LIVE }) };
    let slow = |beginning: String| -> Arc<dyn Shot> { Arc::new(Slow { to, beginning: beginning.into_bytes() }) };
    let subscribe = json!({ "id": "1", "type": "subscribe", "payload": { "query": LIVE } });

    let bombs =
        [(4, 30), (4, 100), (7, 30), (7, 60), (10, 30), (10, 100)].map(|(levels, spreads)| bomb(levels, spreads));
    let many_items = json!({ "ids": vec!["a"; 100_000] });
    let of_ids = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let written = format!("{{ nodes(ids: [{}]) {{ id }} }}", "\"a\" ".repeat(100_000));
    let megabytes = "x".repeat(10 << 20);
    let customer = world.customer(&attacker, "Bob").await;
    let input = json!({ "customerId": customer, "amount": "1.00", "method": "CASH", "allowCredit": true });
    let pay = "mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) { userErrors { code } } }";
    let payments = requests(vec![operation(token, pay, &json!({ "input": input }))]);

    let all: Vec<(&'static str, u32, Arc<dyn Shot>)> = vec![
        ("fragment bomb, 4–10 levels × 30–100 spreads", RATE, queries(&bombs)),
        (
            "cyclic fragments",
            RATE,
            queries(&["{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }".into()]),
        ),
        ("depth 50", RATE, queries(&[nested("customers { nodes {", "payments { nodes { customer {", 16, "id")])),
        ("101 aliases", RATE, queries(&[aliases(101, "me { role }")])),
        ("500 duplicate fields", RATE, queries(&[format!("{{ {} }}", "me { role } ".repeat(500))])),
        ("1,000 directives", RATE, queries(&[format!("{{ __typename {} }}", "@include(if: true) ".repeat(1_000))])),
        ("circular introspection", RATE, queries(&[nested("__schema { types {", "fields { type {", 20, "name")])),
        (
            "first: 1000000000, and negative",
            RATE,
            queries(&[-1, 1_000_000_000].map(|first| format!("{{ customers(first: {first}) {{ nodes {{ id }} }} }}"))),
        ),
        ("10 MB body", RATE_OF_LARGE, requests(vec![post(token, JSON, megabytes.as_bytes())])),
        (
            "10 MB variable",
            RATE_OF_LARGE,
            requests(vec![operation(
                token,
                "query ($search: String) { customers(search: $search) { nodes { id } } }",
                &json!({ "search": megabytes }),
            )]),
        ),
        (
            "list of 100,000 items, in a variable and written out",
            RATE_OF_LARGE,
            requests(vec![operation(token, of_ids, &many_items), operation(token, &written, &json!({}))]),
        ),
        (
            "slow body",
            RATE,
            slow(format!(
                "POST /graphql HTTP/1.1\r\nhost: daybook\r\n{}content-length: 1000\r\n\r\n{{",
                head(Some(token), JSON)
            )),
        ),
        ("slow header", RATE, slow("POST /graphql HTTP/1.1\r\nhost: daybook\r\nx-slow: ".into())),
        (
            "mutation by GET",
            RATE,
            requests(vec![request(
                "GET /graphql?query=mutation%7BsignOut%7BuserErrors%7Bcode%7D%7D%7D",
                &head(Some(token), JSON),
                b"",
            )]),
        ),
        (
            "text/plain and forms",
            RATE,
            requests(
                ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
                    .map(|content_type| post(token, content_type, br#"{"query":"{ __typename }"}"#))
                    .into(),
            ),
        ),
        (
            "array batch",
            RATE,
            requests(vec![post(
                token,
                JSON,
                format!("[{}]", vec![r#"{"query":"{ me { role } }"}"#; 100].join(",")).as_bytes(),
            )]),
        ),
        (
            "foreign origin over HTTP",
            RATE,
            requests(vec![request(
                "POST /graphql",
                &format!("{}{FOREIGN}", head(Some(token), JSON)),
                br#"{"query":"{ __typename }"}"#,
            )]),
        ),
        ("foreign origin of a socket", RATE, messages(Vec::new(), None, FOREIGN)),
        ("sign-in under 100 aliases", RATE, queries(&[sign_ins(100)])),
        ("sign-in under 30 aliases, each to another account", RATE, queries(&[sign_ins(30)])),
        ("socket without init", RATE, messages(Vec::new(), None, "")),
        ("duplicate operation id", RATE, messages(vec![subscribe.clone(), subscribe], Some(token), "")),
        (
            "unknown message types",
            RATE,
            messages(
                vec![json!({ "type": "start" }), json!({ "type": 1 }), json!([]), json!("nonsense")],
                Some(token),
                "",
            ),
        ),
        (READERS, RATE_OF_READERS, deaf(1)),
        (GREEDY_READERS, RATE_OF_READERS, deaf(100)),
    ];
    let others = |name| [READERS, GREEDY_READERS].contains(&name).then(|| Arc::clone(&payments));
    all.into_iter().map(|(name, rate, shot)| Attack { name, rate, shot, others: others(name) }).collect()
}

fn bomb(levels: usize, spreads: usize) -> String {
    let mut query = "{ ...f0 }".to_owned();
    for level in 0..levels {
        let spread = format!("...f{} ", level + 1);
        write!(query, " fragment f{level} on Query {{ {}}}", spread.repeat(spreads)).unwrap();
    }
    write!(query, " fragment f{levels} on Query {{ __typename }}").unwrap();
    query
}

/// A part in itself, so many times.
fn nested(begin: &str, part: &str, times: usize, leaf: &str) -> String {
    let open = format!("{{ {begin} {}", part.repeat(times));
    format!("{open} {leaf} {}", "}".repeat(open.matches('{').count()))
}

fn aliases(count: usize, field: &str) -> String {
    let fields: String = (0..count).map(|number| format!("a{number}: {field} ")).collect();
    format!("{{ {fields} }}")
}

fn sign_ins(count: usize) -> String {
    let field = |number| {
        let input = format!("{{ email: \"nobody{number}@shop.example\", password: \"correct horse\" }}");
        format!("a{number}: signIn(input: {input}) {{ userErrors {{ code }} }} ")
    };
    format!("mutation {{ {} }}", (0..count).map(field).collect::<String>())
}
