//! Preferences, their rules and changes.

use async_graphql::{Enum, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::tables::preferences;
use crate::error::{Result, UserErrorCode};
use crate::graphql::Tags;
use crate::id::{BusinessId, CustomerId};
use crate::money::PaymentMethod;
use crate::text::{Checks, changed};

const MAX_PRODUCTS: usize = 50;
const MAX_PRODUCT: usize = 200;
const MAX_TIME: usize = 200;
const MAX_REASON: usize = 500;

/// A way to reach someone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ContactChannel {
    /// By text message.
    Sms,
    /// By e-mail.
    Email,
    /// By phone call.
    Call,
}

/// What a customer prefers.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = preferences, treat_none_as_null = true)]
pub struct Preferences {
    /// Whose.
    pub business_id: BusinessId,
    /// The customer.
    pub id: CustomerId,
    /// What they like to buy.
    pub favourite_products: Tags,
    /// How they like to pay.
    pub payment_method: Option<PaymentMethod>,
    /// When they like to be called or visited.
    pub best_time: Option<String>,
    /// Whether they like text messages.
    pub prefers_sms: bool,
    /// Whether they like e-mail.
    pub prefers_email: bool,
    /// Whether they like calls.
    pub prefers_call: bool,
    /// Whether they are to be left alone.
    pub do_not_contact: bool,
    /// Why they are to be left alone.
    pub do_not_contact_reason: Option<String>,
    /// Whether they agreed to be sent offers.
    pub may_receive_offers: bool,
    /// Whether they take part in the loyalty programme.
    pub takes_part_in_loyalty: bool,
    /// When any of it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Preferences {
    /// Those of a customer about whom nothing was said: offers need a yes, the loyalty programme a no.
    pub fn unsaid(business_id: BusinessId, id: CustomerId) -> Self {
        Self {
            business_id,
            id,
            favourite_products: Tags(Vec::new()),
            payment_method: None,
            best_time: None,
            prefers_sms: false,
            prefers_email: false,
            prefers_call: false,
            do_not_contact: false,
            do_not_contact_reason: None,
            may_receive_offers: false,
            takes_part_in_loyalty: true,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    /// By what they may be contacted: what they prefer, or anything if they prefer nothing. Nothing if they are to be
    /// left alone.
    pub fn channels(&self) -> Vec<ContactChannel> {
        let preferred = [
            (self.prefers_sms, ContactChannel::Sms),
            (self.prefers_email, ContactChannel::Email),
            (self.prefers_call, ContactChannel::Call),
        ];
        let any = !preferred.iter().any(|(preferred, _)| *preferred);
        let kept = preferred.into_iter().filter(|(preferred, _)| (any || *preferred) && !self.do_not_contact);
        kept.map(|(_, channel)| channel).collect()
    }

    /// Whether they may be sent offers.
    pub fn offers(&self) -> bool {
        self.may_receive_offers && !self.do_not_contact
    }
}

/// A change of what a customer prefers. What is absent stays as it is; null clears.
#[derive(Debug, Clone, Default, InputObject)]
pub struct PreferenceUpdateInput {
    /// What they like to buy: at most 50 of 200 characters. Replaces all of them. For the staff.
    pub favourite_products: MaybeUndefined<Vec<String>>,
    /// How they like to pay. For the staff.
    pub payment_method: MaybeUndefined<PaymentMethod>,
    /// When they like to be called or visited, at most 200 characters.
    pub best_time: MaybeUndefined<String>,
    /// Whether they like text messages.
    pub prefers_sms: Option<bool>,
    /// Whether they like e-mail.
    pub prefers_email: Option<bool>,
    /// Whether they like calls.
    pub prefers_call: Option<bool>,
    /// Whether they are to be left alone, which beats all else.
    pub do_not_contact: Option<bool>,
    /// Why they are to be left alone, at most 500 characters; gone when they no longer are. For the staff, and shown to
    /// no customer.
    pub do_not_contact_reason: MaybeUndefined<String>,
    /// Whether they agreed to be sent offers.
    pub may_receive_offers: Option<bool>,
    /// Whether they take part in the loyalty programme. Who does not is no member by rule. For the staff.
    pub takes_part_in_loyalty: Option<bool>,
}

impl PreferenceUpdateInput {
    /// Whether it touches what is not for customers to change.
    pub fn is_for_staff(&self) -> bool {
        !self.favourite_products.is_undefined()
            || !self.payment_method.is_undefined()
            || !self.do_not_contact_reason.is_undefined()
            || self.takes_part_in_loyalty.is_some()
    }

    /// `old` with the change.
    pub fn check(self, old: &Preferences) -> Result<Preferences> {
        let mut checks = Checks::default();
        let products = changed(&self.favourite_products)
            .map(|products| check_products(products.map_or(&[], Vec::as_slice), &mut checks));
        let do_not_contact = self.do_not_contact.unwrap_or(old.do_not_contact);
        let reason = checks.change("doNotContactReason", &self.do_not_contact_reason, MAX_REASON);
        if !do_not_contact && reason.as_ref().is_some_and(Option::is_some) {
            let message = "doNotContactReason goes with doNotContact: set that too, or leave the reason out";
            checks.add(UserErrorCode::Invalid, "doNotContactReason", message);
        }
        let new = Preferences {
            favourite_products: products.unwrap_or_else(|| old.favourite_products.clone()),
            payment_method: changed(&self.payment_method).map_or(old.payment_method, |method| method.copied()),
            best_time: checks.change("bestTime", &self.best_time, MAX_TIME).unwrap_or_else(|| old.best_time.clone()),
            prefers_sms: self.prefers_sms.unwrap_or(old.prefers_sms),
            prefers_email: self.prefers_email.unwrap_or(old.prefers_email),
            prefers_call: self.prefers_call.unwrap_or(old.prefers_call),
            do_not_contact,
            do_not_contact_reason: reason
                .unwrap_or_else(|| old.do_not_contact_reason.clone())
                .filter(|_| do_not_contact),
            may_receive_offers: self.may_receive_offers.unwrap_or(old.may_receive_offers),
            takes_part_in_loyalty: self.takes_part_in_loyalty.unwrap_or(old.takes_part_in_loyalty),
            ..old.clone()
        };
        checks.finish()?;
        Ok(new)
    }
}

fn check_products(products: &[String], checks: &mut Checks) -> Tags {
    if products.len() > MAX_PRODUCTS {
        let message = format!("{} products; at most {MAX_PRODUCTS} are allowed", products.len());
        checks.add(UserErrorCode::TooLong, "favouriteProducts", message);
    }
    let mut kept: Vec<String> = Vec::new();
    for product in products {
        let product = checks.text("favouriteProducts", product, MAX_PRODUCT);
        if !kept.contains(&product) {
            kept.push(product);
        }
    }
    Tags(kept)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn do_not_contact_beats_every_preference() {
        let none = Preferences::unsaid(BusinessId(Uuid::nil()), CustomerId(Uuid::nil()));
        let (sms, email, call) = (ContactChannel::Sms, ContactChannel::Email, ContactChannel::Call);
        for (prefers, expected) in [
            ([false, false, false], vec![sms, email, call]),
            ([true, false, false], vec![sms]),
            ([false, true, true], vec![email, call]),
            ([true, true, true], vec![sms, email, call]),
        ] {
            let [prefers_sms, prefers_email, prefers_call] = prefers;
            let some = Preferences { prefers_sms, prefers_email, prefers_call, may_receive_offers: true, ..none.clone() };
            assert_eq!((some.channels(), some.offers()), (expected, true), "{prefers:?}");
            let left_alone = Preferences { do_not_contact: true, ..some };
            assert_eq!((left_alone.channels(), left_alone.offers()), (vec![], false), "{prefers:?}");
        }
    }
}
