//! The GraphQL object `ShareLink`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::model::ShareLink;
use crate::accounts::user::{self, User};
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::graphql::{ContextExt as _, Nullable, nullable};
use crate::id::ShareLinkId;

/// A link by which a customer sees their own account.
#[Object]
impl ShareLink {
    /// The id of the link, which is not its token.
    pub async fn id(&self) -> ShareLinkId {
        self.id
    }

    /// Whose account it shows.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        let customer = ctx.load::<customer::ById>(self.customer_id).await?;
        customer.ok_or_else(|| Error::internal("a share link without a customer"))
    }

    /// Who made it. Null if a program did, or if they belong to the business no more.
    async fn created_by(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(ctx.load::<user::ById>(self.created_by).await)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When the customer last signed in by it. Null if never.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.last_used_at
    }

    /// Until when it can be used. Null: until it is revoked.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    /// When it was revoked.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.revoked_at
    }

    /// Until when it is, or was, locked, since five wrong numbers were tried.
    async fn locked_until(&self) -> Option<DateTime<Utc>> {
        self.locked_until
    }
}
