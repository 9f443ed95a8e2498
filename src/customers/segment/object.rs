//! The GraphQL object `Segment`.

use async_graphql::{Context, Json, Object};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::model::Segment;
use crate::customers::customer::{self, Customer, CustomerSort};
use crate::error::Result;
use crate::graphql::{Connection, PageArgs};
use crate::id::SegmentId;

/// A saved filter of customers. Who is in it is computed whenever someone asks.
#[Object]
impl Segment {
    /// The id of the segment.
    pub async fn id(&self) -> SegmentId {
        self.id
    }

    /// What it is called; unique.
    async fn name(&self) -> &str {
        &self.name
    }

    /// What is searched for.
    async fn search(&self) -> &Option<String> {
        &self.search
    }

    /// The filter, as `customers` takes it.
    async fn filter(&self) -> Json<&Value> {
        Json(&self.filter)
    }

    /// When it was saved.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// Who is in it at this moment. Each segment is a question of its own to the data base: of a list of segments, ask
    /// for `totalCount` alone.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] sort: CustomerSort,
        first: Option<i64>,
        after: Option<String>,
        last: Option<i64>,
        before: Option<String>,
        offset: Option<i64>,
    ) -> Result<Connection<Customer>> {
        let page = PageArgs { first, after, last, before, offset }.page(sort.order())?;
        customer::list(ctx, self.wanted()?, sort, page).await
    }
}
