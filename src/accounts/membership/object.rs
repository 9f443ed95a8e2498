//! The GraphQL object `Membership`.

use async_graphql::Object;
use chrono::{DateTime, Utc};

use super::model::Membership;
use crate::accounts::business::Business;
use crate::auth::Role;
use crate::id::MembershipId;

/// A membership with its business.
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

    /// What the user may do there.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// Since when they belong to it.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
