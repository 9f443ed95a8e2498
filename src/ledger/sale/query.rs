//! Root query fields of sales.

use async_graphql::{Context, Object};

use super::model::Sale;
use crate::auth::{Can, Permission};
use crate::error::Result;
use crate::graphql::{Connection, PageArgs};
use crate::ledger::charge::{self, Charge, ChargeFilter, ChargeKind, ChargeSort};

/// Queries of sales.
#[derive(Default)]
pub struct SaleQuery;

#[Object]
impl SaleQuery {
    /// The purchases of the business, newest first unless said otherwise.
    #[graphql(guard = "Can(Permission::LedgerRead)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    async fn sales(
        &self,
        ctx: &Context<'_>,
        filter: Option<ChargeFilter>,
        #[graphql(default)] sort: ChargeSort,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Sale>> {
        let args = PageArgs { first, after, last, before, offset };
        charge::list(ctx, ChargeKind::Sale, filter, sort, args).await?.try_map(Charge::into_sale)
    }
}
