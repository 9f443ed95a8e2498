//! The list that the root fields of each kind of charge share.

use async_graphql::Context;

use super::filter::{ChargeFilter, ChargeSort};
use super::model::{Charge, ChargeKind};
use super::store;
use crate::error::Result;
use crate::graphql::{Connection, ContextExt as _, PageArgs};

/// A page of the charges of one kind.
pub async fn list(
    ctx: &Context<'_>,
    kind: ChargeKind,
    filter: Option<ChargeFilter>,
    sort: ChargeSort,
    args: PageArgs,
) -> Result<Connection<Charge>> {
    let page = args.page(sort.order())?;
    let mut filter = filter.unwrap_or_default();
    let snapshot = ctx.read().await?;
    // Row-level security shows a customer no others; this lets the index find theirs.
    filter.customer_id = filter.customer_id.or(snapshot.viewer.customer());
    let tenant = &snapshot.viewer.business;
    let today = tenant.today(&ctx.app().clock);
    let total = async {
        if !ctx.wants_total() {
            return Ok(None);
        }
        store::count(&snapshot, tenant.id, kind, &filter, today).await.map(Some)
    };
    let (rows, total) = tokio::try_join!(store::list(&snapshot, tenant.id, kind, &filter, today, &page), total)?;
    Ok(Connection::new(page, rows, total))
}
