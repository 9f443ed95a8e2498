//! Root query fields of customers.

use async_graphql::{Context, Object};

use super::bulk::{self, CustomersChangeInput, CustomersUpdatePreview, Which};
use super::filter::{CustomerFilter, CustomerSort, Wanted};
use super::model::Customer;
use super::store;
use crate::auth::{Can, Permission};
use crate::db::page::Page;
use crate::error::{Error, Result};
use crate::graphql::{Connection, ContextExt as _, Nullable, PageArgs, permitted};
use crate::id::{CustomerId, SegmentId};

/// Queries of customers.
#[derive(Default)]
pub struct CustomerQuery;

#[Object]
impl CustomerQuery {
    /// The customer of an id or of a code: give one of the two. Null if there is none. A customer who came by share
    /// link may leave both out, for themselves.
    async fn customer(&self, ctx: &Context<'_>, id: Option<CustomerId>, code: Option<String>) -> Nullable<Customer> {
        permitted(ctx, Permission::CustomersRead, async {
            let snapshot = ctx.read().await?;
            let business = snapshot.viewer.business.id;
            match (id.or(snapshot.viewer.customer().filter(|_| code.is_none())), code) {
                (Some(id), None) => store::find(&snapshot, business, id).await,
                (None, Some(code)) if code.contains('\0') => Ok(None),
                (None, Some(code)) => store::find_by_code(&snapshot, business, &code).await,
                _ => Err(Error::BadInput("give `id` or `code`, and not both".into())),
            }
        })
        .await
    }

    /// The customers of the business. `search` finds those who have each of its words in a name, code, e-mail address or
    /// phone number, of their own or of a contact's. Where nobody has, it forgives typing errors in words: one from four
    /// letters on, two from six. Archived customers are left out unless the
    /// filter asks for them. With `segmentId`, those of them who are in that segment.
    #[graphql(guard = "Can(Permission::CustomersRead)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    async fn customers(
        &self,
        ctx: &Context<'_>,
        search: Option<String>,
        filter: Option<CustomerFilter>,
        segment_id: Option<SegmentId>,
        #[graphql(default)] sort: CustomerSort,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Customer>> {
        let page = PageArgs { first, after, last, before, offset }.page(sort.order())?;
        let wanted = Wanted::new(search, filter.unwrap_or_default());
        let snapshot = ctx.read().await?;
        wanted.check(&snapshot.viewer)?;
        let wanted = match wanted.clone().within(&snapshot, &snapshot.viewer, segment_id).await? {
            Some(wanted) => wanted.forgiving(&snapshot, &snapshot.viewer.business).await?,
            // Nobody is in a segment that is not there.
            None => wanted.among(Some(Vec::new())),
        };
        list(ctx, wanted, sort, page).await
    }

    /// What `customersUpdate` would do with the same arguments at this moment. Nothing is written. Null if one of the ids,
    /// or the segment, is none of the business.
    async fn customers_update_preview(
        &self,
        ctx: &Context<'_>,
        search: Option<String>,
        filter: Option<CustomerFilter>,
        segment_id: Option<SegmentId>,
        ids: Option<Vec<CustomerId>>,
        change: CustomersChangeInput,
    ) -> Nullable<CustomersUpdatePreview> {
        let which = Which { search, filter, segment: segment_id, ids };
        permitted(ctx, Permission::CustomersBulk, bulk::preview(ctx, which, change)).await
    }
}

/// A page of the customers who are wanted.
pub async fn list(ctx: &Context<'_>, wanted: Wanted, sort: CustomerSort, page: Page) -> Result<Connection<Customer>> {
    let snapshot = ctx.read().await?;
    wanted.check(&snapshot.viewer)?;
    if sort.is_of_money() {
        snapshot.viewer.require(Permission::LedgerRead)?;
    }
    let tenant = &snapshot.viewer.business;
    let total =
        async { if ctx.wants_total() { store::count(&snapshot, tenant, &wanted).await.map(Some) } else { Ok(None) } };
    let (rows, total) = tokio::try_join!(store::list(&snapshot, tenant, &wanted, &page), total)?;
    Ok(Connection::new(page, rows, total))
}
