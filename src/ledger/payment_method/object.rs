//! The GraphQL object `SavedPaymentMethod`.

use async_graphql::Object;
use chrono::{DateTime, Utc};

use super::model::SavedPaymentMethod;
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

    /// Its name at the bank or provider, such as a token or a mandate.
    async fn reference(&self) -> &Option<String> {
        &self.reference
    }

    /// When it was put on file.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }
}
