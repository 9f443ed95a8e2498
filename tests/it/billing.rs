//! Plans, subscriptions and the engine that charges for them.

mod plans;

use serde_json::{Value, json};

use crate::harness::{Client, text};

pub const CREATE_PLAN: &str = "mutation ($input: PlanCreateInput!) { planCreate(input: $input) {
    plan { id code price { amount } } userErrors { code field message } } }";

/// A plan of `price` a month; its id.
pub async fn monthly(client: &Client, code: &str, price: &str) -> String {
    plan(client, json!({ "code": code, "name": code, "price": price, "interval": "MONTH" })).await
}

/// A plan; its id.
pub async fn plan(client: &Client, input: Value) -> String {
    text(&client.change(CREATE_PLAN, json!({ "input": input })).await["plan"]["id"]).to_owned()
}
