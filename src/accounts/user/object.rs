//! The GraphQL object `User`.

use async_graphql::Object;

use super::model::User;
use crate::id::UserId;
use crate::text::EmailAddress;

/// A person who signs in.
#[Object(serial)]
impl User {
    /// The id of the user.
    pub async fn id(&self) -> UserId {
        self.id
    }

    /// What they are called.
    async fn name(&self) -> &str {
        &self.name
    }

    /// What they sign in with.
    async fn email(&self) -> &EmailAddress {
        &self.email
    }
}
