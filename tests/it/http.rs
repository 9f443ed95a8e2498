//! HTTP: media types, methods, parameters, status codes; origins, limits and times.

use std::time::Instant;

use daybook::clock::Clock;
use daybook::http::Surroundings;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use reqwest::header::{ACCEPT, ALLOW, CONTENT_TYPE};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Daybook, PASSWORD, PATIENCE, text, until};

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

fn request(daybook: &Daybook, method: Method, path: &str) -> RequestBuilder {
    reqwest::Client::new().request(method, format!("http://{}{path}", daybook.address))
}

/// A POST of an operation by someone who reads `accept`.
async fn post(daybook: &Daybook, accept: &str, body: impl Into<reqwest::Body>) -> Response {
    let request = request(daybook, Method::POST, "/graphql").header(CONTENT_TYPE, JSON).header(ACCEPT, accept);
    request.body(body).send().await.unwrap()
}

/// Status, media type, and the code of the first error if there is one.
async fn describe(response: Response) -> (u16, String, String, Value) {
    let status = response.status().as_u16();
    let media = response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    let (media, charset) = media.split_once("; ").unwrap();
    assert_eq!(charset, "charset=utf-8");
    let body: Value = response.json().await.unwrap();
    let code = body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned();
    (status, media.to_owned(), code, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_tells_readers_of_graphql_responses_what_the_body_tells_all() {
    let daybook = Daybook::start().await;
    let query = |query: &str| json!({ "query": query });
    for (body, status, has_data, code) in [
        (query("{ __typename }"), 200, true, ""),
        // It ran, and a field failed.
        (query("{ me { role } }"), 200, true, "UNAUTHENTICATED"),
        // Nothing ran.
        (query("{ me { role "), 400, false, "BAD_USER_INPUT"),
        (query("{ nothing }"), 400, false, "BAD_USER_INPUT"),
        (query("query A { __typename } query B { __typename }"), 400, false, "BAD_USER_INPUT"),
        (query("query ($id: ID!) { node(id: $id) { id } }"), 400, false, "BAD_USER_INPUT"),
        (query("query ($unused: ID!) { __typename }"), 400, false, "BAD_USER_INPUT"),
        (query(&format!("{{ {} }}", "a: __typename ".repeat(101))), 400, false, "TOO_COMPLEX"),
        (
            query(
                "{ __schema { types { fields { type { fields { type { fields { type { fields { type { fields { type { fields { type { fields { name } } } } } } } } } } } } } } } }",
            ),
            400,
            false,
            "TOO_COMPLEX",
        ),
    ] {
        let (found, media, found_code, answer) = describe(post(&daybook, GRAPHQL, body.to_string()).await).await;
        assert_eq!((found, media.as_str(), found_code.as_str()), (status, GRAPHQL, code), "{body}");
        assert_eq!(answer.get("data").is_some(), has_data, "{answer}");

        let (found, media, found_code, same) = describe(post(&daybook, JSON, body.to_string()).await).await;
        assert_eq!((found, media.as_str(), found_code.as_str()), (200, JSON, code), "{body}");
        assert_eq!(same, answer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_of_a_wrong_type_is_named() {
    let daybook = Daybook::start().await;
    for (body, part) in [
        ("", "not JSON"),
        ("{ \"query\": ", "not JSON"),
        ("\u{feff}{}", "not JSON"),
        ("\"{ __typename }\"", "a JSON object with `query`; it is a string"),
        ("[{ \"query\": \"{ __typename }\" }]", "batches"),
        ("[]", "batches"),
        ("{}", "`query` is missing"),
        ("{ \"qeury\": \"{ __typename }\" }", "`query` is missing"),
        ("{ \"query\": null }", "`query` must be a string; it is null"),
        ("{ \"query\": 1 }", "`query` must be a string; it is a number"),
        (
            "{ \"query\": \"{ a }\", \"operationName\": {} }",
            "`operationName` must be a string or null; it is an object",
        ),
        ("{ \"query\": \"{ a }\", \"variables\": [1] }", "`variables` must be an object or null; it is an array"),
        ("{ \"query\": \"{ a }\", \"variables\": \"{}\" }", "`variables` must be an object or null; it is a string"),
        ("{ \"query\": \"{ a }\", \"extensions\": false }", "`extensions` must be an object or null; it is false"),
    ] {
        for accept in [GRAPHQL, JSON] {
            let (status, media, code, answer) = describe(post(&daybook, accept, body).await).await;
            assert_eq!((status, media.as_str(), code.as_str()), (400, accept, "BAD_USER_INPUT"), "{body}");
            assert!(text(&answer["errors"][0]["message"]).contains(part), "{answer}");
            assert_eq!(answer.get("data"), None);
        }
    }
    let nulls = json!({ "query": "{ __typename }", "operationName": null, "variables": null, "extensions": null });
    for body in [nulls, json!({ "query": "query Q { __typename }", "operationName": "Q", "extensions": { "a": [1] } })]
    {
        let (status, _, _, answer) = describe(post(&daybook, GRAPHQL, body.to_string()).await).await;
        assert_eq!((status, answer), (200, json!({ "data": { "__typename": "Query" } })));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_is_taken_and_only_json_is_given() {
    let daybook = Daybook::start().await;
    for (content_type, accept, status, media) in [
        (Some(JSON), None, 200, JSON),
        (Some(JSON), Some("*/*"), 200, JSON),
        (Some("application/json; charset=utf-8"), Some(GRAPHQL), 200, GRAPHQL),
        (
            Some("Application/JSON;charset=\"UTF-8\""),
            Some("application/graphql-response+json, application/json;q=0.9"),
            200,
            GRAPHQL,
        ),
        (Some("application/json; charset=utf-16"), Some(GRAPHQL), 415, GRAPHQL),
        (Some("text/plain"), Some(GRAPHQL), 415, GRAPHQL),
        (Some("text/plain;application/json"), None, 415, JSON),
        (Some("application/x-www-form-urlencoded"), None, 415, JSON),
        (Some("multipart/form-data; boundary=x"), None, 415, JSON),
        (Some("application/graphql"), None, 415, JSON),
        (None, None, 415, JSON),
        (Some(JSON), Some("text/html"), 406, JSON),
        (Some(JSON), Some("application/json;q=0"), 406, JSON),
    ] {
        let mut request = request(&daybook, Method::POST, "/graphql").body("{ \"query\": \"{ __typename }\" }");
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        if let Some(accept) = accept {
            request = request.header(ACCEPT, accept);
        }
        let (found, found_media, code, answer) = describe(request.send().await.unwrap()).await;
        assert_eq!((found, found_media.as_str()), (status, media), "{content_type:?} {accept:?}");
        assert_eq!(code, if status == 200 { "" } else { "BAD_USER_INPUT" }, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_go_by_get_and_mutations_do_not() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let named = "query=query%20A%20%7B__typename%7D%20mutation%20B%20%7B__typename%7D&operationName=";
    for (query, status, code, allow) in [
        ("query=%7B__typename%7D", 200, "", None),
        ("query=%7B__typename%7D&variables=&operationName=&extensions=", 200, "", None),
        (
            "query=query(%24id:ID!)%7Bnode(id:%24id)%7Bid%7D%7D&variables=%7B%22id%22:%22x%22%7D",
            200,
            "BAD_USER_INPUT",
            None,
        ),
        (&format!("{named}A"), 200, "", None),
        (&format!("{named}B"), 405, "BAD_USER_INPUT", Some("POST")),
        ("query=mutation%7BsignOut%7BsessionId%7D%7D", 405, "BAD_USER_INPUT", Some("POST")),
        ("query=subscription%7BpaymentUpdates%7Bcursor%7D%7D", 400, "BAD_USER_INPUT", None),
        ("query=%7B__typename%7D&variables=%5B%5D", 400, "BAD_USER_INPUT", None),
        ("query=%7B__typename%7D&variables=no", 400, "BAD_USER_INPUT", None),
        ("query=%7B__typename%7D&query=%7B__typename%7D", 400, "BAD_USER_INPUT", None),
        ("", 400, "BAD_USER_INPUT", None),
    ] {
        let request = request(&daybook, Method::GET, &format!("/graphql?{query}")).header(ACCEPT, GRAPHQL);
        let response = request.bearer_auth(owner.token.as_ref().unwrap()).send().await.unwrap();
        assert_eq!(response.headers().get(ALLOW).map(|allow| allow.to_str().unwrap()), allow, "{query}");
        let (found, media, found_code, _) = describe(response).await;
        assert_eq!((found, media.as_str(), found_code.as_str()), (status, GRAPHQL, code), "{query}");
    }
    // The mutation did not run: the session goes on.
    assert_eq!(owner.run("{ me { role } }", json!({})).await["me"]["role"], "OWNER");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_and_other_paths_are_refused_as_graphql() {
    let daybook = Daybook::start().await;
    for (method, path, status, code) in [
        (Method::PUT, "/graphql", 405, "BAD_USER_INPUT"),
        (Method::DELETE, "/graphql", 405, "BAD_USER_INPUT"),
        (Method::PATCH, "/graphql", 405, "BAD_USER_INPUT"),
        (Method::GET, "/nowhere", 404, "NOT_FOUND"),
        (Method::POST, "/graphql/", 404, "NOT_FOUND"),
        (Method::POST, "/nowhere", 404, "NOT_FOUND"),
    ] {
        let response = request(&daybook, method.clone(), path).send().await.unwrap();
        assert_eq!(response.headers().contains_key(ALLOW), status == 405);
        let (found, _, found_code, _) = describe(response).await;
        assert_eq!((found, found_code.as_str()), (status, code), "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_above_a_mebibyte_is_refused() {
    let daybook = Daybook::start().await;
    let padded = |length: usize| {
        let query = "{ \"query\": \"{ __typename }\", \"variables\": { \"x\": \"\" } }";
        query.replace("\"\"", &format!("\"{}\"", "x".repeat(length - query.len())))
    };
    // Who sends a larger one is not cut off while sending, which would hide the answer.
    for (length, status, code) in
        [(1 << 20, 200, ""), ((1 << 20) + 1, 413, "TOO_COMPLEX"), (15 << 20, 413, "TOO_COMPLEX")]
    {
        let (found, _, found_code, _) = describe(post(&daybook, GRAPHQL, padded(length)).await).await;
        assert_eq!((found, found_code.as_str()), (status, code));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_sites_call_only_if_they_are_allowed() {
    let origins = vec!["https://app.example".parse().unwrap()];
    let surroundings = Surroundings { origins, proxies: Vec::new() };
    let daybook = Daybook::within(surroundings).await;
    let own = format!("http://{}", daybook.address);
    for (origin, allowed, status) in [
        (None, None, 200),
        (Some(own.as_str()), None, 200),
        (Some("https://app.example"), Some("https://app.example"), 200),
        (Some("https://evil.example"), None, 403),
        (Some("null"), None, 403),
    ] {
        let send = async |method: Method, ask: bool| {
            let mut request = request(&daybook, method, "/graphql").header(CONTENT_TYPE, JSON);
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            if ask {
                request = request.header("access-control-request-method", "POST");
            }
            request.body("{ \"query\": \"{ __typename }\" }").send().await.unwrap()
        };
        let response = send(Method::POST, false).await;
        let header = |response: &Response, name: &str| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(header(&response, "access-control-allow-origin").as_deref(), allowed, "{origin:?}");
        let (found, _, code, _) = describe(response).await;
        assert_eq!((found, code.as_str()), (status, if status == 403 { "FORBIDDEN" } else { "" }), "{origin:?}");

        if origin.is_some() {
            let response = send(Method::OPTIONS, true).await;
            assert_eq!(response.status(), if status == 403 { 403 } else { 204 }, "{origin:?}");
            assert_eq!(header(&response, "access-control-allow-origin").as_deref(), allowed);
            assert_eq!(header(&response, "access-control-allow-methods").is_some(), status != 403);
            // Tokens are sent by the page itself, never by the browser on its behalf.
            assert_eq!(header(&response, "access-control-allow-credentials"), None);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_an_id_and_says_what_browsers_may_do_with_it() {
    let daybook = Daybook::start().await;
    for (method, path) in [
        (Method::POST, "/graphql"),
        (Method::GET, "/graphql?query=%7B__typename%7D"),
        (Method::GET, "/health"),
        (Method::GET, "/nowhere"),
        (Method::OPTIONS, "/graphql"),
    ] {
        let response = request(&daybook, method.clone(), path).send().await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap();
        assert_eq!(header("x-content-type-options"), "nosniff", "{method} {path}");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(header("x-request-id").len(), 36);
    }
    for (id, echoed) in [("req-1.A_b", true), ("a b", false), ("", false), (&"x".repeat(101), false)] {
        let response = request(&daybook, Method::GET, "/health").header("x-request-id", id).send().await.unwrap();
        assert_eq!(response.headers()["x-request-id"] == id, echoed, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_aliased_sign_ins_are_a_hundred_tries() {
    let clock = Clock::manual(chrono::DateTime::UNIX_EPOCH + chrono::Duration::days(20_000));
    let daybook = Daybook::with_clock(clock.clone()).await;
    let owner = daybook.owner("shop").await;
    let sign_in = |email: &str, password: &str| {
        format!(
            r#"signIn(input: {{ email: "{email}", password: "{password}" }}) {{ accessToken userErrors {{ code }} }}"#
        )
    };
    let (mut wrong, mut limited) = (0, 0);
    for _ in 0..4 {
        let fields: Vec<_> = (0..25).map(|n| format!("a{n}: {}", sign_in("SHOP@test.example", "guess"))).collect();
        let body = daybook.anyone().send(&format!("mutation {{ {} }}", fields.join(" ")), json!({})).await.body;
        wrong += body["data"].as_object().unwrap().values().filter(|payload| !payload.is_null()).count();
        for error in body["errors"].as_array().unwrap() {
            assert_eq!(error["extensions"]["code"], "RATE_LIMITED", "{error}");
            assert_eq!(error["extensions"]["retryAfter"], 30);
            limited += 1;
        }
    }
    assert_eq!((wrong, limited), (10, 90));

    // The account is closed to all, and only for so long. What is signed in goes on.
    let right = format!("mutation {{ {} }}", sign_in("shop@test.example", PASSWORD));
    let codes = daybook.anyone().error_codes(&right, json!({})).await;
    assert_eq!(codes, ["RATE_LIMITED"]);
    assert_eq!(owner.run("{ business { name } }", json!({})).await["business"]["name"], "shop");
    clock.set(clock.now() + chrono::Duration::seconds(30));
    assert!(daybook.anyone().run(&right, json!({})).await["signIn"]["accessToken"].is_string());

    // The hundred of the address are spent but for the thirty that as many seconds have given back.
    let other = format!("mutation {{ {} }}", sign_in("nobody@test.example", "guess"));
    let mut left = 0;
    while daybook.anyone().error_codes(&other.replace("nobody", &format!("n{left}")), json!({})).await.is_empty() {
        left += 1;
    }
    assert_eq!(left, 29);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_ends_after_ten_seconds_and_postgres_lets_go() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let customer = owner.customer("Someone").await;
    owner.sale(&customer, "2026-01-02", "12.50").await;

    // Whoever pays waits for this row.
    let mut holder = AsyncPgConnection::establish(&daybook.database.url).await.unwrap();
    holder.batch_execute("BEGIN; SET LOCAL daybook.scope = 'system'").await.unwrap();
    let id: daybook::id::CustomerId = customer.parse().unwrap();
    let business: daybook::id::BusinessId = owner.business.parse().unwrap();
    let lock = format!(
        "SET LOCAL daybook.business_id = '{}'; SELECT FROM customers WHERE id = '{}' FOR UPDATE",
        business.0, id.0
    );
    holder.batch_execute(&lock).await.unwrap();

    // Two payments one after the other, in more operations than there are connections.
    let pay = |key: &str| {
        format!(
            r#"{key}: paymentRecord(input: {{ customerId: "{customer}", amount: "1", method: CASH }}) {{ payment {{ id }} }}"#
        )
    };
    let operation = json!({ "query": format!("mutation {{ {} {} }}", pay("a"), pay("b")) }).to_string();
    let waiting = (0..19).map(|_| async {
        let request = request(&daybook, Method::POST, "/graphql").header(CONTENT_TYPE, JSON).header(ACCEPT, GRAPHQL);
        let request = request.bearer_auth(owner.token.as_ref().unwrap()).body(operation.clone());
        describe(request.send().await.unwrap()).await
    });
    for (status, _, code, answer) in futures_util::future::join_all(waiting).await {
        assert_eq!((status, code.as_str(), answer.get("data")), (503, "TIMEOUT", None), "{answer}");
    }

    // All connections are free again, though the row is still held, and no statement waits for it.
    let none_waits = "DO $$ BEGIN IF EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
                      AND wait_event_type = 'Lock') THEN RAISE 'a statement waits'; END IF; END $$";
    let mut watcher = AsyncPgConnection::establish(&daybook.database.url).await.unwrap();
    until("the statements are cancelled", async || watcher.batch_execute(none_waits).await.is_ok()).await;
    let reads = (0..40).map(|_| owner.run("{ customers { totalCount } }", json!({})));
    tokio::time::timeout(PATIENCE, futures_util::future::join_all(reads)).await.unwrap();
    holder.batch_execute("ROLLBACK").await.unwrap();
    let payments = owner.run("{ payments { totalCount } }", json!({})).await;
    assert_eq!(payments["payments"]["totalCount"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_too_slowly_is_cut_off() {
    let daybook = Daybook::start().await;
    let begin = Instant::now();
    let read = async |sent: &str| {
        let mut stream = TcpStream::connect(daybook.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        (answer, begin.elapsed().as_secs())
    };
    let body = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let ((slow_body, body_seconds), (slow_head, head_seconds)) = tokio::join!(read(body), read("POST /graphql HT"));
    assert!(slow_body.starts_with("HTTP/1.1 408 ") && slow_body.contains("\"TIMEOUT\""), "{slow_body}");
    assert!(body_seconds >= 10, "{body_seconds}");
    // There is no request to answer.
    assert!(slow_head.is_empty() || slow_head.starts_with("HTTP/1.1 408 "), "{slow_head}");
    assert!(head_seconds >= 30, "{head_seconds}");
}
