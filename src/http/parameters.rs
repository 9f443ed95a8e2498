//! The parameters of a request: `query`, `operationName`, `variables` and `extensions`; `documentId` in the place of
//! `query`.

use std::borrow::Cow;

use async_graphql::{Request, Value as GraphqlValue, Variables};
use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::graphql::{DOCUMENT_ID, PERSISTED_QUERY};

/// The most values that JSON may have: a bulk mutation has some thousands.
const MAX_VALUES: usize = 20_000;

/// Bounds JSON before it is parsed, which takes ten times as long. Looks at each byte once.
pub fn bound(json: &[u8]) -> Result<(), Refusal> {
    let (mut values, mut at) = (1, 0);
    while let Some(&byte) = json.get(at) {
        at += match byte {
            b'"' => string(&json[at..]),
            b',' | b'[' | b'{' => {
                values += 1;
                1
            }
            _ => 1,
        };
        if values > MAX_VALUES {
            let message = format!("the variables have more than {MAX_VALUES} values: send fewer at once");
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
    }
    Ok(())
}

/// The length of the string at the beginning, with its quotes.
fn string(json: &[u8]) -> usize {
    let mut at = 1;
    while let Some(&byte) = json.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

/// From the body of a POST.
pub fn from_body(body: &[u8]) -> Result<Request, Refusal> {
    bound(body)?;
    match serde_json::from_slice(body) {
        Ok(Value::Object(parameters)) => read(parameters),
        Ok(Value::Array(_)) => Err(Refusal::bad("batches are not taken: send each operation in a request of its own")),
        Ok(other) => Err(Refusal::bad(format!("the body must be a JSON object with `query`; it is {}", kind(&other)))),
        Err(error) => Err(Refusal::bad(format!("the body is not JSON: {error}"))),
    }
}

/// From the query string of a GET, where an empty value is the same as none.
pub fn from_query_string(query: &str) -> Result<Request, Refusal> {
    let mut parameters = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()) {
        let value = match &*name {
            "query" | "operationName" | DOCUMENT_ID => Value::String(value.into_owned()),
            "variables" | "extensions" => serde_json::from_str(&value)
                .map_err(|error| Refusal::bad(format!("the parameter `{name}` is not JSON: {error}")))?,
            _ => continue,
        };
        if parameters.insert(name.to_string(), value).is_some() {
            return Err(Refusal::bad(format!("the parameter `{name}` is given twice")));
        }
    }
    read(parameters)
}

/// From a JSON object. The text is empty where a document is named instead.
pub fn read(mut parameters: Map<String, Value>) -> Result<Request, Refusal> {
    let id = match parameters.remove(DOCUMENT_ID) {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id),
        Some(other) => return Err(wrong(DOCUMENT_ID, "a string or null", &other)),
    };
    let mut extensions = object(&mut parameters, "extensions")?.unwrap_or_default();
    let named = id.is_some() || extensions.get(PERSISTED_QUERY).is_some_and(|named| !named.is_null());
    let query = match parameters.remove("query") {
        Some(Value::String(query)) => query,
        None | Some(Value::Null) if named => String::new(),
        Some(other) => return Err(wrong("query", "a string", &other)),
        None => return Err(Refusal::bad("the parameter `query` is missing: it is the text of the operation")),
    };
    let mut request = Request::new(query);
    if let Some(id) = id {
        extensions.insert(DOCUMENT_ID.into(), Value::String(id));
    }
    request.operation_name = match parameters.remove("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name).filter(|name| !name.is_empty()),
        Some(other) => return Err(wrong("operationName", "a string or null", &other)),
    };
    if let Some(variables) = object(&mut parameters, "variables")? {
        request.variables = Variables::from_json(Value::Object(variables));
    }
    for (name, value) in extensions {
        let value = GraphqlValue::from_json(value).map_err(|error| Refusal::bad(format!("`extensions`: {error}")))?;
        request.extensions.insert(name, value);
    }
    Ok(request)
}

fn object(parameters: &mut Map<String, Value>, name: &str) -> Result<Option<Map<String, Value>>, Refusal> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(other) => Err(wrong(name, "an object or null", &other)),
    }
}

fn wrong(name: &str, wanted: &str, found: &Value) -> Refusal {
    Refusal::bad(format!("the parameter `{name}` must be {wanted}; it is {}", kind(found)))
}

fn kind(value: &Value) -> Cow<'static, str> {
    match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string().into(),
        Value::Number(_) => "a number".into(),
        Value::String(_) => "a string".into(),
        Value::Array(_) => "an array".into(),
        Value::Object(_) => "an object".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_as_many_values_as_it_may() {
        let list = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        let objects = |count: usize| format!("[{}]", vec!["{}"; count].join(","));
        let text = format!("\"{}\"", r#"[{,\","#.repeat(MAX_VALUES));
        for (json, allowed) in [
            (list(MAX_VALUES - 1), true),
            (list(MAX_VALUES), false),
            (objects(MAX_VALUES / 2 - 1), true),
            (objects(MAX_VALUES / 2), false),
            ("[".repeat(MAX_VALUES), false),
            (text, true),
            ("\"not ended\\".to_owned(), true),
        ] {
            assert_eq!(bound(json.as_bytes()).is_ok(), allowed, "{:.50}", json);
        }
    }
}
