//! A payment and the checks of new ones.

use async_graphql::{Enum, InputObject};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use strum::{EnumString, IntoStaticStr};

use crate::auth::Tenant;
use crate::db::page::Order;
use crate::db::tables::payments;
use crate::error::{Result, UserErrorCode};
use crate::events::EventKind;
use crate::id::{BusinessId, ChargeId, CustomerId, PaymentId, PaymentMethodId, UserId};
use crate::ledger::allocation::Named;
use crate::ledger::idempotency;
use crate::money::{Amount, Exact, PaymentMethod};
use crate::text::Checks;

const MAX_REFERENCE: usize = 100;
/// The most charges that one payment names.
const MAX_NAMED: usize = 500;

/// The newest first.
pub const NEWEST_FIRST: Order = Order {
    name: "RECEIVED_AT_DESC",
    key: "payments.received_at",
    key_type: "timestamptz",
    id: "payments.id",
    descending: true,
};

/// What pays charges.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Enum,
    EnumString,
    IntoStaticStr,
    Serialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum PaymentKind {
    /// Money that was received.
    Payment,
    /// Nothing was received: the business gave a credit, to correct what is owed.
    Credit,
}

crate::db::enum_column!(PaymentKind);

/// What became of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PaymentStatus {
    /// It stands.
    Recorded,
    /// Some of it was given back.
    PartlyRefunded,
    /// All of it was given back.
    Refunded,
    /// It was reversed: it pays nothing, as if it had never been.
    Reversed,
}

/// A payment.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = payments)]
pub struct Payment {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: PaymentId,
    /// Who paid.
    pub customer_id: CustomerId,
    /// How much.
    pub amount: Amount,
    /// What no charge has taken.
    pub unallocated: Amount,
    /// How it came in.
    pub method: PaymentMethod,
    /// Its name at the bank or provider.
    pub reference: Option<String>,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// Who received it; nobody if it was imported.
    pub received_by: Option<UserId>,
    /// Its name in the file that it was imported from.
    pub external_ref: Option<String>,
    /// When it was booked.
    pub created_at: DateTime<Utc>,
    /// Whether it was received, or given as credit.
    pub kind: PaymentKind,
    /// Why it was given, if it is a credit.
    pub reason: Option<String>,
    /// How much of it was given back.
    pub refunded: Amount,
    /// When it was reversed, if it was.
    pub reversed_at: Option<DateTime<Utc>>,
    /// The number of its receipt among those of its customer. A credit has none.
    pub receipt: Option<i32>,
    /// With what it was paid, if that is on file.
    pub payment_method_id: Option<PaymentMethodId>,
}

impl Payment {
    /// What can still be given back.
    pub fn remaining(&self) -> Amount {
        if self.reversed_at.is_some() { Amount::ZERO } else { Amount(self.amount.0 - self.refunded.0) }
    }

    /// What became of it.
    pub fn status(&self) -> PaymentStatus {
        match (self.reversed_at, self.refunded) {
            (Some(_), _) => PaymentStatus::Reversed,
            (None, Amount::ZERO) => PaymentStatus::Recorded,
            (None, refunded) if refunded == self.amount => PaymentStatus::Refunded,
            (None, _) => PaymentStatus::PartlyRefunded,
        }
    }
}

/// A charge that a payment is for.
#[derive(Debug, Clone, InputObject)]
pub struct PaymentChargeInput {
    /// The charge.
    pub charge_id: ChargeId,
    /// How much of the payment it gets. What is outstanding, as far as the payment reaches, if absent.
    pub amount: Option<Exact>,
}

/// A payment to be recorded.
#[derive(Debug, Clone, InputObject)]
pub struct PaymentRecordInput {
    /// Who paid.
    pub customer_id: CustomerId,
    /// How much, above zero.
    pub amount: Exact,
    /// How it came in.
    pub method: PaymentMethod,
    /// With which of their methods on file they paid: one of the same `method`.
    pub payment_method_id: Option<PaymentMethodId>,
    /// Its name at the bank or provider, at most 100 characters.
    pub reference: Option<String>,
    /// When it was received, not in the future; now if absent.
    pub received_at: Option<DateTime<Utc>>,
    /// The charges that it is for, at most 500. The oldest first if absent.
    pub charges: Option<Vec<PaymentChargeInput>>,
    /// Whether what no charge takes becomes the customer's credit. Otherwise a payment above what is
    /// outstanding is refused.
    #[graphql(default)]
    pub allow_credit: bool,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// A payment that was checked.
#[derive(Debug, Clone, Serialize)]
pub struct NewPayment {
    /// Who paid.
    pub customer: CustomerId,
    /// How much.
    pub amount: Amount,
    /// How it came in.
    pub method: PaymentMethod,
    /// Its name at the bank or provider.
    pub reference: Option<String>,
    /// When it was received; now if absent. Not settled here, so that the same request is the same later.
    pub received_at: Option<DateTime<Utc>>,
    /// The charges that it is for.
    pub charges: Vec<Named>,
    /// Whether a rest becomes credit.
    pub allow_credit: bool,
    /// Its name in the file that it was imported from.
    pub external_ref: Option<String>,
    /// With what it was paid, if that is on file. Requests of before there was this are the same as they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<PaymentMethodId>,
    /// What it has beside that if it is a credit.
    #[serde(skip)]
    pub credit: Option<NewCredit>,
}

/// What a credit has that a payment has not.
#[derive(Debug, Clone)]
pub struct NewCredit {
    /// Why it is given.
    pub reason: String,
    /// Its day in the account.
    pub occurred_on: NaiveDate,
    /// The one charge that it is for. The oldest first if absent.
    pub towards: Option<Towards>,
}

/// The charge that a credit is for: it pays that as far as it can, and what is more is kept for new charges.
#[derive(Debug, Clone)]
pub struct Towards {
    /// The charge.
    pub charge: ChargeId,
    /// What the credit is called in the log.
    pub event: EventKind,
    /// What else there is to know.
    pub data: Value,
}

impl PaymentRecordInput {
    /// The payment, and its idempotency key.
    pub fn check(self, tenant: &Tenant, now: DateTime<Utc>) -> Result<(NewPayment, Option<String>)> {
        let mut checks = Checks::default();
        let key = idempotency::read(self.idempotency_key.as_deref(), &mut checks);
        let charges = self.charges.unwrap_or_default();
        if charges.len() > MAX_NAMED {
            let message = format!("{} charges are named; at most {MAX_NAMED} are allowed", charges.len());
            checks.add(UserErrorCode::TooLong, "charges", message);
        }
        let mut named = Vec::with_capacity(charges.len());
        for (place, charge) in charges.into_iter().enumerate() {
            let field = format!("charges.{place}.amount");
            let amount = charge.amount.map(|amount| checks.positive(&field, amount, tenant.currency));
            named.push(Named { charge: charge.charge_id, amount });
        }
        // Clocks of tills run ahead by a little.
        if self.received_at.is_some_and(|at| at > now + Duration::minutes(5)) {
            checks.add(UserErrorCode::Invalid, "receivedAt", format!("receivedAt is in the future; it is {now} now"));
        }
        let payment = NewPayment {
            customer: self.customer_id,
            amount: checks.positive("amount", self.amount, tenant.currency),
            method: self.method,
            reference: checks.optional("reference", self.reference.as_deref(), MAX_REFERENCE),
            received_at: self.received_at,
            charges: named,
            allow_credit: self.allow_credit,
            external_ref: None,
            payment_method: self.payment_method_id,
            credit: None,
        };
        checks.finish()?;
        Ok((payment, key))
    }
}
