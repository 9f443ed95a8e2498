//! A Daybook for one test: served in this process, on a private data base made from a template.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use daybook::app::App;
use daybook::auth::Tokens;
use daybook::clock::Clock;
use daybook::db::{Conn, Mode, Scope, Transaction, migrate};
use daybook::events::relay;
use daybook::graphql::{Engine, Policy};
use daybook::http::Surroundings;
use daybook::http::live::{Limits, Live};
use daybook::{http, schema};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest as _};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// How long anything that must come may take to come, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Every test user's password.
pub const PASSWORD: &str = "correct horse battery";
const KEY: &str = "a signing key for tests, of no worth";

/// The server of the run: DATABASE_URL, whose role may create data bases.
pub fn server_url() -> String {
    std::env::var("DATABASE_URL").expect("run the tests with `make test`, or set DATABASE_URL to a server for them")
}

/// `url` with another data base.
fn with_database(url: &str, name: &str) -> String {
    let (rest, query) = url.split_once('?').map_or((url, ""), |(rest, query)| (rest, query));
    let (server, _) = rest.rsplit_once('/').expect("DATABASE_URL names a data base");
    if query.is_empty() { format!("{server}/{name}") } else { format!("{server}/{name}?{query}") }
}

/// Runs statements on a data base, past Daybook and past any tenant.
pub async fn sql(url: &str, statements: &str) {
    let mut conn = AsyncPgConnection::establish(url).await.unwrap();
    conn.batch_execute(statements).await.unwrap();
}

/// A private data base, dropped with this value.
pub struct Database {
    /// None where another value drops it.
    name: Option<String>,
    pub url: String,
}

impl Database {
    /// An empty one.
    pub async fn empty() -> Self {
        Self::create("template1").await
    }

    /// A migrated one, copied from the template that the first test of the run makes.
    pub async fn migrated() -> Self {
        Self::create(&template().await).await
    }

    async fn create(template: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let create = format!("DROP DATABASE IF EXISTS {name}; ");
        sql(&server_url(), &create).await;
        sql(&server_url(), &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { url: with_database(&server_url(), &name), name: Some(name) }
    }

    /// The same one for another node, which must not outlive this value.
    pub fn shared(&self) -> Self {
        Self { name: None, url: self.url.clone() }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(name) = &self.name else { return };
        let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        // The runtime of the test is on its way out: a thread with one of its own waits for the end.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(sql(&server_url(), &statement));
        });
        let _ = dropped.join();
    }
}

