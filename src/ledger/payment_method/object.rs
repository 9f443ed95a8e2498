//! The GraphQL object `SavedPaymentMethod`.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::model::SavedPaymentMethod;
use crate::auth::Permission;
use crate::graphql::{Nullable, permitted};
use crate::id::PaymentMethodId;
use crate::ledger::payment::PaymentMethod;

/// What a customer pays with, kept on file without any card number.
#[Object(serial)]
impl SavedPaymentMethod {
    /// The id of the method.
    pub async fn id(&self) -> PaymentMethodId {
        self.id
    }

    /// How the money comes in.
    async fn method(&self) -> PaymentMethod {
        self.method
    }

    /// What people call it.
    async fn label(&self) -> &str {
        &self.label
    }

    /// Its name at the bank or provider, such as a token or a mandate, for the staff. Null with an error for those who
    /// may not read it.
    async fn reference(&self, ctx: &Context<'_>) -> Nullable<&str> {
        permitted(ctx, Permission::NotesRead, async { Ok(self.reference.as_deref()) }).await
    }

    /// When it was put on file.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }
}
