//! The GraphQL object `Preferences`.

use async_graphql::{Context, Object};

use super::model::{ContactChannel, Preferences};
use crate::auth::Permission;
use crate::graphql::{Nullable, permitted};
use crate::money::PaymentMethod;

/// How a customer wants to be treated.
#[Object]
impl Preferences {
    /// What they like to buy.
    async fn favourite_products(&self) -> &[String] {
        &self.favourite_products.0
    }

    /// How they like to pay.
    async fn payment_method(&self) -> Option<PaymentMethod> {
        self.payment_method
    }

    /// When they like to be called or visited.
    async fn best_time(&self) -> &Option<String> {
        &self.best_time
    }

    /// Whether they like text messages.
    async fn prefers_sms(&self) -> bool {
        self.prefers_sms
    }

    /// Whether they like e-mail.
    async fn prefers_email(&self) -> bool {
        self.prefers_email
    }

    /// Whether they like calls.
    async fn prefers_call(&self) -> bool {
        self.prefers_call
    }

    /// Whether they are to be left alone, which beats all else.
    async fn do_not_contact(&self) -> bool {
        self.do_not_contact
    }

    /// Why they are to be left alone. Null with an error for those who may not read it.
    async fn do_not_contact_reason(&self, ctx: &Context<'_>) -> Nullable<&str> {
        permitted(ctx, Permission::NotesRead, async { Ok(self.do_not_contact_reason.as_deref()) }).await
    }

    /// Whether they agreed to be sent offers.
    async fn may_receive_offers(&self) -> bool {
        self.may_receive_offers
    }

    /// Whether they take part in the loyalty programme.
    async fn takes_part_in_loyalty(&self) -> bool {
        self.takes_part_in_loyalty
    }

    /// By what they may be contacted, all considered: what they prefer, or anything if they prefer nothing. Empty if
    /// they are to be left alone.
    #[graphql(name = "channels")]
    async fn channels_field(&self) -> Vec<ContactChannel> {
        self.channels()
    }

    /// Whether they may be sent offers, all considered: they agreed, and are not to be left alone.
    #[graphql(name = "offersAllowed")]
    async fn offers_field(&self) -> bool {
        self.offers()
    }
}
