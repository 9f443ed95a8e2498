//! A payment method on file and the checks of new ones.

use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::tables::payment_methods;
use crate::error::{Result, UserErrorCode};
use crate::id::{BusinessId, CustomerId, PaymentMethodId};
use crate::ledger::payment::PaymentMethod;
use crate::text::Checks;

const MAX_LABEL: usize = 100;
const MAX_REFERENCE: usize = 200;
/// The most methods on file for one customer.
pub const MAX_METHODS: i64 = 20;

/// What a customer pays with.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = payment_methods)]
pub struct SavedPaymentMethod {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: PaymentMethodId,
    /// Who pays with it.
    pub customer_id: CustomerId,
    /// How the money comes in.
    pub method: PaymentMethod,
    /// What people call it.
    pub label: String,
    /// Its name at the bank or provider.
    pub reference: Option<String>,
    /// When it was put on file.
    pub created_at: DateTime<Utc>,
}

/// A payment method to be put on file.
#[derive(Debug, Clone, InputObject)]
pub struct PaymentMethodCreateInput {
    /// Who pays with it.
    pub customer_id: CustomerId,
    /// How the money comes in.
    pub method: PaymentMethod,
    /// What people call it, such as `Visa ending in 1111`: at most 100 characters, and no card number.
    pub label: String,
    /// Its name at the bank or provider, such as a token or a mandate: at most 200 characters, and no card number.
    pub reference: Option<String>,
}

impl PaymentMethodCreateInput {
    /// The method.
    pub fn check(self, business: BusinessId, id: PaymentMethodId, now: DateTime<Utc>) -> Result<SavedPaymentMethod> {
        let mut checks = Checks::default();
        let new = SavedPaymentMethod {
            business_id: business,
            id,
            customer_id: self.customer_id,
            method: self.method,
            label: checks.text("label", &self.label, MAX_LABEL),
            reference: checks.optional("reference", self.reference.as_deref(), MAX_REFERENCE),
            created_at: now,
        };
        for (field, value) in [("label", Some(&new.label)), ("reference", new.reference.as_ref())] {
            if value.is_some_and(|text| has_card_number(text)) {
                let message =
                    format!("{field} looks like a card number, which must not be kept: give its last four digits");
                checks.add(UserErrorCode::Invalid, field, message);
            }
        }
        checks.finish()?;
        Ok(new)
    }
}

/// Whether a text has a number in it that could be a card's: 12 to 19 digits, in groups or not, whose check digit is
/// right (ISO/IEC 7812, the formula of Luhn).
fn has_card_number(text: &str) -> bool {
    let separates = |c: char| !(c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '_' | '\u{a0}'));
    text.split(separates).any(|run| {
        let digits: Vec<u32> = run.chars().filter_map(|c| c.to_digit(10)).collect();
        (12..=19).contains(&digits.len()) && luhn(&digits)
    })
}

fn luhn(digits: &[u32]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(place, digit)| match place % 2 {
        0 => *digit,
        _ => digit * 2 / 10 + digit * 2 % 10,
    });
    weighed.sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_card_number_is_found_however_it_is_written() {
        for text in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "Visa 4111.1111.1111.1111 exp 12/27",
            "amex: 378282246310005",
            "5019717010103742",
            "token 6011000990139424;",
        ] {
            assert!(has_card_number(text), "{text}");
        }
        for text in [
            "Visa ending in 1111",
            "4111 1111 1111 1112",
            "tok_1NXWPnLkdIwHu7ix",
            "+91 98765 43210",
            "mandate UMRN00012345",
            "12/2027",
            "",
        ] {
            assert!(!has_card_number(text), "{text}");
        }
    }
}
