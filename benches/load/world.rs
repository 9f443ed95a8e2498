//! The served Daybook, and the businesses that the driver makes in it.

use std::net::{Ipv4Addr, SocketAddr};

use daybook::auth::{Subject, Tokens};
use daybook::clock::Clock;
use daybook::id::{BusinessId, SessionId, UserId};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio_postgres::NoTls;

use super::http::{Connection, post};

/// From where the driver calls, but for attackers and sockets.
pub const HOME: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
/// How many things are prepared at once.
pub const WIDTH: usize = 8;

pub struct World {
    pub address: SocketAddr,
    pub database_url: String,
    pub tokens: Tokens,
    pub clock: Clock,
    /// Tells the businesses of one run from those of another.
    run: String,
}

/// The owner of a business, signed in.
#[derive(Debug, Clone)]
pub struct Owner {
    pub token: String,
    pub user: UserId,
    pub business: BusinessId,
}

/// A connection to the data base, past Daybook.
pub async fn database(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("the data base of DATABASE_URL");
    tokio::spawn(connection);
    client
}

impl World {
    pub fn new(url: &str, database_url: &str, key: &str) -> Self {
        let address = url.trim_start_matches("http://").trim_end_matches('/').parse().expect("http://ADDRESS:PORT");
        let clock = Clock::System;
        let run = clock.now().timestamp_millis().to_string();
        let tokens = Tokens::new(key).expect("a signing key");
        Self { address, database_url: database_url.to_owned(), tokens, clock, run }
    }

    /// The data of an operation that must succeed.
    pub async fn run(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let mut connection = Connection::open(HOME, self.address).await.unwrap();
        let response = connection.send(&post(token, query, &variables)).await.unwrap();
        let mut body: Value = serde_json::from_slice(&response.body).unwrap();
        assert!(body.get("errors").is_none(), "{query}: {body}");
        let refused = body["data"]
            .as_object()
            .into_iter()
            .flatten()
            .find(|(_, payload)| payload["userErrors"].as_array().is_some_and(|errors| !errors.is_empty()));
        assert!(refused.is_none(), "{query}: {refused:?}");
        body["data"].take()
    }

    /// A new business.
    pub async fn open(&self, name: &str) -> Owner {
        self.open_as(name, false).await
    }

    /// A new sandbox, or a business that is none.
    pub async fn open_as(&self, name: &str, sandbox: bool) -> Owner {
        let slug = format!("{name}-{}", self.run);
        let input = json!({
            "name": format!("Owner of {name}"), "email": format!("{slug}@bench.example"), "password": "correct horse battery",
            "business": { "name": name, "slug": slug, "currency": "USD", "timeZone": "UTC", "country": "US",
                "sandbox": sandbox },
        });
        let query = "mutation ($input: SignUpInput!) { signUp(input: $input) {
            accessToken viewer { user { id } business { id } } userErrors { code field message } } }";
        let data = self.run(None, query, json!({ "input": input })).await;
        let viewer = &data["signUp"]["viewer"];
        Owner {
            token: text(&data["signUp"]["accessToken"]),
            user: text(&viewer["user"]["id"]).parse().unwrap(),
            business: text(&viewer["business"]["id"]).parse().unwrap(),
        }
    }

    /// Several at once.
    pub async fn open_all(&self, name: &str, count: usize) -> Vec<Owner> {
        let opened = stream::iter(0..count).map(|number| async move { self.open(&format!("{name}-{number}")).await });
        opened.buffered(WIDTH).collect().await
    }

    /// A new customer; their id.
    pub async fn customer(&self, owner: &Owner, name: &str) -> String {
        let query = "mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
            customer { id } userErrors { code field message } } }";
        let data = self.run(Some(&owner.token), query, json!({ "input": { "name": name } })).await;
        text(&data["customerCreate"]["customer"]["id"])
    }

    /// Something that a customer bought.
    pub async fn sale(&self, owner: &Owner, customer: &str, amount: &str) {
        let query = "mutation ($input: SaleCreateInput!) { saleCreate(input: $input) {
            sale { id } userErrors { code field message } } }";
        self.run(Some(&owner.token), query, json!({ "input": { "customerId": customer, "amount": amount } })).await;
    }

    /// Further customers, each with two contacts, three notes, four sales and three payments.
    pub async fn fill(&self, owner: &Owner, customers: usize) {
        let filled = stream::iter(0..customers).map(|number| async move {
            let token = Some(owner.token.as_str());
            let id = &self.customer(owner, &format!("Customer {number:04}")).await;
            for number in 0..2 {
                let query = "mutation ($input: ContactCreateInput!) { contactCreate(input: $input) {
                    contact { id } userErrors { code field message } } }";
                let input =
                    json!({ "customerId": id, "name": format!("Contact {number}"), "email": "a@bench.example" });
                self.run(token, query, json!({ "input": input })).await;
            }
            for number in 0..3 {
                let query = "mutation ($input: NoteCreateInput!) { noteCreate(input: $input) {
                    note { id } userErrors { code field message } } }";
                let content = format!("Note {number}: leave it at the back door, and ring twice.");
                let input = json!({ "customerId": id, "kind": "PREFERENCE", "content": content });
                self.run(token, query, json!({ "input": input })).await;
            }
            for _ in 0..4 {
                self.sale(owner, id, "30.00").await;
            }
            for _ in 0..3 {
                let input = json!({ "customerId": id, "amount": "36.00", "method": "CASH" });
                let query = "mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) {
                    payment { id } userErrors { code field message } } }";
                self.run(token, query, json!({ "input": input })).await;
            }
        });
        filled.buffer_unordered(WIDTH).collect::<()>().await;
        // As autovacuum would in a while. The role owns its tables, and no others.
        database(&self.database_url).await.batch_execute("ANALYZE").await.unwrap();
    }

    /// As many sign-ins of an owner, each with a token of its own. They are written past the API, which would spend
    /// minutes on passwords and count so many as an attack.
    pub async fn sign_ins(&self, owner: &Owner, count: usize) -> Vec<String> {
        let ids: Vec<_> = (0..count).map(|_| self.clock.id()).collect();
        let texts: Vec<_> = ids.iter().map(ToString::to_string).collect();
        let (database, user) = (database(&self.database_url).await, owner.user.0.to_string());
        database.batch_execute("SET daybook.scope = 'system'").await.unwrap();
        let insert = "INSERT INTO sessions (id, user_id, created_at)
            SELECT id::uuid, $2::text::uuid, now() FROM unnest($1::text[]) id";
        database.execute(insert, &[&texts, &user]).await.unwrap();
        let now = self.clock.now();
        let issue = |id| self.tokens.issue(Subject::User(owner.user, SessionId(id)), owner.business, now).unwrap().0;
        ids.into_iter().map(issue).collect()
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a string")).to_owned()
}
