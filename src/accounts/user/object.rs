//! The GraphQL object `User`.

use async_graphql::{Context, Object};

use super::model::User;
use crate::auth::Permission;
use crate::graphql::{ContextExt as _, Nullable, nullable};
use crate::id::UserId;
use crate::text::EmailAddress;

/// The address of a user, for whoever may read it.
pub async fn email_of(ctx: &Context<'_>, id: UserId, email: &EmailAddress) -> Nullable<EmailAddress> {
    let found = async {
        let snapshot = ctx.read().await?;
        if snapshot.viewer.user() != Some(id) {
            snapshot.viewer.require(Permission::MembersContactRead)?;
        }
        Ok(Some(email.clone()))
    };
    nullable(found.await)
}

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

    /// What they sign in with. Null with an error for those who may not read it: it is for themselves, owners and
    /// managers.
    async fn email(&self, ctx: &Context<'_>) -> Nullable<EmailAddress> {
        email_of(ctx, self.id, &self.email).await
    }
}
