//! The GraphQL object `Note`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::model::{Note, NoteKind};
use crate::accounts::user::{self, User};
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::graphql::{ContextExt as _, Nullable, nullable};
use crate::id::NoteId;

/// An internal note of the staff on a customer.
#[Object]
impl Note {
    /// The id of the note.
    pub async fn id(&self) -> NoteId {
        self.id
    }

    /// What it is about.
    async fn kind(&self) -> NoteKind {
        self.kind
    }

    /// The text.
    async fn content(&self) -> &str {
        &self.content
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// Who wrote it. Null if a program did, or if they belong to the business no more.
    async fn author(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(ctx.load::<user::ById>(self.author_id).await)
    }

    /// The customer it is about.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        let customer = ctx.load::<customer::ById>(self.customer_id).await?;
        customer.ok_or_else(|| Error::internal("a note without a customer"))
    }
}
