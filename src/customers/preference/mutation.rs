//! Mutations of preferences.

use async_graphql::{Context, Object};
use serde_json::json;

use super::model::{PreferenceUpdateInput, Preferences};
use super::store;
use crate::auth::Permission;
use crate::customers::customer;
use crate::error::Result;
use crate::events::{self, EventKind, NewEvent};
use crate::graphql::{ContextExt as _, Nullable, Write, mutate, payload};
use crate::id::CustomerId;

payload! {
    /// The answer of `preferenceUpdate`.
    PreferencePayload {
        /// What the customer prefers now.
        preferences: Preferences,
    }
}

/// Mutations of preferences.
#[derive(Default)]
pub struct PreferenceMutation;

#[Object]
impl PreferenceMutation {
    /// Changes what a customer prefers. Absent fields stay as they are; null clears. Customers who came by share link
    /// may change how they are contacted: `bestTime`, `prefersSms`, `prefersEmail`, `prefersCall`, `doNotContact` and
    /// `mayReceiveOffers`.
    async fn preference_update(
        &self,
        ctx: &Context<'_>,
        customer_id: CustomerId,
        input: PreferenceUpdateInput,
    ) -> Nullable<PreferencePayload> {
        mutate(ctx, Permission::PreferencesWrite, update(ctx, customer_id, input)).await
    }
}

async fn update(ctx: &Context<'_>, id: CustomerId, input: PreferenceUpdateInput) -> Result<PreferencePayload> {
    if input.is_for_staff() {
        ctx.read().await?.viewer.require(Permission::CustomersWrite)?;
    }
    let write = ctx.write().await?;
    let new = change(&write, id, input).await?;
    write.commit().await?;
    Ok(PreferencePayload { preferences: Some(new), ..Default::default() })
}

/// Changes what a customer prefers; nothing if it is so already.
pub async fn change(write: &Write, id: CustomerId, input: PreferenceUpdateInput) -> Result<Preferences> {
    let business = write.viewer.business.id;
    customer::store::lock(write, business, id, "customerId").await?;
    let old = store::find(write, business, id).await?;
    let mut new = input.check(&old)?;
    if new != old {
        let fields = changed_fields(&old, &new);
        new.updated_at = write.now();
        store::put(write, &new).await?;
        let event = NewEvent::of_customer(EventKind::PreferencesUpdated, id, id.0, json!({ "fields": fields }));
        events::record(write, event).await?;
    }
    Ok(new)
}

fn changed_fields(old: &Preferences, new: &Preferences) -> Vec<&'static str> {
    [
        (old.favourite_products != new.favourite_products, "favouriteProducts"),
        (old.payment_method != new.payment_method, "paymentMethod"),
        (old.best_time != new.best_time, "bestTime"),
        (old.prefers_sms != new.prefers_sms, "prefersSms"),
        (old.prefers_email != new.prefers_email, "prefersEmail"),
        (old.prefers_call != new.prefers_call, "prefersCall"),
        (old.do_not_contact != new.do_not_contact, "doNotContact"),
        (old.do_not_contact_reason != new.do_not_contact_reason, "doNotContactReason"),
        (old.may_receive_offers != new.may_receive_offers, "mayReceiveOffers"),
        (old.takes_part_in_loyalty != new.takes_part_in_loyalty, "takesPartInLoyalty"),
    ]
    .into_iter()
    .filter_map(|(touched, name)| touched.then_some(name))
    .collect()
}