/// The name of the template, made by whoever comes first. Its name has the migrations in it.
async fn template() -> String {
    let mut hasher = DefaultHasher::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().join("up.sql")).collect();
    files.sort();
    for file in files {
        std::fs::read(file).unwrap_or_default().hash(&mut hasher);
    }
    let name = format!("daybook_template_{:016x}", hasher.finish());

    let mut conn = AsyncPgConnection::establish(&server_url()).await.unwrap();
    conn.batch_execute("SELECT pg_advisory_lock(7001)").await.unwrap();
    let made = format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true");
    if conn.batch_execute(&made).await.is_err() {
        let building = format!("{name}_building");
        conn.batch_execute(&format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)")).await.unwrap();
        conn.batch_execute(&format!("CREATE DATABASE {building}")).await.unwrap();
        migrate::migrate(&with_database(&server_url(), &building)).await.unwrap();
        // Renamed only when it is whole, and when the migrating connection is gone.
        let rename = format!("ALTER DATABASE {building} RENAME TO {name}");
        let begin = std::time::Instant::now();
        while conn.batch_execute(&rename).await.is_err() {
            assert!(begin.elapsed() < PATIENCE, "the template stays in use");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    name
}

/// A running Daybook.
pub struct Daybook {
    pub app: App,
    /// What runs its operations.
    pub engine: Engine,
    pub address: SocketAddr,
    pub clock: Clock,
    pub live: Live,
    tasks: JoinSet<()>,
    // Last, so that everything that uses it is gone when it is dropped.
    pub database: Database,
}

impl Daybook {
    /// One with the machine's clock.
    pub async fn start() -> Self {
        Self::with_clock(Clock::System).await
    }

    /// One with a clock of the test's.
    pub async fn with_clock(clock: Clock) -> Self {
        Self::on(Database::migrated().await, clock).await
    }

    /// One with other limits of sockets and event streams.
    pub async fn with_limits(clock: Clock, limits: Limits) -> Self {
        Self::put_together(Database::migrated().await, clock, limits, Surroundings::default(), Policy::default()).await
    }

    /// One with neighbours.
    pub async fn within(surroundings: Surroundings) -> Self {
        let (database, policy) = (Database::migrated().await, Policy::default());
        Self::put_together(database, Clock::System, Limits::default(), surroundings, policy).await
    }

    /// One whose operator allows more, or less.
    pub async fn under(policy: Policy, clock: Clock) -> Self {
        let database = Database::migrated().await;
        Self::put_together(database, clock, Limits::default(), Surroundings::default(), policy).await
    }

    /// Another node on the same data base, whose operator allows more, or less. It must not outlive this one.
    pub async fn beside(&self, policy: Policy) -> Self {
        let (database, clock) = (self.database.shared(), self.clock.clone());
        Self::put_together(database, clock, Limits::default(), Surroundings::default(), policy).await
    }

    /// One on a data base that is there: after a restart.
    pub async fn on(database: Database, clock: Clock) -> Self {
        Self::put_together(database, clock, Limits::default(), Surroundings::default(), Policy::default()).await
    }

    async fn put_together(
        database: Database,
        clock: Clock,
        limits: Limits,
        surroundings: Surroundings,
        policy: Policy,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = App::new(&database.url, 20, Tokens::new(KEY).unwrap(), clock.clone()).unwrap();
        let app = app.under(&format!("http://{address}"));
        let mut tasks = relay::spawn(&app, &database.url).await.unwrap();
        let live = Live::start(&app, limits);
        let engine = Engine::new(schema::schema(), app.clone()).unwrap().under(policy);
        let router = http::router(engine.clone(), live.clone(), surroundings);
        tasks.spawn(http::serve(listener, router, std::future::pending()));
        Self { app, engine, address, clock, live, tasks, database }
    }

    /// Stops it and keeps its data base.
    pub async fn stop(mut self) -> Database {
        self.tasks.shutdown().await;
        self.app.pool.close();
        self.database
    }

    /// A transaction past the API, which sees what `scope` may see.
    pub async fn scope(&self, scope: Scope) -> Transaction {
        Transaction::begin(&self.app.pool, scope, Mode::Write).await.unwrap()
    }

    /// Waits until so many statements wait for a lock that someone else holds.
    pub async fn waiting(&self, count: usize) {
        let conn = AsyncPgConnection::establish(&self.database.url).await.unwrap();
        let waiting = "SELECT pid::text AS value FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        until("statements that wait for a lock", async || values(&conn, waiting).await.len() >= count).await;
    }

    /// Someone who is not signed in.
    pub fn anyone(&self) -> Client {
        Client::anyone(self.address)
    }

    /// The owner of a new business `slug` in USD and UTC, signed in.
    pub async fn owner(&self, slug: &str) -> Client {
        self.owner_of(slug, "USD", "UTC", "US").await
    }

    /// The owner of a new business, signed in. Their e-mail address is `slug@test.example`.
    pub async fn owner_of(&self, slug: &str, currency: &str, zone: &str, country: &str) -> Client {
        self.anyone().open(slug, currency, zone, country).await
    }

    /// A user with `role` in the business of `owner`, signed in. There is no invitation yet, so that the
    /// membership is written past the API.
    pub async fn member(&self, owner: &Client, role: &str) -> Client {
        let slug = format!("{}-{}", role.to_lowercase(), owner.business.to_lowercase().replace('_', "-"));
        let user = self.owner(&slug).await;
        let me = user.run("{ me { user { id } } }", json!({})).await;
        let user_id: daybook::id::UserId = text(&me["me"]["user"]["id"]).parse().unwrap();
        let business_id: daybook::id::BusinessId = owner.business.parse().unwrap();
        let membership = self.clock.id();
        sql(
            &self.database.url,
            &format!(
                "SET daybook.scope = 'system'; INSERT INTO memberships (business_id, id, user_id, role, created_at) \
                 VALUES ('{}', '{membership}', '{}', '{role}', now())",
                business_id.0, user_id.0
            ),
        )
        .await;
        let switch = "mutation ($id: ID!) { businessSwitch(input: { businessId: $id }) { accessToken viewer { business { id } } } }";
        let data = user.run(switch, json!({ "id": owner.business })).await;
        self.anyone().signed_in(&data["businessSwitch"])
    }
}

const SIGN_UP: &str = "mutation ($input: SignUpInput!) { signUp(input: $input) {
    accessToken refreshToken viewer { business { id } } userErrors { code field message } } }";

