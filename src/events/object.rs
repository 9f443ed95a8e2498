//! The GraphQL object `Event`.

use async_graphql::{Context, Json, Object};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::model::{Event, EventKind};
use crate::accounts::user::{self, User};
use crate::customers::customer::{self, Customer};
use crate::graphql::{ContextExt as _, Nullable, nullable};
use crate::id::EventId;

/// Something that happened in a business. Events are never changed or removed.
#[Object]
impl Event {
    /// The id of the event.
    pub async fn id(&self) -> EventId {
        self.id
    }

    /// The place of the event in the log, for `after`.
    #[graphql(name = "cursor")]
    async fn place(&self) -> String {
        self.cursor().to_string()
    }

    /// What happened.
    async fn kind(&self) -> EventKind {
        self.kind
    }

    /// When it happened.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.occurred_at
    }

    /// Who did it. Null if Daybook did.
    async fn actor(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(ctx.load::<user::ById>(self.actor_id).await)
    }

    /// The customer it is about. Null if it is about none, or if the customer was deleted.
    async fn customer(&self, ctx: &Context<'_>) -> Nullable<Customer> {
        nullable(ctx.load::<customer::ById>(self.customer_id).await)
    }

    /// What else there is to know. Its keys depend on the kind.
    async fn data(&self) -> Json<Value> {
        Json(self.data.clone())
    }
}
