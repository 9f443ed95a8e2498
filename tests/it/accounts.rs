//! Accounts: sign-up, sign-in, refresh, sign-out, switching business, passwords.

use chrono::{DateTime, Duration, Utc};
use daybook::auth::{Subject, Tokens};
use daybook::clock::Clock;
use daybook::db::Scope;
use daybook::id::{BusinessId, SessionId, UserId};
use futures_util::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, Daybook, PASSWORD, sql, text, values};
use crate::introspection::Schema;

const SIGN_UP: &str = "mutation ($input: SignUpInput!) { signUp(input: $input) { accessToken
    viewer { role permissions user { name email }
        business { name slug currency timeZone country locale daysUntilDue useCreditAutomatically } }
    userErrors { code field message } } }";
const SIGN_IN: &str = "mutation ($input: SignInInput!) { signIn(input: $input) {
    accessToken refreshToken expiresAt viewer { user { email } business { id slug } role }
    userErrors { code field message } } }";
const REFRESH: &str = "mutation ($token: String!) { sessionRefresh(input: { refreshToken: $token }) {
    accessToken refreshToken expiresAt viewer { business { id slug } } userErrors { code field message } } }";
const SWITCH: &str = "mutation ($id: ID!) { businessSwitch(input: { businessId: $id }) {
    accessToken refreshToken viewer { business { id slug } role } userErrors { code field message } } }";
const SIGN_OUT: &str = "mutation { signOut { userErrors { code field message } } }";
const CHANGE_PASSWORD: &str = "mutation ($old: String!, $new: String!) {
    passwordChange(input: { currentPassword: $old, newPassword: $new }) {
        viewer { user { email } } userErrors { code field message } } }";
const ME: &str = "{ me { role user { email } business { id slug } } }";

fn signing_up() -> Value {
    json!({
        "name": "Asha Rao", "email": "asha@dairy.example", "password": PASSWORD,
        "business": {
            "name": "Rao Dairy", "slug": "rao-dairy", "currency": "INR", "timeZone": "Asia/Kolkata", "country": "IN",
        },
    })
}

fn with(mut input: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a JSON pointer");
    input.pointer_mut(parent).expect("a place in the input")[key] = value;
    input
}

/// A new session of the user of that address.
async fn sign_in(daybook: &Daybook, email: &str) -> Value {
    daybook.anyone().change(SIGN_IN, json!({ "input": { "email": email, "password": PASSWORD } })).await
}

async fn refresh(daybook: &Daybook, token: &Value) -> Value {
    daybook.anyone().change(REFRESH, json!({ "token": token })).await
}

async fn assert_ended(daybook: &Daybook, session: &Value) {
    let client = daybook.anyone().with_token(text(&session["accessToken"]));
    assert_eq!(client.error_codes(ME, json!({})).await, ["UNAUTHENTICATED"]);
    let refused = client.refusals(REFRESH, json!({ "token": session["refreshToken"] })).await;
    assert_eq!(refused, ["WRONG_CREDENTIALS refreshToken"]);
}