/// A caller of the API.
#[derive(Clone)]
pub struct Client {
    address: SocketAddr,
    http: reqwest::Client,
    pub token: Option<String>,
    /// The id of the business in which they act.
    pub business: String,
}

/// What came back: the whole response, and how many statements its reads took.
pub struct Answer {
    pub body: Value,
    pub statements: usize,
}

impl Client {
    /// Someone who is not signed in.
    pub fn anyone(address: SocketAddr) -> Self {
        Self { address, http: reqwest::Client::new(), token: None, business: String::new() }
    }

    /// Signs up with a new business. Its owner.
    pub async fn open(&self, slug: &str, currency: &str, zone: &str, country: &str) -> Self {
        let input = json!({
            "name": format!("Owner of {slug}"), "email": format!("{slug}@test.example"), "password": PASSWORD,
            "business": { "name": slug, "slug": slug, "currency": currency, "timeZone": zone, "country": country },
        });
        let data = self.run(SIGN_UP, json!({ "input": input })).await;
        assert_eq!(data["signUp"]["userErrors"], json!([]));
        self.signed_in(&data["signUp"])
    }

    /// The same caller with the token of a session payload.
    pub fn signed_in(&self, payload: &Value) -> Self {
        Self {
            token: Some(text(&payload["accessToken"]).to_owned()),
            business: text(&payload["viewer"]["business"]["id"]).to_owned(),
            ..self.clone()
        }
    }

    /// The same caller with another access token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same caller of another node.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    /// Sends an operation.
    pub async fn send(&self, query: &str, variables: Value) -> Answer {
        self.try_send(query, variables).await.unwrap()
    }

    /// Sends an operation to a server that may go away.
    pub async fn try_send(&self, query: &str, variables: Value) -> reqwest::Result<Answer> {
        let url = format!("http://{}/graphql", self.address);
        let mut request = self.http.post(url).json(&json!({ "query": query, "variables": variables }));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await?;
        let timing = response.headers().get("server-timing").map(|value| value.to_str().unwrap().to_owned());
        let statements = timing.and_then(|timing| {
            let (_, rest) = timing.split_once("desc=\"")?;
            rest.split(' ').next()?.parse().ok()
        });
        Ok(Answer { statements: statements.unwrap_or_default(), body: response.json().await? })
    }

