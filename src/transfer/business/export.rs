//! Writing the file.

use async_stream::try_stream;
use chrono::{DateTime, Utc};
use futures_util::Stream;
use serde_json::json;

use super::store::{self, Cursor};
use super::{TABLES, VERSION};
use crate::auth::Tenant;
use crate::db::Transaction;
use crate::error::Result;

/// Rows that are in memory at once.
const PAGE: usize = 1_000;

/// The lines of the file of a business, in parts. `transaction` is one snapshot of the business; it ends with the stream,
/// also when that is dropped before its end.
pub fn export(
    transaction: Transaction,
    tenant: Tenant,
    now: DateTime<Utc>,
) -> impl Stream<Item = Result<Vec<u8>>> + Send {
    try_stream! {
        let about = json!({ "version": VERSION, "exportedAt": now, "currency": tenant.currency.code() });
        let mut head = vec![json!({ "daybook": about }).to_string()];
        head.push(store::settings(&transaction, tenant.id).await?);
        head.extend(store::members(&transaction, tenant.id).await?);
        yield written(&head);
        let mut rows = 0;
        for table in TABLES {
            let cursor = Cursor::open(&transaction, table, tenant.id).await?;
            loop {
                let lines = cursor.next(&transaction, PAGE).await?;
                rows += lines.len();
                yield written(&lines);
                if lines.len() < PAGE {
                    break;
                }
            }
            cursor.close(&transaction).await?;
        }
        let balance = store::balance(&transaction, tenant.id).await?;
        yield written(&[json!({ "end": { "rows": rows, "balance": balance } }).to_string()]);
        transaction.commit().await?;
    }
}

fn written(lines: &[String]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
    for line in lines {
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
    }
    bytes
}
