//! Root query fields of customers.

use async_graphql::{Context, Object};

use super::model::Customer;
use super::filter::{CustomerFilter, CustomerSort, Wanted};
use super::store;
use crate::auth::{Can, Permission};
use crate::error::{Error, Result};
use crate::graphql::{Connection, ContextExt as _, Nullable, PageArgs, permitted};
use crate::id::CustomerId;

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

    /// The customers of the business. `search` finds part of a name, code, e-mail address or phone number, of a
    /// customer or one of their contacts, and forgives typing errors. Archived customers are left out unless the
    /// filter asks for them.
    #[graphql(guard = "Can(Permission::CustomersRead)")]
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    async fn customers(
        &self,
        ctx: &Context<'_>,
        search: Option<String>,
        filter: Option<CustomerFilter>,
        #[graphql(default)] sort: CustomerSort,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Customer>> {
        let page = PageArgs { first, after, last, before, offset }.page(sort.order())?;
        let wanted = Wanted { search, filter: filter.unwrap_or_default() };
        let snapshot = ctx.read().await?;
        wanted.check(&snapshot.viewer)?;
        if sort.is_of_money() {
            snapshot.viewer.require(Permission::LedgerRead)?;
        }
        let tenant = &snapshot.viewer.business;
        let total = async {
            if ctx.wants_total() { store::count(&snapshot, tenant, &wanted).await.map(Some) } else { Ok(None) }
        };
        let (rows, total) = tokio::try_join!(store::list(&snapshot, tenant, &wanted, &page), total)?;
        Ok(Connection::new(page, rows, total))
    }
}