    /// The answer to a body of a POST.
    pub async fn post(&self, body: &Value) -> Value {
        let mut request = self.http.post(format!("http://{}/graphql", self.address)).json(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        request.send().await.unwrap().json().await.unwrap()
    }

    /// A request to another address than that of the API.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("http://{}{path}", self.address));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// The lines of the answer to a file that is imported, whose last is its result.
    pub async fn import(&self, kind: &str, file: impl Into<reqwest::Body>) -> Vec<Value> {
        let request = self.request(reqwest::Method::POST, &format!("/import/{kind}"));
        let request = request.header("content-type", "text/csv").header("graphql-require-preflight", "1");
        let response = request.body(file).send().await.unwrap();
        let (status, said) = (response.status(), response.text().await.unwrap());
        assert_eq!(status, 200, "{said}");
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What an import came to: how many rows were new, how many were there, and the problems as `line column`.
    pub async fn imported(&self, kind: &str, file: &str) -> (u64, u64, Vec<String>) {
        let lines = self.import(kind, file.to_owned()).await;
        let result = &lines.last().expect("a result")["result"];
        assert!(result.is_object(), "{lines:?}");
        let problem = |problem: &Value| format!("{} {}", problem["line"], problem["column"].as_str().unwrap_or("-"));
        let problems = result["problems"].as_array().unwrap().iter().map(problem).collect();
        (result["created"].as_u64().unwrap(), result["alreadyThere"].as_u64().unwrap(), problems)
    }

    /// A file that is exported.
    pub async fn export(&self, kind: &str) -> String {
        let response = self.request(reqwest::Method::GET, &format!("/export/{kind}.csv")).send().await.unwrap();
        let (status, said) = (response.status(), response.text().await.unwrap());
        assert_eq!(status, 200, "{said}");
        said
    }

    /// The data of an operation that must succeed.
    pub async fn run(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.send(query, variables).await.body;
        assert_eq!(answer.get("errors"), None, "{query}");
        answer["data"].take()
    }

    /// The data of a query of the log as soon as it is right: an event is listed when every transaction before it
    /// has ended, and those of other tests on the same server count.
    pub async fn log(&self, query: &str, variables: Value, right: impl Fn(&Value) -> bool) -> Value {
        let mut data = Value::Null;
        until("the log as it should be", async || {
            data = self.run(query, variables.clone()).await;
            right(&data)
        })
        .await;
        data
    }

    /// The payload of a mutation that must succeed: one root field, whose selection has `userErrors { … }`.
    pub async fn change(&self, query: &str, variables: Value) -> Value {
        let payload = self.attempt(query, variables).await;
        assert_eq!(payload["userErrors"], json!([]), "{query}");
        payload
    }

    /// The payload of a mutation, done or refused.
    pub async fn attempt(&self, query: &str, variables: Value) -> Value {
        let data = self.run(query, variables).await;
        data.as_object().expect("data").values().next().expect("a root field").clone()
    }

    /// The codes of `userErrors` of a mutation that must be refused, with their fields: `TAKEN code`.
    pub async fn refusals(&self, query: &str, variables: Value) -> Vec<String> {
        let payload = self.attempt(query, variables).await;
        let describe = |error: &Value| {
            let field = error["field"].as_array().map(|path| path.iter().map(text).collect::<Vec<_>>().join("."));
            format!("{} {}", text(&error["code"]), field.unwrap_or_default()).trim_end().to_owned()
        };
        payload["userErrors"].as_array().expect("userErrors").iter().map(describe).collect()
    }

    /// The `extensions.code` of each top-level error of an operation.
    pub async fn error_codes(&self, query: &str, variables: Value) -> Vec<String> {
        let answer = self.send(query, variables).await.body;
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| text(&error["extensions"]["code"]).to_owned()).collect()
    }

    /// A customer with a name and nothing else; their id.
    pub async fn customer(&self, name: &str) -> String {
        let create = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
            customer { id } userErrors { code field message } } }";
        let payload = self.change(create, json!({ "input": { "name": name } })).await;
        text(&payload["customer"]["id"]).to_owned()
    }

    /// A new API key: its id and its secret.
    pub async fn api_key(&self, name: &str, scopes: &[impl AsRef<str>]) -> (String, String) {
        let create = "mutation ($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) {
            apiKey { id } secret userErrors { code field message } } }";
        let scopes: Vec<&str> = scopes.iter().map(AsRef::as_ref).collect();
        let made = self.change(create, json!({ "input": { "name": name, "scopes": scopes } })).await;
        (text(&made["apiKey"]["id"]).to_owned(), text(&made["secret"]).to_owned())
    }

    /// A new share link of a customer: its id and its token.
    pub async fn share_link(&self, customer: &str) -> (String, String) {
        let create = "mutation ($input: ShareLinkCreateInput!) { shareLinkCreate(input: $input) {
            shareLink { id } token userErrors { code field message } } }";
        let made = self.change(create, json!({ "input": { "customerId": customer } })).await;
        (text(&made["shareLink"]["id"]).to_owned(), text(&made["token"]).to_owned())
    }

    /// The customer who signs in by a link.
    pub async fn customer_signed_in(&self, token: &str, phone: &str) -> Value {
        let sign_in = "mutation ($input: CustomerSignInInput!) { customerSignIn(input: $input) {
            accessToken refreshToken expiresAt viewer { business { id } customer { id } }
            userErrors { code field message } } }";
        self.attempt(sign_in, json!({ "input": { "token": token, "phone": phone } })).await
    }

    /// The same, who must succeed.
    pub async fn as_customer(&self, token: &str, phone: &str) -> Self {
        let payload = self.customer_signed_in(token, phone).await;
        assert_eq!(payload["userErrors"], json!([]));
        self.signed_in(&payload)
    }

    /// A sale of `amount` to a customer on a day; the id of the charge.
    pub async fn sale(&self, customer: &str, day: &str, amount: &str) -> String {
        let create = "mutation ($input: SaleCreateInput!) { saleCreate(input: $input) {
            sale { id } userErrors { code field message } } }";
        let input = json!({ "customerId": customer, "occurredOn": day, "amount": amount });
        text(&self.change(create, json!({ "input": input })).await["sale"]["id"]).to_owned()
    }

    /// A payment by `input`, done or refused.
    pub async fn pay(&self, input: Value) -> Value {
        self.attempt(PAY, json!({ "input": input })).await
    }

    /// A socket on which they are signed in.
    pub async fn socket(&self) -> Socket {
        let mut socket = self.raw_socket(&[]).await.unwrap();
        socket.init(self.token.as_deref()).await;
        assert_eq!(socket.message().await["type"], "connection_ack");
        socket
    }

    /// A socket on which nothing was sent, opened with further headers; or the status that refused it, if the
    /// server is there.
    pub async fn raw_socket(&self, headers: &[(&'static str, &str)]) -> Result<Socket, Option<u16>> {
        let mut request = format!("ws://{}/graphql", self.address).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((stream, _)) => Ok(Socket { stream, subscriptions: 0 }),
            Err(tungstenite::Error::Http(response)) => Err(Some(response.status().as_u16())),
            Err(_) => Err(None),
        }
    }
}

