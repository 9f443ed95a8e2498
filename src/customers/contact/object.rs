//! The GraphQL object `Contact`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::model::{Contact, ContactRole};
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result};
use crate::graphql::ContextExt as _;
use crate::id::ContactId;
use crate::text::{EmailAddress, PhoneNumber};

/// One of the people of a customer.
#[Object]
impl Contact {
    /// The id of the contact.
    pub async fn id(&self) -> ContactId {
        self.id
    }

    /// Their name.
    async fn name(&self) -> &str {
        &self.name
    }

    /// Their e-mail address.
    async fn email(&self) -> &Option<EmailAddress> {
        &self.email
    }

    /// Their phone number.
    async fn phone(&self) -> &Option<PhoneNumber> {
        &self.phone
    }

    /// What they are talked to about.
    async fn role(&self) -> ContactRole {
        self.role
    }

    /// Whether they are the one to talk to first.
    async fn is_primary(&self) -> bool {
        self.is_primary
    }

    /// When they were added.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When their data last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// The customer to whom they belong.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        let customer = ctx.load::<customer::ById>(self.customer_id).await?;
        customer.ok_or_else(|| Error::internal("a contact without a customer"))
    }
}
