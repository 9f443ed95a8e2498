//! The mutation that erases a person.

use async_graphql::{Context, InputObject, Object};
use serde_json::json;

use super::store;
use crate::auth::Permission;
use crate::customers::customer::{self, Customer};
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, mutate, payload};
use crate::id::CustomerId;

payload! {
    /// The answer of `customerErase`.
    CustomerErasePayload {
        /// What is left of the customer.
        customer: Customer,
    }
}

/// That a person is to be erased.
#[derive(Debug, Clone, InputObject)]
pub struct CustomerEraseInput {
    /// The code of the customer, as they have it now: this cannot be undone.
    pub confirm_code: String,
}

/// Mutations that erase.
#[derive(Default)]
pub struct ErasureMutation;

#[Object]
impl ErasureMutation {
    /// Erases the person that a customer is, at their request: name, addresses, numbers, contacts, notes, preferences, what
    /// was written in tickets and references, and all words about them in the log go for good. What they were charged and
    /// paid stays in the books, and so do invoices and credit notes that were issued, with the name and address on them. The
    /// customer is archived, gets a code that says nothing, and cannot be restored. Refused as `IN_USE` while subscriptions
    /// or standing orders run: end them first.
    async fn customer_erase(
        &self,
        ctx: &Context<'_>,
        id: CustomerId,
        input: CustomerEraseInput,
    ) -> Nullable<CustomerErasePayload> {
        mutate(ctx, Permission::CustomersDelete, erase(ctx, id, input)).await
    }
}

async fn erase(ctx: &Context<'_>, id: CustomerId, input: CustomerEraseInput) -> Result<CustomerErasePayload> {
    let write = ctx.write().await?;
    let business = write.viewer.business.id;
    let customer = customer::store::lock(&write, business, id, "id").await?;
    if customer.code != input.confirm_code.trim() {
        let message = format!("this is not the code of the customer, which is {}: they are not erased", customer.code);
        return Err(Error::user(UserErrorCode::Invalid, "confirmCode", message));
    }
    // Asked for twice, done once.
    if customer.erased_at.is_none() {
        customer::require_idle(&write, &customer).await?;
        store::erase(&write, business, id, write.now()).await?;
        let event = NewEvent::of_customer(EventKind::CustomerErased, id, id.0, json!({}));
        events::record(&write, event).await?;
    }
    write.commit().await?;
    let snapshot = ctx.read().await?;
    let customer = customer::store::find(&snapshot, snapshot.viewer.business.id, id).await?;
    Ok(CustomerErasePayload { customer, ..Default::default() })
}
