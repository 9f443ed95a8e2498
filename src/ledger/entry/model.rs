//! An entry.

use async_graphql::Enum;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use strum::{EnumString, IntoStaticStr};

use crate::db::tables::entries;
use crate::id::{BusinessId, ChargeId, CustomerId, EntryId, PaymentId};
use crate::money::Amount;

/// Why a balance moved.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Enum,
    EnumString,
    IntoStaticStr,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[diesel(sql_type = diesel::sql_types::Text)]
pub enum EntryKind {
    /// A charge was made.
    Charge,
    /// A charge was changed.
    Change,
    /// A charge was voided or deleted.
    Void,
    /// A payment was received.
    Payment,
    /// A credit was given.
    Credit,
    /// A payment was given back, in part or in full.
    Refund,
    /// A payment or a credit was reversed.
    Reversal,
}

crate::db::enum_column!(EntryKind);

impl EntryKind {
    /// Whether it moves what was charged, and not what was paid.
    pub fn is_of_charge(self) -> bool {
        match self {
            Self::Charge | Self::Change | Self::Void => true,
            Self::Payment | Self::Credit | Self::Refund | Self::Reversal => false,
        }
    }
}

/// A line of an account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = entries)]
pub struct Entry {
    /// Whose.
    pub business_id: BusinessId,
    /// Its id.
    pub id: EntryId,
    /// Of whose account.
    pub customer_id: CustomerId,
    /// Why the balance moved.
    pub kind: EntryKind,
    /// The charge, if it is one.
    pub charge_id: Option<ChargeId>,
    /// The payment, if it is one.
    pub payment_id: Option<PaymentId>,
    /// By how much.
    pub amount: Amount,
    /// On which day, in the zone of the business.
    pub occurred_on: NaiveDate,
    /// When it was booked.
    pub created_at: DateTime<Utc>,
    /// Why, where someone gave a reason.
    pub reason: Option<String>,
}
