//! Metrics and the dashboard.

mod cdnow;
mod customers;
mod dashboard;
mod figures;
mod large;
mod receivables;
mod revenue;

use serde_json::{Value, json};

use crate::harness::Client;

/// What `metrics` shows of a selection, as of a day or of now.
pub async fn metrics(client: &Client, as_of: Option<&str>, selection: &str) -> Value {
    let query = format!("query ($asOf: Date) {{ metrics(asOf: $asOf) {{ {selection} }} }}");
    client.run(&query, json!({ "asOf": as_of })).await["metrics"].take()
}

/// Takes `{ amount }` off money, so that it can be written as text in a test.
pub fn plain(value: &Value) -> Value {
    match value {
        Value::Object(fields) if fields.len() == 1 && fields.contains_key("amount") => fields["amount"].clone(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}
