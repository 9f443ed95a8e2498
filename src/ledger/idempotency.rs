//! Idempotency keys: the only file that queries `idempotency_keys`.
//!
//! A key is claimed in the transaction of what it guards: a mutation that fails leaves it free. Two at once
//! with the same key wait for each other, and the second answers with what the first made.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::db::Conn;
use crate::db::tables::idempotency_keys;
use crate::error::{Error, Result, UserErrorCode};
use crate::graphql::Write;
use crate::text::Checks;

/// The longest key.
pub const MAX_KEY: usize = 200;

/// Reads the key of an input.
pub fn read(key: Option<&str>, checks: &mut Checks) -> Option<String> {
    checks.optional("idempotencyKey", key, MAX_KEY)
}

/// Claims `key` for `operation` on `input`, which will make `result`. `Some` is what an earlier call with the
/// same input made: answer with that and do nothing.
pub async fn claim(
    write: &Write,
    key: Option<&str>,
    operation: &str,
    input: &impl Serialize,
    result: Uuid,
) -> Result<Option<Uuid>> {
    let Some(key) = key else { return Ok(None) };
    let business = write.viewer.business.id;
    let hash = Sha256::digest(serde_json::to_vec(input).map_err(Error::internal)?).to_vec();
    let mut conn: &Conn = write;
    let claimed = diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::business_id.eq(business),
            idempotency_keys::key.eq(key),
            idempotency_keys::operation.eq(operation),
            idempotency_keys::input_hash.eq(&hash),
            idempotency_keys::result_id.eq(result),
            idempotency_keys::created_at.eq(write.now()),
        ))
        .on_conflict_do_nothing()
        .execute(&mut conn)
        .await?;
    if claimed == 1 {
        return Ok(None);
    }
    let (first_operation, first_hash, first_result): (String, Vec<u8>, Uuid) = idempotency_keys::table
        .find((business, key))
        .select((idempotency_keys::operation, idempotency_keys::input_hash, idempotency_keys::result_id))
        .first(&mut conn)
        .await?;
    if first_operation == operation && first_hash == hash {
        return Ok(Some(first_result));
    }
    Err(Error::user(
        UserErrorCode::IdempotencyKeyReused,
        "idempotencyKey",
        "this key was used before with other input: use a new key for a new request",
    ))
}
