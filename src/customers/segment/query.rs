//! Root query fields of segments.

use async_graphql::{Context, Object};

use super::model::{BY_NAME, Segment};
use super::store;
use crate::auth::{Can, Permission};
use crate::error::Result;
use crate::graphql::{Connection, ContextExt as _, Nullable, PageArgs, permitted};
use crate::id::SegmentId;

/// Queries of segments.
#[derive(Default)]
pub struct SegmentQuery;

#[Object]
impl SegmentQuery {
    /// The segment of an id. Null if there is none.
    async fn segment(&self, ctx: &Context<'_>, id: SegmentId) -> Nullable<Segment> {
        permitted(ctx, Permission::NotesRead, ctx.load::<super::ById>(id)).await
    }

    /// The segments of the business, by name.
    #[graphql(guard = "Can(Permission::NotesRead)")]
    async fn segments(
        &self,
        ctx: &Context<'_>,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Segment>> {
        let page = PageArgs { first, after, last, before, offset }.page(BY_NAME)?;
        let snapshot = ctx.read().await?;
        let business = snapshot.viewer.business.id;
        let total =
            async { if ctx.wants_total() { store::count(&snapshot, business).await.map(Some) } else { Ok(None) } };
        let (rows, total) = tokio::try_join!(store::list(&snapshot, business, &page), total)?;
        Ok(Connection::new(page, rows, total))
    }
}
