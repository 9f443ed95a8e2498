//! The GraphQL object `Viewer`.

use async_graphql::{Context, Object};

use crate::accounts::api_key::{self, ApiKey};
use crate::accounts::business::{self, Business};
use crate::accounts::membership::{self, MembershipObject};
use crate::accounts::user::{self, User};
use crate::auth::{Actor, Permission, Role, Viewer};
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::graphql::{ContextExt as _, Nullable, nullable};

/// Who is asking, acting in one business: a user with a role, a program by API key, or a customer by share link.
#[Object]
impl Viewer {
    /// The user who is signed in. Null for programs and customers.
    #[graphql(name = "user")]
    async fn user_object(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(ctx.load::<user::ById>(self.user()).await)
    }

    /// The API key of the program. Null for users and customers.
    async fn api_key(&self, ctx: &Context<'_>) -> Nullable<ApiKey> {
        let found = async {
            let Actor::ApiKey(id) = self.actor else { return Ok(None) };
            Ok(api_key::store::by_ids(&*ctx.read().await?, self.business.id, &[id]).await?.remove(&id))
        };
        nullable(found.await)
    }

    /// The customer who came by share link. Null for users and programs.
    #[graphql(name = "customer")]
    async fn customer_object(&self, ctx: &Context<'_>) -> Nullable<Customer> {
        nullable(ctx.load::<customer::ById>(self.customer()).await)
    }

    /// The business in which they act.
    #[graphql(name = "business")]
    async fn business_object(&self, ctx: &Context<'_>) -> Result<Business> {
        let snapshot = ctx.read().await?;
        let mut found = business::store::by_ids(&snapshot, &[self.business.id]).await?;
        found.remove(&self.business.id).ok_or_else(|| Error::internal("the viewer's business is gone"))
    }

    /// What the user is in that business. Null for programs and customers.
    async fn role(&self) -> Option<Role> {
        self.standing.role
    }

    /// What they may do. A customer may only with what is their own.
    #[graphql(name = "permissions")]
    async fn permission_list(&self) -> Vec<Permission> {
        self.standing.permissions.list()
    }

    /// All businesses to which the user belongs, to switch between with `businessSwitch`.
    async fn memberships(&self, ctx: &Context<'_>) -> Result<Vec<MembershipObject>> {
        let found = ctx.load::<membership::OfUser>(self.user()).await?;
        Ok(found.unwrap_or_default().into_iter().map(|(m, b)| MembershipObject(m, b)).collect())
    }
}
