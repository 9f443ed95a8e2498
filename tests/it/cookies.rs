//! Pages that keep their tokens in cookies.

use reqwest::Response;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{Daybook, PASSWORD, text};

const SIGN_IN: &str = "mutation ($input: SignInInput!) { signIn(input: $input) { accessToken userErrors { code } } }";
const REFRESH: &str =
    "mutation { sessionRefresh(input: {}) { accessToken viewer { role } userErrors { code field } } }";
const ME: &str = "{ me { role } }";

/// Sends an operation with further headers.
async fn send(daybook: &Daybook, query: &str, headers: &[(&str, &str)]) -> Response {
    let input = json!({ "email": "shop@test.example", "password": PASSWORD });
    let body =
        json!({ "query": query, "variables": if query == SIGN_IN { json!({ "input": input }) } else { json!({}) } });
    let request = reqwest::Client::new().post(format!("http://{}/graphql", daybook.address)).json(&body);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
}

/// What a browser would send back: names and values; and what it was told of them.
fn cookies(response: &Response) -> (String, Vec<String>) {
    let set: Vec<_> =
        response.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
    let sent: Vec<_> = set.iter().map(|cookie| cookie.split(';').next().unwrap()).collect();
    (sent.join("; "), set)
}

fn code(answer: &Value) -> &str {
    text(&answer["errors"][0]["extensions"]["code"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_signs_in_goes_on_and_signs_out_by_cookie() {
    let daybook = Daybook::start().await;
    daybook.owner("shop").await;
    // Scripts get none.
    assert_eq!(cookies(&send(&daybook, SIGN_IN, &[]).await).1, [] as [&str; 0]);
    let page = ("graphql-require-preflight", "1");
    let (sent, set) = cookies(&send(&daybook, SIGN_IN, &[page]).await);
    assert_eq!(set.len(), 2, "{set:?}");
    for cookie in &set {
        assert!(cookie.starts_with("__Host-daybook-"), "{cookie}");
        for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Expires="] {
            assert!(cookie.contains(part), "{cookie} lacks {part}");
        }
    }
    let with = ("cookie", sent.as_str());
    let me = send(&daybook, ME, &[page, with]).await.json::<Value>().await.unwrap();
    assert_eq!(me["data"]["me"]["role"], "OWNER");
    // As a form or a link of another site would send it.
    let without = send(&daybook, ME, &[with]).await.json::<Value>().await.unwrap();
    assert_eq!(code(&without), "UNAUTHENTICATED");
    assert!(text(&without["errors"][0]["message"]).contains("graphql-require-preflight"), "{without}");
    // A token of its own beats the cookie.
    let both = send(&daybook, ME, &[page, with, ("authorization", "Bearer nonsense")]).await;
    assert_eq!(code(&both.json::<Value>().await.unwrap()), "UNAUTHENTICATED");

    // The refresh token of the cookie is used once, and replaced.
    let refreshed = send(&daybook, REFRESH, &[page, with]).await;
    let (renewed, _) = cookies(&refreshed);
    assert_ne!(renewed, sent);
    assert_eq!(refreshed.json::<Value>().await.unwrap()["data"]["sessionRefresh"]["viewer"]["role"], "OWNER");
    let missing = send(&daybook, REFRESH, &[page]).await.json::<Value>().await.unwrap();
    let expected = json!([{ "code": "REQUIRED", "field": ["refreshToken"] }]);
    assert_eq!(missing["data"]["sessionRefresh"]["userErrors"], expected);

    // A socket of the same site.
    let mut socket = daybook.anyone().raw_socket(&[("cookie", &renewed)]).await.unwrap();
    socket.send_frame(Message::text(r#"{"type":"connection_init"}"#)).await;
    assert_eq!(socket.message().await["type"], "connection_ack");
    socket.subscribe(ME, json!({})).await;
    assert_eq!(socket.message().await["payload"]["data"]["me"]["role"], "OWNER");

    let ended = send(&daybook, "mutation { signOut { sessionId } }", &[page, ("cookie", &renewed)]).await;
    let (_, set) = cookies(&ended);
    assert!(set.len() == 2 && set.iter().all(|cookie| cookie.contains("1970")), "{set:?}");
    let gone = send(&daybook, ME, &[page, ("cookie", &renewed)]).await.json::<Value>().await.unwrap();
    assert_eq!(code(&gone), "UNAUTHENTICATED");
}
