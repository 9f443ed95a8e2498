//! An adjustment and the checks of new ones.

use async_graphql::{Enum, InputObject};
use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;

use crate::db::tables::adjustments;
use crate::error::{Result, UserErrorCode};
use crate::graphql::Date;
use crate::id::{BusinessId, ChargeId, CustomerId};
use crate::ledger::charge::{ChargeKind, ChargeRow};
use crate::ledger::idempotency;
use crate::money::{Amount, Currency, Exact};
use crate::text::Checks;

const MAX_REASON: usize = 500;

/// What a fee or an adjustment has beside its charge.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = adjustments)]
pub struct AdjustmentDetail {
    /// Whose.
    pub business_id: BusinessId,
    /// The id of its charge.
    pub id: ChargeId,
    /// Why it was made.
    pub reason: String,
}

/// A fee or a correction that a customer owes.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// What all charges have.
    pub charge: ChargeRow,
    /// What fees and adjustments have beside it.
    pub detail: AdjustmentDetail,
}

/// What an adjustment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
pub enum AdjustmentKind {
    /// Something charged beside goods, such as a fee for a late payment. Always above zero.
    Fee,
    /// A correction of what is owed, up or down.
    Adjustment,
}

/// A fee to be charged, or a balance to be corrected.
#[derive(Debug, Clone, InputObject)]
pub struct AdjustmentCreateInput {
    /// Of whom.
    pub customer_id: CustomerId,
    /// Which of the two.
    pub kind: AdjustmentKind,
    /// By how much. Above zero, the customer owes more; below zero, which a fee cannot be, less.
    pub amount: Exact,
    /// Why, at most 500 characters. It stands in the customer's account.
    pub reason: String,
    /// On which day; today if absent.
    pub occurred_on: Option<Date>,
    /// Makes a repeated request with the same key answer like the first, and do nothing.
    pub idempotency_key: Option<String>,
}

/// An adjustment that was checked.
#[derive(Debug, Clone, Serialize)]
pub struct NewAdjustment {
    /// Of whom.
    pub customer: CustomerId,
    /// Which of the two.
    pub kind: AdjustmentKind,
    /// By how much, not zero.
    pub amount: Amount,
    /// Why.
    pub reason: String,
    /// On which day; today if absent. Not settled here, so that the same request is the same tomorrow.
    pub occurred_on: Option<NaiveDate>,
}

impl AdjustmentKind {
    /// The kind of its charge.
    pub fn charge_kind(self) -> ChargeKind {
        match self {
            Self::Fee => ChargeKind::Fee,
            Self::Adjustment => ChargeKind::Adjustment,
        }
    }
}

impl AdjustmentCreateInput {
    /// The adjustment, and its idempotency key.
    pub fn check(self, currency: Currency) -> Result<(NewAdjustment, Option<String>)> {
        let mut checks = Checks::default();
        let key = idempotency::read(self.idempotency_key.as_deref(), &mut checks);
        let amount = checks.take("amount", Amount::from_decimal(self.amount.0, currency)).unwrap_or(Amount(1));
        if amount == Amount::ZERO {
            checks.add(UserErrorCode::Invalid, "amount", "amount must not be zero: it would change nothing");
        }
        if amount < Amount::ZERO && self.kind == AdjustmentKind::Fee {
            let message = "a fee must be above zero: to owe less, make an ADJUSTMENT";
            checks.add(UserErrorCode::Invalid, "amount", message);
        }
        let new = NewAdjustment {
            customer: self.customer_id,
            kind: self.kind,
            amount,
            reason: checks.text("reason", &self.reason, MAX_REASON),
            occurred_on: self.occurred_on.map(|date| date.0),
        };
        checks.finish()?;
        Ok((new, key))
    }
}
