//! The GraphQL object `Viewer`.

use async_graphql::{Context, Object};

use crate::accounts::business::{self, Business};
use crate::accounts::membership::{self, MembershipObject};
use crate::accounts::user::{self, User};
use crate::auth::{Permission, Role, Viewer};
use crate::error::{Error, Result};
use crate::graphql::ContextExt as _;

/// Who is asking: a user, acting in one business with one role.
#[Object]
impl Viewer {
    /// The user who is signed in.
    #[graphql(name = "user")]
    async fn user_object(&self, ctx: &Context<'_>) -> Result<User> {
        let user = ctx.load::<user::ById>(self.user).await?;
        user.ok_or_else(|| Error::internal("the viewer's user is gone"))
    }

    /// The business in which they act.
    #[graphql(name = "business")]
    async fn business_object(&self, ctx: &Context<'_>) -> Result<Business> {
        let snapshot = ctx.read().await?;
        let mut found = business::store::by_ids(&snapshot, &[self.business.id]).await?;
        found.remove(&self.business.id).ok_or_else(|| Error::internal("the viewer's business is gone"))
    }

    /// What they are in that business.
    async fn role(&self) -> Role {
        self.role
    }

    /// What that role allows.
    async fn permissions(&self) -> Vec<Permission> {
        Permission::of(self.role)
    }

    /// All businesses to which they belong, to switch between with `businessSwitch`.
    async fn memberships(&self, ctx: &Context<'_>) -> Result<Vec<MembershipObject>> {
        let found = ctx.load::<membership::OfUser>(self.user).await?;
        Ok(found.unwrap_or_default().into_iter().map(|(m, b)| MembershipObject(m, b)).collect())
    }
}
