//! Mutations of payment methods on file.

use async_graphql::{Context, Object};
use serde_json::json;

use super::model::{MAX_METHODS, PaymentMethodCreateInput, SavedPaymentMethod};
use super::store;
use crate::auth::Permission;
use crate::customers::customer;
use crate::error::{Error, Result, UserErrorCode};
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, mutate, payload};
use crate::id::PaymentMethodId;

payload! {
    /// The answer of `paymentMethodCreate`.
    PaymentMethodPayload {
        /// The method as it is now.
        payment_method: SavedPaymentMethod,
    }
}

payload! {
    /// The answer of `paymentMethodDelete`.
    PaymentMethodDeletePayload {
        /// The id of the method that is gone.
        deleted_id: PaymentMethodId,
    }
}

/// Mutations of payment methods on file.
#[derive(Default)]
pub struct PaymentMethodMutation;

#[Object]
impl PaymentMethodMutation {
    /// Puts on file what a customer pays with, at most 20 for one customer. A card number is refused.
    async fn payment_method_create(
        &self,
        ctx: &Context<'_>,
        input: PaymentMethodCreateInput,
    ) -> Nullable<PaymentMethodPayload> {
        mutate(ctx, Permission::CustomersWrite, create(ctx, input)).await
    }

    /// Takes a payment method off file. Payments that were made with it stay.
    async fn payment_method_delete(
        &self,
        ctx: &Context<'_>,
        id: PaymentMethodId,
    ) -> Nullable<PaymentMethodDeletePayload> {
        mutate(ctx, Permission::CustomersDelete, delete(ctx, id)).await
    }
}

async fn create(ctx: &Context<'_>, input: PaymentMethodCreateInput) -> Result<PaymentMethodPayload> {
    let write = ctx.write().await?;
    let business = write.viewer.business.id;
    let new = input.check(business, PaymentMethodId(write.app.clock.id()), write.now())?;
    let customer = customer::store::lock(&write, business, new.customer_id, "customerId").await?;
    if store::count(&write, business, customer.id).await? >= MAX_METHODS {
        let message = format!("{} has {MAX_METHODS} payment methods on file: delete one first", customer.name);
        return Err(Error::user(UserErrorCode::Invalid, "customerId", message));
    }
    store::insert(&write, &new).await?;
    let data = json!({ "method": <&str>::from(new.method), "label": new.label });
    let event = NewEvent::of_customer(EventKind::PaymentMethodCreated, customer.id, new.id.0, data);
    events::record(&write, event).await?;
    write.commit().await?;
    Ok(PaymentMethodPayload { payment_method: Some(new), ..Default::default() })
}

async fn delete(ctx: &Context<'_>, id: PaymentMethodId) -> Result<PaymentMethodDeletePayload> {
    let write = ctx.write().await?;
    let business = write.viewer.business.id;
    let absent = || Error::user(UserErrorCode::NotFound, "id", format!("there is no payment method {id}"));
    let found = store::find(&write, business, id).await?.ok_or_else(absent)?;
    // Someone else may have been faster.
    if !store::delete(&write, business, id).await? {
        return Err(absent());
    }
    let data = json!({ "label": found.label });
    let event = NewEvent::of_customer(EventKind::PaymentMethodDeleted, found.customer_id, id.0, data);
    events::record(&write, event).await?;
    write.commit().await?;
    Ok(PaymentMethodDeletePayload { deleted_id: Some(id), ..Default::default() })
}
