//! How a request names a document instead of sending it.
//!
//! `extensions.persistedQuery`, `{ "version": 1, "sha256Hash": "…" }`, is the protocol of
//! [automatic persisted queries](https://www.apollographql.com/docs/apollo-server/performance/apq): the hash alone is
//! answered with `PERSISTED_QUERY_NOT_FOUND` if its text was not sent lately, and the client then sends both.
//! `documentId` names a registered document: see [`super::trusted`].

use async_graphql::{Request, Value};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// SHA-256 of the text of a document.
pub type Hash = [u8; 32];

/// The extension with the hash.
pub const EXTENSION: &str = "persistedQuery";
/// The parameter with the id. In a request it stands among the extensions.
pub const DOCUMENT_ID: &str = "documentId";

/// The hash of a text.
pub fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

/// The value of `sha256Hash`, if there is the extension.
pub fn named(request: &Request) -> Result<Option<&str>> {
    let wrong = |what: &str| Error::BadInput(format!("`extensions.{EXTENSION}` must have {what}"));
    let extension = match request.extensions.get(EXTENSION) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(extension)) => extension,
        Some(_) => return Err(wrong("`version` and `sha256Hash`")),
    };
    match extension.get("version") {
        Some(Value::Number(version)) if version.as_u64() == Some(1) => {}
        _ => return Err(wrong("the `version` 1")),
    }
    match extension.get("sha256Hash") {
        Some(Value::String(hash)) => Ok(Some(hash)),
        _ => Err(wrong("a string as its `sha256Hash`")),
    }
}

/// The id of a registered document, by either name.
pub fn id(request: &Request) -> Result<Option<&str>> {
    match request.extensions.get(DOCUMENT_ID) {
        None | Some(Value::Null) => named(request),
        Some(Value::String(id)) => Ok(Some(id)),
        Some(_) => Err(Error::BadInput(format!("`{DOCUMENT_ID}` must be a string"))),
    }
}

/// The hash that a text of 64 hexadecimal digits writes.
pub fn read(text: &str) -> Result<Hash> {
    let wrong = || Error::BadInput("`sha256Hash` must be SHA-256 of the document, as 64 hexadecimal digits".into());
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return Err(wrong()) };
    let mut hash = Hash::default();
    if pairs.len() != hash.len() {
        return Err(wrong());
    }
    for (byte, pair) in hash.iter_mut().zip(pairs) {
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let [high, low] = pair.map(digit);
        *byte = high.zip(low).map(|(high, low)| high << 4 | low).ok_or_else(wrong)?;
    }
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_64_hexadecimal_digits() {
        // The example of Apollo's documentation.
        let text = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";
        assert_eq!(read(text).unwrap(), hash("{__typename}"));
        assert_eq!(read(&text.to_uppercase()).unwrap(), hash("{__typename}"));
        for wrong in ["", "ecf4", &format!("{text}00"), &text.replace('e', "g"), &"é".repeat(32)] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
