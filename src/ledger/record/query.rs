//! Root query fields of records.

use async_graphql::{Context, Object};

use super::model::Record;
use crate::auth::{Can, Permission};
use crate::error::Result;
use crate::graphql::{Connection, PageArgs};
use crate::ledger::charge::{self, Charge, ChargeFilter, ChargeKind, ChargeSort};

/// Queries of records.
#[derive(Default)]
pub struct RecordQuery;

#[Object]
impl RecordQuery {
    /// The deliveries of the business, newest first unless said otherwise.
    #[graphql(guard = "Can(Permission::LedgerRead)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    async fn records(
        &self,
        ctx: &Context<'_>,
        filter: Option<ChargeFilter>,
        #[graphql(default)] sort: ChargeSort,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Record>> {
        let args = PageArgs { first, after, last, before, offset };
        charge::list(ctx, ChargeKind::Record, filter, sort, args).await?.try_map(Charge::into_record)
    }
}
