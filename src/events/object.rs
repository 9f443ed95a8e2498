//! The GraphQL object `Event`.

use async_graphql::{ComplexObject, Context, Enum, ID, Json, Object, SimpleObject};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::model::{Event, EventKind};
use crate::accounts::api_key;
use crate::accounts::user::{self, User};
use crate::auth::{Actor, Permission};
use crate::customers::customer::{self, Customer};
use crate::error::Result;
use crate::graphql::{ContextExt as _, Nullable, nullable};
use crate::id::EventId;
use crate::text::EmailAddress;

/// What kind of actor it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ActorKind {
    /// Someone of the staff.
    User,
    /// A program, by API key.
    ApiKey,
    /// A customer, by share link.
    Customer,
}

/// Who did something.
#[derive(Debug, SimpleObject)]
#[graphql(name = "Actor", complex)]
pub struct ActorObject {
    /// The id of the user, the API key or the customer.
    id: ID,
    /// What it is.
    kind: ActorKind,
    /// What it is called.
    name: String,
    #[graphql(skip)]
    user: Option<User>,
}

#[ComplexObject]
impl ActorObject {
    /// The e-mail address of a user. Null with an error for those who may not read it: it is for themselves, owners and
    /// managers.
    async fn email(&self, ctx: &Context<'_>) -> Nullable<EmailAddress> {
        match &self.user {
            Some(user) => user::email_of(ctx, user.id, &user.email).await,
            None => None,
        }
    }
}

impl ActorObject {
    /// Who that is, for those who may read it.
    pub async fn find(ctx: &Context<'_>, actor: Option<Actor>) -> Result<Option<Self>> {
        ctx.read().await?.viewer.require(Permission::MembersRead)?;
        let named = |id: String, kind, name| Self { id: id.into(), kind, name, user: None };
        Ok(match actor {
            None | Some(Actor::Daybook) => None,
            Some(Actor::User(id)) => ctx
                .load::<user::ById>(id)
                .await?
                .map(|user| Self { user: Some(user.clone()), ..named(id.to_string(), ActorKind::User, user.name) }),
            Some(Actor::ApiKey(id)) => {
                let name = ctx.load::<api_key::NameOf>(id).await?;
                name.map(|name| named(id.to_string(), ActorKind::ApiKey, name))
            }
            Some(Actor::Customer(id)) => {
                let customer = ctx.load::<customer::ById>(id).await?;
                customer.map(|customer| named(id.to_string(), ActorKind::Customer, customer.name))
            }
        })
    }
}

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

    /// Who did it. Null if Daybook did, if they belong to the business no more, or if the customer was deleted.
    #[graphql(name = "actor")]
    async fn actor_object(&self, ctx: &Context<'_>) -> Nullable<ActorObject> {
        nullable(ActorObject::find(ctx, self.actor()).await)
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