/// Records a payment and selects what it changed.
pub const PAY: &str = "mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) {
    payment { id amount { amount } unallocated { amount }
        allocations { charge { id outstanding { amount } status } amount { amount } }
        customer { balance { amount } } }
    userErrors { code field message } } }";

/// A socket that speaks graphql-transport-ws.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    subscriptions: usize,
}

impl Socket {
    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        self.send_frame(Message::text(message.to_string())).await;
    }

    /// Sends anything.
    pub async fn send_frame(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// Says who connects and subscribes at once; whether that could be sent.
    pub async fn begin(&mut self, token: Option<&str>, query: &str, variables: Value) -> bool {
        let init = json!({ "authorization": token.map(|token| format!("Bearer {token}")) });
        let messages = [
            json!({ "type": "connection_init", "payload": init }),
            json!({ "id": "1", "type": "subscribe", "payload": { "query": query, "variables": variables } }),
        ];
        for message in messages {
            if self.stream.send(Message::text(message.to_string())).await.is_err() {
                return false;
            }
        }
        true
    }

    /// The data of the next payload of any subscription; nothing if the socket has ended.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a message in time");
            let Some(Ok(Message::Text(text))) = message else {
                match message {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    _ => return None,
                }
            };
            let mut message: Value = serde_json::from_str(&text).unwrap();
            if message["type"] == "next" {
                assert_eq!(message["payload"].get("errors"), None, "{message}");
                return Some(message["payload"]["data"].take());
            }
        }
    }

    /// Says who connects.
    pub async fn init(&mut self, token: Option<&str>) {
        let payload = token.map(|token| json!({ "authorization": format!("Bearer {token}") }));
        self.send(json!({ "type": "connection_init", "payload": payload })).await;
    }

    /// The code and reason with which the server closes the socket, after whatever else it sends.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a close in time");
            match message.expect("a close frame").expect("a close frame") {
                Message::Close(Some(frame)) => return (frame.code.into(), frame.reason.to_string()),
                Message::Close(None) => panic!("closed without a code"),
                _ => {}
            }
        }
    }

    /// The next message that is not part of keeping the socket alive.
    pub async fn message(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a message in time");
            match message.expect("the socket stays open").unwrap() {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if message["type"] == "ping" {
                        self.send(json!({ "type": "pong" })).await;
                    } else {
                        return message;
                    }
                }
                Message::Close(frame) => panic!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// Subscribes.
    pub async fn subscribe(&mut self, query: &str, variables: Value) {
        self.subscriptions += 1;
        let id = self.subscriptions.to_string();
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
    }

    /// The data of the next event of the only subscription.
    pub async fn event(&mut self) -> Value {
        let mut message = self.message().await;
        assert_eq!(message["type"], "next", "{message}");
        assert_eq!(message["payload"].get("errors"), None, "{message}");
        message["payload"]["data"].take()
    }

    /// Asserts that nothing has arrived: what was sent before is answered before this ping is.
    pub async fn nothing(&mut self) {
        self.send(json!({ "type": "ping" })).await;
        let message = self.message().await;
        assert_eq!(message["type"], "pong", "{message}");
    }
}

/// The text of a JSON string.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a string"))
}

/// Waits until something holds.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begin = std::time::Instant::now();
    while !holds().await {
        assert!(begin.elapsed() < PATIENCE, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The column `value`, as text, of what a query returns in whatever scope the connection has.
pub async fn values(mut conn: &Conn, query: &str) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        value: String,
    }
    let rows: Vec<Row> = diesel::sql_query(query).load(&mut conn).await.unwrap_or_else(|e| panic!("{query}: {e}"));
    rows.into_iter().map(|row| row.value).collect()
}
