//! An entry.

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
    /// A payment was received.
    Payment,
}

crate::db::enum_column!(EntryKind);

/// A line of an account.
#[derive(Debug, Clone, Insertable)]
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
}