fn morning() -> DateTime<Utc> {
    "2026-03-01T06:00:00Z".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_up_owns_the_business_that_they_described() {
    let daybook = Daybook::start().await;
    let payload = daybook.anyone().change(SIGN_UP, json!({ "input": signing_up() })).await;
    let viewer = &payload["viewer"];
    assert_eq!(viewer["user"], json!({ "name": "Asha Rao", "email": "asha@dairy.example" }));
    let business = json!({
        "name": "Rao Dairy", "slug": "rao-dairy", "currency": "INR", "timeZone": "Asia/Kolkata", "country": "IN",
        "locale": "en-IN", "daysUntilDue": 0, "useCreditAutomatically": true,
    });
    assert_eq!(viewer["business"], business);
    assert_eq!(viewer["role"], "OWNER");
    assert_eq!(viewer["permissions"], json!(Schema::load().await.enum_values("Permission")));
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_up_says_what_is_wrong_with_each_field() {
    let daybook = Daybook::start().await;
    let long = |count| "x".repeat(count);
    for (pointer, value, expected) in [
        ("/name", "  ".into(), "REQUIRED name"),
        ("/name", long(101), "TOO_LONG name"),
        ("/name", "nul\0".into(), "INVALID name"),
        ("/email", String::new(), "INVALID email"),
        ("/email", "nobody".into(), "INVALID email"),
        ("/email", format!("{}@test.example", long(250)), "INVALID email"),
        ("/password", "seven 7".into(), "INVALID password"),
        ("/password", long(257), "INVALID password"),
        ("/business/name", String::new(), "REQUIRED business.name"),
        ("/business/name", long(101), "TOO_LONG business.name"),
        ("/business/slug", String::new(), "REQUIRED business.slug"),
        ("/business/slug", long(64), "TOO_LONG business.slug"),
        ("/business/slug", "Rao".into(), "INVALID business.slug"),
        ("/business/slug", "rao dairy".into(), "INVALID business.slug"),
        ("/business/slug", "rao_dairy".into(), "INVALID business.slug"),
        ("/business/slug", "-rao".into(), "INVALID business.slug"),
        ("/business/slug", "rao-".into(), "INVALID business.slug"),
        ("/business/slug", "दूध".into(), "INVALID business.slug"),
        ("/business/currency", "RUPEE".into(), "INVALID business.currency"),
        ("/business/currency", "ZZZ".into(), "INVALID business.currency"),
        ("/business/timeZone", "Asia/Rivendell".into(), "INVALID business.timeZone"),
        ("/business/timeZone", "+05:30".into(), "INVALID business.timeZone"),
        ("/business/country", "ZZ".into(), "INVALID business.country"),
        ("/business/country", "I".into(), "INVALID business.country"),
        ("/business/country", String::new(), "INVALID business.country"),
        ("/business/locale", "no locale".into(), "INVALID business.locale"),
    ] {
        let input = with(signing_up(), pointer, json!(value));
        let refused = daybook.anyone().refusals(SIGN_UP, json!({ "input": input })).await;
        assert_eq!(refused, [expected], "{pointer} {value:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_up_takes_values_at_their_limits() {
    let daybook = Daybook::start().await;
    for (slug, pointer, value) in [
        ("a", "/name", "न".repeat(100)),
        ("b", "/password", "8 chars!".into()),
        ("c", "/password", "पा".repeat(128)),
        ("d", "/business/name", "x".repeat(100)),
        ("", "/business/slug", "x-9".repeat(21)),
    ] {
        let named =
            with(with(signing_up(), "/business/slug", json!(slug)), "/email", json!(format!("{slug}@x.example")));
        let named = if slug.is_empty() { with(named, "/email", json!("slug@x.example")) } else { named };
        daybook.anyone().change(SIGN_UP, json!({ "input": with(named, pointer, json!(value)) })).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_up_reports_all_mistakes_at_once() {
    let daybook = Daybook::start().await;
    let input = with(with(signing_up(), "/email", json!("x")), "/business/currency", json!("x"));
    let refused = daybook.anyone().refusals(SIGN_UP, json!({ "input": with(input, "/password", json!("x")) })).await;
    assert_eq!(refused, ["INVALID email", "INVALID password", "INVALID business.currency"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_or_a_slug_that_is_taken_leaves_no_half_account_behind() {
    let daybook = Daybook::start().await;
    let anyone = daybook.anyone();
    anyone.change(SIGN_UP, json!({ "input": signing_up() })).await;

    let other_slug = with(signing_up(), "/business/slug", json!("other"));
    let same_address = with(other_slug, "/email", json!("ASHA@Dairy.Example"));
    assert_eq!(anyone.refusals(SIGN_UP, json!({ "input": same_address })).await, ["TAKEN email"]);

    let same_slug = with(signing_up(), "/email", json!("ravi@dairy.example"));
    assert_eq!(anyone.refusals(SIGN_UP, json!({ "input": same_slug })).await, ["TAKEN business.slug"]);
    let free = with(same_slug, "/business/slug", json!("other"));
    anyone.change(SIGN_UP, json!({ "input": free })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_sign_up_with_one_address_at_once_one_succeeds() {
    let daybook = Daybook::start().await;
    let results = join_all((0..4).map(|n| {
        let input = with(signing_up(), "/business/slug", json!(format!("business-{n}")));
        let anyone = daybook.anyone();
        async move { anyone.refusals(SIGN_UP, json!({ "input": input })).await }
    }))
    .await;
    assert_eq!(results.iter().filter(|refused| refused.is_empty()).count(), 1, "{results:?}");
    assert_eq!(results.iter().filter(|refused| **refused == ["TAKEN email"]).count(), 3, "{results:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sign_in_does_not_say_what_was_wrong() {
    let daybook = Daybook::start().await;
    daybook.owner("shop").await;
    daybook.owner("stranger").await;
    let right = json!({ "email": "shop@test.example", "password": PASSWORD });
    let anyone = daybook.anyone();
    let expected =
        anyone.attempt(SIGN_IN, json!({ "input": with(right.clone(), "/password", json!("wrong one")) })).await;
    assert_eq!(expected["userErrors"][0]["code"], "WRONG_CREDENTIALS");
    assert_eq!(expected["userErrors"].as_array().unwrap().len(), 1);
    for name in ["accessToken", "refreshToken", "expiresAt", "viewer"] {
        assert_eq!(expected[name], Value::Null, "{name}");
    }
    for (pointer, value) in [
        ("/email", "nobody@test.example".to_owned()),
        ("/email", "no address".into()),
        ("/email", String::new()),
        ("/password", String::new()),
        ("/password", "x".repeat(257)),
        ("/password", PASSWORD.to_uppercase()),
        ("/businessSlug", "nowhere".into()),
        ("/businessSlug", "stranger".into()),
        ("/businessSlug", String::new()),
    ] {
        let input = with(right.clone(), pointer, json!(value));
        assert_eq!(anyone.attempt(SIGN_IN, json!({ "input": input })).await, expected, "{pointer} {value:?}");
    }
    anyone.change(SIGN_IN, json!({ "input": right })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_in_chooses_the_business_or_takes_the_one_that_was_joined_first() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let me = clerk.run("{ me { user { email } memberships { role business { slug } } } }", json!({})).await;
    let email = text(&me["me"]["user"]["email"]).to_uppercase();
    let own = &me["me"]["memberships"][0]["business"]["slug"];
    assert_eq!(me["me"]["memberships"][1], json!({ "role": "CLERK", "business": { "slug": "shop" } }));

    for (slug, expected, role) in
        [(None, own, "OWNER"), (Some(own), own, "OWNER"), (Some(&json!("shop")), &json!("shop"), "CLERK")]
    {
        let input = json!({ "email": format!(" {email} "), "password": PASSWORD, "businessSlug": slug });
        let session = daybook.anyone().change(SIGN_IN, json!({ "input": input })).await;
        assert_eq!(session["viewer"]["business"]["slug"], *expected, "{slug:?}");
        assert_eq!(session["viewer"]["role"], role, "{slug:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn me_tells_who_is_signed_in_and_nobody_is_unauthenticated() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let me = owner.run(ME, json!({})).await;
    assert_eq!(me["me"]["user"]["email"], "shop@test.example");
    assert_eq!(me["me"]["business"]["slug"], "shop");
    assert_eq!(daybook.anyone().error_codes(ME, json!({})).await, ["UNAUTHENTICATED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_is_worth_nothing_after_fifteen_minutes() {
    let daybook = Daybook::with_clock(Clock::manual(morning())).await;
    daybook.owner("shop").await;
    let session = sign_in(&daybook, "shop@test.example").await;
    let expires: DateTime<Utc> = text(&session["expiresAt"]).parse().unwrap();
    assert_eq!(expires, morning() + Duration::minutes(15));

    let client = daybook.anyone().with_token(text(&session["accessToken"]));
    daybook.clock.set(morning() + Duration::minutes(15) - Duration::seconds(1));
    client.run(ME, json!({})).await;
    daybook.clock.set(morning() + Duration::minutes(15));
    assert_eq!(client.error_codes(ME, json!({})).await, ["UNAUTHENTICATED"]);

    let next = refresh(&daybook, &session["refreshToken"]).await;
    daybook.anyone().with_token(text(&next["accessToken"])).run(ME, json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_worth_nothing_after_thirty_days() {
    let daybook = Daybook::with_clock(Clock::manual(morning())).await;
    daybook.owner("shop").await;
    let (used, left) = (sign_in(&daybook, "shop@test.example").await, sign_in(&daybook, "shop@test.example").await);
    daybook.clock.set(morning() + Duration::days(30) - Duration::seconds(1));
    refresh(&daybook, &used["refreshToken"]).await;
    daybook.clock.set(morning() + Duration::days(30));
    let refused = daybook.anyone().refusals(REFRESH, json!({ "token": left["refreshToken"] })).await;
    assert_eq!(refused, ["WRONG_CREDENTIALS refreshToken"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refresh_gives_a_new_pair_that_works() {
    let daybook = Daybook::start().await;
    daybook.owner("shop").await;
    let mut session = sign_in(&daybook, "shop@test.example").await;
    for _ in 0..3 {
        let next = refresh(&daybook, &session["refreshToken"]).await;
        assert_ne!(next["refreshToken"], session["refreshToken"]);
        daybook.anyone().with_token(text(&next["accessToken"])).run(ME, json!({})).await;
        session = next;
    }
    let refused = daybook.anyone().refusals(REFRESH, json!({ "token": "never given out" })).await;
    assert_eq!(refused, ["WRONG_CREDENTIALS refreshToken"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_refresh_token_that_comes_back_ends_the_whole_session_and_no_other() {
    let daybook = Daybook::start().await;
    daybook.owner("shop").await;
    let first = sign_in(&daybook, "shop@test.example").await;
    let other = sign_in(&daybook, "shop@test.example").await;
    let second = refresh(&daybook, &first["refreshToken"]).await;
    let third = refresh(&daybook, &second["refreshToken"]).await;

    let refused = daybook.anyone().refusals(REFRESH, json!({ "token": first["refreshToken"] })).await;
    assert_eq!(refused, ["WRONG_CREDENTIALS refreshToken"]);
    for session in [&first, &second, &third] {
        assert_ended(&daybook, session).await;
    }
    let client = daybook.anyone().with_token(text(&other["accessToken"]));
    let reused = "{ events(kinds: [REFRESH_TOKEN_REUSED]) { nodes { actor { email } } } }";
    let events = client.log(reused, json!({}), |data| data["events"]["nodes"] != json!([])).await;
    assert_eq!(events["events"]["nodes"], json!([{ "actor": { "email": "shop@test.example" } }]));
    refresh(&daybook, &other["refreshToken"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_refreshes_with_one_token_at_once_at_most_one_wins_and_the_session_ends() {
    let daybook = Daybook::start().await;
    daybook.owner("shop").await;
    let session = sign_in(&daybook, "shop@test.example").await;
    let answers = join_all((0..8).map(|_| {
        let (anyone, token) = (daybook.anyone(), session["refreshToken"].clone());
        async move { anyone.send(REFRESH, json!({ "token": token })).await.body }
    }))
    .await;
    let won: Vec<_> =
        answers.iter().map(|a| &a["data"]["sessionRefresh"]).filter(|p| p["accessToken"].is_string()).collect();
    assert!(won.len() <= 1, "{won:?}");
    for winner in won {
        assert_ended(&daybook, winner).await;
    }
    assert_ended(&daybook, &session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_out_ends_the_session_at_once_and_no_other() {
    let daybook = Daybook::start().await;
    daybook.owner("shop").await;
    let (session, other) = (sign_in(&daybook, "shop@test.example").await, sign_in(&daybook, "shop@test.example").await);
    let client = daybook.anyone().with_token(text(&session["accessToken"]));
    client.change(SIGN_OUT, json!({})).await;
    assert_ended(&daybook, &session).await;
    assert_eq!(client.error_codes(SIGN_OUT, json!({})).await, ["UNAUTHENTICATED"]);
    daybook.anyone().with_token(text(&other["accessToken"])).run(ME, json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_switches_to_a_business_of_theirs_and_to_no_other() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let stranger = daybook.owner("stranger").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    let mine = clerk.run("{ me { memberships { business { id } } } }", json!({})).await;
    let own = &mine["me"]["memberships"][0]["business"]["id"];

    let session = clerk.change(SWITCH, json!({ "id": own })).await;
    assert_eq!((&session["viewer"]["business"]["id"], &session["viewer"]["role"]), (own, &json!("OWNER")));
    let there = daybook.anyone().with_token(text(&session["accessToken"]));
    assert_eq!(&there.run(ME, json!({})).await["me"]["business"]["id"], own);
    let next = refresh(&daybook, &session["refreshToken"]).await;
    assert_eq!(&next["viewer"]["business"]["id"], own, "a refresh stays where the session is");

    assert_eq!(clerk.refusals(SWITCH, json!({ "id": stranger.business })).await, ["NOT_FOUND businessId"]);
    assert_eq!(daybook.anyone().error_codes(SWITCH, json!({ "id": own })).await, ["UNAUTHENTICATED"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_that_ends_ends_access_at_once() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let clerk = daybook.member(&owner, "CLERK").await;
    clerk.run(ME, json!({})).await;
    let end = "SET daybook.scope = 'system'; DELETE FROM memberships WHERE role = 'CLERK'";
    sql(&daybook.database.url, end).await;
    assert_eq!(clerk.error_codes(ME, json!({})).await, ["UNAUTHENTICATED"]);
    owner.run(ME, json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_replaces_the_old_one_and_ends_the_other_sessions() {
    const NEW: &str = "a better password";
    let daybook = Daybook::start().await;
    daybook.owner("shop").await;
    let (here, elsewhere) =
        (sign_in(&daybook, "shop@test.example").await, sign_in(&daybook, "shop@test.example").await);
    let client = daybook.anyone().with_token(text(&here["accessToken"]));
    for (old, new, expected) in [
        ("not my password", NEW, "WRONG_CREDENTIALS currentPassword"),
        (PASSWORD, "short", "INVALID newPassword"),
        (PASSWORD, &"x".repeat(257), "INVALID newPassword"),
    ] {
        let refused = client.refusals(CHANGE_PASSWORD, json!({ "old": old, "new": new })).await;
        assert_eq!(refused, [expected], "{old} {new}");
    }
    daybook.anyone().with_token(text(&elsewhere["accessToken"])).run(ME, json!({})).await;

    client.change(CHANGE_PASSWORD, json!({ "old": PASSWORD, "new": NEW })).await;
    assert_ended(&daybook, &elsewhere).await;
    client.run(ME, json!({})).await;
    refresh(&daybook, &here["refreshToken"]).await;
    let enter = |password| json!({ "input": { "email": "shop@test.example", "password": password } });
    assert_eq!(daybook.anyone().refusals(SIGN_IN, enter(PASSWORD)).await, ["WRONG_CREDENTIALS"]);
    daybook.anyone().change(SIGN_IN, enter(NEW)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_authorization_header_does_not_stop_a_sign_in() {
    let daybook = Daybook::with_clock(Clock::manual(morning())).await;
    let owner = daybook.owner("shop").await;
    daybook.clock.set(morning() + Duration::hours(1));
    let input = json!({ "input": { "email": "shop@test.example", "password": PASSWORD } });
    for stale in [owner.clone(), daybook.anyone().with_token("garbage")] {
        assert_eq!(stale.error_codes(ME, json!({})).await, ["UNAUTHENTICATED"]);
        stale.change(SIGN_IN, input.clone()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_token_of_this_daybook_for_a_business_of_the_user_is_accepted() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let stranger = daybook.owner("stranger").await;
    let system = daybook.scope(Scope::System).await;
    let ids = values(
        &system,
        "SELECT u.id || ' ' || s.id AS value FROM users u JOIN sessions s ON s.user_id = u.id
         WHERE u.email = 'shop@test.example'",
    )
    .await;
    let (user, session) = ids[0].split_once(' ').unwrap();
    let (user, session) = (UserId(user.parse::<Uuid>().unwrap()), SessionId(session.parse::<Uuid>().unwrap()));
    let business: BusinessId = owner.business.parse().unwrap();
    let now = daybook.clock.now();
    let accepted = async |token: &str| daybook.anyone().with_token(token).error_codes(ME, json!({})).await.is_empty();

    let (ours, _) = daybook.app.tokens.issue(Subject::User(user, session), business, now).unwrap();
    assert!(accepted(&ours).await);
    let (other_key, _) = Tokens::new("the signing key of another server")
        .unwrap()
        .issue(Subject::User(user, session), business, now)
        .unwrap();
    assert!(!accepted(&other_key).await);
    let (elsewhere, _) =
        daybook.app.tokens.issue(Subject::User(user, session), stranger.business.parse().unwrap(), now).unwrap();
    assert!(!accepted(&elsewhere).await);
    let (no_session, _) =
        daybook.app.tokens.issue(Subject::User(user, SessionId(daybook.clock.id())), business, now).unwrap();
    assert!(!accepted(&no_session).await);

    let [header, claims, signature]: [&str; 3] = ours.split('.').collect::<Vec<_>>().try_into().unwrap();
    let theirs = stranger.token.as_deref().unwrap().split('.').nth(1).unwrap();
    // {"alg":"none","typ":"JWT"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    for forged in [
        format!("{header}.{theirs}.{signature}"),
        format!("{none}.{claims}."),
        format!("{none}.{claims}.{signature}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
    ] {
        assert!(!accepted(&forged).await, "{forged}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_passwords_nor_refresh_tokens_can_be_read_from_the_data_base() {
    let daybook = Daybook::start().await;
    for slug in ["one", "two"] {
        daybook.owner(slug).await;
    }
    let session = sign_in(&daybook, "one@test.example").await;
    let system = daybook.scope(Scope::System).await;
    let hashes = values(&system, "SELECT password_hash AS value FROM users ORDER BY id").await;
    assert_eq!(hashes.len(), 2);
    for hash in &hashes {
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }
    assert_ne!(hashes[0], hashes[1], "equal passwords have different salts");

    let tokens = values(&system, "SELECT encode(token_hash, 'escape') AS value FROM refresh_tokens").await;
    let lengths = values(&system, "SELECT DISTINCT length(token_hash)::text AS value FROM refresh_tokens").await;
    assert_eq!((tokens.len(), lengths), (3, vec!["32".to_owned()]));
    assert!(!tokens.iter().any(|kept| kept.contains(text(&session["refreshToken"]))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_outlives_a_restart() {
    let daybook = Daybook::start().await;
    let owner = daybook.owner("shop").await;
    let session = sign_in(&daybook, "shop@test.example").await;
    let clock = daybook.clock.clone();
    let daybook = Daybook::on(daybook.stop().await, clock).await;
    let me = daybook.anyone().with_token(owner.token.as_deref().unwrap()).run(ME, json!({})).await;
    assert_eq!(me["me"]["business"]["id"], owner.business);
    refresh(&daybook, &session["refreshToken"]).await;
}

/// Signs in by a socket, which carries the token in `connection_init`.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_has_ended_reads_nothing_through_a_socket_that_is_still_open() {
    let daybook = Daybook::start().await;
    let owner: Client = daybook.owner("shop").await;
    let mut socket = owner.socket().await;
    socket.subscribe(ME, json!({})).await;
    assert_eq!(socket.event().await["me"]["business"]["slug"], "shop");
    assert_eq!(socket.message().await["type"], "complete");
    owner.change(SIGN_OUT, json!({})).await;
    socket.subscribe(ME, json!({})).await;
    let answer = socket.message().await;
    assert_eq!(answer["payload"]["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{answer}");
}
