//! Plans, subscriptions and the engine that charges for them.

mod check;
mod credit_notes;
mod dates;
mod dunning;
mod engine;
mod invoice_rules;
mod invoices;
mod invoices_printed;
mod plan_tax;
mod plans;
mod standing_orders;
mod subscriptions;

use chrono::{DateTime, Utc};
use daybook::clock::Clock;
use serde_json::{Value, json};

use crate::books::assert_in_order;
use crate::harness::{Client, Daybook, PASSWORD, text};

pub const CREATE_PLAN: &str = "mutation ($input: PlanCreateInput!) { planCreate(input: $input) {
    plan { id code price { amount } } userErrors { code field message } } }";

pub const SUBSCRIBE: &str = "mutation ($input: SubscriptionCreateInput!) { subscriptionCreate(input: $input) {
    subscription { id status periodStart periodEnd dueOn } userErrors { code field message } } }";

pub const PAUSE: &str =
    "mutation ($id: ID!, $input: SubscriptionPauseInput) { subscriptionPause(id: $id, input: $input) {
    subscription { id status pausedOn resumeOn dueOn } userErrors { code field message } } }";

pub const RESUME: &str =
    "mutation ($id: ID!, $input: SubscriptionResumeInput) { subscriptionResume(id: $id, input: $input) {
    subscription { id status periodStart periodEnd resumeOn dueOn } userErrors { code field message } } }";

pub const CANCEL: &str =
    "mutation ($id: ID!, $input: SubscriptionCancelInput) { subscriptionCancel(id: $id, input: $input) {
    subscription { id status canceledOn cancelAtPeriodEnd dueOn } userErrors { code field message } } }";

pub const CHANGE: &str =
    "mutation ($id: ID!, $input: SubscriptionChangeInput!) { subscriptionChange(id: $id, input: $input) {
    subscription { id plan { code } price { version amount { amount } } quantity nextQuantity periodEnd }
    userErrors { code field message } } }";

pub const ADVANCE: &str = "mutation ($to: DateTime!) { testClockAdvance(input: { to: $to }) {
    business { testClock } done userErrors { code field message } } }";

/// The start of a day in UTC.
pub fn midnight(day: &str) -> DateTime<Utc> {
    format!("{day}T00:00:00Z").parse().unwrap()
}

/// A Daybook that lives at the start of a day, and stays there.
pub async fn daybook_at(day: &str) -> Daybook {
    Daybook::with_clock(Clock::manual(midnight(day))).await
}

/// The owner of a new sandbox in USD, whose clock stands where that of `daybook` does.
pub async fn sandbox(daybook: &Daybook, slug: &str, zone: &str) -> Client {
    let sign_up = "mutation ($input: SignUpInput!) { signUp(input: $input) {
        accessToken viewer { business { id } } userErrors { code field message } } }";
    let input = json!({
        "name": slug, "email": format!("{slug}@test.example"), "password": PASSWORD, "business":
            { "name": slug, "slug": slug, "currency": "USD", "timeZone": zone, "country": "US", "sandbox": true },
    });
    let anyone = daybook.anyone();
    let payload = anyone.change(sign_up, json!({ "input": input })).await;
    anyone.signed_in(&payload)
}

/// Moves the clock of a sandbox to the noon of a day, in as many mutations as that takes.
pub async fn advance(client: &Client, day: &str) {
    let to = json!({ "to": format!("{day}T12:00:00Z") });
    while client.change(ADVANCE, to.clone()).await["done"] == false {}
}

/// A plan of `price` a month; its id.
pub async fn monthly(client: &Client, code: &str, price: &str) -> String {
    plan(client, json!({ "code": code, "name": code, "price": price, "interval": "MONTH" })).await
}

/// A plan; its id.
pub async fn plan(client: &Client, input: Value) -> String {
    text(&client.change(CREATE_PLAN, json!({ "input": input })).await["plan"]["id"]).to_owned()
}

/// A subscription by `input`; its id.
pub async fn subscribe(client: &Client, customer: &str, plan: &str, mut input: Value) -> String {
    input["customerId"] = json!(customer);
    input["planId"] = json!(plan);
    text(&client.change(SUBSCRIBE, json!({ "input": input })).await["subscription"]["id"]).to_owned()
}

/// What a customer was charged and credited, line by line, in the order of their account: `2026-03-02 249.95`.
pub async fn account(client: &Client, customer: &str) -> Vec<String> {
    let query = "query ($id: ID!) { customer(id: $id) { statement { lines { occurredOn amount { amount } } } } }";
    let data = client.run(query, json!({ "id": customer })).await;
    let lines = data["customer"]["statement"]["lines"].as_array().unwrap();
    lines.iter().map(|line| format!("{} {}", text(&line["occurredOn"]), text(&line["amount"]["amount"]))).collect()
}

/// Only the days of it.
pub async fn days(client: &Client, customer: &str) -> Vec<String> {
    account(client, customer).await.iter().map(|line| line[..10].to_owned()).collect()
}

/// A field of a subscription.
pub async fn field(client: &Client, subscription: &str, field: &str) -> Value {
    let query = format!("query ($id: ID!) {{ subscription(id: $id) {{ {field} }} }}");
    client.run(&query, json!({ "id": subscription })).await["subscription"][field].take()
}

/// A sandbox with a customer on a monthly plan since a day, with the clock at its noon.
pub struct Subscribed {
    pub daybook: Daybook,
    pub owner: Client,
    pub customer: String,
    pub subscription: String,
}

impl Subscribed {
    pub async fn new(day: &str, price: &str) -> Self {
        let daybook = daybook_at(day).await;
        let owner = sandbox(&daybook, "saas", "UTC").await;
        let customer = owner.customer("Asha").await;
        let plan = monthly(&owner, "basic", price).await;
        let subscription = subscribe(&owner, &customer, &plan, json!({})).await;
        Self { daybook, owner, customer, subscription }
    }

    /// Moves the clock and does something to the subscription.
    pub async fn on(&self, day: &str, mutation: &str, input: Value) {
        advance(&self.owner, day).await;
        self.owner.change(mutation, json!({ "id": self.subscription, "input": input })).await;
    }

    pub async fn assert_account(&self, expected: &[&str]) {
        assert_eq!(account(&self.owner, &self.customer).await, expected);
        assert_in_order(&self.daybook, &self.owner).await;
    }
}
