//! Operations with files: the parts `operations` and `map`, and then the files, by the
//! [GraphQL multipart request specification](https://github.com/jaydenseric/graphql-multipart-request-spec).

use std::collections::BTreeMap;

use async_graphql::Request as GraphqlRequest;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use futures_util::{StreamExt as _, TryStreamExt as _};
use multer::{Field, Multipart};
use serde_json::{Map, Value};

use super::body::bounded;
use super::parameters;
use super::refusal::Refusal;
use super::transfer::{MAX_FILE, Refused, begin, in_time, keep};
use crate::graphql::{Engine, Upload, Uploads};

/// The largest `operations`, in bytes, as large as a body without files; and the largest `map`.
const MAX_OPERATIONS: usize = 1 << 20;
const MAX_MAP: usize = 16 << 10;
/// The most files of one operation, and the most places of one file.
const MAX_FILES: usize = 4;
const MAX_PLACES: usize = 10;
/// What a body may have beside one large file.
const MAX_BODY: usize = MAX_FILE + MAX_OPERATIONS + (64 << 10);

/// The operation, with its files, which have their place until it ends, and how many bytes it has without them. Only for
/// callers who are known: files of others are not taken in.
pub async fn read(engine: &Engine, head: &Parts, body: Body) -> Result<(GraphqlRequest, usize), Refusal> {
    let (_, place) = begin(engine, head, None).await.map_err(|refused| match refused {
        Refused::Http(refusal) => refusal,
        Refused::Operation(error) => {
            let status = match error.code() {
                "UNAUTHENTICATED" => StatusCode::UNAUTHORIZED,
                "RATE_LIMITED" => StatusCode::TOO_MANY_REQUESTS,
                _ => {
                    tracing::error!(%error, "who sends a file cannot be looked up");
                    return Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "this does not work now: try again");
                }
            };
            Refusal::new(status, error.to_string())
        }
    })?;
    let said = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(said).map_err(|error| Refusal::bad(error.to_string()))?;
    let parts = parts(Multipart::new(bounded(body, MAX_BODY).boxed(), boundary));
    let (operation, length) = in_time(parts).await?;
    Ok((operation.data(place), length))
}

async fn parts(mut parts: Multipart<'_>) -> Result<(GraphqlRequest, usize), Refusal> {
    let operations = named(&mut parts, "operations", MAX_OPERATIONS).await?;
    parameters::bound(&operations)?;
    let mut operation: Map<String, Value> = match serde_json::from_slice(&operations) {
        Ok(Value::Object(operation)) => operation,
        Ok(Value::Array(_)) => {
            return Err(Refusal::bad("batches are not taken: send each operation in a request of its own"));
        }
        _ => return Err(Refusal::bad("the part `operations` must be a JSON object with `query`")),
    };
    let map = named(&mut parts, "map", MAX_MAP).await?;
    let mut map: BTreeMap<String, Vec<String>> = serde_json::from_slice(&map).map_err(|error| {
        Refusal::bad(format!("the part `map` must be like {{\"0\": [\"variables.input.file\"]}}: {error}"))
    })?;
    if map.len() > MAX_FILES || map.values().any(|places| places.len() > MAX_PLACES) {
        let message = format!("an operation has at most {MAX_FILES} files, each in at most {MAX_PLACES} places");
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    let (mut files, mut length) = (Vec::new(), 0);
    while let Some(part) = parts.next_field().await.map_err(refusal)? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(places) = map.remove(&name) else {
            return Err(Refusal::bad(format!("the part `{name}` is not in `map`, or there twice")));
        };
        for place in places {
            put(&mut operation, &place, files.len())?;
        }
        let file = keep(part.map_err(refusal)).await?;
        length += file.metadata().map_or(u64::MAX, |data| data.len());
        if length > MAX_FILE as u64 {
            return Err(Refusal::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the files are larger than {MAX_FILE} bytes"),
            ));
        }
        files.push(file);
    }
    if let Some(missing) = map.keys().next() {
        return Err(Refusal::bad(format!("the part `{missing}` of `map` is missing")));
    }
    Ok((parameters::read(operation)?.data(Uploads(files)), operations.len()))
}

/// The next part, which must have that name.
async fn named(parts: &mut Multipart<'_>, name: &str, most: usize) -> Result<Vec<u8>, Refusal> {
    let wrong =
        || Refusal::bad(format!("the parts must be `operations`, `map` and then the files: `{name}` is missing"));
    let mut part: Field<'_> = parts.next_field().await.map_err(refusal)?.ok_or_else(wrong)?;
    if part.name() != Some(name) {
        return Err(wrong());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(refusal)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > most {
            let message = format!("the part `{name}` is larger than {most} bytes");
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
    }
    Ok(bytes)
}

/// Puts what stands for a file where `map` says, which must be a null of the variables.
fn put(operation: &mut Map<String, Value>, place: &str, number: usize) -> Result<(), Refusal> {
    let wrong = || Refusal::bad(format!("`map` names `{place}`, which is no null of the variables"));
    let mut steps = place.split('.');
    if steps.next() != Some("variables") {
        return Err(wrong());
    }
    let mut value = operation.get_mut("variables").ok_or_else(wrong)?;
    for step in steps {
        let next = match value {
            Value::Object(fields) => fields.get_mut(step),
            Value::Array(items) => step.parse().ok().and_then(|at: usize| items.get_mut(at)),
            _ => None,
        };
        value = next.ok_or_else(wrong)?;
    }
    if !value.is_null() {
        return Err(wrong());
    }
    *value = Value::String(Upload::place(number));
    Ok(())
}

/// Why parts cannot be read: as the body says, or as they are.
fn refusal(error: multer::Error) -> Refusal {
    match error {
        multer::Error::StreamReadFailed(inner) => match inner.downcast::<Refusal>() {
            Ok(refusal) => *refusal,
            Err(other) => Refusal::bad(format!("the body cannot be read: {other}")),
        },
        other => Refusal::bad(format!("the body is not multipart/form-data: {other}")),
    }
}
