//! The GraphQL object `Membership`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::model::Membership;
use crate::accounts::business::Business;
use crate::accounts::user::{self, User};
use crate::auth::Role;
use crate::graphql::{ContextExt as _, Nullable, nullable};
use crate::id::MembershipId;

/// A membership with its business.
#[derive(Debug, Clone)]
pub struct MembershipObject(pub Membership, pub Business);

/// A user's place in a business.
#[Object(name = "Membership", serial)]
impl MembershipObject {
    /// The id of the membership.
    pub async fn id(&self) -> MembershipId {
        self.0.id
    }

    /// The business.
    async fn business(&self) -> &Business {
        &self.1
    }

    /// The user. Null with an error for those who may not read who belongs to the business.
    async fn user(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(ctx.load::<user::ById>(self.0.user_id).await)
    }

    /// What the user may do there.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// Since when they belong to it.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
